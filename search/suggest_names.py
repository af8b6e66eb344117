"""What is suggested from memory: categories, brands, and queries of both; each with shown products. Pure.

A query here is a text and how much it is worth. They are made of the catalog's own names, and of what shoppers ask for
(search/suggest_asked.py), with a weight that fades.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from analyzers.normalizer import normalize_text
from analyzers.suggest_keys import SuggestKeys, TypedPart
from catalog.tree import Category, CategoryTree
from core.limits import (
    SUGGESTED_BRANDS_MAX,
    SUGGESTED_CATEGORIES_MAX,
    SUGGESTED_PAIR_BRANDS_MAX,
    SUGGESTED_PAIR_CATEGORIES_MAX,
    SUGGESTED_PAIR_PRODUCTS_MAX,
)
from core.settings import Settings
from search.cursor import floor_to_minute
from search.filters import shown_clause
from search.query import Clause, build_popularity_queries
from search.serving import ServingIndex
from search.suggest_index import Found, PrefixIndex, known_keys
from search.suggest_proof import is_found
from search.vocabulary import Vocabulary

COUNT_SHARE = 0.6
"""Of a name's weight, by how many products it has; the rest by its most popular product."""


@dataclass(frozen=True, slots=True)
class Name:
    """`id` is a brand's id, a category's slug, or the query itself; `weight` is from 0 to 1."""

    text: str
    id: str
    count: int
    weight: float
    path: str = ""
    """Of a category: names from the root, joined with " > "."""
    brand: str = ""
    """Of a query of a brand and a category."""


class NameIndex:
    """Names of one kind, to be found by their beginnings."""

    def __init__(self, names: Iterable[tuple[Name, SuggestKeys]] = ()) -> None:
        ordered = sorted(names, key=lambda pair: (-pair[0].weight, pair[0].text, pair[0].id))
        self._names = [name for name, _ in ordered]
        self._index = PrefixIndex([keys for _, keys in ordered])

    def find(self, parts: Sequence[TypedPart], *, loose: bool = False) -> list[tuple[Name, float]]:
        """Names and how well each fits, 1 when it is what was typed."""
        found = self._index.find_loose(parts) if loose else self._index.find(parts)
        return [(self._names[each.entry], _fit(each)) for each in found]


def _fit(found: Found) -> float:
    return 1.0 if found.is_whole else FIRST_FIT if found.is_first else INNER_FIT


FIRST_FIT = 0.9
INNER_FIT = 0.5
"""How well a name fits that begins with the text, or has a later word that does."""


@dataclass(frozen=True, slots=True)
class Names:
    categories: NameIndex = field(default_factory=NameIndex)
    brands: NameIndex = field(default_factory=NameIndex)
    queries: NameIndex = field(default_factory=NameIndex)


def build_counts_body(serving: ServingIndex, now: datetime, settings: Settings) -> dict[str, Any]:
    """How many shown products each category and brand has, and which brands the larger categories have.

    The latter among the most popular products only, since it costs most and need not be exact.
    """
    minute = floor_to_minute(now)
    popularity = {"popularity": {"max": {"field": "popularity_score"}}}
    pair_brands = {"brands": _terms("brand", SUGGESTED_PAIR_BRANDS_MAX, popularity)}
    return {
        "query": {
            "bool": {
                "filter": [shown_clause(minute)],
                "should": build_popularity_queries(1.0, serving.pivot_at(minute)),
            }
        },
        "size": 0,
        "track_total_hits": False,
        "timeout": f"{settings.search_timeout_ms}ms",
        "aggs": {
            "categories": _terms("category_ids", SUGGESTED_CATEGORIES_MAX, popularity),
            "brands": _terms("brand", SUGGESTED_BRANDS_MAX, popularity | {"ids": _terms("brand_id", 1)}),
            "popular": {
                "sampler": {"shard_size": SUGGESTED_PAIR_PRODUCTS_MAX},
                "aggs": {"pairs": _terms("category_id", SUGGESTED_PAIR_CATEGORIES_MAX, pair_brands)},
            },
        },
    }


def _terms(field: str, size: int, aggs: Clause | None = None) -> Clause:
    return {"terms": {"field": field, "size": size}} | ({"aggs": aggs} if aggs else {})


def build_names(
    raw: dict[str, Any],
    tree: CategoryTree,
    vocabulary: Vocabulary,
    serving: ServingIndex,
    now: datetime,
    asked: Mapping[str, float],
) -> Names:
    """From the answer to `build_counts_body`; `asked` are texts of shoppers and their weights."""
    aggs = raw["aggregations"]
    weigh = _weigher(aggs, serving.pivot_at(floor_to_minute(now)))
    shown = {category.key: category for category in tree.by_id.values() if tree.is_shown(category.id)}
    categories = [
        (shown[bucket["key"]], bucket["doc_count"], weigh(bucket))
        for bucket in aggs["categories"]["buckets"]
        if bucket["key"] in shown
    ]
    spellings = _brand_spellings(vocabulary)
    pairs = _pair_queries(aggs["popular"]["pairs"]["buckets"], shown, tree, weigh)
    queries = _with_asked(chain(_category_queries(categories, tree), pairs), asked)
    return Names(
        categories=NameIndex(_category(*each, tree) for each in categories),
        brands=NameIndex(_brand(bucket, weigh(bucket), spellings) for bucket in aggs["brands"]["buckets"]),
        queries=NameIndex((name, known_keys(name.text)) for name in queries),
    )


Weigh = Callable[[dict[str, Any]], float]


def _weigher(aggs: dict[str, Any], pivot: float | None) -> Weigh:
    """The weight of a bucket: its share of the most frequent one, by order of magnitude, and its popularity (I12)."""
    buckets = (*aggs["categories"]["buckets"], *aggs["brands"]["buckets"])
    most = max((math.log1p(bucket["doc_count"]) for bucket in buckets), default=1.0)

    def weigh(bucket: dict[str, Any]) -> float:
        score = bucket["popularity"]["value"]
        popularity = 0.0 if score is None or pivot is None else 1 / (1 + pivot / 2**score)
        return COUNT_SHARE * math.log1p(bucket["doc_count"]) / most + (1 - COUNT_SHARE) * popularity

    return weigh


def _category(category: Category, count: int, weight: float, tree: CategoryTree) -> tuple[Name, SuggestKeys]:
    path = " > ".join(each.name for each in tree.path(category.id))
    return Name(category.name, category.slug, count, weight, path), known_keys(category.name)


def _brand_spellings(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """By a brand's id, what it is called by: SONY is ソニー too."""
    spellings: dict[str, list[str]] = {}
    for words, name in vocabulary.brands.items():
        for id in name.ids:
            spellings.setdefault(id, []).append(" ".join(words))
    return spellings


def _brand(bucket: dict[str, Any], weight: float, spellings: dict[str, list[str]]) -> tuple[Name, SuggestKeys]:
    id = bucket["ids"]["buckets"][0]["key"]
    keys = [known_keys(text) for text in (bucket["key"], *spellings.get(id, ()))]
    first = dict.fromkeys(chain.from_iterable(each.first for each in keys))
    inner = dict.fromkeys(chain.from_iterable(each.inner for each in keys))
    return Name(bucket["key"], id, bucket["doc_count"], weight), SuggestKeys(tuple(first), tuple(inner))


def _category_queries(categories: Sequence[tuple[Category, int, float]], tree: CategoryTree) -> Iterator[Name]:
    """The names of categories; of several with one name, the one that weighs most."""
    best: dict[str, Name] = {}
    for category, count, weight in categories:
        text = normalize_text(category.name)
        if (text not in best or best[text].weight < weight) and _is_found(category, tree):
            best[text] = Name(category.name, text, count, weight)
    yield from best.values()


def _pair_queries(
    buckets: Iterable[dict[str, Any]], shown: dict[str, Category], tree: CategoryTree, weigh: Weigh
) -> Iterator[Name]:
    """A brand and a category that have products together: ソニー イヤホン."""
    best: dict[str, Name] = {}
    for bucket in buckets:
        category = shown.get(bucket["key"])
        if category is None or not _is_found(category, tree):
            continue
        for pair in bucket["brands"]["buckets"]:
            if is_found(pair["key"], pair["key"]):
                text = f"{pair['key']} {category.name}"
                name = Name(text, normalize_text(text), pair["doc_count"], weigh(pair), brand=pair["key"])
                if name.id not in best or best[name.id].weight < name.weight:
                    best[name.id] = name
    yield from best.values()


def _with_asked(made: Iterable[Name], asked: Mapping[str, float]) -> Iterator[Name]:
    """Texts of shoppers beside those made of names; one that is both is spelt as the name, and weighs the most."""
    left = dict(asked)
    for name in made:
        yield replace(name, weight=max(name.weight, left.pop(name.id, 0.0)))
    yield from (Name(text, text, 0, weight) for text, weight in left.items())


def _is_found(category: Category, tree: CategoryTree) -> bool:
    return is_found(category.name, " ".join(each.name for each in tree.path(category.id)))
