"""What /admin answers about jobs, generations and dead letters."""

from dataclasses import dataclass
from datetime import datetime

from indexing.dead_letters import DeadLetter
from indexing.jobs import Job
from indexing.status import GenerationStatus, IndexStatus


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """`done` and `total` are products; `reason` tells why a job was refused, failed or cancelled."""

    id: str
    state: str
    done: int
    total: int | None
    rate_per_s: float | None
    eta_s: float | None
    generation: int | None
    reason: str | None


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
    is_moving = job.state in ("running", "checking")
    eta_s = max(0, job.total - job.done) / job.rate_per_s if is_moving and job.total and job.rate_per_s else None
    return JobAnswer(
        id=str(job.id),
        state=job.state,
        done=job.done,
        total=job.total,
        rate_per_s=job.rate_per_s,
        eta_s=None if eta_s is None else round(eta_s, 1),
        generation=job.generation_id,
        reason=job.reason,
    )


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
