"""The live lane: a batch of events becomes durable documents, then it may be acknowledged (I6)."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from uuid import UUID

import structlog
from opensearchpy import OpenSearch

from catalog.cache_invalidation import CacheInvalidation
from core.errors import UnreadableEvent
from core.settings import Settings
from core.types import IndexVersion
from indexing import fanout
from indexing.changes import Change, Fanout, Plan, plan_changes, read_change
from indexing.incremental import ChangeWriter, extend_xid, fetch_xid_horizon
from indexing.insist import insist
from indexing.progress import ShouldStop
from indexing.registry import Connection

OnWritten = Callable[[IndexVersion, Mapping[UUID, int]], None]
"""Hears of each write: its version, and when the change of each product was committed (ms)."""

log = structlog.get_logger("indexing.sync")

_LEAST_PART, _MOST_PART = 100, 500
"""Products of one request: fewer are not worth it, more take memory from each writer."""


class LiveLane:
    """Writes the products of a batch: a few in the thread that brings them, many with several writers at a time."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        client: OpenSearch,
        caches: CacheInvalidation,
        on_written: OnWritten,
        should_stop: ShouldStop,
    ) -> None:
        self._workers = settings.rebuild_workers
        self._connection, self._caches, self._should_stop = connection, caches, should_stop
        self._on_written = on_written
        self._threads = ThreadPoolExecutor(self._workers, "live")
        self._idle: SimpleQueue[ChangeWriter] = SimpleQueue()
        for _ in range(self._workers):
            self._idle.put(ChangeWriter(settings, connection, client, should_stop))

    def close(self) -> None:
        self._threads.shutdown()
        while not self._idle.empty():
            self._idle.get().close()

    def take_batch(self, values: Sequence[str]) -> None:
        """Returns when everything is durable. Raises: Cancelled, DatabaseDown."""
        plan = plan_events(values)
        if not (plan.products or plan.fanouts or plan.tree_changed):
            return
        horizon = fetch_xid_horizon(self._connection)
        xids = [extend_xid(xid, horizon) for xid in plan.xids]
        if plan.fanouts:
            fanout.store_fanouts(self._connection, plan.fanouts, xids)
        parts = _split(sorted(plan.products), self._workers)
        write = partial(self._write, xids, plan.products)
        _ = list(self._threads.map(write, parts)) if len(parts) > 1 else [write(part) for part in parts]
        self._caches.products_changed(plan.products.keys())
        if plan.tree_changed:
            self._wait_until_visible(xids)
            self._caches.categories_changed()

    def _wait_until_visible(self, xids: list[int]) -> None:
        """Else a reader in between would load the old tree again."""
        writer = self._idle.get()
        try:
            writer.wait_until_visible(xids)
        finally:
            self._idle.put(writer)

    def _write(self, xids: list[int], committed_ms: dict[UUID, int], ids: list[UUID]) -> None:
        writer = self._idle.get()
        try:
            written = insist(lambda: writer.write(lambda _: ids, xids, committed_ms), self._should_stop)
            self._on_written(written.version, {id: committed_ms[id] for id in ids})
        finally:
            self._idle.put(writer)


def _split(ids: list[UUID], workers: int) -> list[list[UUID]]:
    """Parts of about equal size for so many workers."""
    size = min(_MOST_PART, max(_LEAST_PART, -(-len(ids) // workers)))
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def plan_events(values: Sequence[str]) -> Plan:
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
        plan = Plan(xids={change.xid for change in changes if change.xid is not None}, tree_changed=True)
        unreadable = True
    if unreadable:
        plan.fanouts.add((Fanout.RECONCILE, None))
    return plan
