"""What each rung of the zero-hit ladder finds on a real index, and what it says of itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from search.request import Facet, Sort
from search.result import SearchResult
from search.serving import ServingIndex
from tests.search.shop import product
from tests.search.workbench import Searcher, Workbench

pytestmark = pytest.mark.live

SPEAKER = "防水スピーカー ブルー"
SOCKS = "靴下 メンズ 5足組"
VACUUM = "コードレス掃除機 軽量"
BEST_SELLER = "歯ブラシ 3本セット"
DETERGENT = "液体洗剤 詰替 1kg"

ROWS = [
    product(SPEAKER, category="家電 > 音響 > スピーカー", brand="ソニー", variations=[], popularity=5.0),
    product(SOCKS, category="服 > 靴"),
    product(VACUUM, category="家電 > 台所"),
    product(BEST_SELLER, category="家電 > 台所", popularity=1e9),
    product(DETERGENT, category="家電 > 台所"),
]


@pytest.fixture(scope="module")
def searcher(workbench: Workbench) -> Iterator[Searcher]:
    with workbench.searcher(ROWS) as searcher:
        yield searcher


def found(result: SearchResult) -> list[str]:
    return [hit.name for hit in result.hits]


@pytest.mark.parametrize(
    ("text", "stage", "names"),
    [
        ("スピーカー", "strict", [SPEAKER]),
        ("スピーカー 防水", "strict", [SPEAKER]),
        ("kutsushita", "lookalike", [SOCKS]),
        ("senzai", "lookalike", [DETERGENT]),
        ("スピーカ－", "strict", [SPEAKER]),
        ("コードレヌ", "typo", [VACUUM]),
        ("防水 スピーカー 充電式", "partial", [SPEAKER]),
        ("ホゲホゲ スピーカー フガフガ", "partial", [SPEAKER]),
        ("靴下 詰替 掃除機 メンズ", "partial", [SOCKS]),
    ],
)
def test_the_first_rung_that_finds_something_answers(
    searcher: Searcher, text: str, stage: str, names: list[str]
) -> None:
    result = searcher.search(text)

    assert (result.query.stage, found(result)) == (stage, names)


def test_a_dropped_word_is_named(searcher: Searcher) -> None:
    assert searcher.search("防水 スピーカー 充電式").query.dropped == ("充電式",)
    assert searcher.search("ホゲホゲ スピーカー フガフガ").query.dropped == ("ホゲホゲ", "フガフガ")


@pytest.mark.parametrize("text", ["☆★", "🎧", "ホゲホゲフガフガ"])
def test_what_nothing_matches_is_answered_by_what_is_popular(searcher: Searcher, text: str) -> None:
    result = searcher.search(text)

    assert result.query.stage == "popular"
    assert found(result)[0] == BEST_SELLER
    assert result.hits[0].highlight == {}


def test_filters_that_leave_nothing_bend_no_text(searcher: Searcher) -> None:
    """The shopper is told to take a filter off; other products would hide that."""
    for result in (
        searcher.search("スピーカー", price_max_yen=1),
        searcher.search("スピーカー 1円以下"),
        searcher.search("スピーカー -防水"),
    ):
        assert (result.query.stage, result.total) == ("strict", 0)


def test_facets_tell_that_filters_leave_nothing_without_another_search(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    search = searcher.service._search

    async def count(serving: ServingIndex, body: dict[str, Any]) -> Any:
        asked.append(body)
        return await search(serving, body)

    monkeypatch.setattr(searcher.service, "_search", count)
    result = searcher.search("スピーカー", price_max_yen=1, facets=(Facet.PRICE,))

    assert (result.query.stage, result.total, len(asked)) == ("strict", 0, 1)
    assert searcher.search("スピーカ", price_max_yen=1).query.stage == "strict"
    assert searcher.search("すぴーかあ", in_stock=True, facets=(Facet.IN_STOCK,)).query.stage != "strict"


def test_an_excluded_word_is_in_no_hit(searcher: Searcher) -> None:
    assert SPEAKER not in found(searcher.search("-防水"))
    assert found(searcher.search("掃除機 -スピーカー")) == [VACUUM]


def test_every_rung_can_be_walked_page_by_page(searcher: Searcher) -> None:
    first = searcher.page("☆★", per_page=2)
    second = searcher.page("☆★", per_page=2, cursor=first.cursor)

    assert first.total == len(ROWS)
    assert not set(found(first)) & set(found(second))


def test_a_text_that_asks_for_cheap_things_sorts_them(searcher: Searcher) -> None:
    cheap = searcher.search("安い スピーカー")

    assert found(cheap) == found(searcher.search("スピーカー", sort=Sort.PRICE_ASC))
    assert [each.label for each in cheap.query.applied if each.value == "安い"] == ["価格の安い順"]
