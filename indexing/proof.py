"""Proofs: the served generations are compared with PostgreSQL, and what came of it is remembered.

All SQL of tanaban.index_proofs is here. `tanaban index reconcile`, the worker's schedule and the gate come this way.
"""

import time
from dataclasses import dataclass
from datetime import datetime

import structlog
from psycopg.types.json import Jsonb

from analyzers.normalizer import NORMALIZER_VERSION
from core.clients import create_opensearch
from core.errors import NoLiveGeneration
from core.settings import Settings
from core.types import GenerationId, IndexVersion
from indexing import generations, past, registry
from indexing.compare import Cause
from indexing.documents import BUILDER_VERSION
from indexing.drift import Comparison
from indexing.failures import clear_errors
from indexing.locks import Lock, hold
from indexing.progress import OnProgress, Progress, ShouldStop, ignore_progress, never_stop
from indexing.reader import count_strangers
from indexing.reconcile import reconcile
from indexing.registry import WRITTEN_STATES, Connection, Generation, State
from indexing.run import Run
from indexing.tombstones import purge_tombstones

log = structlog.get_logger("indexing.proof")

PATIENCE_S = 1.0
"""A change that is younger may still be on its way; ten times what a single edit takes from commit to document."""

_LOCK_WAIT_S = 1
"""Long enough for the server to notice that the last holder was killed."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What comparing one generation found."""

    generation: Generation
    comparison: Comparison
    purged: int
    """Old tombstones that were deleted."""
    seconds: float
    obstacle: str | None = None
    """Why it could not be compared."""

    @property
    def is_clean(self) -> bool:
        return self.obstacle is None and not self.comparison.left.counts.total()


def log_proof(proof: Proof) -> None:
    """For processes that prove on their own; a warning when it is not clean."""
    say = log.info if proof.is_clean else log.warning
    say(
        "An index was compared with PostgreSQL",
        index=proof.generation.index_name,
        products=proof.comparison.products,
        repaired={str(cause): count for cause, count in proof.comparison.repaired.counts.items()},
        left={str(cause): count for cause, count in proof.comparison.left.counts.items()},
        purged=proof.purged,
        seconds=round(proof.seconds, 1),
        obstacle=proof.obstacle,
    )


@clear_errors()
def prove_served(
    settings: Settings,
    *,
    repair: bool,
    since: datetime | None = None,
    on_progress: OnProgress = ignore_progress,
    should_stop: ShouldStop = never_stop,
) -> list[Proof]:
    """Compare the live generation, then each standby one and one that waits for its gate or its swap.

    With `since` only what changed is compared, and nothing is remembered.

    Raises: NoLiveGeneration, LifecycleBusy while another one runs, Cancelled, GenerationGone, WriteBlocked,
    DatabaseDown, SearchDown.
    """
    proofs = []
    with (
        hold(settings, Lock.RECONCILE, "index reconcile", _LOCK_WAIT_S) as connection,
        create_opensearch(settings) as client,
    ):
        whole = [it for it in registry.fetch_generations(connection, WRITTEN_STATES) if _is_whole(it)]
        if not whole:
            raise NoLiveGeneration("There is nothing to compare yet: run `tanaban index rebuild`.")
        for generation in sorted(whole, key=lambda it: it.state is not State.LIVE):
            run = Run(settings, connection, client, generation, on_progress, should_stop)
            on_progress(Progress("reading", 0, 0))
            proofs.append(_prove_one(run, repair, since))
    return proofs


def _is_whole(generation: Generation) -> bool:
    """Whether all its pages are written; while they are not, its own gate is still to come."""
    return generation.state is not State.BUILDING or generation.built_at is not None


def _prove_one(run: Run, repair: bool, since: datetime | None) -> Proof:
    if not is_of_this_version(run.generation):
        return Proof(run.generation, Comparison(), 0, 0, "another version of Tanaban built it")
    if since is None:
        return prove(run, repair, PATIENCE_S)
    started_s = time.monotonic()
    comparison = reconcile(run, repair, PATIENCE_S, since)
    return Proof(run.generation, comparison, 0, time.monotonic() - started_s)


def is_of_this_version(generation: Generation) -> bool:
    """Whether today's documents belong into it; otherwise every single one would count as stale."""
    return (generation.builder_version, generation.normalizer_version) == (BUILDER_VERSION, NORMALIZER_VERSION)


def prove(run: Run, repair: bool, patience_s: float) -> Proof:
    """Compare a whole generation and remember it; with `repair`, delete its old tombstones too.

    Raises: as `reconcile`; the proof is then remembered as not finished.
    """
    started_s = time.monotonic()
    id = _start_proof(run.connection, run.generation.id, repair)
    generations.refresh_index(run.client, run.generation.index_name)
    comparison = reconcile(run, repair, patience_s)
    strangers = count_strangers(run.client, run.generation.index_name)
    if strangers:
        comparison.left.counts[Cause.STRANGER] = strangers
    purged = purge_tombstones(run, _fetch_old_version(run)) if repair else 0
    _finish_proof(run.connection, id, comparison, purged)
    return Proof(run.generation, comparison, purged, time.monotonic() - started_s)


def _start_proof(connection: Connection, id: GenerationId, repair: bool) -> int:
    """The version is read before the time is: what is not above it is older than `started_at`."""
    drawn = past.fetch_drawn_version(connection)
    row = connection.execute(
        "INSERT INTO tanaban.index_proofs (generation_id, version, repairs) VALUES (%s, %s, %s) RETURNING id",
        [id, drawn, repair],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _finish_proof(connection: Connection, id: int, comparison: Comparison, purged: int) -> None:
    repaired, left = comparison.repaired.counts, comparison.left.counts
    connection.execute(
        """
        UPDATE tanaban.index_proofs
        SET finished_at = now(), products = %s, found = %s, repaired = %s, remaining = %s, purged = %s
        WHERE id = %s
        """,
        [comparison.products, Jsonb(dict(repaired + left)), repaired.total(), left.total(), purged, id],
    )


def _fetch_old_version(run: Run) -> IndexVersion:
    """What is not above it was drawn more than 2 D ago; 0 when no proof is that old."""
    row = run.connection.execute(
        """
        SELECT coalesce(max(version), 0) FROM tanaban.index_proofs
        WHERE started_at < now() - make_interval(secs => %s)
        """,
        [2 * run.settings.bulk_timeout_s],
    ).fetchone()
    assert row is not None
    return IndexVersion(row[0])


@dataclass(frozen=True, slots=True)
class LastProof:
    """How a generation stands."""

    remaining: int
    """Drift that its last finished proof left."""
    clean_at: datetime | None
    """End of the last one that left none."""
    clean_products: int | None
    """Products that that one compared."""


def fetch_last_proof(connection: Connection, id: GenerationId) -> LastProof:
    row = connection.execute(
        """
        SELECT coalesce((array_agg(remaining ORDER BY id DESC))[1], 0), max(finished_at) FILTER (WHERE remaining = 0),
               (array_agg(products ORDER BY id DESC) FILTER (WHERE remaining = 0))[1]
        FROM tanaban.index_proofs WHERE generation_id = %s AND finished_at IS NOT NULL
        """,
        [id],
    ).fetchone()
    assert row is not None
    return LastProof(*row)


def is_proof_due(connection: Connection, every_s: int) -> bool:
    """Whether the live generation has had no repairing proof, not even by its gate, for so long."""
    live = registry.fetch_one_in(connection, State.LIVE)
    if not every_s or live is None or not is_of_this_version(live):
        return False
    row = connection.execute(
        """
        SELECT count(*) FROM tanaban.index_proofs
        WHERE generation_id = %s AND repairs AND finished_at > now() - make_interval(secs => %s)
        """,
        [live.id, every_s],
    ).fetchone()
    return row == (0,)
