"""The orders of a result, each total: `id` decides between equals, so pages never overlap."""

from typing import Any

from search.filters import VariationFilters, variation_query
from search.request import Sort

_FIELDS = {
    Sort.RELEVANCE: ("_score", "desc"),
    Sort.PRICE_ASC: ("price_yen", "asc"),
    Sort.PRICE_DESC: ("price_yen", "desc"),
    Sort.NEWEST: ("published_at", "desc"),
    Sort.RATING: ("rating_score", "desc"),
    Sort.POPULARITY: ("popularity_score", "desc"),
    Sort.NAME: ("name_reading", "asc"),
}


def build_sort(sort: Sort, filters: VariationFilters) -> list[dict[str, Any]]:
    """What has no value comes last. The price is the one a hit shows: of the cheapest variation that matches."""
    field, order = _FIELDS[sort]
    tie: dict[str, Any] = {"id": "asc"}
    if field == "_score":
        return [{field: order}, tie]
    if field == "price_yen" and filters:
        nested = {"path": "variations", "filter": variation_query(filters)}
        return [{"variations.price_yen": {"order": order, "mode": "min", "nested": nested}}, tie]
    return [{field: {"order": order, "missing": "_last"}}, tie]


def is_sort_value(sort: Sort, value: object) -> bool:
    """Whether OpenSearch can have given this out for the first part of the order; an absent number is infinite.

    >>> is_sort_value(Sort.RATING, "-Infinity"), is_sort_value(Sort.NAME, None), is_sort_value(Sort.RELEVANCE, None)
    (True, True, False)
    """
    if sort is Sort.NAME:
        return value is None or isinstance(value, str)
    return type(value) in (int, float) or value in ("-Infinity", "Infinity")
