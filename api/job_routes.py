"""/admin: jobs that take long. The API only stores one; the worker does it, and its row says how far it is."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api import examples
from api.admin_access import require_admin
from api.admin_answers import (
    JobAnswer,
    ReconcileAnswer,
    ReplayAnswer,
    build_job_answer,
    build_reconcile_answer,
    build_replay_answer,
)
from api.body import read_json
from api.params import NoParameters, WholeNumber
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import Shared, shared
from core.types import JobId
from indexing import jobs
from indexing.jobs import Job, JobKind

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])


class ReindexParameters(BaseModel):
    """Query parameters of `POST /admin/reindex`."""

    allow_dead_letters: WholeNumber = Field(
        0, le=1_000_000, description="Parked documents that the gate lets pass; more refuse the swap."
    )


class ReconcileRequest(BaseModel):
    """Body of `POST /admin/reconcile`."""

    model_config = ConfigDict(extra="forbid")

    repair: StrictBool = Field(
        False, description="Write what is missing or stale, remove ghosts, delete old tombstones."
    )


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
    id = await state.in_thread(_enqueue_reindex, state, parameters.allow_dead_letters)
    return _accepted(id, "/admin/reindex")


@router.get("/reindex/{job_id}", summary="State and progress of a reindex", responses=answers(JobAnswer, examples.JOB))
async def get_reindex(request: Request, job_id: UUID) -> Response:
    """States: queued, running, checking, done, refused, failed, cancelled."""
    return json_response(build_job_answer(await _fetch(request, job_id, JobKind.REINDEX)))


@router.post(
    "/reindex/{job_id}/cancel",
    status_code=202,
    summary="Ask a reindex to stop",
    responses=answers(JobAnswer, examples.JOB, status=202),
)
async def cancel_reindex(request: Request, job_id: UUID) -> Response:
    """The worker stops after the page at hand; the alias has not moved. Of a job that has ended, nothing changes."""
    return json_response(build_job_answer(await _cancel(request, job_id, JobKind.REINDEX)), 202)


@router.post(
    "/reconcile",
    status_code=202,
    summary="Compare every index with PostgreSQL, and repair it when asked to",
    responses=answers(dict[str, str], {"id": examples.RECONCILE["id"]}, status=202),
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": ReconcileRequest.model_json_schema()}}},
    },
)
async def start_reconcile(request: Request) -> Response:
    """Stores a job and answers at once; `Location` is where to watch it. 409 while one is queued or runs.

    While something else compares, or a reindex runs, the job waits and says so.
    """
    read_parameters(NoParameters, request.scope["query_string"])
    wanted = await read_json(request, ReconcileRequest)
    state = shared(request)
    return _accepted(await state.in_thread(_enqueue_reconcile, state, wanted.repair), "/admin/reconcile")


@router.get(
    "/reconcile/{job_id}",
    summary="State, progress and result of a comparison",
    responses=answers(ReconcileAnswer, examples.RECONCILE),
)
async def get_reconcile(request: Request, job_id: UUID) -> Response:
    """`done` means compared: `result.clean` says whether anything is still wrong."""
    return json_response(build_reconcile_answer(await _fetch(request, job_id, JobKind.RECONCILE)))


@router.post(
    "/reconcile/{job_id}/cancel",
    status_code=202,
    summary="Ask a comparison to stop",
    responses=answers(ReconcileAnswer, examples.RECONCILE, status=202),
)
async def cancel_reconcile(request: Request, job_id: UUID) -> Response:
    """The worker stops after the page at hand; what is repaired stays so. Of a job that has ended, nothing changes."""
    return json_response(build_reconcile_answer(await _cancel(request, job_id, JobKind.RECONCILE)), 202)


@router.post(
    "/dead-letters/replay",
    status_code=202,
    summary="Write dead letters again, after a fix",
    responses=answers(dict[str, str], {"id": examples.REPLAY["id"]}, status=202),
)
async def start_replay(request: Request) -> Response:
    """Stores a job and answers at once; `Location` is where to watch it. 409 while one is queued or runs."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    return _accepted(await state.in_thread(_enqueue_replay, state), "/admin/dead-letters/replay")


@router.get(
    "/dead-letters/replay/{job_id}",
    summary="State, progress and result of a replay",
    responses=answers(ReplayAnswer, examples.REPLAY),
)
async def get_replay(request: Request, job_id: UUID) -> Response:
    """`result` counts products: accepted, gone (their rows are deleted), rejected again; and dropped dead letters."""
    return json_response(build_replay_answer(await _fetch(request, job_id, JobKind.REPLAY)))


def _accepted(id: JobId, path: str) -> Response:
    return json_response({"id": id}, 202, {"Location": f"{path}/{id}"})


async def _fetch(request: Request, id: UUID, kind: JobKind) -> Job:
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    return await state.in_thread(_fetch_job, state, JobId(id), kind)


async def _cancel(request: Request, id: UUID, kind: JobKind) -> Job:
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    return await state.in_thread(_cancel_job, state, JobId(id), kind)


def _enqueue_reindex(state: Shared, allow_dead_letters: int) -> JobId:
    with state.pool.connection() as connection:
        return jobs.enqueue_reindex(connection, allow_dead_letters)


def _enqueue_reconcile(state: Shared, repair: bool) -> JobId:
    with state.pool.connection() as connection:
        return jobs.enqueue_reconcile(connection, repair)


def _enqueue_replay(state: Shared) -> JobId:
    with state.pool.connection() as connection:
        return jobs.enqueue_replay(connection)


def _fetch_job(state: Shared, id: JobId, kind: JobKind) -> Job:
    with state.pool.connection() as connection:
        return jobs.fetch_job(connection, id, kind)


def _cancel_job(state: Shared, id: JobId, kind: JobKind) -> Job:
    with state.pool.connection() as connection:
        return jobs.request_cancel(connection, id, kind)
