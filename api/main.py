"""The API's composition root: `uvicorn --factory api.main:app_from_environment`."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from api import (
    admin_routes,
    catalog_routes,
    explain_routes,
    image_routes,
    import_routes,
    job_routes,
    ops_routes,
    pages,
    search_routes,
)
from api.background import beside
from api.errors import Problem, error_response, install_error_handlers
from api.middleware import CorsForApi, Observe
from api.pages_render import render_error
from api.shortcut import Shortcut
from api.state import open_shared, shared
from api.warm_up import warm_up
from core.logging import configure_logging
from core.malloc import share_arenas
from core.settings import Settings

ADMIN_PATHS = tuple(
    f"/admin/{name}" for name in ("reindex", "reconcile", "dead-letters", "sync", "index", "catalog", "explain")
)
JSON_PATHS = ("/v1/", *ADMIN_PATHS, "/healthz", "/readyz", "/metrics", "/openapi.json")

DESCRIPTION = """
Product search and catalog of a Japanese online shop. Errors have one shape: `{"code","message","request_id"}`;
the message says what to do. A 503 carries `Retry-After`.
"""


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing connects before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_shared(settings) as app.state.shared:
            _spare_the_collector()
            async with beside(warm_up(app.state.shared)):
                yield

    app = FastAPI(title="Tanaban", version="0.1.0", description=DESCRIPTION, lifespan=lifespan, redoc_url=None)
    install_error_handlers(app, answer_problem)
    for routes in (
        search_routes,
        catalog_routes,
        image_routes,
        job_routes,
        admin_routes,
        explain_routes,
        import_routes,
        ops_routes,
        pages,
    ):
        app.include_router(routes.router)
    app.add_middleware(Shortcut, routes=search_routes.router.routes, answer=answer_problem)
    if settings.cors_origins:
        app.add_middleware(CorsForApi, origins=settings.cors_origins)
    app.add_middleware(Observe, answer=answer_problem)
    return app


def _spare_the_collector() -> None:
    """What is loaded by now lives as long as the process, and a request makes no cycles worth looking for often:
    without this the garbage collector takes a tenth of a search's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def answer_problem(request: Request, problem: Problem) -> Response:
    """A page where a browser asked for one, JSON for programs."""
    is_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(JSON_PATHS)
    if is_page:
        return render_error(request, problem, shared(request).categories.peek())
    return error_response(request, problem)


def app_from_environment() -> FastAPI:
    """Settings from TANABAN_*; all logs as JSON, one access line per request by us and none by uvicorn."""
    settings = Settings()
    configure_logging(settings)
    share_arenas()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    for client in ("psycopg.pool", "opensearch"):
        # They warn at each try while a server is down; our own lines and metrics say so already.
        logging.getLogger(client).setLevel(logging.ERROR)
    return create_app(settings)
