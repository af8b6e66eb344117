"""Products that are suggested, and queries of words in their names. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from analyzers.suggest_keys import TypedPart
from core.settings import Settings
from core.types import Yen
from search.cursor import floor_to_minute
from search.filters import shown_clause
from search.query import Clause, build_popularity_queries
from search.serving import ServingIndex
from search.suggest_index import known_keys
from search.suggest_proof import is_found

_FIELD = "suggest_keys"
_BEGINNING_MAX_CHARS = 6
"""Beginnings of keys up to here are terms of their own (`key_prefix` in products.json), beside the whole keys: 140
terms a product, where beginnings of up to 16 were 260; few keys share a longer one."""

_EXPANSIONS_MAX = 50
"""Indexed beginnings within one edit that a misspelt one may become (I11)."""

_FOUND_MAX = 20
"""Products that are asked for: those that are suggested, and some more whose names' words are."""

_SOLD_OUT_SHARE = 0.5
"""What the popularity of a product is worth that cannot be bought."""

_COMPLETED_MAX = 5
"""Words of products' names that become queries: each costs half a millisecond when it is new."""

_OLD_PREFIX_MAX_CHARS = 20
_WORD_ENDS = re.compile(r"[\s()（）【】\[\]「」『』<>＜＞/／,、|｜]+")
_WORD_MAX_CHARS = 20


class FoundProduct(NamedTuple):
    id: str
    name: str
    brand: str
    image: str | None
    price: Yen
    weight: float
    """From 0 to 1, by popularity and stock."""


def build_products_body(
    text: str, parts: Sequence[TypedPart], serving: ServingIndex, now: datetime, settings: Settings, *, loose: bool
) -> dict[str, Any]:
    """Products of which each part begins some word, popular ones first.

    Popularity is the only score, so that OpenSearch skips most of the products that begin with a letter or two.
    """
    minute = floor_to_minute(now)
    if not serving.has_terms:
        clauses = [_old_clause(text)]
    else:
        clauses = [_loose_clause(part) if loose else _clause(part.prefixes) for part in parts]
    return {
        "query": {
            "bool": {
                "filter": [shown_clause(minute), *clauses],
                "should": build_popularity_queries(1.0, serving.pivot_at(minute)),
            }
        },
        "size": _FOUND_MAX,
        "track_total_hits": False,
        "timeout": f"{settings.search_timeout_ms}ms",
        "_source": ["id", "name", "brand", "images", "price_yen", "in_stock"],
    }


def _clause(prefixes: Sequence[str]) -> Clause:
    """Short prefixes are terms of the field; a longer one begins few whole keys."""
    short = [prefix for prefix in prefixes if len(prefix) <= _BEGINNING_MAX_CHARS]
    long = [prefix for prefix in prefixes if len(prefix) > _BEGINNING_MAX_CHARS]
    terms: Clause = {"terms": {_FIELD: short}}
    return _any_of([*([terms] if short or not long else []), *({"prefix": {_FIELD: prefix}} for prefix in long)])


def _loose_clause(part: TypedPart) -> Clause:
    """Of a long misspelt text only the beginning is compared."""
    beginnings = dict.fromkeys(text[:_BEGINNING_MAX_CHARS] for text in part.misspelt)
    misspelt: list[Clause] = [
        {
            "fuzzy": {
                _FIELD: {"value": text, "fuzziness": 1, "prefix_length": 1, "max_expansions": _EXPANSIONS_MAX},
            }
        }
        for text in beginnings
    ]
    return _any_of([_clause((*part.prefixes, *part.loose)), *misspelt])


def _any_of(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses}}


def _old_clause(text: str) -> Clause:
    """For a generation without the field, until it is rebuilt (I13)."""
    words = " ".join(word[:_OLD_PREFIX_MAX_CHARS] for word in text.split())
    return {"match": {"name.prefix": {"query": words, "operator": "and"}}}


def parse_products(raw: dict[str, Any]) -> list[FoundProduct]:
    """Those in stock before others that are as popular."""
    found = [_parse(hit["_source"], hit["_score"]) for hit in raw["hits"]["hits"]]
    return sorted(found, key=lambda product: -product.weight)


def _parse(source: dict[str, Any], score: float) -> FoundProduct:
    images = source["images"]
    return FoundProduct(
        id=source["id"],
        name=source["name"],
        brand=source.get("brand", ""),
        image=images[0] if images else None,
        price=source["price_yen"],
        weight=score if source["in_stock"] else score * _SOLD_OUT_SHARE,
    )


def complete_words(text: str, parts: Sequence[TypedPart], products: Sequence[FoundProduct]) -> list[tuple[str, float]]:
    """Queries that end what was typed by a word of a found product's name, with their weights, the heaviest first.

    A word weighs what the products that have it weigh, shared among all that were found. Each query finds its products.
    """
    if not parts:
        return []
    *before, _ = text.split()
    weights: dict[str, float] = {}
    names: dict[str, str] = {}
    for product in products:
        for word in _words_with(parts[-1], product.name):
            query = " ".join([*before, word])
            weights[query] = weights.get(query, 0.0) + product.weight / len(products)
            names.setdefault(query, f"{product.brand} {product.name}")
    heaviest = sorted(weights.items(), key=lambda pair: -pair[1])[:_COMPLETED_MAX]
    return [(query, weight) for query, weight in heaviest if is_found(query, names[query])]


def _words_with(part: TypedPart, name: str) -> Iterator[str]:
    for word in dict.fromkeys(_WORD_ENDS.split(name)):
        if len(word) <= _WORD_MAX_CHARS and any(key.startswith(part.prefixes) for key in known_keys(word).first):
            yield word
