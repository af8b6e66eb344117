"""Cursors: where a deep walk goes on. They are read as what a stranger sent, because they are not signed."""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from core.errors import BadCursor
from core.limits import CURSOR_LIFE_DAYS, CURSOR_MAX_CHARS
from search.request import SearchRequest, Sort
from search.sorting import is_sort_value

SortValues = list[Any]

_ADVICE = "start again without `cursor`"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the hits of an answer begin. `now` stays the same over a walk, so that popularity and what is published
    do too; by the minute, so that equal searches within one are equal bodies, which OpenSearch caches.
    """

    now: datetime
    seen: int
    """Products before this page."""
    after: SortValues | None = None
    """Sort values of the last hit seen; None counts from the start by `seen`."""


def floor_to_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def read_position(request: SearchRequest, now: datetime) -> Position:
    """From the cursor if there is one, else from the page.

    Raises: BadCursor: not a cursor, of another request, or too old.
    """
    minute = floor_to_minute(now)
    if request.cursor is None:
        return Position(minute, (request.page - 1) * request.per_page)
    digest, walk_minute, seen, after = _decode(request.cursor, request.sort)
    if digest != _digest(request):
        raise BadCursor(f"cursor: belongs to another search (text, filters or sort differ); {_ADVICE}")
    walk_now = datetime.fromtimestamp(walk_minute * 60, UTC)
    if not minute - timedelta(days=CURSOR_LIFE_DAYS) <= walk_now <= minute:
        raise BadCursor(f"cursor: is not from the last {CURSOR_LIFE_DAYS} days; {_ADVICE}")
    return Position(walk_now, seen, after)


def build_cursor(request: SearchRequest, position: Position, seen: int, last: SortValues) -> str:
    """The cursor for what follows the hit that has the sort values `last`."""
    content = [_digest(request), int(position.now.timestamp()) // 60, seen, last]
    return base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


def _digest(request: SearchRequest) -> str:
    """Of what decides the order of all hits; page size and facets may change during a walk."""
    essence = replace(request, page=1, per_page=1, cursor=None, facets=())
    return hashlib.blake2b(orjson.dumps(essence), digest_size=6).hexdigest()


def _decode(cursor: str, sort: Sort) -> tuple[object, int, int, SortValues]:
    """Digest, minute, seen and sort values, each checked for type and size."""
    try:
        if len(cursor) > CURSOR_MAX_CHARS:
            raise ValueError(cursor)
        digest, minute, seen, after = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value, id = after
        if not (_is_count(minute) and _is_count(seen) and is_sort_value(sort, value) and isinstance(id, str)):
            raise ValueError(cursor)
    except (ValueError, TypeError) as error:
        raise BadCursor(f"cursor: is not one that a search gave out; {_ADVICE}") from error
    return digest, minute, seen, [value, id]


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31
