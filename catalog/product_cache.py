"""Product details, from Redis (1 h), else from PostgreSQL."""

from datetime import UTC, datetime

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from redis import Redis

from catalog.cache import ReadThroughCache
from catalog.details import ProductDetails, build_details
from catalog.product_rows import fetch_product_rows_by_id
from core.errors import Gone, NotFound
from core.settings import Settings
from core.types import ProductId


class ProductCache:
    """One per process; blocks."""

    def __init__(self, redis: "Redis", pool: ConnectionPool[psycopg.Connection[TupleRow]], settings: Settings) -> None:
        self._cache = create_product_cache(redis, settings)
        self._pool = pool

    def get(self, product_id: ProductId, now: datetime | None = None) -> ProductDetails:
        """A product that shoppers may see at `now`.

        Raises: NotFound, when there is none or not yet; Gone, when it is not shown any more;
        psycopg.OperationalError, when it is not cached and PostgreSQL does not answer.
        """
        details = self._cache.get(str(product_id), lambda: self._load(product_id))
        now = now or datetime.now(UTC)
        if details.is_shown(now):
            return details
        is_to_come = details.shown_from is None or datetime.fromisoformat(details.shown_from) > now
        if details.status == "draft" or is_to_come:
            raise NotFound(f"there is no product {product_id}")
        raise Gone(f"the product {product_id} is not on sale any more")

    def _load(self, product_id: ProductId) -> ProductDetails:
        with self._pool.connection() as connection:
            rows = fetch_product_rows_by_id(connection, [product_id])
        if not rows:
            raise NotFound(f"there is no product {product_id}")
        return build_details(rows[0])


def create_product_cache(redis: "Redis", settings: Settings) -> ReadThroughCache[ProductDetails]:
    return ReadThroughCache(
        redis,
        settings,
        "products-1",
        settings.product_cache_ttl_s,
        ProductDetails.to_json,
        ProductDetails.from_json,
    )
