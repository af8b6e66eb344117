"""Row -> document: the one builder that bulk, incremental and reconcile share. Pure."""

import hashlib
import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

import orjson

from analyzers.codes import normalize_code
from analyzers.headwords import build_head_terms
from analyzers.normalizer import NORMALIZER_VERSION
from analyzers.reading import sort_key
from analyzers.scan import Scan, scan_text
from analyzers.suggest_keys import build_suggest_keys, keys_of
from analyzers.terms import build_terms, terms_of
from catalog.details import average_rating
from catalog.product import (
    ProductRow,
    Variation,
    attribute_token,
    effective_variations,
    is_searchable,
    leading_number,
)

BUILDER_VERSION = 3
"""Raised with every change of this module that changes a document; a generation remembers it (I3, I13)."""

Document = dict[str, Any]

_RANK_FEATURE_MAX = 3e38
_RANK_FEATURE_MIN = 1.2e-38
"""What `rank_feature` accepts: positive normal floats (tried on 3.8; zero, negative or larger is a 400)."""

_PRIOR_REVIEWS, _PRIOR_RATING = 5, 3.5
"""Bayesian average (C·m + Σr) / (C + n): constants, so that one review changes one document."""

_LEVELS_MAX = 8
"""The mapping has category_lvl0 to category_lvl7."""

_INTEGER_MAX = 2**31 - 1
"""Of OpenSearch's and PostgreSQL's integer; a sum of stocks may exceed it."""

_CODE_ATTRIBUTES = ("JAN", "JANコード", "型番")
"""Nearly each product has a value of its own: they are found by `codes`, and would flood the attribute facets."""


def build_document(row: ProductRow) -> Document:
    """The whole document but `doc_version`, `indexed_at` and `committed_at`, which the writer adds.

    A product that is not searchable becomes a tombstone (I5). `doc_hash` covers everything else: what is shown and
    filtered as it stands, and the words, which take most of the time, through what they are made of.
    """
    if not is_searchable(row):
        return build_tombstone(row.id)
    variations = effective_variations(row)
    document = _build_facts(row, variations)
    document["doc_hash"] = _hash_facts(document, row)
    document.update(_words(row, variations, document["attributes"]))
    return document


def hash_document(row: ProductRow) -> str | None:
    """`doc_hash` of the row's document, without making the document; None for a tombstone."""
    return _hash_facts(_build_facts(row, effective_variations(row)), row) if is_searchable(row) else None


def build_tombstone(product_id: str) -> Document:
    """What stays of a product that is gone or not searchable, so that a late write cannot bring it back (I5)."""
    tombstone: Document = {"id": product_id, "tombstone": True}
    return tombstone | {"doc_hash": _hash(tombstone)}


def _build_facts(row: ProductRow, variations: tuple[Variation, ...]) -> Document:
    """Everything but words. Keys are written in one order, so the bytes of equal documents are equal."""
    names = _category_names(row)
    return {
        "id": row.id,
        "sku": row.sku,
        "name": row.name,
        "description": row.description or "",
        "category_id": row.path[-1][0],
        "category_ids": [id for id, _, _, _ in row.path],
        "category_path": _prefixes(names),
        **{f"category_lvl{level}": path for level, path in enumerate(_prefixes(names)[:_LEVELS_MAX])},
        "seller_id": row.seller_id,
        "seller_name": row.seller_name,
        "status": row.status,
        "published_at": row.published_at_ms,
        "created_at": row.created_at_ms,
        "images": [url for url, _ in row.images],
        **_brand(row),
        **_offer(variations),
        **_attributes(variations),
        **_rating(row),
        **_popularity(row.popularity),
    }


def _hash_facts(facts: Document, row: ProductRow) -> str:
    """Words are a function of these facts, of how the brand is said, and of the code that reads them."""
    return _hash([facts, row.brand_kana, NORMALIZER_VERSION, BUILDER_VERSION])


def _hash(content: Any) -> str:
    return hashlib.blake2b(orjson.dumps(content), digest_size=16).hexdigest()


def _category_names(row: ProductRow) -> list[str]:
    return [name for _, name, _, _ in row.path]


def _prefixes(names: list[str]) -> list[str]:
    """["家電", "家電 > 音響"] for 家電, 音響."""
    return [" > ".join(names[: depth + 1]) for depth in range(len(names))]


def _words(row: ProductRow, variations: tuple[Variation, ...], attributes: list[Document]) -> Document:
    """What words of a query are looked for in, normalised as they are (I13). `attributes` are the document's.

    A description is left to kuromoji: it says much that the product is not, and would cost more than all else.
    """
    read = scan_text(row.name)
    name = terms_of(read)
    brand = build_terms(f"{row.brand_name or ''} {row.brand_kana or ''}")
    category = build_terms(" ".join(_category_names(row)))
    values = [build_terms(text) for text in _attribute_texts(attributes)]
    said = (name, brand, category, *values)
    return {
        "name_reading": sort_key(read.spoken),
        "name_terms": [*name.terms, *build_head_terms(read)],
        "brand_terms": list(brand.terms),
        "category_terms": list(category.terms),
        "attribute_terms": _each_once(chain.from_iterable([each.terms for each in values])),
        "suggest_keys": _suggest_keys(row, read),
        "readings": _each_once(chain.from_iterable([each.readings for each in said])),
        "quantities": _each_once(chain.from_iterable([each.quantities for each in (name, *values)])),
        "codes": _each_once([*_codes(row, variations), *name.codes]),
    }


def _suggest_keys(row: ProductRow, read: Scan) -> list[str]:
    """By what beginnings the product is suggested: of words in its name, and of its brand."""
    found = keys_of(read.text, read.read)
    brand = _brand_keys(row.brand_name, row.brand_kana) if row.brand_id else ()
    return _each_once(filter(None, chain(*found, brand)))


@lru_cache(maxsize=10_000)
def _brand_keys(name: str | None, kana: str | None) -> tuple[str, ...]:
    keys = [build_suggest_keys(text) for text in (name, kana) if text]
    return tuple(chain.from_iterable(each.first + each.inner for each in keys))


def _attribute_texts(attributes: list[Document]) -> list[str]:
    """The values; M of サイズ as Mサイズ, for that is what is asked for."""
    return [
        f"{each['value']}サイズ" if each["name"].endswith("サイズ") else each["value"]
        for each in attributes
        if each["name"] not in _CODE_ATTRIBUTES
    ]


def _each_once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _codes(row: ProductRow, variations: tuple[Variation, ...]) -> Iterator[str]:
    """SKUs and every attribute that is a code, normalised."""
    codes = [row.sku]
    for variation in variations:
        codes.append(variation.sku)
        for name in _CODE_ATTRIBUTES:
            codes += variation.attributes.get(name, ())
    return filter(None, map(normalize_code, dict.fromkeys(codes)))


def _brand(row: ProductRow) -> Document:
    if row.brand_id is None or row.brand_name is None:
        return {}
    return {"brand": row.brand_name, "brand_id": row.brand_id}


def _offer(variations: tuple[Variation, ...]) -> Document:
    """Prices, stock and the nested variations."""
    cheapest = variations[0]
    return {
        "price": float(cheapest.price_yen),
        "price_yen": cheapest.price_yen,
        "list_price_yen": cheapest.list_price_yen,
        "variation_prices_yen": sorted({variation.price_yen for variation in variations}),
        "stock": min(sum(variation.stock for variation in variations), _INTEGER_MAX),
        "in_stock": any(variation.in_stock for variation in variations),
        "variations": [
            {
                "id": variation.id,
                "sku": variation.sku,
                "name": variation.name,
                "attribute_tokens": _tokens(
                    (name, value) for name, values in variation.attributes.items() for value in values
                ),
                "price_yen": variation.price_yen,
                "stock": variation.stock,
                "in_stock": variation.in_stock,
                "image": variation.image,
            }
            for variation in variations
        ],
    }


def _attributes(variations: tuple[Variation, ...]) -> Document:
    """The union over the variations, so that a flat facet finds what a filter on one variation can find."""
    pairs = dict.fromkeys(
        (name, value) for variation in variations for name, values in variation.attributes.items() for value in values
    )
    return {
        "attributes": [{"name": name, "value": value, "number": leading_number(value)} for name, value in pairs],
        "attribute_names": list(dict.fromkeys(name for name, _ in pairs if name not in _CODE_ATTRIBUTES)),
        "attribute_tokens": _tokens(pairs),
    }


def _tokens(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [attribute_token(name, value) for name, value in pairs if name not in _CODE_ATTRIBUTES]


def _rating(row: ProductRow) -> Document:
    score = (_PRIOR_REVIEWS * _PRIOR_RATING + row.rating_sum) / (_PRIOR_REVIEWS + row.review_count)
    rating = average_rating(row)
    return {"review_count": row.review_count, "rating_score": round(score, 3)} | ({"rating": rating} if rating else {})


def _popularity(popularity: float | None) -> Document:
    """Absent when there is none: `rank_feature` refuses zero, and a null sorts last (I12)."""
    if not popularity or popularity <= 0:
        return {}
    clamped = min(max(popularity, _RANK_FEATURE_MIN), _RANK_FEATURE_MAX)
    return {"popularity": clamped, "popularity_score": round(math.log2(clamped), 4)}
