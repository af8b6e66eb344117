"""`tanaban sync run`: from change events to the index.

    batch of events -> plan -> fan-outs stored, products written -> acknowledged

The live lane writes products in the thread that brings the events, Debezium's own or that of a stream's consumer; the
fan-out lane works off stored jobs beside it. Whatever fails is tried again with growing pauses, so nothing is
acknowledged that is not durable (I6).
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import structlog

from catalog.cache_invalidation import CacheInvalidation
from core.clients import connect_database, create_opensearch, create_redis
from core.errors import Cancelled, LifecycleBusy, TanabanError
from core.settings import Settings
from indexing import lifecycle
from indexing.capture import Capture
from indexing.failures import clear_errors
from indexing.fanout_lane import FanoutLane
from indexing.freshness import FreshnessProbe, store_freshness
from indexing.insist import pause, pause_after
from indexing.live_lane import LiveLane
from indexing.live_load import LoadMeter, store_load
from indexing.locks import Lock, hold
from indexing.parallel import few_collections
from indexing.progress import ShouldStop
from indexing.prompt_refresh import PromptRefresh
from indexing.registry import Connection
from indexing.server_watch import expect_node_restarts
from indexing.slot import ensure_slot
from indexing.transport import OpenTransport, Transport
from indexing.upkeep import Upkeep, compare_everything

log = structlog.get_logger("indexing.sync")

_WATCH_S = 2.0
_SOUND_AFTER_S = 60.0
"""A sync that ran for so long had no trouble of its own at the start."""


@contextmanager
def from_slot(settings: Settings) -> Iterator[Transport]:
    """PostgreSQL's slot, read by Debezium in this process; the JVM must be running (indexing.capture.start_jvm)."""
    with hold_slot(settings, "sync") as connection:
        yield Transport(f"slot {settings.capture_slot}", connection, partial(Capture, settings))
        expect_node_restarts(connection)  # nobody else writes changes, so nothing is under way


@contextmanager
def hold_slot(settings: Settings, command: str) -> Iterator[Connection]:
    """Be the one that reads the slot, and have a sound one; a new one is told to whoever compares.

    Raises: LifecycleBusy, UnsafeCluster; DatabaseDown, SearchDown.
    """
    with hold(settings, Lock.SYNC, command) as connection:
        ensure_slot(connection, settings, partial(_prepare_for_new_slot, settings, connection))
        yield connection


def _prepare_for_new_slot(settings: Settings, connection: Connection, reason: str) -> None:
    """Changes may have passed by a rebuild under way, and all else that is written (I3)."""
    lifecycle.fail_building(settings, f"its changes may have been missed: {reason}")
    compare_everything(connection, reason)


@few_collections()
def run(settings: Settings, should_stop: ShouldStop, open_transport: OpenTransport = from_slot) -> None:
    """Index what `open_transport` brings until `should_stop`. Servers that are down are waited for.

    A second process on the slot waits, and takes over when the first one ends.
    """

    def run_once() -> None:
        with open_transport(settings) as transport:
            _Sync(settings, transport, should_stop).run()

    run_again(run_once, should_stop)


def run_again(run_once: Callable[[], None], should_stop: ShouldStop) -> None:
    """Call it until `should_stop`, with growing pauses while it fails."""
    failures = 0
    while not should_stop():
        started_s = time.monotonic()
        try:
            with clear_errors():
                run_once()
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
    """One transport, with both lanes."""

    def __init__(self, settings: Settings, transport: Transport, should_stop: ShouldStop) -> None:
        self._settings, self._transport = settings, transport
        self._is_over = threading.Event()
        self._should_stop: ShouldStop = lambda: self._is_over.is_set() or should_stop()

    def run(self) -> None:
        with (
            create_opensearch(self._settings) as client,
            create_redis(self._settings) as redis,
            connect_database(self._settings, autocommit=True) as live_connection,
            connect_database(self._settings, autocommit=True) as fanout_connection,
        ):
            caches = CacheInvalidation(redis, self._settings)
            probe = FreshnessProbe(self._settings, client, self._should_stop)
            meter = LoadMeter()
            refresh = PromptRefresh(self._settings, client, self._should_stop)
            on_written = meter.count_written(probe.note)
            low = FanoutLane(
                self._settings, fanout_connection, client, caches, meter.last_written_s, refresh.ask, self._should_stop
            )
            live = LiveLane(self._settings, live_connection, client, caches, on_written, low.wake, self._should_stop)
            upkeep = Upkeep(self._settings, self._transport.connection, client, low)
            source = self._transport.create_source(refresh.follow(meter.count_taken(live.take_batch)))
            try:
                caches.everything_changed()  # for what the process before could not say
                upkeep.look()
                source.start()
                probe.start()
                refresh.start()
                log.info("Sync is running", reads=self._transport.name)
                while source.is_running() and upkeep.is_sound() and not self._should_stop():
                    upkeep.look()
                    caches.catch_up()
                    freshness = probe.read()
                    if freshness.samples:  # else those of the process before, or of one that shares the stream
                        store_freshness(self._transport.connection, freshness)
                    store_load(self._transport.connection, meter.read())
                    pause(_WATCH_S, lambda: self._should_stop() or not source.is_running())
            finally:
                self._is_over.set()
                with closing(live), closing(low):
                    low.stop()
                    source.stop()
