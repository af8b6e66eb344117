"""/admin: reindex jobs, rollback, status and dead letters. The API only stores a job; the worker does it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api import examples
from api.admin_access import require_admin
from api.params import NoParameters, WholeNumber
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import Shared, shared
from core.types import JobId
from indexing import jobs, lifecycle, registry
from indexing.jobs import Job
from indexing.registry import DeadLetter
from indexing.status import GenerationStatus, fetch_status

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])


class ReindexParameters(BaseModel):
    """Query parameters of `POST /admin/reindex`."""

    allow_dead_letters: WholeNumber = Field(
        0, le=1_000_000, description="Parked documents that the gate lets pass; more refuse the swap."
    )


class DeadLetterParameters(BaseModel):
    """Query parameters of `GET /admin/dead-letters`."""

    limit: WholeNumber = Field(100, ge=1, le=1_000, description="Most dead letters to answer with, the newest first.")


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


@router.post(
    "/reindex",
    status_code=202,
    summary="Rebuild the index without an interruption of search",
    responses=answers(dict[str, str], {"id": examples.JOB["id"]}, status=202),
    openapi_extra=query_parameters(ReindexParameters),
)
async def start_reindex(request: Request) -> Response:
    """Stores a job and answers at once; `Location` is where to watch it. 409 while one is queued or runs."""
    parameters = read_parameters(ReindexParameters, request.scope["query_string"])
    state = shared(request)
    id = await state.in_thread(_enqueue, state, parameters.allow_dead_letters)
    return json_response({"id": id}, 202, {"Location": f"/admin/reindex/{id}"})


@router.get("/reindex/{job_id}", summary="State and progress of a reindex", responses=answers(JobAnswer, examples.JOB))
async def get_reindex(request: Request, job_id: UUID) -> Response:
    """States: queued, running, checking, done, refused, failed, cancelled."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    return json_response(build_job_answer(await state.in_thread(_fetch_job, state, JobId(job_id))))


@router.post(
    "/reindex/{job_id}/cancel",
    status_code=202,
    summary="Ask a reindex to stop",
    responses=answers(JobAnswer, examples.JOB, status=202),
)
async def cancel_reindex(request: Request, job_id: UUID) -> Response:
    """The worker stops after the page at hand; the alias has not moved. Of a job that has ended, nothing changes."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    return json_response(build_job_answer(await state.in_thread(_cancel, state, JobId(job_id))), 202)


@router.post("/rollback", summary="Serve the generation before again", responses=answers(LiveAnswer, examples.LIVE))
async def roll_back(request: Request) -> Response:
    """One alias update; the standby generation has been written all the time, so its data is current."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    live = await state.in_long_thread(lambda: lifecycle.rollback(state.settings))
    return json_response(LiveAnswer(live.id, live.index_name))


@router.get("/index", summary="The index generations that are kept", responses=answers(IndexAnswer, examples.INDEX))
async def get_index(request: Request) -> Response:
    """The newest generation first."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    status = await state.in_long_thread(lambda: fetch_status(state.settings))
    generations = tuple(build_generation_answer(each) for each in status.generations)
    return json_response(IndexAnswer(status.searched_index, status.is_consistent, generations))


@router.get(
    "/dead-letters",
    summary="Documents that OpenSearch refused",
    responses=answers(DeadLettersAnswer, examples.DEAD_LETTERS),
    openapi_extra=query_parameters(DeadLetterParameters),
)
async def list_dead_letters(request: Request) -> Response:
    """Mend the product and reindex; a document that is taken is no dead letter any more."""
    parameters = read_parameters(DeadLetterParameters, request.scope["query_string"])
    state = shared(request)
    letters = await state.in_thread(_fetch_dead_letters, state, parameters.limit)
    return json_response(DeadLettersAnswer(tuple(letters)))


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


def build_generation_answer(status: GenerationStatus) -> GenerationAnswer:
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


def _enqueue(state: Shared, allow_dead_letters: int) -> JobId:
    with state.pool.connection() as connection:
        return jobs.enqueue_reindex(connection, allow_dead_letters)


def _fetch_job(state: Shared, id: JobId) -> Job:
    with state.pool.connection() as connection:
        return jobs.fetch_job(connection, id)


def _cancel(state: Shared, id: JobId) -> Job:
    with state.pool.connection() as connection:
        return jobs.request_cancel(connection, id)


def _fetch_dead_letters(state: Shared, limit: int) -> list[DeadLetter]:
    with state.pool.connection() as connection:
        return registry.fetch_dead_letters(connection, limit)
