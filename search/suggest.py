"""Suggestions while a shopper types: prefixes of words in product and brand names, and of category names.

One `_msearch` of two or three small searches. Products rank by popularity alone, because a prefix says little else;
brands and categories by how many shown products they have, and with none they are not suggested.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from analyzers.normalizer import normalize_text
from catalog.tree import Category, CategoryTree
from core.limits import SUGGESTED_CATEGORIES_MAX
from core.settings import Settings
from core.types import Yen
from search.cursor import floor_to_minute
from search.filters import shown_clause
from search.query import Clause, build_popularity_queries
from search.serving import ServingIndex
from search.variation_aggs import Aggs

_PREFIX_MAX_CHARS = 20
"""The index holds prefixes up to here (`word_prefix` in products.json); a longer word is asked by its first part."""


@dataclass(frozen=True, slots=True)
class SuggestedProduct:
    id: str
    name: str
    image: str | None
    price: Yen


@dataclass(frozen=True, slots=True)
class SuggestedBrand:
    id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class SuggestedCategory:
    slug: str
    name: str
    path: str
    """Names from the root, joined with " > "."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    products: tuple[SuggestedProduct, ...] = ()
    brands: tuple[SuggestedBrand, ...] = ()
    categories: tuple[SuggestedCategory, ...] = ()


def build_suggest_bodies(
    text: str, tree: CategoryTree, serving: ServingIndex, limit: int, now: datetime, settings: Settings
) -> list[dict[str, Any]]:
    """Bodies for products, brands and, if any begins with `text` (normalised), categories."""
    minute = floor_to_minute(now)
    bodies = [
        _products_body(text, serving, limit, minute, settings),
        _brands_body(text, limit, minute, settings),
    ]
    if categories := find_categories(text, tree):
        bodies.append(_categories_body(categories, minute, settings))
    return bodies


def find_categories(text: str, tree: CategoryTree) -> list[Category]:
    """Shown categories whose name begins with `text`, those near the root first."""
    found = [
        category
        for category in tree.by_id.values()
        if _normalized_name(category.name).startswith(text) and tree.is_shown(category.id)
    ]
    return sorted(found, key=lambda category: len(tree.path(category.id)))[:SUGGESTED_CATEGORIES_MAX]


@lru_cache(maxsize=20_000)
def _normalized_name(name: str) -> str:
    return normalize_text(name)


def _prefix_clause(field: str, text: str) -> Clause:
    words = " ".join(word[:_PREFIX_MAX_CHARS] for word in text.split())
    return {"match": {field: {"query": words, "operator": "and"}}}


def _products_body(text: str, serving: ServingIndex, limit: int, now: datetime, settings: Settings) -> dict[str, Any]:
    return {
        "query": {
            "bool": {
                "filter": [shown_clause(now), _prefix_clause("name.prefix", text)],
                "should": build_popularity_queries(1.0, serving.pivot_at(now)),
            }
        },
        "size": limit,
        "track_total_hits": False,
        "timeout": f"{settings.search_timeout_ms}ms",
        "_source": ["id", "name", "images", "price_yen"],
    }


def _brands_body(text: str, limit: int, now: datetime, settings: Settings) -> dict[str, Any]:
    aggs = {"brands": {"terms": {"field": "brand", "size": limit}, "aggs": {"ids": {"terms": {"field": "brand_id"}}}}}
    return _count_body(_prefix_clause("brand_text", text), aggs, now, settings)


def _categories_body(categories: list[Category], now: datetime, settings: Settings) -> dict[str, Any]:
    ids = [category.key for category in categories]
    aggs = {"categories": {"terms": {"field": "category_ids", "size": len(ids), "include": ids}}}
    return _count_body({"terms": {"category_ids": ids}}, aggs, now, settings)


def _count_body(clause: Clause, aggs: Aggs, now: datetime, settings: Settings) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": [shown_clause(now), clause]}},
        "size": 0,
        "track_total_hits": False,
        "timeout": f"{settings.search_timeout_ms}ms",
        "aggs": aggs,
    }


def parse_suggestions(answers: list[dict[str, Any]], text: str, tree: CategoryTree, limit: int) -> Suggestions:
    """From the answers to the bodies of `build_suggest_bodies`, in their order."""
    products, brands, *rest = answers
    counts = {
        bucket["key"]: bucket["doc_count"]
        for answer in rest
        for bucket in answer["aggregations"]["categories"]["buckets"]
    }
    found = [category for category in find_categories(text, tree) if category.key in counts]
    found.sort(key=lambda category: -counts[category.key])
    return Suggestions(
        products=tuple(_parse_product(hit["_source"]) for hit in products["hits"]["hits"]),
        brands=tuple(map(_parse_brand, brands["aggregations"]["brands"]["buckets"])),
        categories=tuple(_suggest_category(category, tree) for category in found[:limit]),
    )


def _parse_product(source: dict[str, Any]) -> SuggestedProduct:
    images = source["images"]
    return SuggestedProduct(source["id"], source["name"], images[0] if images else None, source["price_yen"])


def _parse_brand(bucket: dict[str, Any]) -> SuggestedBrand:
    return SuggestedBrand(bucket["ids"]["buckets"][0]["key"], bucket["key"], bucket["doc_count"])


def _suggest_category(category: Category, tree: CategoryTree) -> SuggestedCategory:
    path = " > ".join(each.name for each in tree.path(category.id))
    return SuggestedCategory(category.slug, category.name, path)
