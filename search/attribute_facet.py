"""A facet for each attribute that the result set has, found by one aggregation over name-and-value tokens.

A filtered attribute is counted without its own filter, so it has an aggregation of its own, `n` being its place in
the request. No name goes into a pattern: the aggregation counts every token, and the reader keeps the attribute's.
"""

from collections.abc import Iterable

from catalog.product import attribute_token, split_attribute_token
from core.limits import ATTRIBUTE_FACETS_MAX, ATTRIBUTE_TOKENS_MAX, FACET_VALUES_MAX
from search.filters import VariationFilters
from search.request import Filters
from search.result import AttributeFacet, FacetValue
from search.terms import build_terms
from search.variation_aggs import Aggs, build_variation_aggs, count_products, read_variation_aggs

Counts = dict[str, dict[str, int]]
"""Attribute name -> value -> products, in the order of the buckets: frequent first, ties by value."""


def build_attribute_facets(filters: VariationFilters, shards: int) -> Aggs:
    """The attributes that are not filtered."""
    return build_variation_aggs(
        "attributes", "attribute_tokens", filters, lambda field, counter: {"tokens": _tokens(field, counter, shards)}
    )


def build_chosen_attribute_facet(
    n: int, name: str, values: tuple[str, ...], others: VariationFilters, shards: int
) -> Aggs:
    """One filtered attribute; what is chosen is counted however rare it is."""
    chosen = [attribute_token(name, value) for value in values]
    return build_variation_aggs(
        f"attribute_{n}",
        "attribute_tokens",
        others,
        lambda field, counter: {
            f"tokens_{n}": _tokens(field, counter, shards),
            f"chosen_{n}": {"terms": {"field": field, "size": len(chosen), "include": chosen}} | counter,
        },
    )


def _tokens(field: str, counter: Aggs, shards: int) -> Aggs:
    """The nested kind would order by variations, and cut the wrong tokens."""
    aggregation = build_terms(field, ATTRIBUTE_TOKENS_MAX, shards)
    if counter:
        aggregation["terms"]["order"] = [{"products": "desc"}, {"_key": "asc"}]
    return aggregation | counter


def parse_attribute_facets(raw: Aggs, filters: Filters) -> tuple[AttributeFacet, ...]:
    """The filtered ones in the order of the request, then those that count most products over their values."""
    chosen = [_parse_chosen(raw, n, name, values) for n, (name, values) in enumerate(filters.attributes)]
    counts = _group(read_variation_aggs(raw, "attributes")["tokens"]["buckets"])
    others = sorted(
        counts.keys() - dict(filters.attributes).keys(), key=lambda name: (-sum(counts[name].values()), name)
    )
    shown = others[: ATTRIBUTE_FACETS_MAX - len(chosen)]
    return (*chosen, *(AttributeFacet(name, _values(counts[name], ())) for name in shown))


def _parse_chosen(raw: Aggs, n: int, name: str, values: tuple[str, ...]) -> AttributeFacet:
    inside = read_variation_aggs(raw, f"attribute_{n}")
    counts = _group(inside[f"tokens_{n}"]["buckets"]).get(name, {})
    sure = _group(inside[f"chosen_{n}"]["buckets"]).get(name, {})
    return AttributeFacet(name, _values(counts | {value: sure.get(value, 0) for value in values}, values))


def _values(counts: dict[str, int], chosen: tuple[str, ...]) -> tuple[FacetValue, ...]:
    """The most frequent, and whatever is chosen."""
    return tuple(
        FacetValue(value, value, count, value in chosen)
        for place, (value, count) in enumerate(counts.items())
        if place < FACET_VALUES_MAX or value in chosen
    )


def _group(buckets: Iterable[Aggs]) -> Counts:
    counts: Counts = {}
    for bucket in buckets:
        name, value = split_attribute_token(bucket["key"])
        counts.setdefault(name, {})[value] = count_products(bucket)
    return counts
