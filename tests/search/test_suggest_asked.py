"""What shoppers ask for is suggested, if it finds something as it stands."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from catalog.search_queries import PopularQuery
from core.errors import SearchDown
from search import suggest_cache
from search.suggest_asked import CHECKED_AT_ONCE, weigh_asked
from tests.faults.processes import wait_for
from tests.search.shop import product
from tests.search.workbench import Searcher, Workbench

ROWS = [
    product("完全ワイヤレスイヤホン 白", brand="SONY", brand_kana="ソニー"),
    product("厚手の靴下 3足組", category="服 > 靴", base_price_yen=900),
    product("引き出し収納 木製", category="本"),
]
ASKED = (
    PopularQuery("白 イヤホン", 90.0),
    PopularQuery("厚手 靴下", 50.0),
    PopularQuery("引出し", 20.0),
    PopularQuery("靴下 1000円以下", 10.0),
    PopularQuery("靴下 100円以下", 9.0),
    PopularQuery("厚手 手袋", 8.0),
    PopularQuery("イヤホン -白", 7.0),
    PopularQuery("イヤホン", 6.0),
)


def test_queries_weigh_by_order_of_magnitude_and_few_asks_weigh_little() -> None:
    weights = weigh_asked([PopularQuery("靴", 10_000.0), PopularQuery("本", 100.0)])

    assert weights["靴"] == 1.0
    assert 0.49 < weights["本"] < 0.51
    assert weigh_asked([PopularQuery("靴", 5.0)])["靴"] < 0.4
    assert weigh_asked([]) == {}


def suggested(searcher: Searcher, typed: str) -> list[str]:
    return [query.text for query in searcher.suggest(typed).queries]


@pytest.fixture(scope="module")
def searcher(workbench: Workbench) -> Iterator[Searcher]:
    with workbench.searcher(ROWS) as searcher:
        rare = tuple(PopularQuery(f"無い言葉{number}", 1.0) for number in range(2 * CHECKED_AT_ONCE))
        last = PopularQuery("木製 引き出し", 0.5)
        searcher.vocabulary = replace(searcher.vocabulary, asked=(*ASKED, *rare, last))
        wait_for(lambda: last.text in suggested(searcher, "木製"), 10)
        yield searcher


@pytest.mark.live
@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("厚", ["厚手 靴下"]),
        ("あつで", ["厚手 靴下"]),
        ("atud", ["厚手 靴下"]),
        ("厚手 k", ["厚手 靴下"]),
        ("くつし", ["靴下 1000円以下", "厚手 靴下"]),
        ("くつs", ["靴下 1000円以下", "厚手 靴下"]),
        ("ひきだ", ["引出し", "木製 引き出し"]),
        ("無い", []),
        ("木製", ["木製 引き出し"]),
    ],
)
def test_a_query_is_suggested_by_its_words_while_it_finds_something(
    searcher: Searcher, typed: str, queries: list[str]
) -> None:
    suggested = [query.text for query in searcher.suggest(typed).queries]

    assert [text for text in suggested if text in {query.text for query in searcher.vocabulary.asked}] == queries


@pytest.mark.live
def test_a_query_that_is_a_category_too_is_there_once_as_the_catalog_spells_it(searcher: Searcher) -> None:
    suggested = [query.text for query in searcher.suggest("いや").queries]

    assert suggested.count("イヤホン") == 1
    assert suggested[0] == "イヤホン"


@pytest.mark.live
def test_each_finds_something_as_it_stands(searcher: Searcher) -> None:
    for typed in ("白", "厚", "ひき", "くつ", "いや"):
        for query in searcher.suggest(typed).queries:
            assert searcher.search(query.text).total > 0, query.text
            assert searcher.search(query.text).query.stage == "strict", query.text


@pytest.mark.live
def test_names_do_not_need_the_checks_and_what_was_found_before_stays(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggest_cache, "LIFE_S", 0.0)

    async def fail(*_: Any) -> Any:
        raise SearchDown("OpenSearch is busy")

    with workbench.searcher(ROWS) as searcher, monkeypatch.context() as failing, capture_logs() as lines:
        searcher.vocabulary = replace(searcher.vocabulary, asked=ASKED[:2])
        failing.setattr(searcher.service, "_search_many", fail)
        for _ in range(3):
            assert suggested(searcher, "いや") == ["イヤホン", "SONY イヤホン"]
        failing.undo()
        wait_for(lambda: "厚手 靴下" in suggested(searcher, "あつで"), 10)
        failing.setattr(searcher.service, "_search_many", fail)
        for _ in range(20):
            assert "厚手 靴下" in suggested(searcher, "あつで")
        assert "白 イヤホン" in suggested(searcher, "いや")
        assert [line["event"] for line in lines] == ["What shoppers search for could not be checked"] * 2


@pytest.mark.live
def test_the_first_names_do_not_wait_for_the_checks(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = asyncio.Event()
    with workbench.searcher(ROWS) as searcher:
        service, search_many = searcher.service, searcher.service._search_many

        async def wait(*asked: Any) -> Any:
            await checked.wait()
            return await search_many(*asked)

        monkeypatch.setattr(service, "_search_many", wait)
        searcher.vocabulary = replace(searcher.vocabulary, asked=ASKED[:2])
        assert suggested(searcher, "いや") == ["イヤホン", "SONY イヤホン"]
        checked.set()
        wait_for(lambda: "白 イヤホン" in suggested(searcher, "いや"), 10)
