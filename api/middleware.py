"""What every request gets: an id, one log line, a metric, security headers, and an answer when the code breaks.

Pure ASGI and one class, because each layer costs every search some microseconds.
"""

import re
import secrets
import time
from functools import cache
from typing import Any

import structlog
from prometheus_client import Histogram
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ErrorAnswer, Problem, describe
from core.metrics import REQUEST_SECONDS

log = structlog.get_logger("api")

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: logged at DEBUG."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DOCS_PATHS = ("/docs", "/redoc")
"""FastAPI's own pages load scripts from a CDN, which the content policy would stop."""

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)
CONTENT_POLICY = (
    b"content-security-policy",
    b"default-src 'self'; img-src 'self' https: data:; base-uri 'self'; form-action 'self'; "
    b"frame-ancestors 'none'; object-src 'none'",
)


class Observe:
    """Outermost of ours. Puts `request_id` into the scope; errors raised on purpose never reach it."""

    def __init__(self, app: ASGIApp, answer: ErrorAnswer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope["request_id"] = request_id = _request_id(scope)
        started = time.perf_counter()
        status = 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope["path"], request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_observed)
            except Exception as error:
                log.exception("unexpected error", path=scope["path"])
                if status:
                    raise
                await self.answer(Request(scope), describe(error))(scope, receive, send_observed)
            finally:
                _record(scope, status, time.perf_counter() - started)


class CorsForApi:
    """CORS on /v1 only: pages and /admin are not for other sites' scripts."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self.app = app
        self.with_cors = CORSMiddleware(app, allow_origins=origins, allow_methods=["GET", "POST"], max_age=86_400)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith("/v1/")
        await (self.with_cors if is_api else self.app)(scope, receive, send)


def _request_id(scope: Scope) -> str:
    """The caller's X-Request-ID when it is sane, so that a trace goes on through us; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return str(value, "ascii")
    return secrets.token_hex(8)


def _add_headers(message: Message, path: str, request_id: str) -> None:
    """A route's own content policy stays. Plain appends: MutableHeaders walks all headers for each that it sets."""
    headers: list[tuple[bytes, bytes]] = message["headers"]
    has_policy = any(name == CONTENT_POLICY[0] for name, _ in headers)
    headers.append((b"x-request-id", request_id.encode()))
    headers.extend(SECURITY_HEADERS)
    if not has_policy and not path.startswith(DOCS_PATHS):
        headers.append(CONTENT_POLICY)


@cache
def _histogram(route: str, method: str, status: int) -> Histogram:
    """As many as there are routes, methods and statuses; `labels` takes a lock and makes text of each."""
    return REQUEST_SECONDS.labels(route, method, str(status))


def _record(scope: Scope, status: int, seconds: float) -> None:
    """`status` 0: the caller went away before an answer."""
    route = getattr(scope.get("route"), "path", "unmatched")
    method = scope["method"] if scope["method"] in METHODS else "other"
    _histogram(route, method, status).observe(seconds)
    problem: Problem | None = scope.get("problem")
    fields: dict[str, Any] = {"error": f"{problem.code}: {problem.message}"} if problem else {}
    write = log.debug if route in QUIET_ROUTES else log.info
    write(
        "request", method=method, path=scope["path"], route=route, status=status, ms=round(seconds * 1e3, 1), **fields
    )
