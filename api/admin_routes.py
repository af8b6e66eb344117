"""/admin: reindex jobs, rollback, status and dead letters. The API only stores a job; the worker does it."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api import examples
from api.admin_access import require_admin
from api.admin_answers import (
    DeadLettersAnswer,
    IndexAnswer,
    JobAnswer,
    LiveAnswer,
    build_index_answer,
    build_job_answer,
)
from api.params import NoParameters, WholeNumber
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import Shared, shared
from core.types import JobId
from indexing import dead_letters, jobs, lifecycle
from indexing.dead_letters import DeadLetter
from indexing.jobs import Job
from indexing.status import fetch_status

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])


class ReindexParameters(BaseModel):
    """Query parameters of `POST /admin/reindex`."""

    allow_dead_letters: WholeNumber = Field(
        0, le=1_000_000, description="Parked documents that the gate lets pass; more refuse the swap."
    )


class DeadLetterParameters(BaseModel):
    """Query parameters of `GET /admin/dead-letters`."""

    limit: WholeNumber = Field(100, ge=1, le=1_000, description="Most dead letters to answer with, the newest first.")


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
    return json_response(build_index_answer(await state.in_long_thread(lambda: fetch_status(state.settings))))


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
        return dead_letters.fetch_dead_letters(connection, limit)
