"""Change capture: single edits, storms, and a fan-out beside single edits, on a running `make up`.

The JVMs start cold with `make up` and need some minutes of writes to compile what they do, so storms come first that
nobody counts.
"""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.connection import fetch_json
from benchmarks.figures import summarize
from benchmarks.processes import Shop
from benchmarks.shown_products import PRICE_EDIT, fetch_shown_products
from benchmarks.value_watch import Edit, measure_edits

EDITS_PER_S = 50
_EDITS = 1_000
_EDIT = Edit(PRICE_EDIT, "products", "price_yen")
_WARM_UPS, _ROUNDS = 3, 3
_STORM_PRODUCTS = 50_000
_STORM_TRANSACTION = 1_000
_LIMIT_S = 600
_POLL_S = 0.2

Say = Callable[[str], None]


def measure_sync(shop: Shop, urls: dict[str, str], say: Say) -> dict[str, Any]:
    """Latencies in ms, rates in products a second; `fan_out.products` were renamed while edits were measured.

    A standby generation, which doubles all writes, is there at first and is pruned then: `storm_with_standby` is
    measured before that, all else after it.
    """
    database_url, opensearch_url = urls["TANABAN_DATABASE_URL"], urls["TANABAN_OPENSEARCH_URL"]
    with psycopg.connect(database_url) as connection:
        ids = fetch_shown_products(connection)
    wait_until_current(database_url, opensearch_url, ids[0])
    storm_ids, edit_ids = ids[:_STORM_PRODUCTS], ids[-_EDITS:]
    for _ in range(_WARM_UPS):
        _run_storm(database_url, opensearch_url, storm_ids)
    with_standby = _measure_storms(database_url, opensearch_url, storm_ids, "live and standby", say)
    shop.run("index", "prune", environment={"TANABAN_GENERATIONS_KEPT": "0"})
    storm = _measure_storms(database_url, opensearch_url, storm_ids, "live", say)
    quiet = measure_edits(database_url, opensearch_url, _EDIT, edit_ids, EDITS_PER_S)
    say(f"{quiet['edits']:.0f} edits: p50 {quiet['p50_ms']:.0f} ms, p99 {quiet['p99_ms']:.0f} ms to searchable")
    fan_out = _measure_fan_out(database_url, opensearch_url, edit_ids)
    say(f"{fan_out['products']:,} products renamed: edits beside it p99 {fan_out['p99_ms']:.0f} ms")
    return {"quiet": quiet, "storm": storm, "storm_with_standby": with_standby, "fan_out": fan_out}


def wait_until_current(database_url: str, opensearch_url: str, id: str) -> None:
    """Until no fan-out is left of what came before, and a last edit, of product `id`, has arrived."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        _wait_for_fan_outs(connection)
    measure_edits(database_url, opensearch_url, _EDIT, [id], EDITS_PER_S)


def _measure_storms(database_url: str, opensearch_url: str, ids: list[str], written: str, say: Say) -> dict[str, Any]:
    found = [_run_storm(database_url, opensearch_url, ids) for _ in range(_ROUNDS)]
    rates = ", ".join(f"{per_s:,.0f}" for per_s in found)
    say(f"storms of {len(ids):,} products into {written}: {rates} a second from commit to written")
    return {"products": len(ids), "per_s": summarize(found)}


def _run_storm(database_url: str, opensearch_url: str, ids: list[str]) -> float:
    """Change `_STORM_PRODUCTS`, each again once all were; products a second from the first change until all are
    written. No two changes of a product come in one batch."""
    rounds = -(-_STORM_PRODUCTS // len(ids))
    started_s = time.monotonic()
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(rounds):
            began_ms = int(time.time() * 1e3)
            for start in range(0, len(ids), _STORM_TRANSACTION):
                part = ids[start : start + _STORM_TRANSACTION]
                connection.execute("UPDATE products SET base_price = base_price + 1 WHERE id = ANY(%s)", [part])
    _wait_for_documents(opensearch_url, {"range": {"committed_at": {"gte": began_ms}}}, len(ids))
    return rounds * len(ids) / (time.monotonic() - started_s)


def _measure_fan_out(database_url: str, opensearch_url: str, ids: list[str]) -> dict[str, float]:
    """All departments are renamed at once; edits run meanwhile."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        products = _count(connection, "SELECT count(*) FROM products")
        connection.execute("UPDATE categories SET name = name || '2' WHERE parent_id IS NULL")
        edits = measure_edits(database_url, opensearch_url, _EDIT, ids, EDITS_PER_S)
        _wait_for_fan_outs(connection)
        connection.execute("UPDATE categories SET name = left(name, -1) WHERE parent_id IS NULL")
    return edits | {"products": products}


def _wait_for_fan_outs(connection: psycopg.Connection[Any]) -> None:
    deadline_s = time.monotonic() + _LIMIT_S
    while _count(connection, "SELECT count(*) FROM tanaban.fanout_jobs"):
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"fan-outs are not done within {_LIMIT_S} s")
        time.sleep(_POLL_S)


def _wait_for_documents(opensearch_url: str, query: dict[str, Any], count: int) -> None:
    """Up to a refresh interval too long: refreshes of our own would make segments that OpenSearch has to merge."""
    deadline_s = time.monotonic() + _LIMIT_S
    while fetch_json(opensearch_url, "POST", "/products/_count", {"query": query})["count"] < count:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"{count:,} changed products were not all written within {_LIMIT_S} s")
        time.sleep(_POLL_S)


def _count(connection: psycopg.Connection[Any], sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
