"""`tanaban index rebuild` beside the raw `_bulk` ceiling, in turns."""

import resource
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bulk import measure_bulk, settle
from benchmarks.connection import Connection
from benchmarks.documents import Bodies, write_bodies
from benchmarks.figures import summarize
from benchmarks.normalising import measure_words_apart
from benchmarks.processes import Shop

BULK_CONNECTIONS = (2, 4)
"""The ceiling is the best of these."""

BULK_REQUEST_BYTES = 4 * 2**20

Say = Callable[[str], None]


def measure_rebuilds(shop: Shop, urls: dict[str, str], folder: Path, repeats: int, say: Say) -> dict[str, Any]:
    """Rebuild and ceiling `repeats` times each; one rebuild before them warms the servers and gives the documents."""
    opensearch_url = urls["TANABAN_OPENSEARCH_URL"]
    say("first rebuild (warms the servers)")
    _rebuild(shop, opensearch_url)
    bodies = write_bodies(opensearch_url, "products", folder / "documents.ndjson", BULK_REQUEST_BYTES)
    rebuilds: list[dict[str, float]] = []
    ceilings: dict[int, list[float]] = {connections: [] for connections in BULK_CONNECTIONS}
    for repeat in range(repeats):
        for connections, found in ceilings.items():
            found.append(measure_bulk(opensearch_url, "products", bodies, connections))
        rebuilds.append(_rebuild(shop, opensearch_url))
        raw = ", ".join(f"{found[-1]:,.0f}/s on {connections}" for connections, found in ceilings.items())
        say(f"rebuild {repeat + 1} of {repeats}: {rebuilds[-1]['per_s']:,.0f}/s, raw _bulk {raw} connections")
    bodies.file.unlink()
    return _summarize(rebuilds, ceilings, bodies, measure_words_apart(urls["TANABAN_DATABASE_URL"]))


def _rebuild(shop: Shop, opensearch_url: str) -> dict[str, float]:
    """One whole rebuild. `per_s` from the first page to the last answer of `_bulk`; the gate's time is `check_s`."""
    with Connection(opensearch_url) as connection:
        settle(connection)
    before_s = _children_cpu_s()
    report, pss_mb = shop.run_measured("index", "rebuild")
    return {
        "cpu_s": _children_cpu_s() - before_s,
        "per_s": report["documents"] / report["write_s"],
        "check_s": report["check_s"],
        "pss_mb": pss_mb,
    }


def _children_cpu_s() -> float:
    """Of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _summarize(
    rebuilds: list[dict[str, float]], ceilings: dict[int, list[float]], bodies: Bodies, words_s: float
) -> dict[str, Any]:
    best = max(ceilings, key=lambda connections: median(ceilings[connections]))
    ratios = [rebuild["per_s"] / raw for rebuild, raw in zip(rebuilds, ceilings[best], strict=True)]
    return {
        "documents": bodies.documents,
        "document_bytes": round(bodies.size_bytes / bodies.documents),
        "per_s": summarize([rebuild["per_s"] for rebuild in rebuilds]),
        "check_s": summarize([rebuild["check_s"] for rebuild in rebuilds]),
        "pss_mb": summarize([rebuild["pss_mb"] for rebuild in rebuilds]),
        "bulk_per_s": summarize(ceilings[best]),
        "bulk_connections": best,
        "bulk_per_s_by_connections": {str(connections): summarize(found) for connections, found in ceilings.items()},
        "ratio": summarize(ratios),
        "words_share": summarize([words_s / rebuild["cpu_s"] for rebuild in rebuilds]),
    }
