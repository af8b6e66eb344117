"""How long a change takes from its commit to a search that finds it, sampled while changes run.

A probe looks for one written document at a time until a search shows its version, so it costs the same whatever the
load. Both ends are told by clocks (PostgreSQL's commit, this process): when they disagree, so does the figure.
"""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from opensearchpy import OpenSearch, OpenSearchException

from core.settings import Settings
from core.types import IndexVersion
from indexing.generations import fetch_searchable_version, serving_alias
from indexing.progress import ShouldStop
from indexing.registry import Connection

_SAMPLES = 1_000
_POLL_S = 0.025
_POLL_SHARE = 0.05
"""Of the age that a change has already: a storm, in which it is seconds, needs no forty searches a second."""

_PATIENCE_S = 30.0
"""A document that is not found by then was overtaken by a swap; the next one is looked for."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of the last samples, at most a thousand; ms. None while nothing has changed yet."""

    p50_ms: float | None
    p99_ms: float | None
    samples: int


def store_freshness(connection: Connection, freshness: Freshness) -> None:
    """For `tanaban sync status`, /metrics and the admin page, which are other processes."""
    connection.execute(
        """
        UPDATE tanaban.sync_state SET freshness_p50_ms = %s, freshness_p99_ms = %s, freshness_samples = %s,
            updated_at = now()
        """,
        [freshness.p50_ms, freshness.p99_ms, freshness.samples],
    )


def fetch_freshness(connection: Connection) -> Freshness:
    row = connection.execute(
        "SELECT freshness_p50_ms, freshness_p99_ms, freshness_samples FROM tanaban.sync_state"
    ).fetchone()
    assert row is not None
    return Freshness(*row)


class FreshnessProbe:
    """A thread that follows one written document at a time."""

    def __init__(self, settings: Settings, client: OpenSearch, should_stop: ShouldStop) -> None:
        self._alias = serving_alias(settings)
        self._client, self._should_stop = client, should_stop
        self._found_ms: deque[float] = deque(maxlen=_SAMPLES)
        self._latest: tuple[UUID, IndexVersion, int] | None = None
        self._thread = threading.Thread(target=self._run, name="freshness", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def note(self, version: IndexVersion, committed_ms: Mapping[UUID, int]) -> None:
        """Some products were written; the probe may pick one of them up."""
        id = next(iter(committed_ms))
        self._latest = (id, version, committed_ms[id])

    def read(self) -> Freshness:
        found = sorted(self._found_ms)
        if not found:
            return Freshness(None, None, 0)
        return Freshness(found[len(found) // 2], found[min(len(found) - 1, len(found) * 99 // 100)], len(found))

    def _run(self) -> None:
        while not self._should_stop():
            wanted, self._latest = self._latest, None
            if wanted is None:
                time.sleep(_POLL_S)
            else:
                self._follow(*wanted)

    def _follow(self, id: UUID, version: IndexVersion, committed_ms: int) -> None:
        until_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until_s and not self._should_stop():
            try:
                found = fetch_searchable_version(self._client, self._alias, str(id))
            except OpenSearchException:
                return
            age_ms = time.time() * 1e3 - committed_ms
            if found is not None and found >= version:
                self._found_ms.append(age_ms)
                return
            time.sleep(_pause_s(age_ms))


def _pause_s(age_ms: float) -> float:
    """Until the next look for a change of this age; clocks that disagree, by hours too, make it no longer than 1 s.

    >>> _pause_s(300), _pause_s(4_000), _pause_s(-3_600_000), _pause_s(3_600_000)
    (0.025, 0.2, 0.025, 1.0)
    """
    return min(1.0, max(_POLL_S, _POLL_SHARE * age_ms / 1e3))
