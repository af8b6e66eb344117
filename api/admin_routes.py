"""/admin: rollback, what there is of indices and dead letters, and how far change capture is."""

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api import examples
from api.admin_access import require_admin
from api.admin_answers import (
    DeadLettersAnswer,
    IndexAnswer,
    LiveAnswer,
    build_index_answer,
)
from api.params import NoParameters, WholeNumber
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import Shared, shared
from api.sync_metrics import fetch_sync
from indexing import dead_letters, lifecycle
from indexing.dead_letters import DeadLetter
from indexing.status import fetch_status
from indexing.sync_status import SyncStatus

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])


class DeadLetterParameters(BaseModel):
    """Query parameters of `GET /admin/dead-letters`."""

    limit: WholeNumber = Field(100, ge=1, le=1_000, description="Most dead letters to answer with, the newest first.")


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


@router.get("/sync", summary="How far the index is behind PostgreSQL", responses=answers(SyncStatus, examples.SYNC))
async def get_sync(request: Request) -> Response:
    """What `tanaban sync status --json` prints: capture, both lanes, freshness, dead letters, the last proofs."""
    read_parameters(NoParameters, request.scope["query_string"])
    return json_response(await fetch_sync(shared(request)))


@router.get(
    "/dead-letters",
    summary="Documents that OpenSearch refused",
    responses=answers(DeadLettersAnswer, examples.DEAD_LETTERS),
    openapi_extra=query_parameters(DeadLetterParameters),
)
async def list_dead_letters(request: Request) -> Response:
    """Mend the product, which is then written anew; after a mended mapping or analyser, replay them."""
    parameters = read_parameters(DeadLetterParameters, request.scope["query_string"])
    state = shared(request)
    letters = await state.in_thread(_fetch_dead_letters, state, parameters.limit)
    return json_response(DeadLettersAnswer(tuple(letters)))


def _fetch_dead_letters(state: Shared, limit: int) -> list[DeadLetter]:
    with state.pool.connection() as connection:
        return dead_letters.fetch_dead_letters(connection, limit)
