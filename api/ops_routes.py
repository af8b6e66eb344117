"""/healthz, /readyz and /metrics, for machines."""

import asyncio

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api import examples
from api.health import Health, Readiness, check_health
from api.rebuild_metrics import update_rebuild_metrics
from api.responses import answers, json_response
from api.state import shared
from api.sync_metrics import update_sync_metrics

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="The process answers", responses=answers(dict[str, str], {"status": "ok"}))
async def get_health(request: Request) -> Response:  # noqa: ARG001
    """Asks no dependency: a restart would not bring one back."""
    return json_response({"status": "ok"})


@router.get("/readyz", summary="State of each dependency", responses=answers(Health, examples.HEALTH))
async def get_readiness(request: Request) -> Response:
    """`ready`, `degraded` (200, something is slower or missing) or `down` (503)."""
    health = await check_health(shared(request))
    return json_response(health, 503 if health.status is Readiness.DOWN else 200)


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def get_metrics(request: Request) -> Response:
    """Those of dependencies, rebuilds and capture are asked for at each scrape, in bounded time."""
    state = shared(request)
    await asyncio.gather(check_health(state), update_rebuild_metrics(state), update_sync_metrics(state))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
