"""What all requests share. Building it touches no server, so the API starts while any of them is down (I14)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import psycopg
from fastapi import Request
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from redis import Redis

from api.query_log import QueryLog
from api.vocabulary import VocabularyCache
from catalog.product_cache import ProductCache
from catalog.tree import CategoryTree
from catalog.tree_cache import CategoryTreeCache
from core.clients import as_database_error, create_async_opensearch, create_database_pool, create_redis
from core.errors import DatabaseDown
from core.settings import Settings
from search.service import SearchService
from search.vocabulary import Vocabulary

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Connection = psycopg.Connection[TupleRow]

THREADS = 32
"""Requests that may wait for PostgreSQL or Redis at a time; the others wait for these."""

LONG_THREADS = 2
"""Imports and rollbacks at a time; they may take minutes and keep no shopper waiting."""

VOCABULARY_WAIT_S = 0.5
"""How long a search waits for newer synonyms before it goes on with those that it has, at first the curated ones."""

TREE_THREADS = 1
"""Kept for the category tree, so that waiting for PostgreSQL elsewhere never holds up a search (I14)."""


@dataclass(slots=True)
class Shared:
    """One per process; `shared(request)` gives it to an endpoint."""

    settings: Settings
    pool: ConnectionPool[Connection]
    redis: Redis
    search: SearchService
    categories: CategoryTreeCache
    products: ProductCache
    vocabularies: VocabularyCache
    queries: QueryLog
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "blocking"))
    _long_threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LONG_THREADS, "long"))
    _tree_threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(TREE_THREADS, "tree"))
    _loads: dict[str, asyncio.Task[Any]] = field(default_factory=dict)

    async def tree(self) -> CategoryTree:
        """The category tree: a fresh memo costs nothing, else one load serves all requests that wait for it.

        Raises: DatabaseDown.
        """
        fresh = self.categories.peek()
        return await self._start_load("tree", self._tree_threads, self.categories.get) if fresh is None else fresh

    async def vocabulary(self) -> Vocabulary:
        """Brands, categories and synonyms, likewise; nobody waits long for them while PostgreSQL is away.

        Raises: DatabaseDown, without a category tree.
        """
        fresh = self.vocabularies.peek()
        if fresh is not None:
            return fresh
        tree = await self.tree()
        load = self._start_load("vocabulary", self._threads, lambda: self.vocabularies.get(tree))
        if self.vocabularies.is_failing:
            return self.vocabularies.held
        await asyncio.wait([load], timeout=VOCABULARY_WAIT_S)
        return self.vocabularies.held

    def _start_load(
        self, name: str, threads: ThreadPoolExecutor, work: Callable[[], Result]
    ) -> "asyncio.Future[Result]":
        """One load at a time serves all requests that wait for it."""
        load = self._loads.get(name)
        if load is None or load.done():
            load = asyncio.create_task(self._in_thread(threads, work, self._limit_s))
            self._loads[name] = load
        return asyncio.shield(load)

    async def in_thread(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Run blocking work that asks PostgreSQL or Redis. A server that hangs costs a bounded wait.

        Raises: DatabaseDown, and what `work` raises.
        """
        return await self._in_thread(self._threads, lambda: work(*args, **kwargs), self._limit_s)

    async def in_long_thread(self, work: Callable[[], Result]) -> Result:
        """Run an admin's command that may take minutes; its own waits are bounded. Raises: as `in_thread`."""
        return await self._in_thread(self._long_threads, work, None)

    @property
    def _limit_s(self) -> float:
        """The pool's wait and then a statement's end by themselves, unless the server hangs with its port open."""
        return 2 * self.settings.database_timeout_ms / 1_000 + 1

    async def _in_thread(
        self, threads: ThreadPoolExecutor, work: Callable[[], Result], limit_s: float | None
    ) -> Result:
        future = asyncio.get_running_loop().run_in_executor(threads, copy_context().run, work)
        try:
            return await asyncio.wait_for(future, limit_s)
        except TimeoutError as error:
            raise DatabaseDown(f"PostgreSQL did not answer within {limit_s:g} s") from error
        except psycopg.Error as error:
            if known := as_database_error(error):
                raise known from error
            raise

    def close_threads(self) -> None:
        for threads in (self._threads, self._long_threads, self._tree_threads):
            threads.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def open_shared(settings: Settings) -> AsyncIterator[Shared]:
    """Clients, pools and caches for the life of the process; none of them waits for its server."""
    pool = create_database_pool(settings)
    redis = create_redis(settings)
    opensearch = create_async_opensearch(settings)
    state = Shared(
        settings,
        pool,
        redis,
        SearchService(opensearch, settings),
        CategoryTreeCache(redis, pool, settings),
        ProductCache(redis, pool, settings),
        VocabularyCache(pool, settings),
        QueryLog(pool, settings),
    )
    pool.open(wait=False)
    try:
        async with state.queries.writing(state.in_thread):
            yield state
    finally:
        await opensearch.close()
        state.close_threads()
        pool.close()
        redis.close()


def shared(request: Request) -> Shared:
    state: Shared = request.app.state.shared
    return state
