"""Suggestions while a shopper types: queries, categories, brands and products in one order.

Names come from memory, products from one search. What begins like the text is taken; only when nothing does, other
spellings and one wrong character are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzers.normalizer import normalize_text
from analyzers.suggest_keys import TypedPart
from core.types import Yen
from search.suggest_names import FIRST_FIT, Name, NameIndex, Names
from search.suggest_products import FoundProduct, complete_words

WEIGHT_SHARE = 0.5
"""Of a score: how much a name's weight says beside how well it fits."""

LOOSE_FIT = 0.5
"""How well what was found by another spelling fits, against what begins like the text."""


BRAND_QUERIES_MAX = 2
"""Queries of one brand for a text of one word: the brand itself is suggested too."""


class Kind(StrEnum):
    QUERY = "query"
    CATEGORY = "category"
    BRAND = "brand"
    PRODUCT = "product"


KIND_SHARES = {Kind.QUERY: 1.0, Kind.CATEGORY: 1.0, Kind.BRAND: 1.0, Kind.PRODUCT: 0.8}
"""What equally good suggestions of each kind are worth: a product is what the fewest shoppers mean."""


@dataclass(frozen=True, slots=True)
class SuggestedQuery:
    text: str


@dataclass(frozen=True, slots=True)
class SuggestedCategory:
    slug: str
    name: str
    path: str
    """Names from the root, joined with " > "."""


@dataclass(frozen=True, slots=True)
class SuggestedBrand:
    id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class SuggestedProduct:
    id: str
    name: str
    image: str | None
    price: Yen


@dataclass(frozen=True, slots=True)
class Ranked:
    """A suggestion of the lists, in the order of all: `key` is a query's text, a slug or an id."""

    kind: Kind
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    ranked: tuple[Ranked, ...] = ()
    queries: tuple[SuggestedQuery, ...] = ()
    categories: tuple[SuggestedCategory, ...] = ()
    brands: tuple[SuggestedBrand, ...] = ()
    products: tuple[SuggestedProduct, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundNames:
    """Of each kind, the names that fit and their scores, the best first."""

    queries: Sequence[tuple[Name, float]] = ()
    categories: Sequence[tuple[Name, float]] = ()
    brands: Sequence[tuple[Name, float]] = ()

    def __bool__(self) -> bool:
        return bool(self.queries or self.categories or self.brands)


def find_names(names: Names, parts: Sequence[TypedPart], *, loose: bool = False) -> FoundNames:
    """What is known in memory."""
    return FoundNames(
        queries=_best(names.queries, Kind.QUERY, parts, loose),
        categories=_best(names.categories, Kind.CATEGORY, parts, loose),
        brands=_best(names.brands, Kind.BRAND, parts, loose),
    )


def _best(index: NameIndex, kind: Kind, parts: Sequence[TypedPart], loose: bool) -> list[tuple[Name, float]]:
    found = index.find(parts, loose=loose)
    scored = [(name, _score(kind, fit * (LOOSE_FIT if loose else 1), name.weight)) for name, fit in found]
    return sorted(scored, key=lambda pair: -pair[1])


def _score(kind: Kind, fit: float, weight: float) -> float:
    return KIND_SHARES[kind] * fit * (1 - WEIGHT_SHARE + WEIGHT_SHARE * weight)


def build_suggestions(
    text: str, parts: Sequence[TypedPart], names: FoundNames, products: Sequence[FoundProduct], limit: int
) -> Suggestions:
    """At most `limit` of each kind, and of all in order."""
    queries = sorted(_queries(text, parts, names, products, limit), key=lambda pair: -pair[1])[:limit]
    categories, brands = names.categories[:limit], names.brands[:limit]
    scored: list[tuple[float, Ranked]] = [
        *((score, Ranked(Kind.QUERY, query, query)) for query, score in queries),
        *((score, Ranked(Kind.CATEGORY, name.id, name.text)) for name, score in categories),
        *((score, Ranked(Kind.BRAND, name.id, name.text)) for name, score in brands),
        *((_product_score(each), Ranked(Kind.PRODUCT, each.id, each.name)) for each in products[:limit]),
    ]
    scored.sort(key=lambda pair: -pair[0])
    return Suggestions(
        ranked=tuple(ranked for _, ranked in scored[:limit]),
        queries=tuple(SuggestedQuery(query) for query, _ in queries),
        categories=tuple(SuggestedCategory(name.id, name.text, name.path) for name, _ in categories),
        brands=tuple(SuggestedBrand(name.id, name.text, name.count) for name, _ in brands),
        products=tuple(SuggestedProduct(each.id, each.name, each.image, each.price) for each in products[:limit]),
    )


def _queries(
    text: str, parts: Sequence[TypedPart], names: FoundNames, products: Sequence[FoundProduct], limit: int
) -> Iterator[tuple[str, float]]:
    """The best known ones, and those of the products' words; each text once."""
    seen: set[str] = set()
    brands: Counter[str] = Counter()
    for name, score in names.queries:
        brands[name.brand] += 1
        if len(parts) == 1 and name.brand and brands[name.brand] > BRAND_QUERIES_MAX:
            continue
        seen.add(name.id)
        yield name.text, score
        if len(seen) == limit:
            break
    for query, weight in complete_words(text, parts, products):
        if normalize_text(query) not in seen:
            yield query, _score(Kind.QUERY, FIRST_FIT, weight)


def _product_score(product: FoundProduct) -> float:
    return _score(Kind.PRODUCT, FIRST_FIT, product.weight)
