"""Metrics of change capture, read from PostgreSQL at scrape time because `tanaban sync run` is another process."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from api.state import Shared
from core import metrics
from core.errors import DatabaseDown
from indexing.sync_status import GenerationProof, SyncStatus, read_sync_status

READ_TIMEOUT_S = 2.0
"""A scrape answers without these rather than late."""


async def update_sync_metrics(state: Shared) -> None:
    """Set the gauges; while PostgreSQL is down they keep their last value, and `tanaban_dependency_up` says so."""
    with suppress(DatabaseDown, TimeoutError):
        async with asyncio.timeout(READ_TIMEOUT_S):
            found = await fetch_sync(state)
        _set_capture(found)
        _set_lanes(found)
        _set_proofs(found.proofs)
        metrics.DEAD_LETTERS.set(found.dead_letters)
        metrics.FRESHNESS_SECONDS.labels("0.5").set((found.freshness.p50_ms or 0) / 1_000)
        metrics.FRESHNESS_SECONDS.labels("0.99").set((found.freshness.p99_ms or 0) / 1_000)


async def fetch_sync(state: Shared) -> SyncStatus:
    """Raises: DatabaseDown."""
    return await state.in_thread(_fetch, state)


def _fetch(state: Shared) -> SyncStatus:
    with state.pool.connection(timeout=READ_TIMEOUT_S) as connection:
        return read_sync_status(connection, state.settings)


def _set_capture(found: SyncStatus) -> None:
    metrics.CAPTURE_RUNNING.set(found.is_running)
    metrics.CAPTURE_STOPPED.set(found.stopped_at.timestamp() if found.stopped_at else 0)
    metrics.CAPTURE_LAG_BYTES.set(found.slot.lag_bytes if found.slot else 0)


def _set_lanes(found: SyncStatus) -> None:
    live, low = found.live_lane, found.low_lane
    metrics.LIVE_LANE_EVENTS.set(live.events if live else 0)
    metrics.LIVE_LANE_OLDEST_SECONDS.set((live.oldest_s or 0) if live else 0)
    metrics.LIVE_LANE_PRODUCTS_PER_SECOND.set((live.products_per_s or 0) if live else 0)
    metrics.FANOUT_JOBS.set(low.jobs)
    metrics.FANOUT_PRODUCTS_DONE.set(low.products_done)
    metrics.FANOUT_PRODUCTS_LEFT.set((low.products_total or low.products_done) - low.products_done)
    metrics.FANOUT_PRODUCTS_PER_SECOND.set(low.rate_per_s or 0)
    metrics.FANOUT_ETA_SECONDS.set(low.eta_s or 0)


def _set_proofs(proofs: Iterable[GenerationProof]) -> None:
    """Of several generations in one state, such as two standby ones, the newest: it is what a rollback serves."""
    for gauge in (metrics.DRIFT_DOCUMENTS, metrics.LAST_CLEAN_PROOF, metrics.LAST_CLEAN_PROOF_PRODUCTS):
        gauge.clear()
    for proof in sorted(proofs, key=lambda it: it.generation):
        metrics.DRIFT_DOCUMENTS.labels(proof.state).set(proof.drift)
        metrics.LAST_CLEAN_PROOF.labels(proof.state).set(proof.clean_at.timestamp() if proof.clean_at else 0)
        metrics.LAST_CLEAN_PROOF_PRODUCTS.labels(proof.state).set(proof.clean_products or 0)
