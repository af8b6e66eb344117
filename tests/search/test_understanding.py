"""How a text is read: what becomes a filter, what is excluded, what ranks higher, and how each is undone."""

from dataclasses import replace

import pytest

from analyzers.normalizer import normalize_text
from analyzers.synonyms import Synonym, SynonymTable
from core.limits import QUERY_WORDS_MAX
from core.types import Yen
from search.request import Filters, SearchRequest, Sort
from search.understanding import Recognition, Understanding, understand
from search.vocabulary import Vocabulary, build_brands, build_categories
from tests.search.categories import TREE, category_id

SONY = "11111111-0000-0000-0000-000000000001"
VOCABULARY = Vocabulary(
    SynonymTable(()), brands=build_brands([(SONY, "ソニー", None)]), categories=build_categories(TREE)
)


def read(text: str, *literal: str, **asked: object) -> Understanding:
    return understand(replace(SearchRequest(normalize_text(text), literal=literal), **asked), VOCABULARY)  # type: ignore[arg-type]


def words(understanding: Understanding) -> list[str]:
    return [word.text for word in understanding.words]


def test_a_price_word_is_a_filter_and_no_word() -> None:
    reading = read("スピーカー 5000円以下")

    assert words(reading) == ["スピーカー"]
    assert reading.request.filters.price_max_yen == 5_000
    assert reading.given == Filters()
    assert reading.recognitions[0] == Recognition("5000円以下", "5,000円以下")


def test_what_is_literal_is_read_as_it_is_written() -> None:
    reading = read("スピーカー 5000円以下", "5000円以下")

    assert reading.request.filters == Filters()
    assert "5000円以下" not in [each.text for each in reading.recognitions]
    assert len(reading.words) > 1


def test_two_price_words_narrow_one_another() -> None:
    filters = read("1000円以上 靴 3000円以下").request.filters

    assert (filters.price_min_yen, filters.price_max_yen) == (1_000, 3_000)


def test_a_price_that_the_shopper_chose_stands_above_the_texts() -> None:
    chosen = Filters(price_max_yen=Yen(2_000))

    assert read("靴 5000円以下", filters=chosen).request.filters == chosen


@pytest.mark.parametrize(("chosen", "sort"), [(Sort.RELEVANCE, Sort.PRICE_ASC), (Sort.NEWEST, Sort.NEWEST)])
def test_cheap_sorts_by_price_unless_another_order_was_chosen(chosen: Sort, sort: Sort) -> None:
    assert read("安い スピーカー", sort=chosen).request.sort is sort


@pytest.mark.parametrize("text", ["スピーカー -ケース", "-ケース スピーカー", "スピーカー ケース以外"])
def test_an_excluded_word_is_not_looked_for(text: str) -> None:
    reading = read(text)

    assert words(reading) == ["スピーカー"]
    assert [word.text for word in reading.excluded] == ["ケース"]


@pytest.mark.parametrize("text", ["寝袋 -5", "wh-1000", "Tシャツ - 白", "e-bike"])
def test_a_hyphen_elsewhere_excludes_nothing(text: str) -> None:
    assert read(text).excluded == ()


def test_brands_and_categories_rank_higher_and_stay_words() -> None:
    reading = read("ソニー スピーカー")

    assert words(reading) == ["ソニー", "スピーカー"]
    assert reading.brand_ids == (SONY,)
    assert str(category_id("家電 > 音響 > スピーカー")) in reading.category_ids
    assert [each.text for each in reading.recognitions] == ["ソニー", "スピーカー"]


def test_a_category_is_recognised_by_another_name_of_it() -> None:
    vocabulary = replace(VOCABULARY, synonyms=SynonymTable([Synonym("拡声器", "スピーカー")]))
    reading = understand(SearchRequest("赤い 拡声器"), vocabulary)

    assert str(category_id("家電 > 音響 > スピーカー")) in reading.category_ids
    assert Recognition("拡声器", "カテゴリ「スピーカー」を優先") in reading.recognitions


def test_a_brand_that_is_called_like_a_category_is_none() -> None:
    vocabulary = replace(VOCABULARY, brands=build_brands([(SONY, "SPKR", "スピーカー")]))

    assert understand(SearchRequest("赤い スピーカー"), vocabulary).brand_ids == ()
    assert understand(SearchRequest("赤い spkr"), vocabulary).brand_ids == (SONY,)


def test_a_recognised_brand_is_undone_by_naming_it() -> None:
    assert read("ソニー スピーカー", "ソニー").brand_ids == ()


@pytest.mark.parametrize(
    ("text", "label", "values"),
    [
        ("赤い 靴", "色「赤い」を優先", ["赤イ", "赤"]),
        ("オレンジ色 靴", "色「オレンジ色」を優先", ["オレンジ"]),
        ("m パーカー", "サイズ「m」を優先", ["size:m"]),
        ("パーカー Lサイズ", "サイズ「lサイズ」を優先", ["size:l"]),
        ("ベッド セミダブル", "サイズ「セミダブル」を優先", ["セミダブル"]),
    ],
)
def test_colours_and_sizes_are_recognised_with_their_synonyms(text: str, label: str, values: list[str]) -> None:
    vocabulary = replace(VOCABULARY, synonyms=SynonymTable([Synonym("赤い", "赤"), Synonym("オレンジ色", "オレンジ")]))
    reading = understand(SearchRequest(normalize_text(text)), vocabulary)

    assert label in [each.label for each in reading.recognitions]
    assert {atom.value for atom in reading.traits[0].values[0]}.issuperset(values)


def test_a_colour_is_undone_by_naming_it_and_is_none_where_it_names_a_brand() -> None:
    vocabulary = replace(VOCABULARY, brands=build_brands([(SONY, "ブラウン", None)]))

    assert read("赤い 靴", "赤い").traits == ()
    assert understand(SearchRequest("ブラウン 靴"), vocabulary).traits == ()
    assert understand(SearchRequest("ブラウン 靴"), VOCABULARY).traits


def test_words_that_a_synonym_made_one_are_named_with_the_category_among_them() -> None:
    vocabulary = replace(VOCABULARY, synonyms=SynonymTable([Synonym("防水 スピーカー", "バススピーカー")]))

    assert understand(SearchRequest("赤い 防水 スピーカー"), vocabulary).named == {"防水 スピーカー"}


@pytest.mark.parametrize("text", ["!!!", "☆★", "🎧"])
def test_a_text_of_symbols_finds_nothing(text: str) -> None:
    assert read(text).finds_nothing


def test_a_text_of_a_price_alone_browses() -> None:
    reading = read("3000円以下")

    assert reading.words == ()
    assert not reading.finds_nothing


def test_words_beyond_the_limit_are_named() -> None:
    reading = read(" ".join(f"靴{n}足" for n in range(60)))

    assert len(reading.words) == QUERY_WORDS_MAX
    assert reading.ignored
