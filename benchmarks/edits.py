"""Edits at a steady rate, and how long each takes from its commit to a search that finds it."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks.connection import Connection, UnexpectedAnswer
from benchmarks.figures import percentile

EDITS_PER_S = 50
_POLL_S = 0.01
_PATIENCE_S = 60.0


@dataclass
class _Watch:
    """Looks for edited products in the index until it has found each edit."""

    opensearch_url: str
    waiting: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Product id -> (when its edit began in ms since 1970, when it was committed on the monotonic clock)."""
    found_ms: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False

    def run(self) -> None:
        with Connection(self.opensearch_url) as connection:
            while not (self.is_over and not self.waiting):
                self._look(connection)
                time.sleep(_POLL_S)

    def add(self, id: str, began_ms: int, committed_s: float) -> None:
        with self.lock:
            self.waiting[id] = (began_ms, committed_s)

    def _look(self, connection: Connection) -> None:
        with self.lock:
            waiting = dict(self.waiting)
        if not waiting:
            return
        seen_s = time.monotonic()
        for id, committed_ms in _fetch_committed(connection, list(waiting)):
            began_ms, committed_s = waiting[id]
            if committed_ms >= began_ms:
                self.found_ms.append((seen_s - committed_s) * 1e3)
                with self.lock:
                    del self.waiting[id]


def _fetch_committed(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    """When the change that each searchable document shows was committed."""
    body: dict[str, Any] = {
        "size": len(ids),
        "_source": False,
        "query": {"terms": {"id": ids}},
        "docvalue_fields": [{"field": "committed_at", "format": "epoch_millis"}],
    }
    for hit in connection.fetch("POST", "/products/_search", body)["hits"]["hits"]:
        if "fields" in hit:
            yield hit["_id"], int(hit["fields"]["committed_at"][0])


@contextmanager
def _watching(opensearch_url: str) -> Iterator[_Watch]:
    watch = _Watch(opensearch_url)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield watch
    finally:
        watch.is_over = True
        thread.join(_PATIENCE_S)
        if thread.is_alive():
            raise UnexpectedAnswer(f"{len(watch.waiting)} edits were not found within {_PATIENCE_S:.0f} s")


def measure_edits(database_url: str, opensearch_url: str, ids: Sequence[str]) -> dict[str, float]:
    """One edit a product, `EDITS_PER_S` of them, each committed alone: p50 and p99 in ms from commit to searchable."""
    with psycopg.connect(database_url, autocommit=True) as connection, _watching(opensearch_url) as watch:
        next_s = time.monotonic()
        for id in ids:
            time.sleep(max(0, next_s - time.monotonic()))
            next_s += 1 / EDITS_PER_S
            began_ms = int(time.time() * 1e3)
            connection.execute("UPDATE products SET base_price = base_price + 1 WHERE id = %s", [id])
            watch.add(id, began_ms, time.monotonic())
    found = watch.found_ms
    return {"edits": len(found), "p50_ms": percentile(found, 50), "p99_ms": percentile(found, 99)}
