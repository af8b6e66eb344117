"""Metrics of the worker's rebuilds, read from PostgreSQL at scrape time because the worker is another process."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from api.state import Shared
from core import metrics
from core.errors import DatabaseDown
from indexing import jobs, registry
from indexing.jobs import Job, JobKind
from indexing.registry import Generation, State

READ_TIMEOUT_S = 2.0
"""A scrape answers without these rather than late."""


async def update_rebuild_metrics(state: Shared) -> None:
    """Set the gauges; while PostgreSQL is down they keep their last value, and `tanaban_dependency_up` says so."""
    with suppress(DatabaseDown, TimeoutError):
        async with asyncio.timeout(READ_TIMEOUT_S):
            job, live, dead_letters = await state.in_thread(_fetch, state)
        _set_job(job)
        metrics.REBUILD_DEAD_LETTERS.set(dead_letters)
        metrics.INDEX_LIVE_SINCE.set(live.live_at.timestamp() if live and live.live_at else 0)


def _fetch(state: Shared) -> tuple[Job | None, Generation | None, int]:
    with state.pool.connection(timeout=READ_TIMEOUT_S) as connection:
        live = registry.fetch_one_in(connection, State.LIVE)
        dead_letters = registry.count_work(connection, live.id)[2] if live else 0
        return jobs.fetch_active_job(connection, JobKind.REINDEX), live, dead_letters


def _set_job(job: Job | None) -> None:
    is_running = job is not None and job.state in ("running", "checking")
    metrics.REBUILD_RUNNING.set(is_running)
    metrics.REBUILD_PRODUCTS_DONE.set(job.done if job else 0)
    metrics.REBUILD_PRODUCTS_TOTAL.set(job.total or 0 if job else 0)
    metrics.REBUILD_PRODUCTS_PER_SECOND.set(job.rate_per_s or 0 if job else 0)
    beat = job.heartbeat_at or job.created_at if job else datetime.now(UTC)
    metrics.REBUILD_SILENT_SECONDS.set((datetime.now(UTC) - beat).total_seconds())
