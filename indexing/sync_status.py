"""How far capture is behind, what it has still to do, and when the indices were last proved right."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.clients import connect_database
from core.settings import Settings
from core.types import GenerationId
from indexing import dead_letters, fanout, registry
from indexing.changes import Fanout
from indexing.failures import clear_errors
from indexing.fanout import FanoutJob
from indexing.freshness import Freshness, fetch_freshness
from indexing.live_load import LiveLoad, fetch_heard_at, fetch_load
from indexing.proof import fetch_last_proof
from indexing.registry import WRITTEN_STATES, Connection, State
from indexing.shard_leases import StreamLag, fetch_stream_lag
from indexing.slot import SlotState, fetch_slot

SHOWN_FANOUTS = 20
"""The oldest ones; the low lane's figures are of all."""


@dataclass(frozen=True, slots=True)
class LowLane:
    """Stored fan-outs: products of all of them, the pace of the one at work. `eta_s` needs both."""

    jobs: int
    products_done: int
    products_total: int | None
    """An estimate; None while a job is not counted yet."""
    rate_per_s: float | None
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class FanoutProgress:
    """One fan-out; those behind the first have no rate yet."""

    id: int
    kind: Fanout
    key: UUID | None
    """Brand, seller or category."""
    done: int
    total: int | None
    rate_per_s: float | None
    eta_s: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GenerationProof:
    """How a written generation stands against PostgreSQL."""

    generation: GenerationId
    index_name: str
    state: State
    clean_at: datetime | None
    """End of the last proof that left nothing wrong; None: never."""
    clean_products: int | None
    """Products that it compared."""
    drift: int
    """Documents that the last proof, clean or not, left wrong or missing."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    is_running: bool
    """Whether a process captures."""
    stopped_at: datetime | None
    """When it was last heard of; None while it runs, and when it never ran."""
    slot: SlotState | None
    """None: capture never ran, or somebody dropped its slot."""
    live_lane: LiveLoad | None
    """Only a running process knows; None while there is none, or it is silent for a minute."""
    low_lane: LowLane
    fanouts: tuple[FanoutProgress, ...]
    dead_letters: int
    freshness: Freshness
    """From commit to searchable."""
    proofs: tuple[GenerationProof, ...]
    """The live generation first."""
    stream: StreamLag | None = None
    """None where changes go through no stream."""

    @property
    def live_proof(self) -> GenerationProof | None:
        return next((proof for proof in self.proofs if proof.state is State.LIVE), None)


@clear_errors()
def fetch_sync_status(settings: Settings) -> SyncStatus:
    """Raises: DatabaseDown, SchemaBehind."""
    with connect_database(settings, autocommit=True) as connection:
        return read_sync_status(connection, settings)


def read_sync_status(connection: Connection, settings: Settings) -> SyncStatus:
    """A few short reads that nobody waits for."""
    slot = fetch_slot(connection, settings)
    is_running = slot is not None and slot.is_active
    fanouts = tuple(build_fanout(job, is_running) for job in fanout.fetch_jobs(connection, SHOWN_FANOUTS))
    return SyncStatus(
        is_running=is_running,
        stopped_at=None if slot is None or is_running else fetch_heard_at(connection),
        slot=slot,
        live_lane=fetch_load(connection) if is_running else None,
        low_lane=_fetch_low_lane(connection, fanouts[0].rate_per_s if fanouts else None),
        fanouts=fanouts,
        dead_letters=dead_letters.count_dead_letters(connection),
        freshness=fetch_freshness(connection),
        proofs=_fetch_proofs(connection),
        stream=fetch_stream_lag(connection, settings.kinesis_stream),
    )


def build_fanout(job: FanoutJob, is_running: bool) -> FanoutProgress:
    """A rate is worth something while somebody works."""
    rate = job.rate_per_s if is_running else None
    eta_s = estimate_s(job.done, job.total, rate)
    return FanoutProgress(job.id, job.kind, job.key, job.done, job.total, rate, eta_s, job.created_at)


def estimate_s(done: int, total: int | None, rate_per_s: float | None) -> float | None:
    """
    >>> estimate_s(500, 2_000, 100.0), estimate_s(500, None, 100.0), estimate_s(500, 2_000, None)
    (15.0, None, None)
    """
    return round((total - done) / rate_per_s, 1) if total is not None and rate_per_s else None


def _fetch_low_lane(connection: Connection, rate_per_s: float | None) -> LowLane:
    backlog = fanout.fetch_backlog(connection)
    eta_s = estimate_s(backlog.products_done, backlog.products_total, rate_per_s)
    return LowLane(backlog.jobs, backlog.products_done, backlog.products_total, rate_per_s, eta_s)


def _fetch_proofs(connection: Connection) -> tuple[GenerationProof, ...]:
    proofs = []
    written = registry.fetch_generations(connection, WRITTEN_STATES)
    for it in sorted(written, key=lambda it: it.state is not State.LIVE):
        last = fetch_last_proof(connection, it.id)
        proofs.append(
            GenerationProof(it.id, it.index_name, it.state, last.clean_at, last.clean_products, last.remaining)
        )
    return tuple(proofs)
