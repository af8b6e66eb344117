"""What shoppers may ask for, learned from the shop itself, so that the load test fits any catalog."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.request import ProxyHandler, build_opener

_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Words:
    """`categories` are (slug, name), of every level; `brands` are the names of the most frequent."""

    categories: tuple[tuple[str, str], ...]
    brands: tuple[str, ...]


def fetch_words(host: str) -> Words:
    """Raises: OSError when the shop does not answer; ValueError when it has nothing to ask for."""
    categories = tuple(_flatten(_fetch(f"{host}/v1/categories")["categories"]))
    facets = _fetch(f"{host}/v1/search?per_page=1&facets=brand")["facets"]
    words = Words(categories, tuple(brand["name"] for brand in facets["brand"]))
    if not words.categories or not words.brands:
        raise ValueError(f"{host} has no categories or no brands; load a catalog and rebuild the index first")
    return words


def _flatten(categories: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for category in categories:
        yield category["slug"], category["name"]
        yield from _flatten(category["children"])


def _fetch(url: str) -> Any:
    """Straight to the shop, past any proxy of the environment, as Locust's own client goes."""
    with build_opener(ProxyHandler({})).open(url, timeout=_TIMEOUT_S) as answer:
        return json.load(answer)
