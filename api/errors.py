"""The one table from error to HTTP status, and the one JSON shape: {"code","message","request_id"}."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.responses import ErrorBody, json_response
from core.errors import (
    AdminClosed,
    BadRequest,
    BodyTooLarge,
    Cancelled,
    CatalogFileError,
    Conflict,
    DependencyDown,
    GateRefused,
    GenerationGone,
    Gone,
    IndexingError,
    InvalidParameter,
    NoLiveGeneration,
    NotAuthorized,
    NotFound,
    StackError,
    TanabanError,
    UnsafeCluster,
    WriteBlocked,
)

STATUS: dict[type[TanabanError], int] = {
    BadRequest: 400,
    BodyTooLarge: 413,
    NotAuthorized: 401,
    AdminClosed: 403,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    CatalogFileError: 422,
    DependencyDown: 503,
    IndexingError: 500,
    NoLiveGeneration: 503,
    GateRefused: 409,
    WriteBlocked: 503,
    GenerationGone: 409,
    Cancelled: 409,
    UnsafeCluster: 503,
    StackError: 500,
    TanabanError: 500,
}
"""A class that is not named answers as its nearest base."""

RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """An error on its way out."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


ErrorAnswer = Callable[[Request, Problem], Response]


def status_of(error: type[TanabanError]) -> int:
    """
    >>> status_of(InvalidParameter)
    400
    """
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def describe(error: Exception) -> Problem:
    """What a caller may know of an error; nothing of an unexpected one but its request id."""
    match error:
        case TanabanError():
            status = status_of(type(error))
            return Problem(status, error.code, str(error), _headers(status))
        case RequestValidationError():
            return Problem(400, InvalidParameter.code, _explain_request(error))
        case HTTPException():
            return _describe_http(error)
    return Problem(500, "internal", "something went wrong here; the request id finds it in the log")


def error_response(request: Request, problem: Problem) -> Response:
    """The JSON shape; the access log line tells a 5xx too."""
    request.scope["problem"] = problem
    body = ErrorBody(problem.code, problem.message, request.scope.get("request_id", ""))
    return json_response(body, problem.status, problem.headers)


def install_error_handlers(app: FastAPI, answer: ErrorAnswer) -> None:
    """For everything raised on purpose; the unexpected ends in api/middleware.py, which logs it once."""

    async def handle(request: Request, error: Exception) -> Response:
        return answer(request, describe(error))

    for kind in (TanabanError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, handle)


def _headers(status: int) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_AFTER_S)}
    return {}


def _describe_http(error: HTTPException) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return Problem(404, NotFound.code, "no such address; /docs lists what there is", headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return Problem(405, "method_not_allowed", f"only {headers.get('Allow', 'other methods')} here", headers)
    return Problem(error.status_code, "http_error", str(error.detail), headers)


def _explain_request(error: RequestValidationError) -> str:
    found = error.errors()[0]
    return f"{'.'.join(str(part) for part in found['loc'][1:])}: {found['msg']}"
