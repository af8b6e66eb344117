"""`tanaban sync run`: capture and indexing in one process, from the WAL to the index.

    Debezium's batch -> plan -> fan-outs stored, products written -> acknowledged

The live lane writes products in Debezium's own thread; the fan-out lane works off stored jobs beside it. Whatever
fails is tried again with growing pauses, so nothing is acknowledged that is not durable (I6).
"""

import threading
import time
from contextlib import closing, suppress

import structlog
from opensearchpy import OpenSearch

from catalog.cache_invalidation import CacheInvalidation
from core.clients import connect_database, create_opensearch, create_redis
from core.errors import Cancelled, JobActive, LifecycleBusy, SearchDown, TanabanError
from core.settings import Settings
from indexing import fanout, jobs, lifecycle
from indexing.capture import Capture
from indexing.changes import Fanout
from indexing.failures import clear_errors
from indexing.fanout_lane import FanoutLane
from indexing.freshness import FreshnessProbe, store_freshness
from indexing.insist import pause, pause_after
from indexing.live_lane import LiveLane
from indexing.live_load import LoadMeter, store_load
from indexing.locks import Lock, hold
from indexing.parallel import few_collections
from indexing.progress import ShouldStop
from indexing.registry import Connection
from indexing.server_watch import expect_node_restarts, find_loss, remember_servers
from indexing.slot import ensure_slot

log = structlog.get_logger("indexing.sync")

_WATCH_S = 2.0
_SOUND_AFTER_S = 60.0
"""A sync that ran for so long had no trouble of its own at the start."""


@few_collections()
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
                expect_node_restarts(connection)
        except Cancelled:
            continue  # by the end of a sibling, unless `should_stop` says so
        except TanabanError as trouble:
            if time.monotonic() - started_s > _SOUND_AFTER_S:
                failures = 0
            if not (failures and isinstance(trouble, LifecycleBusy)):
                log.warning("Sync waits", reason=str(trouble))
            failures += 1
            pause_after(failures, should_stop)


class _Sync:
    """One connection to the slot, with both lanes."""

    def __init__(self, settings: Settings, connection: Connection, should_stop: ShouldStop) -> None:
        self._settings, self._connection = settings, connection
        self._is_over = threading.Event()
        self._should_stop: ShouldStop = lambda: self._is_over.is_set() or should_stop()

    def run(self) -> None:
        self._check_past()
        ensure_slot(self._connection, self._settings, self._prepare_for_new_slot)
        with (
            create_opensearch(self._settings) as client,
            create_redis(self._settings) as redis,
            connect_database(self._settings, autocommit=True) as live_connection,
            connect_database(self._settings, autocommit=True) as fanout_connection,
        ):
            caches = CacheInvalidation(redis, self._settings)
            probe = FreshnessProbe(self._settings, client, self._should_stop)
            meter = LoadMeter()
            on_written = meter.count_written(probe.note)
            live = LiveLane(self._settings, live_connection, client, caches, on_written, self._should_stop)
            low = FanoutLane(self._settings, fanout_connection, client, caches, self._should_stop)
            capture = Capture(self._settings, meter.count_taken(live.take_batch))
            try:
                caches.everything_changed()  # for what the process before could not say
                capture.start()
                low.start()
                probe.start()
                log.info("Sync is running", slot=self._settings.capture_slot)
                while capture.is_running() and low.is_running() and not self._should_stop():
                    self._check_servers(client)
                    caches.catch_up()
                    store_freshness(self._connection, probe.read())
                    store_load(self._connection, meter.read())
                    pause(_WATCH_S, lambda: self._should_stop() or not capture.is_running())
            finally:
                self._is_over.set()
                with closing(live), closing(low):
                    low.stop()
                    capture.stop()

    def _check_past(self) -> None:
        reason = lifecycle.find_need_to_rebuild(self._settings)
        if reason is None:
            return
        log.warning("The whole index is built anew", reason=reason)
        with suppress(JobActive):
            jobs.enqueue_reindex(self._connection)

    def _prepare_for_new_slot(self, reason: str) -> None:
        """Changes may have passed by a rebuild under way, and all else that is written (I3)."""
        lifecycle.fail_building(self._settings, f"its changes may have been missed: {reason}")
        self._compare_everything(reason)

    def _check_servers(self, client: OpenSearch) -> None:
        """Also notices that the lock is gone with its connection. Raises: DatabaseDown."""
        with suppress(SearchDown):  # the lanes wait for it; a restart is seen once it answers
            reason = find_loss(self._connection, client)
            if reason is not None:
                self._compare_everything(reason)
            remember_servers(self._connection, client)

    def _compare_everything(self, reason: str) -> None:
        log.warning("Every index is compared with PostgreSQL and repaired", reason=reason)
        fanout.store_fanouts(self._connection, [(Fanout.RECONCILE, None)], [])
