"""The rating facet (at least so many stars) and the stock facet (can be bought now)."""

from search.filters import IN_STOCK, VariationFilters, variation_clauses
from search.request import Facet
from search.result import FacetValue
from search.variation_aggs import Aggs

RATING_STEPS = (4, 3, 2, 1)
STOCK_LABEL = "在庫あり"


def build_rating_facet() -> Aggs:
    """Ranges that overlap: each product counts in every step that it reaches."""
    ranges = [{"key": str(step), "from": step} for step in RATING_STEPS]
    return {"rating": {"range": {"field": "rating", "keyed": True, "ranges": ranges}}}


def parse_rating_facet(raw: Aggs, rating_min: float | None) -> tuple[FacetValue, ...]:
    buckets = raw["rating"]["buckets"]
    return tuple(
        FacetValue(str(step), rating_label(step), int(buckets[str(step)]["doc_count"]), step == rating_min)
        for step in RATING_STEPS
    )


def rating_label(rating_min: float) -> str:
    """
    >>> rating_label(4), rating_label(3.5)
    ('★4以上', '★3.5以上')
    """
    return f"★{rating_min:g}以上"


def build_stock_facet(others: VariationFilters) -> Aggs:
    """The products of which a variation that satisfies the `others` is in stock."""
    in_stock = variation_clauses({**others, Facet.IN_STOCK: IN_STOCK})
    return {"in_stock": {"filter": {"bool": {"filter": in_stock}}}}


def parse_stock_facet(raw: Aggs, selected: bool) -> FacetValue:
    return FacetValue("true", STOCK_LABEL, int(raw["in_stock"]["doc_count"]), selected)
