"""What /admin answers about jobs, generations and dead letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexing.dead_letters import DeadLetter
from indexing.jobs import Job
from indexing.status import GenerationStatus, IndexStatus


@dataclass(frozen=True, slots=True)
class _Progress:
    """What the answers about all jobs have."""

    id: str
    state: str
    done: int
    total: int | None
    rate_per_s: float | None
    eta_s: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class JobAnswer(_Progress):
    """A reindex. `done` and `total` are products; `reason` tells why a job was refused, failed or cancelled."""

    generation: int | None


@dataclass(frozen=True, slots=True)
class ReconcileAnswer(_Progress):
    """A comparison; `done` and `total` are products of the generation at hand.

    `result`, once it is done, is what `tanaban index reconcile --json` prints: `clean`, and what each generation had.
    """

    repair: bool
    result: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ReplayAnswer(_Progress):
    """Dead letters that are written again. `result`, once it is done: products by what became of them."""

    result: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class GenerationAnswer:
    """`documents` and `size_bytes` are None when the index cannot be read; shoppers see the one `is_searched`."""

    id: int
    state: str
    index_name: str
    is_searched: bool
    products_total: int | None
    documents: int | None
    size_bytes: int | None
    pages_written: int
    pages: int
    dead_letters: int
    reason: str | None
    created_at: datetime
    live_at: datetime | None


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """`is_consistent`: the alias is where the registry says; if not, the next reindex or rollback mends it."""

    searched_index: str | None
    is_consistent: bool
    generations: tuple[GenerationAnswer, ...]


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """The generation that shoppers see now."""

    id: int
    index_name: str


@dataclass(frozen=True, slots=True)
class DeadLettersAnswer:
    dead_letters: tuple[DeadLetter, ...]


def build_job_answer(job: Job) -> JobAnswer:
    return JobAnswer(generation=job.generation_id, **_progress(job))


def build_reconcile_answer(job: Job) -> ReconcileAnswer:
    return ReconcileAnswer(repair=job.repair, result=job.result, **_progress(job))


def build_replay_answer(job: Job) -> ReplayAnswer:
    return ReplayAnswer(result=job.result, **_progress(job))


def _progress(job: Job) -> dict[str, Any]:
    """The fields of `_Progress`."""
    is_moving = job.state in ("running", "checking")
    eta_s = max(0, job.total - job.done) / job.rate_per_s if is_moving and job.total and job.rate_per_s else None
    return {
        "id": str(job.id),
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "rate_per_s": job.rate_per_s,
        "eta_s": None if eta_s is None else round(eta_s, 1),
        "reason": job.reason,
    }


def build_index_answer(status: IndexStatus) -> IndexAnswer:
    generations = tuple(_build_generation(each) for each in status.generations)
    return IndexAnswer(status.searched_index, status.is_consistent, generations)


def _build_generation(status: GenerationStatus) -> GenerationAnswer:
    generation = status.generation
    return GenerationAnswer(
        id=generation.id,
        state=generation.state,
        index_name=generation.index_name,
        is_searched=status.is_searched,
        products_total=generation.products_total,
        documents=status.documents,
        size_bytes=status.size_bytes,
        pages_written=status.pages_written,
        pages=status.pages,
        dead_letters=status.dead_letters,
        reason=generation.reason,
        created_at=generation.created_at,
        live_at=generation.live_at,
    )
