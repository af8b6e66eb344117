"""The live lane: a batch of events becomes durable documents, then it may be acknowledged (I6)."""

from collections.abc import Callable, Sequence

import structlog
from opensearchpy import OpenSearch

from catalog.cache_invalidation import CacheInvalidation
from core.errors import UnreadableEvent
from core.settings import Settings
from indexing import fanout
from indexing.change_writers import ChangeWriters, OnWritten
from indexing.changes import Change, Fanout, Plan, plan_changes, read_change
from indexing.incremental import extend_xid, fetch_xid_horizon
from indexing.progress import ShouldStop
from indexing.registry import Connection

log = structlog.get_logger("indexing.sync")


class LiveLane:
    """Writes the products of a batch, and stores its fan-outs."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        client: OpenSearch,
        caches: CacheInvalidation,
        on_written: OnWritten,
        on_stored: Callable[[], object],
        should_stop: ShouldStop,
    ) -> None:
        """`on_stored` hears when there is a new fan-out."""
        self._connection, self._caches, self._on_stored = connection, caches, on_stored
        self._writers = ChangeWriters(
            settings, connection, client, settings.rebuild_workers, "live", should_stop, on_written
        )

    def close(self) -> None:
        self._writers.close()

    def take_batch(self, values: Sequence[str]) -> None:
        """Returns when everything is durable. Raises: Cancelled, DatabaseDown."""
        plan = plan_events(values)
        if not (plan.products or plan.fanouts or plan.tree_changed):
            return
        horizon = fetch_xid_horizon(self._connection)
        xids = [extend_xid(xid, horizon) for xid in plan.xids]
        if plan.fanouts:
            fanout.store_fanouts(self._connection, plan.fanouts, xids)
            self._on_stored()
        self._writers.write(sorted(plan.products), xids, plan.products)
        self._caches.products_changed(plan.products.keys())
        if plan.tree_changed:
            self._writers.wait_until_visible(xids)  # else a reader in between would load the old tree again
            self._caches.categories_changed()


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
