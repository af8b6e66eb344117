"""What each indexer is given to do while it runs: single edits, an update of many products, a brand, a storm."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString

import psycopg

from benchmarks.bulk import settle
from benchmarks.connection import Connection, fetch_json
from benchmarks.shown_products import PRICE_EDIT, fetch_shown_products
from benchmarks.value_watch import Edit, measure_edits

EDITS, EDITS_PER_S = 300, 10
"""So slow that no edit waits for another one: PGSync falls behind long before Tanaban does."""

UPDATED_PRODUCTS = 20_000
_STORM_TRANSACTION = 1_000
_WARM_UPS, _ROUNDS = 3, 5
_PATIENCE_S = 600
_POLL_S = 0.05

_UPDATE = "UPDATE products SET description = concat(description, ' ', %s::text) WHERE id = ANY(%s)"
_STORM = "UPDATE products SET base_price = %s WHERE id = ANY(%s)"
_LARGEST_BRAND = """
SELECT b.name FROM products p JOIN brands b ON b.id = p.brand_id GROUP BY b.name ORDER BY count(*) DESC, b.name LIMIT 1
"""

Say = Callable[[str], None]
Change = Callable[[], float]
"""Commits something, and tells from when on its time counts (monotonic, s)."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """One that runs, by what a stranger sees of it."""

    name: str
    database_url: str
    opensearch_url: str
    index: str


def measure_changes(indexer: Indexer, say: Say) -> dict[str, Any]:
    """Edits in ms by refresh interval; update and rename in seconds from their commit until written, medians of some
    rounds; the storm in seconds from its first statement on."""
    for _ in range(_WARM_UPS):  # OpenSearch compiles what updates do, and the JVM that reads Tanaban's has just started
        _measure_update(indexer)
    with Connection(indexer.opensearch_url) as opensearch:
        settle(opensearch)
    edits = {}
    for interval in ("50ms", "1s"):  # the update and the rename are measured at the last one, which is the default
        _set_refresh_interval(indexer, interval)
        edits[interval] = found = measure_price_edits(indexer, EDITS)
        say(f"edits at a refresh of {interval}: p50 {found['p50_ms']:.0f} ms, p99 {found['p99_ms']:.0f} ms")
    update = _median_round(_measure_update, indexer)
    say(f"{update['products']:,} products updated in {update['seconds']:.2f} s")
    rename = _median_round(_measure_rename, indexer)
    say(f"a brand of {rename['products']:,} products renamed in {rename['seconds']:.2f} s")
    storm = _measure_storm(indexer)
    say(f"a storm of {storm['products']:,} products took {storm['seconds']:.1f} s")
    return {"edits": edits, "update": update, "rename": rename, "storm": storm}


def _set_refresh_interval(indexer: Indexer, interval: str) -> None:
    body = {"index": {"refresh_interval": interval}}
    fetch_json(indexer.opensearch_url, "PUT", f"/{indexer.index}/_settings", body)


def measure_price_edits(indexer: Indexer, count: int) -> dict[str, float]:
    """Of `count` products, `EDITS_PER_S`."""
    with psycopg.connect(indexer.database_url) as database:
        ids = fetch_shown_products(database, count)
    edit = Edit(PRICE_EDIT, indexer.index, "base_price")
    return measure_edits(indexer.database_url, indexer.opensearch_url, edit, ids, EDITS_PER_S)


def _median_round(measure: Callable[[Indexer], dict[str, float]], indexer: Indexer) -> dict[str, float]:
    """The middle one of `_ROUNDS` rounds, by its seconds."""
    rounds = sorted((measure(indexer) for _ in range(_ROUNDS)), key=lambda found: found["seconds"])
    return rounds[len(rounds) // 2]


def _measure_update(indexer: Indexer) -> dict[str, float]:
    """One statement. Each description gets one more word, which no other has."""
    word = f"update{time.time_ns():x}"
    with psycopg.connect(indexer.database_url, autocommit=True) as database:
        ids = fetch_shown_products(database, UPDATED_PRODUCTS)
        change = partial(_commit, database, _UPDATE, [word, ids])
        return _time_change(indexer, change, {"match": {"description": word}}, len(ids))


def _measure_rename(indexer: Indexer) -> dict[str, float]:
    """The brand with the most products: one row in PostgreSQL, a write for each product in the index."""
    with (
        psycopg.connect(indexer.database_url, autocommit=True) as database,
        Connection(indexer.opensearch_url) as opensearch,
    ):
        (old,) = database.execute(_LARGEST_BRAND).fetchall()[0]
        new = f"{old} 2"
        products = _count(opensearch, indexer.index, {"term": {"brand": old}})
        change = partial(_commit, database, "UPDATE brands SET name = %s WHERE name = %s", [new, old])
        return _time_change(indexer, change, {"term": {"brand": new}}, products)


def _measure_storm(indexer: Indexer) -> dict[str, float]:
    """Every product that is shown gets a new price, a thousand in a transaction, as fast as PostgreSQL takes them."""
    price = 10**7 + time.time_ns() % 10**7
    with psycopg.connect(indexer.database_url, autocommit=True) as database:
        ids = fetch_shown_products(database)

        def change() -> float:
            started_s = time.monotonic()
            for start in range(0, len(ids), _STORM_TRANSACTION):
                database.execute(_STORM, [price, ids[start : start + _STORM_TRANSACTION]])
            return started_s

        return _time_change(indexer, change, {"term": {"base_price": price}}, len(ids))


def _commit(database: psycopg.Connection[Any], sql: LiteralString, parameters: Sequence[Any]) -> float:
    database.execute(sql, parameters)
    return time.monotonic()


def _time_change(indexer: Indexer, change: Change, changed: dict[str, Any], products: int) -> dict[str, float]:
    """Seconds until all `products` are `changed` in the index, whenever they become searchable.

    The index's own counter of writes is asked first, because a refresh of ours would cost the indexer something.
    """
    with Connection(indexer.opensearch_url) as opensearch:
        written_before = _count_writes(opensearch, indexer.index)
        started_s = change()
        while True:
            if _count_writes(opensearch, indexer.index) - written_before >= products:
                seconds = time.monotonic() - started_s
                opensearch.fetch("POST", f"/{indexer.index}/_refresh")
                if _count(opensearch, indexer.index, changed) >= products:
                    return {"products": products, "seconds": seconds}
            if time.monotonic() - started_s > _PATIENCE_S:
                found = _count(opensearch, indexer.index, changed)
                raise TimeoutError(f"{indexer.name} wrote {found:,} of {products:,} products within {_PATIENCE_S} s")
            time.sleep(_POLL_S)


def _count_writes(opensearch: Connection, index: str) -> int:
    stats = opensearch.fetch("GET", f"/{index}/_stats/indexing?filter_path=_all.primaries.indexing.index_total")
    return int(stats["_all"]["primaries"]["indexing"]["index_total"])


def _count(opensearch: Connection, index: str, query: dict[str, Any]) -> int:
    return int(opensearch.fetch("POST", f"/{index}/_count", {"query": query})["count"])
