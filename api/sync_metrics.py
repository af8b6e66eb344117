"""Metrics of change capture, read from PostgreSQL at scrape time because `tanaban sync run` is another process."""

import asyncio
from contextlib import suppress

from api.state import Shared
from core import metrics
from core.errors import DatabaseDown
from indexing.sync_status import SyncStatus, read_sync_status

READ_TIMEOUT_S = 2.0
"""A scrape answers without these rather than late."""


async def update_sync_metrics(state: Shared) -> None:
    """Set the gauges; while PostgreSQL is down they keep their last value, and `tanaban_dependency_up` says so."""
    with suppress(DatabaseDown, TimeoutError):
        async with asyncio.timeout(READ_TIMEOUT_S):
            found = await fetch_sync(state)
        metrics.CAPTURE_RUNNING.set(found.is_running)
        metrics.CAPTURE_LAG_BYTES.set(found.slot.lag_bytes if found.slot else 0)
        metrics.FANOUT_JOBS.set(len(found.fanouts))
        metrics.FRESHNESS_SECONDS.labels("0.5").set((found.freshness.p50_ms or 0) / 1_000)
        metrics.FRESHNESS_SECONDS.labels("0.99").set((found.freshness.p99_ms or 0) / 1_000)


async def fetch_sync(state: Shared) -> SyncStatus:
    """Raises: DatabaseDown."""
    return await state.in_thread(_fetch, state)


def _fetch(state: Shared) -> SyncStatus:
    with state.pool.connection(timeout=READ_TIMEOUT_S) as connection:
        return read_sync_status(connection, state.settings)
