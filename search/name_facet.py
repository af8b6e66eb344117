"""The brand and seller facets: names, which are unique in the catalog, so one aggregation gives value and label."""

from typing import Any

from core.limits import FACET_VALUES_MAX, FILTER_VALUES_MAX
from search.query import Clause
from search.result import FacetValue
from search.terms import build_terms
from search.variation_aggs import Aggs


def build_name_facet(facet: str, id_field: str, name_field: str, own_filter: Clause | None, shards: int) -> Aggs:
    """The most frequent names; and what is chosen, by id and name, however rare it is."""
    aggs: Aggs = {facet: build_terms(name_field, FACET_VALUES_MAX, shards)}
    if own_filter is not None:
        by_id = build_terms(id_field, FILTER_VALUES_MAX, shards)
        names = {"name": {"terms": {"field": name_field, "size": 1}}}
        aggs[f"{facet}_chosen"] = {"filter": own_filter, "aggs": {"ids": by_id | {"aggs": names}}}
    return aggs


def parse_name_facet(raw: Aggs, facet: str, chosen: tuple[str, ...]) -> tuple[FacetValue, ...]:
    """Frequent ones first; a chosen one has the form that the request used (id or name) as its value."""
    values = {name: FacetValue(name, name, count, False) for name, count in _counts(raw[facet])}
    for asked, name, count in read_chosen(raw, facet, chosen):
        values[name] = FacetValue(asked, name, count, True)
    return tuple(values.values())


def read_chosen(raw: Aggs, facet: str, chosen: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """(as asked, name, count) of each chosen value; one that no product has is its own name."""
    buckets = raw[f"{facet}_chosen"]["ids"]["buckets"] if f"{facet}_chosen" in raw else []
    found: dict[str, tuple[str, int]] = {}
    for bucket in buckets:
        name = bucket["name"]["buckets"][0]["key"]
        found[bucket["key"]] = found[name] = (name, bucket["doc_count"])
    return [(asked, *found.get(asked, (asked, 0))) for asked in chosen]


def _counts(terms: dict[str, Any]) -> list[tuple[str, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in terms["buckets"]]
