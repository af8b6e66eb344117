"""The low lane: stored fan-outs are worked off beside the live edits, which never wait for them (I7).

While there are edits it takes small pages and rests after each for longer than it took: with all cores busy, OpenSearch
would make edits searchable seconds late.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog
from opensearchpy import OpenSearch

from catalog.cache_invalidation import CacheInvalidation
from core.errors import Cancelled, DatabaseDown, IndexingError, LifecycleBusy, NoLiveGeneration
from core.settings import Settings
from indexing import fanout
from indexing.change_writers import ChangeWriters
from indexing.changes import Fanout
from indexing.compare import REPAIRABLE
from indexing.fanout import FanoutJob
from indexing.insist import insist, pause
from indexing.progress import ShouldStop
from indexing.proof import log_proof, prove_served
from indexing.registry import Connection

log = structlog.get_logger("indexing.sync")

_POLL_S = 0.2
"""For what other processes have stored, and what is left of an earlier one."""
_WRITERS = 2
"""One fewer than the live lane has by default."""

_EDITED_S = 2.0
"""Edits that are no further apart are one stream of them."""

_PAGE_BESIDE_EDITS = 200
"""Products."""

_REST_RATIO = 1.5
"""Of a rest to the page before it. Beside a fan-out of 51,000 products 99 of 100 edits were searchable within 0.8 to
1.3 s by it, within 0.9 to 1.6 s by a ratio of 1, which has the fan-out done in 52 s instead of 67."""

_LONGEST_REST_S = 2.0
"""A page that took longer waited for servers, not for a core."""


class FanoutLane:
    """Works off stored jobs, the oldest first, a page at a time."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        client: OpenSearch,
        caches: CacheInvalidation,
        last_edit_s: Callable[[], float],
        on_done: Callable[[], object],
        should_stop: ShouldStop,
    ) -> None:
        """`last_edit_s`: when the live lane last wrote, monotonic; `on_done` hears of the end of each fan-out."""
        self._settings, self._connection = settings, connection
        self._last_edit_s, self._on_done = last_edit_s, on_done
        self._caches, self._should_stop = caches, should_stop
        self._writers = ChangeWriters(settings, connection, client, _WRITERS, "fan-out", should_stop)
        self._pace = _Pace()
        self._idle_s = time.monotonic()
        self._stored = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fan-out", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """A fan-out was stored."""
        self._stored.set()

    def stop(self) -> None:
        """After the page at hand, once `should_stop` says so."""
        if self._thread.ident is not None:
            self.wake()
            self._thread.join()

    def close(self) -> None:
        self._writers.close()

    def is_running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        """Ends when told to, or when PostgreSQL is lost, which ends the whole of this sync."""
        with suppress(Cancelled, DatabaseDown):
            while not self._should_stop():
                if not insist(self._work, self._should_stop):
                    self._idle_s = time.monotonic()
                    self._stored.wait(_POLL_S)
                    self._stored.clear()

    def _work(self) -> bool:
        """One page of the oldest job; False when there is none."""
        jobs = fanout.fetch_jobs(self._connection, limit=1)
        if not jobs:
            return False
        fanout.count_products(self._connection)
        job = jobs[0]
        self._pace.begin(job)
        self._writers.wait_until_visible(job.xids)
        if job.kind is Fanout.RECONCILE:
            return self._reconcile(job) and fanout.end_job(self._connection, job)
        started_s = time.monotonic()
        limit = self._limit_page()
        ids = fanout.fetch_page(self._connection, job, limit)  # whoever comes in later has an event of its own
        self._writers.write(ids)
        self._caches.products_changed(ids)
        if len(ids) < limit:
            log.info("A fan-out is done", kind=job.kind, key=str(job.key), products=job.done + len(ids))
            self._on_done()
            return fanout.end_job(self._connection, job)
        moved = fanout.move_cursor(self._connection, job, ids[-1], len(ids), self._pace.add(len(ids)))
        pause(_rest_s(time.monotonic() - started_s), lambda: self._should_stop() or not self._has_edits())
        return moved

    def _has_edits(self) -> bool:
        """Lately, and since this lane was idle: what was before is over."""
        edited_s = self._last_edit_s()
        return edited_s > self._idle_s and time.monotonic() - edited_s < _EDITED_S

    def _limit_page(self) -> int:
        page = self._settings.rebuild_page_products
        return min(page, _PAGE_BESIDE_EDITS) if self._has_edits() else page

    def _reconcile(self, job: FanoutJob) -> bool:
        """Whether every index was compared; not while somebody else compares.

        Raises: IndexingError while a document is left that could have been repaired: everything is compared again.
        """
        try:
            proofs = prove_served(
                self._settings,
                repair=True,
                on_progress=partial(fanout.report_comparison, self._connection, job),
                should_stop=self._should_stop,
            )
        except NoLiveGeneration:
            return True
        except LifecycleBusy:
            return False
        for proof in proofs:
            log_proof(proof)
        left = sum(proof.comparison.left.counts[cause] for proof in proofs for cause in REPAIRABLE)
        if left:
            raise IndexingError(f"{left:,} documents could not be repaired; everything is compared again.")
        self._caches.everything_changed()
        return True


def _rest_s(page_s: float) -> float:
    """After a page that took so long.

    >>> _rest_s(0.5), _rest_s(60)
    (0.75, 2.0)
    """
    return min(_REST_RATIO * page_s, _LONGEST_REST_S)


class _Pace:
    """Products a second of the job at hand, since this process took it up."""

    def __init__(self) -> None:
        self._job_id, self._since_s, self._products = 0, 0.0, 0

    def begin(self, job: FanoutJob) -> None:
        """Nothing happens when it is the same job still."""
        if job.id != self._job_id:
            self._job_id, self._since_s, self._products = job.id, time.monotonic(), 0

    def add(self, products: int) -> float:
        """Returns the pace."""
        self._products += products
        return self._products / (time.monotonic() - self._since_s)
