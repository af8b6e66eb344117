"""What one process does beside the live lane, however many of them write changes: fan-outs, and a watch on servers."""

from contextlib import suppress

import structlog
from opensearchpy import OpenSearch

from core.errors import JobActive, SearchDown
from core.settings import Settings
from indexing import fanout, jobs, lifecycle
from indexing.changes import Fanout
from indexing.fanout_lane import FanoutLane
from indexing.locks import Lock, try_lock
from indexing.registry import Connection
from indexing.server_watch import find_loss, remember_servers

log = structlog.get_logger("indexing.sync")


def compare_everything(connection: Connection, reason: str) -> None:
    """Durable on return: the low lane of some process compares every index with PostgreSQL, and repairs it."""
    log.warning("Every index is compared with PostgreSQL and repaired", reason=reason)
    fanout.store_fanouts(connection, [(Fanout.RECONCILE, None)], [])


class Upkeep:
    """Ours while `connection` holds the lock; until then it is asked for again with each `look`."""

    def __init__(self, settings: Settings, connection: Connection, client: OpenSearch, low: FanoutLane) -> None:
        self._settings, self._connection, self._client, self._low = settings, connection, client, low
        self._is_ours = False

    def look(self) -> None:
        """Call every few seconds. Raises: DatabaseDown, also when the lock is gone with its connection."""
        if not self._is_ours and try_lock(self._connection, Lock.UPKEEP):
            self._is_ours = True
            self._check_past()
            self._low.start()
        if self._is_ours:
            self._check_servers()

    def is_sound(self) -> bool:
        """False once the low lane has ended by itself."""
        return not self._is_ours or self._low.is_running()

    def _check_past(self) -> None:
        reason = lifecycle.find_need_to_rebuild(self._settings)
        if reason is None:
            return
        log.warning("The whole index is built anew", reason=reason)
        with suppress(JobActive):
            jobs.enqueue_reindex(self._connection)

    def _check_servers(self) -> None:
        with suppress(SearchDown):  # the lanes wait for it; a restart is seen once it answers
            reason = find_loss(self._connection, self._client)
            if reason is not None:
                compare_everything(self._connection, reason)
            remember_servers(self._connection, self._client)
