"""What a search answers, ready to become JSON; counts are exact (I10).

Plain dataclasses, for an answer has hundreds of them: frozen ones take four times as long to make, and orjson five
times as long to write those with slots (together a tenth of the API's CPU). Nobody changes one.
"""

from dataclasses import dataclass

from core.types import Yen


@dataclass
class HitVariation:
    """The variation that matched the filters (the cheapest of them), whose price and image the hit shows."""

    id: str
    sku: str
    name: str
    attributes: dict[str, list[str]]


@dataclass
class Hit:
    id: str
    sku: str
    name: str
    price: Yen
    list_price: Yen
    """Price before a sale; equal to `price` when there is none."""
    image: str | None
    brand: str | None
    category_path: str
    rating: float | None
    review_count: int
    in_stock: bool
    variation: HitVariation | None
    highlight: dict[str, str]
    """Field -> HTML-escaped text with <mark> around what matched; only fields that matched."""
    score: float | None


@dataclass
class FacetValue:
    value: str
    """What the filter parameter takes: category slug, brand or seller id, attribute value."""
    name: str
    count: int
    selected: bool


@dataclass
class CategoryNode:
    slug: str
    name: str
    count: int
    selected: bool
    children: "tuple[CategoryNode, ...]"


@dataclass
class PriceRange:
    """`min` inclusive, `max` inclusive, whole yen, None is open; both go into price_min and price_max."""

    min: Yen | None
    max: Yen | None
    count: int
    selected: bool


@dataclass
class PriceFacet:
    min: Yen | None
    max: Yen | None
    ranges: tuple[PriceRange, ...]


@dataclass
class AttributeFacet:
    name: str
    values: tuple[FacetValue, ...]


@dataclass
class Facets:
    """A facet that was not asked for is None. `rating` values are "4", "3", ... meaning at least that."""

    category: tuple[CategoryNode, ...] | None = None
    brand: tuple[FacetValue, ...] | None = None
    seller: tuple[FacetValue, ...] | None = None
    price: PriceFacet | None = None
    rating: tuple[FacetValue, ...] | None = None
    in_stock: FacetValue | None = None
    attributes: tuple[AttributeFacet, ...] | None = None


@dataclass
class Applied:
    """What is in force, as the shopper may undo it: parameter name and value of the request.

    `literal` is not given yet: it is what the text was recognised to ask for, and given with this value it is undone.
    """

    parameter: str
    value: str
    label: str


@dataclass
class QueryReading:
    """How the query was read. `stage` is the rung of the zero-hit ladder that answered (search/ladder.py).

    `dropped` are words that the hits need not have; `suggestion` is how the text may have been meant.
    """

    stage: str
    applied: tuple[Applied, ...]
    dropped: tuple[str, ...] = ()
    suggestion: str | None = None


@dataclass
class SearchResult:
    hits: tuple[Hit, ...]
    total: int
    page: int
    pages: int
    cursor: str | None
    facets: Facets
    query: QueryReading
    took_ms: int
