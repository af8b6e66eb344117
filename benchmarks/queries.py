"""A fixed, varied set of searches for whatever catalog is there: the same catalog gives the same requests.

Words, brands, categories and attribute values are asked from the API first, as a shopper finds them on the page.
"""

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.connection import Connection

SEED = 3
FACETS = "category,brand,price,rating,attributes"
"""The five of the goal."""

_SHELVES_PER_LEVEL = 20
"""Categories of each level that are asked for: a shop's few large departments as often as its many small corners."""

_LEVELS = 3

_SORTS = ("price_asc", "price_desc", "newest", "rating", "popularity", "name")
_PRICES_YEN = (1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000)

Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One category and what its facets offer."""

    slug: str
    name: str
    brands: tuple[tuple[str, str], ...]
    """(id, name)"""
    attributes: tuple[tuple[str, str], ...]
    """(name, value)"""


def build_requests(shelves: list[Shelf], count: int) -> list[str]:
    """`count` different targets `/v1/search?...`."""
    choose = random.Random(SEED)
    targets: dict[str, None] = {}
    while len(targets) < count:
        parameters = [*_build_subject(choose, choose.choice(shelves)), *_build_view(choose), ("facets", FACETS)]
        targets[f"/v1/search?{urlencode(parameters)}"] = None
    return list(targets)


def _build_subject(choose: random.Random, shelf: Shelf) -> Parameters:
    """Half of the requests are plain searches or browses, half narrow them by one or two filters."""
    brand_id, brand_name = choose.choice(shelf.brands)
    what = choose.choice(
        [
            [("q", shelf.name)],
            [("q", brand_name)],
            [("q", f"{brand_name} {shelf.name}")],
            [("category", shelf.slug)],
            [("category", shelf.slug), ("q", brand_name)],
        ]
    )
    price = choose.choice(_PRICES_YEN)
    filters: list[Parameters] = [
        [("brand", brand_id)],
        [("price_min", str(price)), ("price_max", str(price * 3))],
        [("in_stock", "true")],
        [("rating_min", "4")],
        *([(f"attr.{name}", value)] for name, value in choose.sample(shelf.attributes, min(2, len(shelf.attributes)))),
    ]
    chosen = choose.sample(filters, choose.choice((0, 0, 1, 2)))
    return [*what, *(pair for pairs in chosen for pair in pairs)]


def _build_view(choose: random.Random) -> Parameters:
    """Most look at the first page by relevance."""
    view = [] if choose.random() < 0.7 else [("sort", choose.choice(_SORTS))]
    return view if choose.random() < 0.85 else [*view, ("page", str(choose.randint(2, 5)))]


def fetch_shelves(api_url: str) -> list[Shelf]:
    """Categories of all levels that have brands to choose from."""
    choose = random.Random(SEED)
    with Connection(api_url) as connection:
        levels = _split_by_level(connection.fetch("GET", "/v1/categories")["categories"])
        picked = [it for level in levels for it in choose.sample(level, min(_SHELVES_PER_LEVEL, len(level)))]
        shelves = [_fetch_shelf(connection, slug, name) for slug, name in picked]
    return [shelf for shelf in shelves if shelf.brands]


def _split_by_level(roots: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    """(slug, name) of the roots, of their children, and of all below."""
    levels: list[list[tuple[str, str]]] = [[] for _ in range(_LEVELS)]
    below = [(root, 0) for root in roots]
    while below:
        category, depth = below.pop()
        levels[min(depth, _LEVELS - 1)].append((category["slug"], category["name"]))
        below += [(child, depth + 1) for child in category["children"]]
    return levels


def _fetch_shelf(connection: Connection, slug: str, name: str) -> Shelf:
    query = urlencode({"category": slug, "per_page": 1, "facets": "brand,attributes"})
    facets = connection.fetch("GET", f"/v1/search?{query}")["facets"]
    brands = tuple((value["value"], value["name"]) for value in facets["brand"])
    attributes = tuple((facet["name"], value["value"]) for facet in facets["attributes"] for value in facet["values"])
    return Shelf(slug, name, brands, attributes)
