"""Change capture: single edits, a storm, and a fan-out beside single edits, on a running `make up`."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.connection import fetch_json
from benchmarks.edits import measure_edits

_EDITS = 1_000
_STORM_PRODUCTS = 50_000
_STORM_TRANSACTION = 1_000
_LIMIT_S = 600
_POLL_S = 0.2

Say = Callable[[str], None]


def measure_sync(database_url: str, opensearch_url: str, say: Say) -> dict[str, Any]:
    """Latencies in ms, rates in products a second; `fan_out.products` were renamed while edits were measured."""
    wait_until_current(database_url, opensearch_url)
    ids = _fetch_ids(database_url)
    quiet = measure_edits(database_url, opensearch_url, ids[:_EDITS])
    say(f"{quiet['edits']:.0f} edits: p50 {quiet['p50_ms']:.0f} ms, p99 {quiet['p99_ms']:.0f} ms to searchable")
    storm = _measure_storm(database_url, opensearch_url, ids[:_STORM_PRODUCTS])
    say(f"storm: {storm['products']:,} products changed, {storm['per_s']:,.0f} a second from commit to written")
    fan_out = _measure_fan_out(database_url, opensearch_url, ids[-_EDITS:])
    say(f"{fan_out['products']:,} products renamed: edits beside it p99 {fan_out['p99_ms']:.0f} ms")
    return {"quiet": quiet, "storm": storm, "fan_out": fan_out}


def wait_until_current(database_url: str, opensearch_url: str) -> None:
    """Until nothing is left of what came before: no fan-out is stored, and a last edit has arrived."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        _wait_for_fan_outs(connection)
    measure_edits(database_url, opensearch_url, _fetch_ids(database_url)[:1])


def _measure_storm(database_url: str, opensearch_url: str, ids: list[str]) -> dict[str, float]:
    began_ms = int(time.time() * 1e3)
    started_s = time.monotonic()
    with psycopg.connect(database_url, autocommit=True) as connection:
        for start in range(0, len(ids), _STORM_TRANSACTION):
            part = ids[start : start + _STORM_TRANSACTION]
            connection.execute("UPDATE products SET base_price = base_price + 1 WHERE id = ANY(%s)", [part])
    _wait_for_documents(opensearch_url, {"range": {"committed_at": {"gte": began_ms}}}, len(ids))
    seconds = time.monotonic() - started_s
    return {"products": len(ids), "seconds": seconds, "per_s": len(ids) / seconds}


def _measure_fan_out(database_url: str, opensearch_url: str, ids: list[str]) -> dict[str, float]:
    """All departments are renamed at once; edits run meanwhile."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        products = _count(connection, "SELECT count(*) FROM products")
        connection.execute("UPDATE categories SET name = name || '2' WHERE parent_id IS NULL")
        edits = measure_edits(database_url, opensearch_url, ids)
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
    while time.monotonic() < deadline_s:
        if fetch_json(opensearch_url, "POST", "/products/_count", {"query": query})["count"] >= count:
            return
        time.sleep(_POLL_S)
    raise TimeoutError(f"{count:,} changed products were not all written within {_LIMIT_S} s")


def _fetch_ids(database_url: str) -> list[str]:
    """Of shown products, in random but repeatable order."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT id::text FROM products WHERE status = 'active' AND published_at <= now() ORDER BY md5(id::text)"
        )
        return [id for (id,) in rows]


def _count(connection: psycopg.Connection[Any], sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
