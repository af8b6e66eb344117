"""A fixed, varied set of searches for whatever catalog is there: the same catalog gives the same requests.

Words, brands, categories and attribute values are asked from the API first, as a shopper finds them on the page.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.connection import Connection

SEED = 3
FACETS = "category,brand,price,rating,attributes"
"""The five of the goal."""

_MATERIAL_CATEGORIES = 60
"""Categories whose brands and attributes are looked up; more find the same kinds of requests."""

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
    """Categories all over the tree that have brands to choose from."""
    with Connection(api_url) as connection:
        categories = list(_flatten(connection.fetch("GET", "/v1/categories")["categories"]))
        picked = random.Random(SEED).sample(categories, min(_MATERIAL_CATEGORIES, len(categories)))
        shelves = [_fetch_shelf(connection, slug, name) for slug, name in picked]
    return [shelf for shelf in shelves if shelf.brands]


def _flatten(categories: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for category in categories:
        yield category["slug"], category["name"]
        yield from _flatten(category["children"])


def _fetch_shelf(connection: Connection, slug: str, name: str) -> Shelf:
    query = urlencode({"category": slug, "per_page": 1, "facets": "brand,attributes"})
    facets = connection.fetch("GET", f"/v1/search?{query}")["facets"]
    brands = tuple((value["value"], value["name"]) for value in facets["brand"])
    attributes = tuple((facet["name"], value["value"]) for facet in facets["attributes"] for value in facet["values"])
    return Shelf(slug, name, brands, attributes)
