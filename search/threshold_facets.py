"""The rating facet (at least so many stars) and the stock facet (can be bought now)."""

from search.filters import IN_STOCK, VariationFilters, variation_clauses
from search.request import Facet
from search.result import FacetValue
from search.variation_aggs import Aggs

STOCK_LABEL = "在庫あり"


def rating_label(rating_min: float) -> str:
    """
    >>> rating_label(4), rating_label(3.5)
    ('★4以上', '★3.5以上')
    """
    return f"★{rating_min:g}以上"


_RATING_STEPS = [(step, str(step), rating_label(step)) for step in (4, 3, 2, 1)]
"""(at least, key, label)"""

_RATING_RANGES = [{"key": key, "from": step} for step, key, _ in _RATING_STEPS]


def build_rating_facet() -> Aggs:
    """Ranges that overlap: each product counts in every step that it reaches."""
    return {"rating": {"range": {"field": "rating", "keyed": True, "ranges": _RATING_RANGES}}}


def parse_rating_facet(raw: Aggs, rating_min: float | None) -> tuple[FacetValue, ...]:
    buckets = raw["rating"]["buckets"]
    return tuple(
        FacetValue(key, label, int(buckets[key]["doc_count"]), step == rating_min) for step, key, label in _RATING_STEPS
    )


def build_stock_facet(others: VariationFilters) -> Aggs:
    """The products of which a variation that satisfies the `others` is in stock."""
    in_stock = variation_clauses({**others, Facet.IN_STOCK: IN_STOCK})
    return {"in_stock": {"filter": {"bool": {"filter": in_stock}}}}


def parse_stock_facet(raw: Aggs, selected: bool) -> FacetValue:
    return FacetValue("true", STOCK_LABEL, int(raw["in_stock"]["doc_count"]), selected)
