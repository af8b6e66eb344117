"""What the live lane has taken from capture and not written yet, and how fast it writes.

Only the process of change capture knows; it stores the figures for `tanaban sync status`, /metrics and the admin page.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.types import IndexVersion
from indexing.change_writers import OnWritten
from indexing.registry import Connection

_MARKS = 6
"""The pace is that of the last five reads, 10 s as sync reads it: long enough to be calm, short enough to be true."""

_SILENT_S = 60.0
"""Sync stores its figures every 2 s, or as soon as a server that hangs lets it."""


@dataclass(frozen=True, slots=True)
class LiveLoad:
    """The live lane as sync last saw it."""

    events: int
    """Taken from capture and not durable yet."""
    oldest_s: float | None
    """How long the oldest of them has waited; None when there are none."""
    products_per_s: float | None
    """Products written lately; None for a moment after the start."""


class LoadMeter:
    """Counts on the way in and out of the live lane; safe to share between threads.

    >>> meter = LoadMeter()
    >>> meter.count_taken(lambda values: print(meter.read().events, "of", values))(["a", "b"])
    2 of ['a', 'b']
    >>> meter.read().events
    0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._taken: dict[int, tuple[int, float]] = {}
        self._batches = self._written = 0
        self._written_s = 0.0
        self._marks: deque[tuple[float, int]] = deque([(clock(), 0)], maxlen=_MARKS)

    def count_taken(self, take_batch: Callable[[Sequence[str]], None]) -> Callable[[Sequence[str]], None]:
        """`take_batch`, which returns when its events are durable, counted."""

        def take(values: Sequence[str]) -> None:
            with self._lock:
                self._batches += 1
                batch = self._batches
                self._taken[batch] = (len(values), self._clock())
            try:
                take_batch(values)
            finally:
                with self._lock:
                    del self._taken[batch]

        return take

    def count_written(self, on_written: OnWritten) -> OnWritten:
        """`on_written`, which hears of each write, counted."""

        def note(version: IndexVersion, committed_ms: Mapping[UUID, int]) -> None:
            with self._lock:
                self._written += len(committed_ms)
                self._written_s = self._clock()
            on_written(version, committed_ms)

        return note

    def last_written_s(self) -> float:
        """When a product was last written, on the clock; 0 when none was."""
        return self._written_s

    def read(self) -> LiveLoad:
        """Also sets a mark, from which later reads tell the pace."""
        with self._lock:
            now_s = self._clock()
            since_s, before = self._marks[0]
            self._marks.append((now_s, self._written))
            pace = (self._written - before) / (now_s - since_s) if now_s > since_s else None
            oldest_s = max((now_s - taken_s for _, taken_s in self._taken.values()), default=None)
            return LiveLoad(sum(events for events, _ in self._taken.values()), oldest_s, pace)


def store_load(connection: Connection, load: LiveLoad) -> None:
    connection.execute(
        """
        UPDATE tanaban.sync_state SET live_events = %s, live_oldest_s = %s, live_products_per_s = %s, updated_at = now()
        """,
        [load.events, load.oldest_s, load.products_per_s],
    )


def fetch_load(connection: Connection) -> LiveLoad | None:
    """None when no process has stored anything for a minute: what it last said is not true any more."""
    row = connection.execute(
        """
        SELECT live_events, live_oldest_s, live_products_per_s FROM tanaban.sync_state
        WHERE updated_at > now() - make_interval(secs => %s)
        """,
        [_SILENT_S],
    ).fetchone()
    return LiveLoad(*row) if row else None


def fetch_heard_at(connection: Connection) -> datetime | None:
    """When a process of change capture last stored anything."""
    row = connection.execute("SELECT updated_at FROM tanaban.sync_state").fetchone()
    return row[0] if row else None
