"""What is suggested from memory: names with products, and queries of them that find something."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analyzers.suggest_keys import read_typed
from analyzers.synonyms import SynonymTable
from search.serving import ServingIndex
from search.suggest import Kind, Suggestions, build_suggestions, find_names
from search.suggest_names import Names, build_names
from search.suggest_products import FoundProduct, complete_words
from search.suggest_proof import is_found
from search.vocabulary import Vocabulary, build_brands
from tests.search.categories import TREE, category_id

NOW = datetime(2026, 8, 1, tzinfo=UTC)
SERVING = ServingIndex("products-1", 1, "1", 2, NOW, 4.0, 14.0, 1)  # type: ignore[arg-type]
BRANDS = [("b1", "SONY", "ソニー"), ("b2", "ソニック", None), ("b3", "1000円以下", None)]
VOCABULARY = Vocabulary(SynonymTable(()), build_brands(BRANDS))


def bucket(key: str, count: int, popularity: float | None = None, **aggs: Any) -> dict[str, Any]:
    nested = {name: {"buckets": buckets} for name, buckets in aggs.items()}
    return {"key": key, "doc_count": count, "popularity": {"value": popularity}, **nested}


def category(path: str, count: int, popularity: float | None = None) -> dict[str, Any]:
    return bucket(str(category_id(path)), count, popularity)


def brand(id: str, name: str, count: int, popularity: float | None = None) -> dict[str, Any]:
    return bucket(name, count, popularity, ids=[{"key": id, "doc_count": count}])


def pair(path: str, *brands: dict[str, Any]) -> dict[str, Any]:
    return {"key": str(category_id(path)), "doc_count": 1, "brands": {"buckets": list(brands)}}


ANSWER = {
    "aggregations": {
        "categories": {
            "buckets": [
                category("家電", 90),
                category("家電 > 音響 > イヤホン", 40, 5.0),
                category("家電 > 音響 > スピーカー", 30),
                category("倉庫", 9),
            ]
        },
        "brands": {
            "buckets": [brand("b1", "SONY", 40), brand("b2", "ソニック", 30, 9.0), brand("b3", "1000円以下", 9)]
        },
        "popular": {
            "pairs": {
                "buckets": [
                    pair("家電 > 音響 > イヤホン", bucket("SONY", 30), bucket("1000円以下", 9)),
                    pair("倉庫", bucket("SONY", 3)),
                ]
            }
        },
    }
}
NAMES = build_names(ANSWER, TREE, VOCABULARY, SERVING, NOW, {})


def suggest(text: str, *products: FoundProduct, limit: int = 10, names: Names = NAMES) -> Suggestions:
    parts = read_typed(text)
    return build_suggestions(text, parts, find_names(names, parts), products, limit)


def texts(found: Suggestions) -> dict[str, list[str]]:
    return {
        "queries": [each.text for each in found.queries],
        "categories": [each.name for each in found.categories],
        "brands": [each.name for each in found.brands],
    }


@pytest.mark.parametrize("typed", ["いや", "イヤホン", "iya", "いy"])
def test_a_category_is_suggested_as_itself_as_a_query_and_with_its_brands(typed: str) -> None:
    assert texts(suggest(typed)) == {
        "queries": ["イヤホン", "SONY イヤホン"],
        "categories": ["イヤホン"],
        "brands": [],
    }


def test_a_brand_is_known_by_its_kana_and_the_popular_one_comes_first() -> None:
    assert texts(suggest("そ"))["brands"] == ["ソニック", "SONY"]
    assert texts(suggest("sony"))["brands"] == ["SONY"]
    assert texts(suggest("そにー いや"))["queries"] == ["SONY イヤホン"]
    assert texts(suggest("いやほん そ"))["queries"] == ["SONY イヤホン"]


def test_what_is_hidden_and_what_would_be_read_as_a_price_is_no_query() -> None:
    assert texts(suggest("倉庫")) == {"queries": [], "categories": [], "brands": []}
    assert texts(suggest("そうこ")) == {"queries": [], "categories": [], "brands": []}
    assert texts(suggest("1000円")) == {"queries": [], "categories": [], "brands": ["1000円以下"]}


def test_all_kinds_stand_in_one_order() -> None:
    product = FoundProduct("p1", "ソニック 耳栓", "ソニック", None, 500, 0.9)  # type: ignore[arg-type]
    found = suggest("ソニ", product)

    assert [(each.kind, each.key, each.text) for each in found.ranked] == [
        (Kind.QUERY, "ソニック", "ソニック"),
        (Kind.BRAND, "b2", "ソニック"),
        (Kind.PRODUCT, "p1", "ソニック 耳栓"),
        (Kind.BRAND, "b1", "SONY"),
        (Kind.QUERY, "SONY イヤホン", "SONY イヤホン"),
    ]
    assert len(suggest("ソニ", product, limit=1).ranked) == 1


def test_one_brand_does_not_fill_the_queries_until_it_is_asked_for() -> None:
    buckets = [
        pair(path, bucket("SONY", 5)) for path in ("家電", "家電 > 音響 > イヤホン", "家電 > 音響 > スピーカー", "本")
    ]
    answer = {"aggregations": ANSWER["aggregations"] | {"popular": {"pairs": {"buckets": buckets}}}}
    names = build_names(answer, TREE, VOCABULARY, SERVING, NOW, {})

    assert len(suggest("そにー", names=names).queries) == 2
    assert texts(suggest("そにー ほ", names=names))["queries"] == ["SONY 本"]
    assert texts(suggest("sony す", names=names))["queries"] == ["SONY スピーカー"]


def test_words_of_found_products_are_queries_that_find_them() -> None:
    products = [
        FoundProduct("p1", "【限定】ノイズキャンセリング イヤホン（ノイズ軽減）", "SONY", None, 1, 0.5),  # type: ignore[arg-type]
        FoundProduct("p2", "ヘッドホン ノイズキャンセリング", "", None, 1, 0.5),  # type: ignore[arg-type]
    ]

    def complete(text: str) -> dict[str, float]:
        return dict(complete_words(text, read_typed(text), products))

    assert complete("のい") == {"ノイズキャンセリング": 0.5, "ノイズ軽減": 0.25}
    assert list(complete("sony のい")) == ["sony ノイズキャンセリング", "sony ノイズ軽減"]
    assert complete("ヘッド") == {"ヘッドホン": 0.25}
    assert complete("nikon のい") == {}


@pytest.mark.parametrize(
    ("text", "said", "finds"),
    [
        ("SONY イヤホン", "SONY そにー 家電 音響 イヤホン", True),
        ("本・雑誌", "本・雑誌 文庫", True),
        ("イヤホン ケース", "イヤホン", False),
        ("1000円以下", "1000円以下", False),
        ("-イヤホン", "-イヤホン", False),
        ("!", "!", False),
    ],
)
def test_whether_a_text_finds_what_it_was_made_of(text: str, said: str, finds: bool) -> None:
    assert is_found(text, said) is finds
