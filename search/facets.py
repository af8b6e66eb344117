"""All facets of a request in one set of aggregations, and back: who is counted under which filters (I10).

The facets without a choice share one filter aggregation (all of `post_filter`); each chosen one has its own, which
leaves out its own filter. Where nothing is left to filter, a facet stands at the top, outside of any.
"""

from catalog.tree import CategoryTree
from search.attribute_facet import build_attribute_facets, build_chosen_attribute_facet, parse_attribute_facets
from search.category_facet import build_category_facet, parse_category_facet
from search.filters import ActiveFilters, attribute_owner, without_owner
from search.name_facet import build_name_facet, parse_name_facet
from search.price_facet import build_price_facet, parse_price_facet
from search.request import Facet, SearchRequest
from search.result import Facets
from search.threshold_facets import (
    build_rating_facet,
    build_stock_facet,
    parse_rating_facet,
    parse_stock_facet,
)
from search.variation_aggs import Aggs

_WITHIN = "within_"
"""Begins the name of a filter aggregation around facets."""


def build_facets(
    request: SearchRequest, tree: CategoryTree, active: ActiveFilters, post: ActiveFilters, shards: int
) -> Aggs:
    """`active` is all that is filtered; `post` is the part that the query does not hold already."""
    by_owner: dict[str, Aggs] = {facet: _build_facet(facet, request, tree, active, shards) for facet in request.facets}
    if Facet.ATTRIBUTES in request.facets:
        by_owner |= _build_chosen_attributes(request, active, shards)
    aggs: Aggs = {}
    shared: Aggs = {}
    for n, (owner, facet_aggs) in enumerate(by_owner.items()):
        if owner in active.product or owner in active.variation:
            aggs |= _within(f"{_WITHIN}{n}", post.without(owner), facet_aggs)
        else:
            shared |= facet_aggs
    return aggs | _within(f"{_WITHIN}all", post, shared)


def _within(name: str, filters: ActiveFilters, aggs: Aggs) -> Aggs:
    clauses = filters.clauses()
    if not clauses or not aggs:
        return aggs
    return {name: {"filter": {"bool": {"filter": clauses}}, "aggs": aggs}}


def _build_facet(facet: Facet, request: SearchRequest, tree: CategoryTree, active: ActiveFilters, shards: int) -> Aggs:
    others = without_owner(active.variation, facet)
    match facet:
        case Facet.CATEGORY:
            return build_category_facet(tree, request.filters.category_id)
        case Facet.BRAND:
            return build_name_facet("brand", "brand_id", "brand", active.product.get(facet), shards)
        case Facet.SELLER:
            return build_name_facet("seller", "seller_id", "seller_name", active.product.get(facet), shards)
        case Facet.PRICE:
            return build_price_facet(others)
        case Facet.RATING:
            return build_rating_facet()
        case Facet.IN_STOCK:
            return build_stock_facet(others)
        case Facet.ATTRIBUTES:
            return build_attribute_facets(active.variation, shards)


def _build_chosen_attributes(request: SearchRequest, active: ActiveFilters, shards: int) -> dict[str, Aggs]:
    return {
        (owner := attribute_owner(name)): build_chosen_attribute_facet(
            n, name, values, without_owner(active.variation, owner), shards
        )
        for n, (name, values) in enumerate(request.filters.attributes)
    }


def parse_facets(aggregations: Aggs, request: SearchRequest, tree: CategoryTree) -> Facets:
    raw = _flatten(aggregations)
    filters, asked = request.filters, request.facets
    return Facets(
        category=parse_category_facet(raw, tree, filters.category_id) if Facet.CATEGORY in asked else None,
        brand=parse_name_facet(raw, Facet.BRAND, filters.brands) if Facet.BRAND in asked else None,
        seller=parse_name_facet(raw, Facet.SELLER, filters.sellers) if Facet.SELLER in asked else None,
        price=parse_price_facet(raw, filters) if Facet.PRICE in asked else None,
        rating=parse_rating_facet(raw, filters.rating_min) if Facet.RATING in asked else None,
        in_stock=parse_stock_facet(raw, filters.in_stock) if Facet.IN_STOCK in asked else None,
        attributes=parse_attribute_facets(raw, filters) if Facet.ATTRIBUTES in asked else None,
    )


def _flatten(aggregations: Aggs) -> Aggs:
    flat: Aggs = {}
    for name, aggregation in aggregations.items():
        flat |= aggregation if name.startswith(_WITHIN) else {name: aggregation}
    return flat
