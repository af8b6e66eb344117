"""Which rung answers, by what its probes found."""

from dataclasses import replace

import pytest

from search.ladder import Rung, Stage, build_rungs, choose_rungs, name_dropped
from search.request import SearchRequest
from search.understanding import understand
from search.vocabulary import build_categories
from tests.search.categories import TREE
from tests.search.workbench import VOCABULARY

WITH_CATEGORIES = replace(VOCABULARY, categories=build_categories(TREE))


def rungs_of(text: str) -> tuple[Rung, ...]:
    return build_rungs(understand(SearchRequest(text), WITH_CATEGORIES))


def choose(text: str, found: dict[str, int], frequencies: dict[str, int]) -> list[tuple[str, tuple[str, ...]]]:
    """`found` by stage, or by the dropped word; `frequencies` by word."""
    rungs = rungs_of(text)
    totals = [found.get(rung.dropped[0].text if rung.dropped else rung.stage, 0) for rung in rungs]
    counts = [frequencies.get(rung.dropped[0].text, 0) if rung.dropped else 0 for rung in rungs]
    chosen = choose_rungs(rungs, totals, counts)
    return [(rung.stage, name_dropped(understand(SearchRequest(text), WITH_CATEGORIES), rung)) for rung in chosen]


def test_rungs_come_in_order_and_end_with_what_always_finds() -> None:
    stages = [rung.stage for rung in rungs_of("赤い 長靴")]

    assert stages == sorted(stages, key=list(Stage).index)
    assert rungs_of("赤い 長靴")[-1] == Rung(Stage.POPULAR, ())


def test_a_recognised_category_comes_before_all_products() -> None:
    neighbours, popular = [rung for rung in rungs_of("スピーカー") if rung.stage is Stage.POPULAR]

    assert neighbours.must
    assert not popular.must


def test_one_word_is_never_dropped() -> None:
    assert Stage.PARTIAL not in {rung.stage for rung in rungs_of("長靴")}


def test_the_word_that_most_products_have_is_dropped() -> None:
    found = {"赤い": 3, "長靴": 3}

    assert choose("赤い 長靴", found, {"赤い": 900, "長靴": 20}) == [("partial", ("赤い",))]
    assert choose("赤い 長靴", found, {"赤い": 20, "長靴": 900}) == [("partial", ("長靴",))]


def test_a_quantity_is_given_up_before_a_word_and_a_category_last() -> None:
    everything = {"500ml": 3, "赤い": 3, "スピーカー": 3}

    assert choose("500ml 長靴", everything | {"長靴": 3}, {"500ml": 1, "長靴": 900}) == [("partial", ("500ml",))]
    assert choose("赤い スピーカー", everything, {"赤い": 1, "スピーカー": 900}) == [("partial", ("赤い",))]


def test_a_word_that_no_product_has_is_dropped() -> None:
    assert choose("ホゲホゲ 長靴", {"ホゲホゲ": 5}, {"長靴": 5}) == [("partial", ("ホゲホゲ",))]


def test_several_words_that_no_product_has_are_dropped_together() -> None:
    chosen = choose("ホゲホゲ 長靴 フガフガ", {"popular": 9}, {"長靴": 5})

    assert chosen == [("partial", ("ホゲホゲ", "フガフガ")), ("popular", ())]


@pytest.mark.parametrize("text", ["ホゲホゲ", "ホゲホゲ フガフガ"])
def test_when_nothing_is_found_what_is_popular_comes(text: str) -> None:
    assert choose(text, {}, {}) == [("popular", ())]
