"""Which rung answers, by what its probes found."""

from dataclasses import replace

import pytest

from search.choice import Tally, choose_rungs, may_widen, weigh_words
from search.ladder import Rung, Stage, build_counts, build_rungs, name_dropped
from search.request import Filters, SearchRequest, Sort
from search.understanding import understand
from search.vocabulary import build_categories
from tests.search.categories import TREE
from tests.search.workbench import VOCABULARY

WITH_CATEGORIES = replace(VOCABULARY, categories=build_categories(TREE))


def rungs_of(text: str) -> tuple[Rung, ...]:
    return build_rungs(understand(SearchRequest(text), WITH_CATEGORIES))


def choose(text: str, found: dict[str, int], products: dict[str, int], kind: str = "") -> list[Rung]:
    """`found` by stage, or by the dropped word; `products` that have a word; all of `kind` are in one category."""
    rungs, counts = rungs_of(text), build_counts(understand(SearchRequest(text), WITH_CATEGORIES))
    totals = [found.get(rung.dropped[0].text if rung.dropped else rung.stage, 0) for rung in rungs]
    words = [count.word.text for count in counts]
    tallies = [Tally(products.get(word, 0), 1.0 if word == kind else 0.1) for word in words]
    return list(choose_rungs(rungs, totals, weigh_words(counts, tallies), may_widen=True))


def named(text: str, rungs: list[Rung]) -> list[tuple[str, tuple[str, ...]]]:
    return [(rung.stage, name_dropped(understand(SearchRequest(text), WITH_CATEGORIES), rung)) for rung in rungs]


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


@pytest.mark.parametrize(
    ("text", "products", "dropped"),
    [
        ("赤い 長靴", {"赤い": 900, "長靴": 20}, "赤い"),
        ("赤い 長靴", {"赤い": 20, "長靴": 900}, "長靴"),
        ("赤い スピーカー", {"赤い": 1, "スピーカー": 900}, "赤い"),
    ],
)
def test_what_most_products_have_is_dropped_but_categories_last(
    text: str, products: dict[str, int], dropped: str
) -> None:
    found = dict.fromkeys(text.split(), 3)

    assert named(text, choose(text, found, products)) == [("partial", (dropped,))]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("500ml 長靴", {"500ml": 900, "長靴": 3}, ("popular", ("500ml",))),
        ("m3 長靴", {"m3": 900}, ("popular", ("m3",))),
        ("m3 長靴", {"長靴": 3}, ("partial", ("長靴",))),
        ("赤い 500ml 長靴", {"500ml": 3, "赤い": 2}, ("partial", ("赤い",))),
    ],
)
def test_what_lacks_a_code_or_an_amount_is_no_match(
    text: str, found: dict[str, int], expected: tuple[str, tuple[str, ...]]
) -> None:
    """`found` by the dropped word."""
    products = {"長靴": 900, "500ml": 30, "m3": 20, "赤い": 500}

    assert named(text, choose(text, found, products)) == [expected]


def test_a_word_that_no_product_has_is_dropped() -> None:
    chosen = choose("ホゲホゲ 長靴", {"ホゲホゲ": 5}, {"長靴": 5})

    assert named("ホゲホゲ 長靴", chosen) == [("partial", ("ホゲホゲ",))]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (SearchRequest("軽量 水筒 キッズ"), True),
        (SearchRequest("軽量 水筒 キッズ", filters=Filters(brands=("a",))), False),
        (SearchRequest("軽量 水筒 3000円以下"), True),
        (SearchRequest("安い 軽量 水筒"), False),
        (SearchRequest("軽量 水筒", sort=Sort.NEWEST), False),
        (SearchRequest("白い ソファ 4人掛け"), False),
    ],
)
def test_few_hits_are_followed_by_others_only_where_nobody_is_misled(request_: SearchRequest, expected: bool) -> None:
    assert may_widen(understand(request_, WITH_CATEGORIES)) == expected


@pytest.mark.parametrize("text", ["4人掛け", "10w-30"])
def test_a_number_and_what_is_written_with_it_are_not_parted(text: str) -> None:
    assert Stage.PARTIAL not in {rung.stage for rung in rungs_of(text)}


@pytest.mark.parametrize(
    ("text", "is_tried"), [("マス", False), ("マスカレード", False), ("130cm", False), ("マスカレヱダ", True)]
)
def test_few_letters_and_words_of_the_dictionary_are_no_phrase(text: str, is_tried: bool) -> None:
    assert (Stage.BIGRAM in {rung.stage for rung in rungs_of(text)}) is is_tried


def test_a_compound_without_its_end_is_no_match() -> None:
    products = {"サッカー": 20, "ゴール": 5}

    for text, stage in (("サッカーゴール", "popular"), ("サッカー ゴール", "partial")):
        assert named(text, choose(text, {"ゴール": 3}, products)) == [(stage, ("ゴール",))]


def test_a_word_of_one_category_says_what_is_wanted_and_stays() -> None:
    products = {"軽量": 20, "水筒": 900}
    found = {"軽量": 3, "水筒": 3}

    assert named("軽量 水筒", choose("軽量 水筒", found, products)) == [("partial", ("水筒",))]
    assert named("軽量 水筒", choose("軽量 水筒", found, products, kind="水筒")) == [("partial", ("軽量",))]


def test_of_three_words_two_will_do_and_rare_ones_count_more() -> None:
    products = {"軽量": 900, "水筒": 20, "キッズ": 200}
    [rung] = choose("軽量 水筒 キッズ", {"軽量": 3}, products)
    [must] = rung.must

    assert must["bool"]["minimum_should_match"] == 2
    weights = [clause["bool"]["boost"] for clause in must["bool"]["should"]]
    assert weights[1] > weights[2] > weights[0]


def test_several_words_that_no_product_has_are_dropped_together() -> None:
    text = "ホゲホゲ 長靴 フガフガ"

    assert named(text, choose(text, {"popular": 9}, {"長靴": 5})) == [
        ("partial", ("ホゲホゲ", "フガフガ")),
        ("popular", ()),
    ]


@pytest.mark.parametrize("text", ["ホゲホゲ", "ホゲホゲ フガフガ"])
def test_when_nothing_is_found_what_is_popular_comes(text: str) -> None:
    assert named(text, choose(text, {}, {})) == [("popular", ())]
