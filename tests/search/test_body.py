"""The bodies as OpenSearch receives them."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalizer import normalize_text
from analyzers.synonym_file import load_curated
from analyzers.synonyms import SynonymTable
from core.limits import ATTRIBUTE_TOKENS_MAX, FACET_SHARD_VALUES_MAX
from core.settings import Settings
from core.types import GenerationId, Yen
from indexing.documents import BUILDER_VERSION
from search.body import build_body
from search.ladder import build_rungs, build_strict
from search.request import Facet, Filters, SearchRequest, Sort
from search.serving import ServingIndex
from search.understanding import understand
from search.vocabulary import Vocabulary
from tests.search.categories import TREE, category_id
from tests.search.strategies import requests
from tests.search.workbench import NOW, VOCABULARY

SETTINGS = Settings(popularity_boost=2.0, search_timeout_ms=3_000)
MINUTE_MS = int(NOW.timestamp()) // 60 * 60_000
SHOWN = {"range": {"published_at": {"lte": MINUTE_MS}}}


def serving(**changes: Any) -> ServingIndex:
    values: dict[str, Any] = {
        "index": "products-1",
        "generation_id": GenerationId(1),
        "normalizer_version": "1",
        "builder_version": 2,
        "landmark": datetime(2026, 8, 1, 12, 0, tzinfo=UTC),
        "pivot": 4.0,
        "half_life_days": 14.0,
        "shards": 1,
    }
    return ServingIndex(**values | changes)


def build(request: SearchRequest, **changes: Any) -> dict[str, Any]:
    index = serving(**changes)
    understanding = understand(request, VOCABULARY)
    return build_body(understanding, build_strict(understanding, index), TREE, index, NOW, SETTINGS)


def test_a_text_search_without_facets() -> None:
    body = build(SearchRequest("水", page=3, per_page=10, facets=()))

    assert body == {
        "query": {
            "bool": {
                "filter": [SHOWN],
                "must": [
                    {
                        "dis_max": {
                            "queries": [
                                {"constant_score": {"filter": {"term": {"name_terms": "水"}}, "boost": 3.0}},
                                {"constant_score": {"filter": {"term": {"brand_terms": "水"}}, "boost": 2.7}},
                                {"constant_score": {"filter": {"term": {"category_terms": "水"}}, "boost": 2.0}},
                                {"constant_score": {"filter": {"term": {"attribute_terms": "水"}}, "boost": 1.8}},
                            ]
                        }
                    }
                ],
                "must_not": [],
                "should": [
                    {"term": {"name_terms": {"value": "水", "boost": 0.5}}},
                    {"constant_score": {"filter": {"terms": {"name_terms": ["=水"]}}, "boost": 2.0}},
                    {"constant_score": {"filter": {"term": {"in_stock": True}}, "boost": 0.3}},
                    {
                        "distance_feature": {
                            "field": "published_at",
                            "origin": MINUTE_MS,
                            "pivot": "30d",
                            "boost": 0.1,
                        }
                    },
                    {"rank_feature": {"field": "popularity", "boost": 2.0, "saturation": {"pivot": 4.0}}},
                ],
            }
        },
        "sort": [{"_score": "desc"}, {"id": "asc"}],
        "from": 20,
        "size": 10,
        "track_total_hits": True,
        "timeout": "3000ms",
        "_source": [
            "id",
            "sku",
            "name",
            "price_yen",
            "list_price_yen",
            "images",
            "brand",
            "category_path",
            "rating",
            "review_count",
            "in_stock",
        ],
    }


def test_filters_without_their_facets_are_in_the_query() -> None:
    body = build(SearchRequest(filters=Filters(brands=("ソニー",), in_stock=True), facets=(Facet.RATING,)))

    by_brand = {"bool": {"should": [{"terms": {"brand_id": ("ソニー",)}}, {"terms": {"brand": ("ソニー",)}}]}}
    assert body["query"]["bool"]["filter"] == [SHOWN, by_brand, {"term": {"in_stock": True}}]
    assert "post_filter" not in body
    assert list(body["aggs"]) == ["rating"]


def test_a_chosen_facet_is_counted_without_its_own_filter_and_the_others_with_it() -> None:
    filters = Filters(category_id=category_id("家電 > 音響"), rating_min=3.0)
    body = build(SearchRequest(filters=filters, facets=(Facet.CATEGORY, Facet.RATING, Facet.SELLER)))

    in_category = {"term": {"category_ids": str(category_id("家電 > 音響"))}}
    rated = {"range": {"rating": {"gte": 3.0}}}
    assert body["post_filter"] == {"bool": {"filter": [in_category, rated]}}
    assert {tuple(each["aggs"]): each["filter"]["bool"]["filter"] for each in body["aggs"].values()} == {
        ("category",): [rated],
        ("rating",): [in_category],
        ("seller",): [in_category, rated],
    }


def test_the_category_facet_counts_the_path_its_siblings_and_children() -> None:
    request = SearchRequest(filters=Filters(category_id=category_id("家電 > 音響")), facets=(Facet.CATEGORY,))

    counted = build(request)["aggs"]["category"]["terms"]["include"]

    shown = ("家電", "家電 > 音響", "家電 > 台所", "家電 > 音響 > イヤホン", "家電 > 音響 > スピーカー")
    assert counted == [str(category_id(path)) for path in shown]


def test_one_condition_on_variations_is_flat_and_two_are_nested() -> None:
    red = ("色", ("赤",))
    one = build(SearchRequest(filters=Filters(attributes=(red,)), facets=()))
    two = build(SearchRequest(filters=Filters(attributes=(red,), price_max_yen=Yen(999)), facets=()))

    assert one["query"]["bool"]["filter"][1:] == [{"terms": {"attribute_tokens": ["色\x1f赤"]}}]
    assert two["query"]["bool"]["filter"][1:] == [
        {
            "nested": {
                "path": "variations",
                "score_mode": "none",
                "query": {
                    "bool": {
                        "filter": [
                            {"range": {"variations.price_yen": {"lte": 999}}},
                            {"terms": {"variations.attribute_tokens": ["色\x1f赤"]}},
                        ]
                    }
                },
            }
        }
    ]
    assert "variations" in one["_source"]


def test_attributes_are_counted_on_the_variations_that_satisfy_the_other_conditions() -> None:
    request = SearchRequest(filters=Filters(price_max_yen=Yen(999)), facets=(Facet.ATTRIBUTES,))

    assert build(request)["aggs"] == {
        "attributes": {
            "nested": {"path": "variations"},
            "aggs": {
                "matching": {
                    "filter": {"bool": {"filter": [{"range": {"variations.price_yen": {"lte": 999}}}]}},
                    "aggs": {
                        "tokens": {
                            "terms": {
                                "field": "variations.attribute_tokens",
                                "size": ATTRIBUTE_TOKENS_MAX,
                                "order": [{"products": "desc"}, {"_key": "asc"}],
                            },
                            "aggs": {"products": {"reverse_nested": {}}},
                        }
                    },
                }
            },
        }
    }


def test_several_shards_send_all_their_values() -> None:
    request = SearchRequest(facets=(Facet.BRAND,))

    assert "shard_size" not in build(request)["aggs"]["brand"]["terms"]
    assert build(request, shards=3)["aggs"]["brand"]["terms"]["shard_size"] == FACET_SHARD_VALUES_MAX


def test_price_order_under_filters_is_that_of_the_matching_variation() -> None:
    body = build(SearchRequest(filters=Filters(in_stock=True), sort=Sort.PRICE_DESC, facets=()))

    assert body["sort"] == [
        {
            "variations.price_yen": {
                "order": "desc",
                "mode": "min",
                "nested": {
                    "path": "variations",
                    "filter": {"bool": {"filter": [{"term": {"variations.in_stock": True}}]}},
                },
            }
        },
        {"id": "asc"},
    ]


@pytest.mark.parametrize("changes", [{"pivot": None}])
def test_without_a_pivot_there_is_no_popularity(changes: dict[str, Any]) -> None:
    assert build(SearchRequest(), **changes)["query"]["bool"]["should"] == []


@given(requests(), st.text())
def test_every_body_is_json_that_holds_client_text_only_as_values(request: SearchRequest, text: str) -> None:
    body = orjson.dumps(build(SearchRequest(normalize_text(text), request.filters, request.sort)))

    for query in (b"query_string", b"regexp", b"wildcard", b"script"):
        assert b'"%s":' % query not in body


CLAUSES = ("term", "terms", "match_phrase", "fuzzy", "rank_feature", "distance_feature", "match_none", "range")

MANY_CLAUSES = (
    "-カビ除去剤 -カビ除去剤 -カビ除去剤 -カビ除去剤 卓上ライト 女物 -カビ除去剤 ベビーミルク 卓上ライト "
    "-カビ除去剤 気泡緩衝材 -カビ除去剤 日焼け止め 乳児用ミルク -カビ除去剤 -歯間ブラシ -カビ除去剤 "
    "-歯間ブラシ -カビ除去剤 卓上ライト -カビ除去剤 卓上ライト -カビ除去剤 -カビ除去剤 -カビ除去剤 "
    "-カビ除去剤 勉強机 -カビ除去剤 -カビ除去剤 -カビ除去剤"
)
"""The text with most clauses that a search for one found: words with many synonyms, beside as many exclusions."""


def count_clauses(part: Any) -> int:
    if isinstance(part, dict):
        return sum((name in CLAUSES) + count_clauses(value) for name, value in part.items())
    return sum(map(count_clauses, part)) if isinstance(part, list) else 0


def test_the_richest_text_stays_below_what_opensearch_takes() -> None:
    understanding = understand(SearchRequest(MANY_CLAUSES), Vocabulary(SynonymTable(load_curated())))
    index = serving(builder_version=BUILDER_VERSION)
    rungs = (build_strict(understanding, index), *build_rungs(understanding))
    counts = [count_clauses(build_body(understanding, rung, TREE, index, NOW, SETTINGS)["query"]) for rung in rungs]

    assert 900 < max(counts) < 1_024
