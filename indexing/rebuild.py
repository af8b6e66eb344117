"""Build a new generation from PostgreSQL, prove it right, serve it. The straight walk of bulk indexing.

    fold popularity -> open or resume a generation -> write its pages in parallel -> gate -> swap -> prune

Killed anywhere, the old generation serves on, and the next rebuild resumes with the pages that are not written.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from catalog.popularity_fold import fold_popularity, rebase_landmark
from catalog.tree_cache import invalidate_catalog_caches
from core.clients import create_opensearch, create_redis
from core.errors import GateRefused
from core.settings import Settings
from indexing import lifecycle, registry
from indexing.failures import clear_errors
from indexing.gate import GateReport, GoldenQueries, pass_gate
from indexing.locks import Lock, hold
from indexing.pages import write_pages
from indexing.pairs import ensure_safe_sequence
from indexing.progress import OnProgress, Progress, ShouldStop, ignore_progress, never_stop
from indexing.registry import Generation
from indexing.run import Run

_LOCK_WAIT_S = 1
"""Long enough for the server to notice that the last holder was killed, too short to wait for a rebuild."""


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """A rebuild that went live."""

    generation: Generation
    documents: int
    """Written by this run; a resumed one has fewer than the index."""
    write_s: float
    check_s: float
    gate: GateReport
    pruned: tuple[str, ...]


@clear_errors()
def rebuild(
    settings: Settings,
    *,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
    allow_dead_letters: int = 0,
    golden_queries: GoldenQueries | None = None,
    fresh: bool = False,
) -> RebuildReport:
    """Index the whole catalog into a new generation and serve it.

    `fresh` discards an interrupted or refused generation instead of going on with it. `golden_queries` gets the new
    index's name and returns what is wrong with its answers.

    Raises: LifecycleBusy, GateRefused, Cancelled, WriteBlocked, UnsafeCluster, DatabaseDown, SearchDown. The alias
    has not moved then (unless all that failed is the pruning), and the building generation waits for the next rebuild.
    """
    with (
        hold(settings, Lock.REBUILD, "index rebuild", _LOCK_WAIT_S) as connection,
        create_opensearch(settings) as client,
    ):
        on_progress(Progress("reading", 0, 0))
        ensure_safe_sequence(connection)
        rebase_landmark(connection, settings, datetime.now(UTC))
        fold_popularity(connection, settings)
        generation = lifecycle.open_generation(settings, fresh)
        run = Run(settings, connection, client, generation, on_progress, should_stop)
        started_s = time.monotonic()
        documents = write_pages(run)
        written_s = time.monotonic()
        try:
            gate = pass_gate(run, allow_dead_letters, golden_queries)
        except GateRefused as refusal:
            registry.set_reason(connection, generation.id, str(refusal))
            raise
        checked_s = time.monotonic()
        on_progress(Progress("swapping", gate.products, gate.products))
        live = lifecycle.swap(settings, generation)
        pruned = lifecycle.prune(settings)
    with create_redis(settings) as redis:
        invalidate_catalog_caches(redis, settings)
    return RebuildReport(live, documents, written_s - started_s, checked_s - written_s, gate, tuple(pruned))
