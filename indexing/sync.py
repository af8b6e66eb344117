"""`tanaban sync run`: capture and indexing in one process, from the WAL to the index.

    Debezium's batch -> plan -> fan-outs stored, products written -> acknowledged

The live lane writes products in Debezium's own thread; the fan-out lane works off stored jobs beside it. Whatever
fails is tried again with growing pauses, so nothing is acknowledged that is not durable (I6).
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import TypeVar
from uuid import UUID

import structlog
from opensearchpy import OpenSearch

from catalog.cache_invalidation import CacheInvalidation
from core.clients import connect_database, create_opensearch, create_redis
from core.errors import (
    Cancelled,
    DatabaseDown,
    DependencyDown,
    IndexingError,
    LifecycleBusy,
    TanabanError,
    UnreadableEvent,
)
from core.settings import Settings
from indexing import fanout, lifecycle, registry
from indexing.capture import Capture
from indexing.changes import Change, Fanout, Plan, plan_changes, read_change
from indexing.failures import clear_errors
from indexing.incremental import ChangeWriter, extend_xid, fetch_xid_horizon
from indexing.locks import Lock, hold
from indexing.progress import ShouldStop
from indexing.rebuild import ignore_progress
from indexing.reconcile import reconcile
from indexing.registry import Connection, State
from indexing.run import Run
from indexing.slot import ensure_slot

Result = TypeVar("Result")

log = structlog.get_logger("indexing.sync")

_POLL_S = 0.2
_PAUSES_S = (0.1, 0.5, 2.0, 5.0)
"""Between tries of what failed, the last one again and again."""


def run(settings: Settings, should_stop: ShouldStop) -> None:
    """Capture and index until `should_stop`. A second process waits, and takes over when the first one ends.

    Servers that are down are waited for. The JVM must be running (indexing.capture.start_jvm).
    """
    failures = 0
    while not should_stop():
        started_s = time.monotonic()
        try:
            with clear_errors(), hold(settings, Lock.SYNC, "sync") as connection:
                _Sync(settings, connection, should_stop).run()
        except Cancelled:
            return
        except TanabanError as trouble:
            if time.monotonic() - started_s > 60:
                failures = 0
            if not (failures and isinstance(trouble, LifecycleBusy)):
                log.warning("Sync waits", reason=str(trouble))
            _pause(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)], should_stop)
            failures += 1


class _Sync:
    """One connection to the slot, with both lanes."""

    def __init__(self, settings: Settings, connection: Connection, should_stop: ShouldStop) -> None:
        self._settings, self._connection = settings, connection
        self._is_over = threading.Event()
        self._should_stop: ShouldStop = lambda: self._is_over.is_set() or should_stop()

    def run(self) -> None:
        self._ensure_slot()
        with (
            create_opensearch(self._settings) as client,
            create_redis(self._settings) as redis,
            connect_database(self._settings, autocommit=True) as live_connection,
            connect_database(self._settings, autocommit=True) as fanout_connection,
        ):
            caches = CacheInvalidation(redis, self._settings)
            live = _LiveLane(self._settings, live_connection, client, caches, self._should_stop)
            low = _FanoutLane(self._settings, fanout_connection, client, caches, self._should_stop)
            capture = Capture(self._settings, live.take_batch)
            try:
                capture.start()
                low.start()
                log.info("Sync is running", slot=self._settings.capture_slot)
                while capture.is_running() and low.is_running() and not self._should_stop():
                    self._connection.execute("SELECT 1")  # the lock is gone with its connection
                    caches.catch_up()
                    time.sleep(_POLL_S)
            finally:
                self._is_over.set()
                with closing(live), closing(low):
                    low.stop()
                    capture.stop()

    def _ensure_slot(self) -> None:
        reason = ensure_slot(self._connection, self._settings)
        if reason is None:
            return
        log.warning("A new replication slot: every index is compared with PostgreSQL and repaired", reason=reason)
        fanout.store_fanouts(self._connection, [(Fanout.RECONCILE, None)], [])
        lifecycle.fail_building(self._settings, f"its changes may have been missed: {reason}")


class _LiveLane:
    """Writes the products of a batch, in the thread that brings it."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        client: OpenSearch,
        caches: CacheInvalidation,
        should_stop: ShouldStop,
    ) -> None:
        self._page = settings.rebuild_page_products
        self._connection, self._caches, self._should_stop = connection, caches, should_stop
        self._writer = ChangeWriter(settings, connection, client, should_stop)

    def close(self) -> None:
        self._writer.close()

    def take_batch(self, values: Sequence[str]) -> None:
        """Returns when everything is durable. Raises: Cancelled."""
        plan = _plan(values)
        if not (plan.products or plan.fanouts):
            return
        horizon = fetch_xid_horizon(self._connection)
        xids = [extend_xid(xid, horizon) for xid in plan.xids]
        if plan.fanouts:
            fanout.store_fanouts(self._connection, plan.fanouts, xids)
        ids = sorted(plan.products)
        for start in range(0, len(ids), self._page):
            self._write(ids[start : start + self._page], xids, plan.products)
        self._caches.products_changed(plan.products.keys())
        if any(kind is Fanout.CATEGORY for kind, _ in plan.fanouts):
            self._caches.categories_changed()

    def _write(self, ids: list[UUID], xids: list[int], committed_ms: dict[UUID, int]) -> None:
        _insist(lambda: self._writer.write(lambda _: ids, xids, committed_ms), self._should_stop)


class _FanoutLane:
    """Works off stored jobs, the oldest first, a page at a time."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        client: OpenSearch,
        caches: CacheInvalidation,
        should_stop: ShouldStop,
    ) -> None:
        self._settings, self._connection, self._client = settings, connection, client
        self._caches, self._should_stop = caches, should_stop
        self._writer = ChangeWriter(settings, connection, client, should_stop)
        self._thread = threading.Thread(target=self._run, name="fan-out", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """After the page at hand, once `should_stop` says so."""
        if self._thread.ident is not None:
            self._thread.join()

    def close(self) -> None:
        self._writer.close()

    def is_running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        """Ends when told to, or when PostgreSQL is lost, which ends the whole of this sync."""
        with suppress(Cancelled, DatabaseDown):
            while not self._should_stop():
                if not _insist(self._work, self._should_stop):
                    time.sleep(_POLL_S)

    def _work(self) -> bool:
        """One page of the oldest job; False when there is none."""
        jobs = fanout.fetch_jobs(self._connection, limit=1)
        if not jobs:
            return False
        job = jobs[0]
        if job.kind is Fanout.RECONCILE:
            self._writer.wait_until_visible(job.xids)
            self._reconcile()
            return fanout.end_job(self._connection, job)
        limit = self._settings.rebuild_page_products
        written = self._writer.write(fanout.select_page(job, limit), job.xids)
        self._caches.products_changed(written.ids)
        if len(written.ids) < limit:
            log.info("A fan-out is done", kind=job.kind, key=str(job.key), products=job.done + len(written.ids))
            return fanout.end_job(self._connection, job)
        return fanout.move_cursor(self._connection, job, written.ids[-1], len(written.ids))

    def _reconcile(self) -> None:
        for generation in registry.fetch_generations(self._connection, (State.LIVE, State.STANDBY)):
            run = Run(self._settings, self._connection, self._client, generation, ignore_progress, self._should_stop)
            found = reconcile(run, repair=True)
            log.info(
                "An index was compared with PostgreSQL",
                index=generation.index_name,
                products=found.products,
                repaired={str(cause): count for cause, count in found.repaired.counts.items()},
                left={str(cause): count for cause, count in found.left.counts.items()},
            )


def _plan(values: Sequence[str]) -> Plan:
    """An event that cannot be read may mean anything, so everything is compared."""
    changes: list[Change] = []
    unreadable = False
    for value in values:
        try:
            change = read_change(value)
            if change is not None:
                changes.append(change)
        except UnreadableEvent as error:
            log.error("An event cannot be read; the whole index is compared instead", reason=str(error))
            unreadable = True
    try:
        plan = plan_changes(changes)
    except UnreadableEvent as error:
        log.error("An event names no product; the whole index is compared instead", reason=str(error))
        plan = Plan()
        unreadable = True
    if unreadable:
        plan.fanouts.add((Fanout.RECONCILE, None))
    return plan


def _insist(work: Callable[[], Result], should_stop: ShouldStop) -> Result:
    """Try until OpenSearch takes it. Raises: Cancelled; DatabaseDown, for which everything is connected anew."""
    failures = 0
    while True:
        try:
            with clear_errors():
                return work()
        except (Cancelled, DatabaseDown):
            raise
        except (DependencyDown, IndexingError) as trouble:
            if failures < len(_PAUSES_S):
                log.warning("OpenSearch takes no changes; they wait", reason=str(trouble))
            _pause(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)], should_stop)
            failures += 1
        if should_stop():
            raise Cancelled("Stopped while OpenSearch took no changes; they are read again.")


def _pause(seconds: float, should_stop: ShouldStop) -> None:
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s and not should_stop():
        time.sleep(min(_POLL_S, seconds))
