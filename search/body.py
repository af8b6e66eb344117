"""The whole `_search` body of a request: one call answers hits, total and every facet."""

from datetime import datetime
from typing import Any

from catalog.tree import CategoryTree
from core.settings import Settings
from search.cursor import Position, read_position
from search.facets import build_facets
from search.filters import build_filters, shown_clause, split_filters
from search.query import build_popularity_queries, build_text_query
from search.request import SearchRequest
from search.serving import ServingIndex
from search.sorting import build_sort

SEARCH_PARAMETERS = {"request_cache": "true", "allow_partial_search_results": "false"}
"""URL parameters of a search. A result page is cached by OpenSearch until its index refreshes with changes (by
default only hitless answers are). A count over some of the shards would be wrong (I10), so it is an error."""

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
_HIGHLIGHT = {
    "encoder": "html",
    "pre_tags": ["<mark>"],
    "post_tags": ["</mark>"],
    "fields": {"name": {"number_of_fragments": 0}},
}


def build_body(
    request: SearchRequest, tree: CategoryTree, serving: ServingIndex, now: datetime, settings: Settings
) -> dict[str, Any]:
    """Pure: the same arguments (`now` by the minute) give the same body.

    Raises: BadCursor.
    """
    position = read_position(request, now)
    active = build_filters(request.filters)
    inside, post = split_filters(active, request.facets)
    body: dict[str, Any] = {
        "query": {
            "bool": {
                "filter": [shown_clause(position.now), *inside.clauses()],
                "must": [build_text_query(request.text)] if request.text else [],
                "should": build_popularity_queries(settings.popularity_boost, serving.pivot_at(position.now)),
            }
        },
        "sort": build_sort(request.sort, active.variation),
        "size": request.per_page,
        "track_total_hits": True,
        "timeout": f"{settings.search_timeout_ms}ms",
        "_source": [*_SHOWN_FIELDS, "variations"] if active.variation else list(_SHOWN_FIELDS),
    }
    body |= _start(position)
    if request.text:
        body["highlight"] = _HIGHLIGHT
    if clauses := post.clauses():
        body["post_filter"] = {"bool": {"filter": clauses}}
    if aggs := build_facets(request, tree, active, post, serving.shards):
        body["aggs"] = aggs
    return body


def _start(position: Position) -> dict[str, Any]:
    return {"from": position.seen} if position.after is None else {"search_after": position.after}
