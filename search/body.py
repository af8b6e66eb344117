"""The whole `_search` body of a request: one call answers hits, total and every facet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.tree import CategoryTree
from core.settings import Settings
from search.cursor import Position, floor_to_minute, read_position
from search.facets import build_facets
from search.filters import build_filters, shown_clause, split_filters
from search.ladder import Rung
from search.query import Clause, build_boosts, build_exclusions, build_popularity_queries
from search.serving import ServingIndex
from search.sorting import build_sort
from search.understanding import Understanding
from search.weights import INFORMATION_PRODUCTS

SEARCH_PARAMETERS = {"request_cache": "true", "allow_partial_search_results": "false"}
"""URL parameters of a search. A result page is cached by OpenSearch until its index refreshes with changes (by
default only hitless answers are). A count over some of the shards would be wrong (I10), so it is an error."""

_UNFILTERED = "unfiltered"
"""Counts what is found before `post_filter`: whether it is the filters that leave nothing."""

_SHOWN_FIELDS = (
    "id",
    "sku",
    "name",
    "price_yen",
    "list_price_yen",
    "images",
    "brand",
    "category_path",
    "rating",
    "review_count",
    "in_stock",
)


def build_body(
    understanding: Understanding,
    rung: Rung,
    tree: CategoryTree,
    serving: ServingIndex,
    now: datetime,
    settings: Settings,
) -> dict[str, Any]:
    """Pure: the same arguments (`now` by the minute) give the same body.

    Raises: BadCursor.
    """
    request = understanding.request
    position = read_position(request, now)
    active = build_filters(request.filters)
    inside, post = split_filters(active, request.facets)
    matching = {
        "filter": [shown_clause(position.now), *inside.clauses()],
        "must": list(rung.must),
        "must_not": build_exclusions(understanding.excluded),
        "should": [
            *_boosts(understanding, rung, position.now),
            *build_popularity_queries(settings.popularity_boost, serving.pivot_at(position.now)),
        ],
    }
    body: dict[str, Any] = {
        "query": {"bool": matching},
        "sort": build_sort(request.sort, active.variation),
        "size": request.per_page,
        "track_total_hits": True,
        "timeout": f"{settings.search_timeout_ms}ms",
        "_source": [*_SHOWN_FIELDS, "variations"] if active.variation else list(_SHOWN_FIELDS),
    }
    body |= _start(position)
    aggs = build_facets(request, tree, active, post, serving.shards)
    if clauses := post.clauses():
        body["post_filter"] = {"bool": {"filter": clauses}}
        if request.text:
            aggs[_UNFILTERED] = {"filter": {"match_all": {}}}
    if aggs:
        body["aggs"] = aggs
    return body


def finds_unfiltered(raw: dict[str, Any]) -> bool:
    """Whether a search finds something but for its `post_filter`; False where that is not known."""
    counted = raw.get("aggregations", {}).get(_UNFILTERED)
    return counted is not None and counted["doc_count"] > 0


def _boosts(understanding: Understanding, rung: Rung, now: datetime) -> list[Clause]:
    if not understanding.request.text:
        return []
    read = understanding
    return build_boosts(rung.words, read.brand_ids, read.category_ids, read.traits, now)


def build_probe(
    understanding: Understanding, clauses: Sequence[Clause], now: datetime, settings: Settings, count: int = 1
) -> dict[str, Any]:
    """Whether any product (up to `count` of them) satisfies these clauses beside the request's filters."""
    filters = build_filters(understanding.request.filters).clauses()
    matching = {
        "filter": [shown_clause(floor_to_minute(now)), *filters, *clauses],
        "must_not": build_exclusions(understanding.excluded),
    }
    return {
        "query": {"bool": matching},
        "size": 0,
        "track_total_hits": count,
        "timeout": f"{settings.search_timeout_ms}ms",
    }


def build_tally(understanding: Understanding, clause: Clause, now: datetime, settings: Settings) -> dict[str, Any]:
    """How many products satisfy a clause, as far as they are counted, and how many of them are in one category."""
    probe = build_probe(understanding, [clause], now, settings, INFORMATION_PRODUCTS)
    probe["terminate_after"] = INFORMATION_PRODUCTS  # else the aggregation would visit every one
    return probe | {"aggs": {"category": {"terms": {"field": "category_id", "size": 1}}}}


def _start(position: Position) -> dict[str, Any]:
    return {"from": position.seen} if position.after is None else {"search_after": position.after}
