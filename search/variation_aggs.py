"""Aggregations on what varies: price, stock, attributes, counted in products (I10).

While no other condition on variations is in force, the product's own union fields count exactly and fast. Else only
the variations that satisfy the other conditions may be counted, so the aggregation goes into `nested` under a filter,
and `reverse_nested` counts a product once however many of its variations match.
"""

from collections.abc import Callable
from typing import Any

from search.filters import FLAT_FIELDS, VariationFilters, variation_query

Aggs = dict[str, Any]

_COUNT_PRODUCTS: Aggs = {"aggs": {"products": {"reverse_nested": {}}}}


def build_variation_aggs(
    name: str, field: str, others: VariationFilters, build_aggs: Callable[[str, Aggs], Aggs]
) -> Aggs:
    """`build_aggs(field, counter)` gives the aggregations; `counter` goes into each that makes buckets.

    `others` are the conditions in force but the facet's own.
    """
    if not others:
        return build_aggs(FLAT_FIELDS[field], {})
    matching = {
        "filter": variation_query(others),
        "aggs": build_aggs(f"variations.{field}", _COUNT_PRODUCTS),
    }
    return {name: {"nested": {"path": "variations"}, "aggs": {"matching": matching}}}


def read_variation_aggs(raw: Aggs, name: str) -> Aggs:
    """The aggregations that `build_variation_aggs` put under `name`, wherever they are."""
    inside: Aggs = raw[name]["matching"] if name in raw else raw
    return inside


def count_products(bucket: Aggs) -> int:
    """A bucket's products, which `nested` counts apart from its variations."""
    return int(bucket["products"]["doc_count"] if "products" in bucket else bucket["doc_count"])
