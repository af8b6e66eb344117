"""POST /admin/catalog: a catalog file over HTTP, in bounded memory."""

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from analyzers.reading import romaji_slug
from api import examples
from api.admin_access import require_admin
from api.body import stream_body
from api.params import Truth
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import shared
from catalog.importer import ImportReport, import_catalog
from catalog.tree_cache import invalidate_catalog_caches
from core.clients import connect_database, create_redis
from core.limits import CATALOG_BODY_MAX_BYTES
from core.settings import Settings

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])

MEMORY_BYTES = 2**20
"""Of one upload; the rest waits on disk, so that a slow sender holds no transaction open."""

_ADVICE = "send several requests, or use `tanaban catalog import`"


class ImportParameters(BaseModel):
    """Query parameters of `POST /admin/catalog`."""

    partial: Truth = Field(False, description="Update only the keys that a line has (price and stock feeds).")
    prune_missing: Truth = Field(False, description="Discontinue the products that the body lacks.")


@dataclass(frozen=True, slots=True)
class BadLineAnswer:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """Products by what became of them. Of the bad lines the first 1,000 are listed; all other lines are loaded.

    `prune_refused` says why nothing was pruned though `prune_missing` asked for it.
    """

    created: int
    updated: int
    unchanged: int
    pruned: int
    prune_refused: str | None
    bad_lines: int
    bad: tuple[BadLineAnswer, ...]


@router.post(
    "/catalog",
    summary="Load products from JSON Lines",
    responses=answers(ImportAnswer, examples.IMPORT),
    openapi_extra=query_parameters(ImportParameters)
    | {
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {
                    "schema": {"type": "string"},
                    "example": '{"sku":"A-1","name":"赤い靴","category":["靴"],"price":4980}\n',
                }
            },
        }
    },
)
async def load_catalog(request: Request) -> Response:
    """The lines of a catalog file, idempotent by sku. 200 also when lines are bad: `bad` names them, the rest is
    loaded. The index follows with the next reindex.
    """
    parameters = read_parameters(ImportParameters, request.scope["query_string"])
    state = shared(request)
    with SpooledTemporaryFile(MEMORY_BYTES) as body:
        async for chunk in stream_body(request, CATALOG_BODY_MAX_BYTES, _ADVICE):
            body.write(chunk)
        body.seek(0)
        report = await state.in_long_thread(lambda: _import(state.settings, body, parameters))
    return json_response(build_import_answer(report))


def _import(settings: Settings, body: IO[bytes], parameters: ImportParameters) -> ImportReport:
    with connect_database(settings, autocommit=True) as connection, create_redis(settings) as redis:
        try:
            return import_catalog(
                connection,
                body,
                slugify=romaji_slug,
                partial=parameters.partial,
                prune_missing=parameters.prune_missing,
            )
        finally:  # an import that fails half-way has loaded some batches
            invalidate_catalog_caches(redis, settings)


def build_import_answer(report: ImportReport) -> ImportAnswer:
    bad = sorted(report.bad, key=lambda line: line.number)
    return ImportAnswer(
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        pruned=report.pruned,
        prune_refused=report.prune_refused,
        bad_lines=report.bad_lines,
        bad=tuple(BadLineAnswer(line.number, line.reason) for line in bad),
    )
