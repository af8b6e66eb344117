"""Counts what shoppers search for, for suggestions: in memory at first, in PostgreSQL a few seconds later.

No request waits for it. An address becomes one bit of 63, by a key that the database lacks (search/query_privacy.py),
and is itself kept nowhere.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import psycopg
import structlog
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from api.admin_token import read_admin_token
from api.background import beside
from catalog.search_queries import AskedQuery, prune_queries, write_queries
from core.errors import AdminClosed
from core.limits import LOGGED_AT_ONCE_MAX
from core.metrics import QUERIES_NOT_LOGGED
from core.settings import Settings
from search.ladder import Stage
from search.query_privacy import build_caller_key, mark_caller, may_be_kept, read_caller
from search.request import Filters, SearchRequest
from search.result import SearchResult
from search.understanding import excludes

log = structlog.get_logger("api.query_log")

InThread = Callable[..., Awaitable[Any]]
"""As `Shared.in_thread`."""

WRITE_EVERY_S = 5.0
PRUNE_EVERY_S = 600.0
LAST_WRITE_S = 2.0
"""How long a process that ends waits for its last write."""

REMEMBERED_S = 3_600.0
REMEMBERED_MAX = 50_000
"""Who asks for the same again within this time, while there are not more, counts once."""

_NO_FILTERS = Filters()


class QueryLog:
    """One per process, for its event loop alone."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection[TupleRow]], settings: Settings) -> None:
        self._pool = pool
        self._settings = settings
        self._key = build_caller_key(_read_token(settings))
        self._asked: dict[str, AskedQuery] = {}
        self._counted: set[int] = set()
        self._forget_at = self._prune_at = 0.0
        self._is_failing = self._is_prune_failing = False

    def note(self, request: SearchRequest, result: SearchResult, address: str) -> None:
        """Count a search that found all that its text says: a first page without filters, once an hour for a caller."""
        if not self._settings.query_log or not _is_plain(request) or not _is_found(result):
            return
        text, caller = request.text, read_caller(address)
        if self._was_counted(text, caller) or not may_be_kept(text):
            return
        known = self._asked.get(text)
        if known is None and len(self._asked) >= LOGGED_AT_ONCE_MAX:
            QUERIES_NOT_LOGGED.inc()
            return
        asked, callers = (known.asked, known.callers) if known else (0, 0)
        self._asked[text] = AskedQuery(text, asked + 1, callers | mark_caller(text, caller, self._key))

    @asynccontextmanager
    async def writing(self, in_thread: InThread) -> AsyncIterator[None]:
        """Writes every few seconds while the block runs, and at its end."""
        try:
            async with beside(self._write_regularly(in_thread)):
                yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITE_S):
                    await self.write(in_thread)

    async def write(self, in_thread: InThread) -> None:
        """What was counted since the last time. While PostgreSQL is away it is dropped: told once, and counted."""
        asked, self._asked = self._asked, {}
        if not asked:
            return
        try:
            await in_thread(self._store, list(asked.values()))
            self._is_failing = False
        except Exception as error:  # Whatever it is, the next batch is written.
            QUERIES_NOT_LOGGED.inc(len(asked))
            if not self._is_failing:
                log.warning("What shoppers search for is not counted", error=repr(error))
            self._is_failing = True

    async def prune(self, in_thread: InThread) -> None:
        """Every few minutes, what is forgotten; in a transaction of its own, for the batch before it is to stay."""
        if not self._settings.query_log or monotonic() < self._prune_at:
            return
        self._prune_at = monotonic() + PRUNE_EVERY_S
        try:
            await in_thread(self._forget)
            self._is_prune_failing = False
        except Exception as error:  # As above.
            if not (self._is_failing or self._is_prune_failing):
                log.warning("Old search texts are not deleted", error=repr(error))
            self._is_prune_failing = True

    async def _write_regularly(self, in_thread: InThread) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write(in_thread)
            await self.prune(in_thread)

    def _was_counted(self, text: str, caller: str) -> bool:
        if monotonic() >= self._forget_at or len(self._counted) >= REMEMBERED_MAX:
            self._counted.clear()
            self._forget_at = monotonic() + REMEMBERED_S
        asked = hash((text, caller))
        is_known = asked in self._counted
        self._counted.add(asked)
        return is_known

    def _store(self, asked: Sequence[AskedQuery]) -> None:
        with self._pool.connection() as connection:
            write_queries(connection, asked, self._settings, datetime.now(UTC))

    def _forget(self) -> None:
        with self._pool.connection() as connection:
            prune_queries(connection, datetime.now(UTC))


def _read_token(settings: Settings) -> str:
    """Without one the key is known to everybody, and callers are counted all the same."""
    try:
        return read_admin_token(settings)
    except (AdminClosed, OSError):
        return ""


def _is_plain(request: SearchRequest) -> bool:
    """What a text excludes need not be in any product, so it may be anything."""
    is_first = request.page == 1 and request.cursor is None
    is_free = not request.literal and request.filters == _NO_FILTERS
    return bool(request.text) and is_first and is_free and not excludes(request.text)


def _is_found(result: SearchResult) -> bool:
    """By each of its words: one that is left out may be anything too."""
    return result.total > 0 and result.query.stage == Stage.STRICT and not result.query.dropped
