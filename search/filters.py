"""Filters -> clauses, each under its owner: the facet that must be counted without it (I10)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from catalog.product import attribute_token
from search.query import Clause
from search.request import Facet, Filters

Condition = TypeVar("Condition")

FLAT_FIELDS = {
    "price_yen": "variation_prices_yen",
    "in_stock": "in_stock",
    "attribute_tokens": "attribute_tokens",
}
"""Field of a variation -> the product's field that holds the same of all its variations."""


@dataclass(frozen=True, slots=True)
class VariationFilter:
    """A condition on one variation.

    `flat` asks the same of the product's union fields: some variation satisfies this condition. Right while it
    stands alone, and faster; two conditions need one variation that satisfies both, so `nested`.
    """

    nested: Clause
    flat: Clause


VariationFilters = Mapping[str, VariationFilter]


@dataclass(frozen=True, slots=True)
class ActiveFilters:
    """Conditions in force by owner: a facet's name, or `attr.<name>` for one attribute."""

    product: Mapping[str, Clause]
    variation: VariationFilters

    def without(self, owner: str) -> "ActiveFilters":
        return ActiveFilters(without_owner(self.product, owner), without_owner(self.variation, owner))

    def clauses(self) -> list[Clause]:
        """What a product must satisfy: all product-level conditions, and one variation all of its own."""
        return [*self.product.values(), *variation_clauses(self.variation)]


def build_filters(filters: Filters) -> ActiveFilters:
    """Every filter of a request as a clause; what is not filtered is absent."""
    return ActiveFilters(_product_clauses(filters), _variation_filters(filters))


def shown_clause(now: datetime) -> Clause:
    """Published by now. A tombstone has no publication date, so this leaves it out too (I5)."""
    return {"range": {"published_at": {"lte": int(now.timestamp() * 1_000)}}}


def split_filters(active: ActiveFilters, facets: Collection[Facet]) -> tuple[ActiveFilters, ActiveFilters]:
    """(for the query, for `post_filter`): after the aggregations go those that an asked facet must be counted without.

    Conditions on variations stay together, because they bind one another.
    """
    post = {owner: clause for owner, clause in active.product.items() if owner in facets}
    query = {owner: clause for owner, clause in active.product.items() if owner not in facets}
    if any(_facet_of(owner) in facets for owner in active.variation):
        return ActiveFilters(query, {}), ActiveFilters(post, active.variation)
    return ActiveFilters(query, active.variation), ActiveFilters(post, {})


def attribute_owner(name: str) -> str:
    return f"attr.{name}"


def _facet_of(owner: str) -> str:
    return Facet.ATTRIBUTES if owner.startswith("attr.") else owner


def without_owner(conditions: Mapping[str, Condition], owner: str) -> dict[str, Condition]:
    return {name: condition for name, condition in conditions.items() if name != owner}


def variation_query(conditions: VariationFilters) -> Clause:
    """What one variation must satisfy, asked inside `nested`."""
    return {"bool": {"filter": [condition.nested for condition in conditions.values()]}}


def variation_clauses(conditions: VariationFilters) -> list[Clause]:
    """At most one clause: some one variation satisfies all conditions."""
    if len(conditions) < 2:
        return [condition.flat for condition in conditions.values()]
    return [{"nested": {"path": "variations", "query": variation_query(conditions), "score_mode": "none"}}]


def _product_clauses(filters: Filters) -> dict[str, Clause]:
    clauses: dict[str, Clause] = {}
    if filters.category_id is not None:
        clauses[Facet.CATEGORY] = {"term": {"category_ids": str(filters.category_id)}}
    if filters.brands:
        clauses[Facet.BRAND] = _id_or_name("brand_id", "brand", filters.brands)
    if filters.sellers:
        clauses[Facet.SELLER] = _id_or_name("seller_id", "seller_name", filters.sellers)
    if filters.rating_min is not None:
        clauses[Facet.RATING] = {"range": {"rating": {"gte": filters.rating_min}}}
    return clauses


def _id_or_name(id_field: str, name_field: str, values: tuple[str, ...]) -> Clause:
    return {"bool": {"should": [{"terms": {id_field: values}}, {"terms": {name_field: values}}]}}


def _variation_filters(filters: Filters) -> dict[str, VariationFilter]:
    conditions: dict[str, VariationFilter] = {}
    prices = {"gte": filters.price_min_yen, "lte": filters.price_max_yen}
    if bounds := {key: bound for key, bound in prices.items() if bound is not None}:
        conditions[Facet.PRICE] = _on_variation("price_yen", lambda field: {"range": {field: bounds}})
    if filters.in_stock:
        conditions[Facet.IN_STOCK] = IN_STOCK
    for name, values in filters.attributes:
        conditions[attribute_owner(name)] = _attribute_filter(name, values)
    return conditions


def _attribute_filter(name: str, values: tuple[str, ...]) -> VariationFilter:
    tokens = [attribute_token(name, value) for value in values]
    return _on_variation("attribute_tokens", lambda field: {"terms": {field: tokens}})


def _on_variation(field: str, build_clause: Callable[[str], Clause]) -> VariationFilter:
    return VariationFilter(nested=build_clause(f"variations.{field}"), flat=build_clause(FLAT_FIELDS[field]))


IN_STOCK = _on_variation("in_stock", lambda field: {"term": {field: True}})
