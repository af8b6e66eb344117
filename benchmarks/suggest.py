"""`/v1/suggest` while shoppers type: each answer must be there before the next key is pressed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from benchmarks.connection import Connection, build_request
from benchmarks.figures import percentile, summarize
from benchmarks.half_typed import build_inputs
from benchmarks.queries import fetch_shelves
from benchmarks.search_round import Side, measure_latencies, start_afresh

_WARM_PASSES = 2


def measure_suggestions(
    api_url: str, opensearch_url: str, inputs: int, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Latencies of each round's p50 and p99, in ms. Nothing comes from OpenSearch's request cache."""
    texts = build_inputs(fetch_names(api_url), inputs)
    requests = [build_request("GET", f"/v1/suggest?{urlencode({'q': text})}") for text in texts]
    side = Side(api_url, requests)
    for _ in range(_WARM_PASSES):
        measure_latencies(side)
    p50_ms, p99_ms = [], []
    for number in range(rounds):
        start_afresh(opensearch_url)
        seconds = measure_latencies(side)
        p50_ms.append(percentile(seconds, 50) * 1e3)
        p99_ms.append(percentile(seconds, 99) * 1e3)
        say(f"suggestions, round {number + 1} of {rounds}: p50 {p50_ms[-1]:.2f} ms, p99 {p99_ms[-1]:.2f} ms")
    return {"p50_ms": summarize(p50_ms), "p99_ms": summarize(p99_ms), "inputs": inputs}


def fetch_names(api_url: str) -> list[str]:
    """Of categories, brands, both together, and the words of products' names."""
    names: dict[str, None] = {}
    with Connection(api_url) as connection:
        for shelf in fetch_shelves(api_url):
            found = connection.fetch("GET", f"/v1/search?{urlencode({'category': shelf.slug, 'facets': ''})}")
            words = [word for hit in found["hits"] for word in hit["name"].split()]
            brands = [name for _, name in shelf.brands[:5]]
            names |= dict.fromkeys((shelf.name, *brands, f"{brands[0]} {shelf.name}", *words))
    return list(names)
