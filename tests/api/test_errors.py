"""The one table from error to status covers every error, and tells callers what they need."""

from collections.abc import Iterator

import pytest

from api.errors import STATUS, describe, status_of
from core import errors
from core.errors import AdminClosed, DatabaseDown, IndexingError, NotAuthorized, SearchDown, TanabanError


def subclasses(kind: type[TanabanError]) -> Iterator[type[TanabanError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses(child)


ERRORS = [kind for kind in subclasses(TanabanError) if kind.__module__ == errors.__name__]
MEANT = {
    "bad_request": 400,
    "invalid_parameter": 400,
    "unknown_parameter": 400,
    "bad_cursor": 400,
    "body_too_large": 413,
    "not_authorized": 401,
    "admin_closed": 403,
    "not_found": 404,
    "gone": 410,
    "conflict": 409,
    "job_active": 409,
    "lifecycle_busy": 409,
    "catalog_file": 422,
    "dependency_down": 503,
    "database_down": 503,
    "search_down": 503,
    "cache_down": 503,
    "no_live_generation": 503,
}
"""What clients rely on. An error that is not here is an operator's, and a 4xx or 5xx all the same."""


@pytest.mark.parametrize("kind", ERRORS, ids=[kind.__name__ for kind in ERRORS])
def test_every_error_has_a_status(kind: type[TanabanError]) -> None:
    assert status_of(kind) in range(400, 600)
    assert status_of(kind) == MEANT.get(kind.code, status_of(kind))


def test_codes_are_distinct_and_every_class_in_the_table_exists() -> None:
    assert len({kind.code for kind in ERRORS}) == len(ERRORS)
    assert set(STATUS) <= set(ERRORS)
    assert set(MEANT) <= {kind.code for kind in ERRORS}


@pytest.mark.parametrize("kind", [SearchDown, DatabaseDown])
def test_a_dependency_that_is_down_says_when_to_come_back(kind: type[TanabanError]) -> None:
    assert int(describe(kind("…")).headers["Retry-After"]) > 0


def test_a_missing_token_is_asked_for_and_a_closed_admin_is_not() -> None:
    assert describe(NotAuthorized("…")).headers == {"WWW-Authenticate": "Bearer"}
    assert describe(AdminClosed("…")).headers == {}


def test_an_unexpected_error_tells_nothing_of_itself() -> None:
    problem = describe(RuntimeError("password=hunter2"))
    assert (problem.status, problem.code) == (500, "internal")
    assert "hunter2" not in problem.message


def test_an_error_that_is_new_answers_as_its_nearest_base() -> None:
    class Newcomer(IndexingError):
        code = "newcomer"

    assert status_of(Newcomer) == status_of(IndexingError)
