"""The API's composition root: `uvicorn --factory api.main:app_from_environment`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import admin_routes, catalog_routes, image_routes, import_routes, ops_routes, search_routes
from api.errors import install_error_handlers
from api.middleware import CorsForApi, Observe
from api.state import open_shared
from core.logging import configure_logging
from core.settings import Settings

DESCRIPTION = """
Product search and catalog of a Japanese online shop. Errors have one shape: `{"code","message","request_id"}`;
the message says what to do. A 503 carries `Retry-After`.
"""


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing connects before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_shared(settings) as app.state.shared:
            yield

    app = FastAPI(title="Tanaban", version="0.1.0", description=DESCRIPTION, lifespan=lifespan, redoc_url=None)
    install_error_handlers(app)
    for routes in (search_routes, catalog_routes, image_routes, admin_routes, import_routes, ops_routes):
        app.include_router(routes.router)
    if settings.cors_origins:
        app.add_middleware(CorsForApi, origins=settings.cors_origins)
    app.add_middleware(Observe)
    return app


def app_from_environment() -> FastAPI:
    """Settings from TANABAN_*; all logs as JSON, one access line per request by us and none by uvicorn."""
    settings = Settings()
    configure_logging(settings)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    return create_app(settings)
