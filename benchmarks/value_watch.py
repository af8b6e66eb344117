"""How long each edit takes from its commit to a search that shows it, told by a value that it changes.

It needs nothing in the document but that value, so it measures any indexer.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from benchmarks.connection import Connection, UnexpectedAnswer
from benchmarks.figures import percentile

_POLL_S = 0.01
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Edit:
    """A statement that changes one product (`%s`, its id) so that `field`, which has doc values, changes too."""

    sql: str
    index: str
    field: str


@dataclass
class _Watch:
    """Looks for edited products in the index until it has found each edit."""

    opensearch_url: str
    edit: Edit
    before: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)
    """Product id -> when its edit was committed, on the monotonic clock."""
    found_ms: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False

    def run(self) -> None:
        with Connection(self.opensearch_url) as connection:
            while not (self.is_over and not self.waiting):
                self._look(connection)
                time.sleep(_POLL_S)

    def add(self, id: str, committed_s: float) -> None:
        with self.lock:
            self.waiting[id] = committed_s

    def _look(self, connection: Connection) -> None:
        with self.lock:
            waiting = dict(self.waiting)
        if not waiting:
            return
        values = _fetch_values(connection, self.edit, list(waiting))
        seen_s = time.monotonic()
        for id, committed_s in waiting.items():
            if id in values and values[id] != self.before[id]:
                self.found_ms.append((seen_s - committed_s) * 1e3)
                with self.lock:
                    del self.waiting[id]


def _fetch_values(connection: Connection, edit: Edit, ids: Sequence[str]) -> dict[str, float]:
    """The value that a search sees now, by product; those that it does not see are missing."""
    body = {"size": len(ids), "_source": False, "query": {"ids": {"values": ids}}, "docvalue_fields": [edit.field]}
    hits = connection.fetch("POST", f"/{edit.index}/_search", body)["hits"]["hits"]
    return {hit["_id"]: float(hit["fields"][edit.field][0]) for hit in hits if "fields" in hit}


@contextmanager
def _watching(opensearch_url: str, edit: Edit, ids: Sequence[str]) -> Iterator[_Watch]:
    with Connection(opensearch_url) as connection:
        before = _fetch_values(connection, edit, ids)
    missing = len(set(ids) - set(before))
    if missing:
        raise UnexpectedAnswer(f"{missing} of {len(ids)} products have no {edit.field} in {edit.index}")
    watch = _Watch(opensearch_url, edit, before)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield watch
    finally:
        watch.is_over = True
        thread.join(_PATIENCE_S)
        if lost := len(watch.waiting):
            watch.waiting = {}
            raise UnexpectedAnswer(f"{lost} edits were not found within {_PATIENCE_S:.0f} s")


def measure_edits(
    database_url: str, opensearch_url: str, edit: Edit, ids: Sequence[str], per_s: float
) -> dict[str, float]:
    """One edit a product, `per_s` of them, each committed alone: p50 and p99 in ms from commit to searchable.

    Raises: UnexpectedAnswer, when a product or an edit can't be found.
    """
    with (
        psycopg.connect(database_url, autocommit=True) as connection,
        _watching(opensearch_url, edit, ids) as watch,
    ):
        next_s = time.monotonic()
        for id in ids:
            time.sleep(max(0, next_s - time.monotonic()))
            next_s += 1 / per_s
            connection.execute(edit.sql, [id])
            watch.add(id, time.monotonic())
    found = watch.found_ms
    return {"edits": len(found), "p50_ms": percentile(found, 50), "p99_ms": percentile(found, 99)}
