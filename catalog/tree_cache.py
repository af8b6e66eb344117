"""The category tree, from this process's own copy, else from Redis (24 h), else from PostgreSQL."""

from time import monotonic

import psycopg
import structlog
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from redis import Redis

from catalog.cache import ReadThroughCache
from catalog.product_cache import create_product_cache
from catalog.queries import fetch_category_tree
from catalog.tree import CategoryTree
from core.metrics import DEPENDENCY_FAILURES
from core.settings import Settings

log = structlog.get_logger("catalog.cache")

_KEY = "tree"


class CategoryTreeCache:
    """One per process. `get` blocks, `peek` never does: an event loop peeks first and else sends `get` to a thread."""

    def __init__(self, redis: "Redis", pool: ConnectionPool[psycopg.Connection[TupleRow]], settings: Settings) -> None:
        self._cache = create_tree_cache(redis, settings)
        self._pool = pool
        self._memo_s = settings.category_memo_s
        self._memo: tuple[float, CategoryTree] | None = None

    def get(self) -> CategoryTree:
        """The tree, at most `category_memo_s` older than the shared one.

        Raises: psycopg.OperationalError, when neither Redis nor PostgreSQL answers and there is no older copy.
        """
        fresh = self.peek()
        if fresh is not None:
            return fresh
        try:
            tree = self._cache.get(_KEY, self._load)
        except psycopg.OperationalError:
            # Search needs the tree and OpenSearch may well be up: an old tree is better than none (I14).
            if self._memo is None:
                raise
            DEPENDENCY_FAILURES.labels("postgresql").inc()
            tree = self._memo[1]
        self._memo = (monotonic() + self._memo_s, tree)
        return tree

    def peek(self) -> CategoryTree | None:
        """This process's own copy while it is fresh; no I/O."""
        memo = self._memo
        return memo[1] if memo is not None and monotonic() < memo[0] else None

    def invalidate(self) -> bool:
        """Have all processes read PostgreSQL again: this one at once, others after their `category_memo_s`.

        False when Redis did not answer: the old tree may come back with it, for `category_cache_ttl_s` at most.
        """
        self._memo = None
        return self._cache.invalidate()

    def _load(self) -> CategoryTree:
        with self._pool.connection() as connection:
            return fetch_category_tree(connection)


def create_tree_cache(redis: "Redis", settings: Settings) -> ReadThroughCache[CategoryTree]:
    return ReadThroughCache(
        redis,
        settings,
        "categories-1",
        settings.category_cache_ttl_s,
        CategoryTree.to_json,
        CategoryTree.from_json,
    )


def invalidate_catalog_caches(redis: "Redis", settings: Settings) -> bool:
    """Make all processes read categories and product details from PostgreSQL again; a rebuild ends with this.

    False, and a line in the log, when Redis did not answer.
    """
    trees_done = create_tree_cache(redis, settings).invalidate()
    products_done = create_product_cache(redis, settings).invalidate()
    if not (trees_done and products_done):
        log.warning("Caches could not be invalidated; their entries may be old until they expire")
    return trees_done and products_done
