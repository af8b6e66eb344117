"""What a shopper asks for, after HTTP is gone: one frozen value from which everything else follows."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.limits import PER_PAGE_DEFAULT
from core.types import CategoryId, Yen


class Sort(StrEnum):
    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"
    RATING = "rating"
    POPULARITY = "popularity"
    NAME = "name"


class Facet(StrEnum):
    CATEGORY = "category"
    BRAND = "brand"
    SELLER = "seller"
    PRICE = "price"
    RATING = "rating"
    IN_STOCK = "in_stock"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True)
class Filters:
    """Values of one filter are OR, different filters are AND; empty or None means not filtered.

    `brands` and `sellers` hold ids (UUID text) or exact names. Price, stock and attributes must hold for one
    and the same variation.
    """

    category_id: CategoryId | None = None
    brands: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    price_min_yen: Yen | None = None
    price_max_yen: Yen | None = None
    in_stock: bool = False
    rating_min: float | None = None
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """((name, (value, ...)), ...), names unique."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`text` is normalised already (analyzers.normalizer); empty browses."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = PER_PAGE_DEFAULT
    cursor: str | None = None
    facets: tuple[Facet, ...] = tuple(Facet)
    literal: tuple[str, ...] = ()
    """Parts of `text` that are taken as written, whatever they could be recognised as."""
