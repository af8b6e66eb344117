"""What OpenSearch answers -> what a search answers. Pure."""

from datetime import datetime
from typing import Any

from analyzers.mark import mark_words
from analyzers.word import Word
from catalog.product import attribute_token, split_attribute_token
from catalog.tree import CategoryTree
from core.types import Yen
from search.applied import list_applied, list_recognised
from search.cursor import Position, build_cursor, read_position
from search.facets import parse_facets
from search.ladder import Rung, name_dropped
from search.request import Filters, SearchRequest
from search.result import Hit, HitVariation, QueryReading, SearchResult
from search.suggestion import suggest_spelling
from search.understanding import Understanding

Source = dict[str, Any]


def parse_result(
    raw: dict[str, Any], understanding: Understanding, rung: Rung, tree: CategoryTree, now: datetime
) -> SearchResult:
    """`now` is what the body was built with.

    `pages` may be more than `page` can reach (`PAGE_WINDOW_MAX`); the cursor reaches all.
    """
    request = understanding.request
    position = read_position(request, now)
    hits, total = raw["hits"]["hits"], raw["hits"]["total"]["value"]
    facets = parse_facets(raw.get("aggregations", {}), request, tree)
    return SearchResult(
        hits=tuple(_parse_hit(hit, request.filters, rung.words) for hit in hits),
        total=total,
        page=position.seen // request.per_page + 1,
        pages=-(-total // request.per_page),
        cursor=_next_cursor(hits, total, request, position),
        facets=facets,
        query=QueryReading(
            stage=rung.stage,
            applied=(*list_applied(understanding.given, facets, tree), *list_recognised(understanding)),
            dropped=name_dropped(understanding, rung),
            suggestion=suggest_spelling(understanding, rung, [hit["_source"]["name"] for hit in hits]),
        ),
        took_ms=raw["took"],
    )


def _next_cursor(hits: list[dict[str, Any]], total: int, request: SearchRequest, position: Position) -> str | None:
    seen = position.seen + len(hits)
    return build_cursor(request, position, seen, hits[-1]["sort"]) if hits and seen < total else None


def _parse_hit(hit: dict[str, Any], filters: Filters, words: tuple[Word, ...]) -> Hit:
    source: Source = hit["_source"]
    variation = find_matching_variation(source, filters)
    price = source["price_yen"] if variation is None else variation["price_yen"]
    images = source["images"]
    image = images[0] if images else None
    return Hit(
        id=source["id"],
        sku=source["sku"],
        name=source["name"],
        price=price,
        list_price=Yen(price + source["list_price_yen"] - source["price_yen"]),
        image=image if variation is None else variation["image"],
        brand=source.get("brand"),
        category_path=source["category_path"][-1],
        rating=source.get("rating"),
        review_count=source["review_count"],
        in_stock=source["in_stock"],
        variation=None if variation is None else _parse_variation(variation),
        highlight=_highlight(source["name"], words),
        score=hit["_score"],
    )


def _highlight(name: str, words: tuple[Word, ...]) -> dict[str, str]:
    marked = mark_words(name, words) if words else None
    return {} if marked is None else {"name": marked}


def find_matching_variation(source: Source, filters: Filters) -> Source | None:
    """The cheapest variation that satisfies the variation-level filters; None when there are none.

    Documents hold variations cheapest first. Reading them from `_source` costs less than `inner_hits`, which runs
    a query per hit.
    """
    variations = source.get("variations")
    if not variations:
        return None
    wanted = [{attribute_token(name, value) for value in values} for name, values in filters.attributes]
    low, high = filters.price_min_yen or 0, filters.price_max_yen
    for variation in variations:
        tokens = variation["attribute_tokens"]
        if (
            variation["price_yen"] >= low
            and (high is None or variation["price_yen"] <= high)
            and (variation["in_stock"] or not filters.in_stock)
            and all(not any_of.isdisjoint(tokens) for any_of in wanted)
        ):
            found: Source = variation
            return found
    return None


def _parse_variation(variation: Source) -> HitVariation:
    attributes: dict[str, list[str]] = {}
    for token in variation["attribute_tokens"]:
        name, value = split_attribute_token(token)
        attributes.setdefault(name, []).append(value)
    return HitVariation(variation["id"], variation["sku"], variation["name"], attributes)
