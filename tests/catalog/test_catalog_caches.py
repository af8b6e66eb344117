"""The category tree and product details from Redis, from PostgreSQL, and from what is left of both."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from redis import Redis

from catalog.cache_invalidation import CacheInvalidation
from catalog.product_cache import ProductCache
from catalog.tree_cache import CategoryTreeCache, invalidate_catalog_caches
from core.clients import create_database_pool, create_redis
from core.errors import Gone, NotFound
from core.settings import Settings
from core.types import ProductId
from tests.catalog.factory import Shop
from tests.catalog.faults import closed_port, forward, with_redis_at

pytestmark = pytest.mark.live

Pool = ConnectionPool[psycopg.Connection[TupleRow]]


@pytest.fixture
def pool(settings: Settings) -> Iterator[Pool]:
    with create_database_pool(settings) as opened:
        yield opened


@pytest.fixture
def redis(settings: Settings) -> Iterator["Redis"]:
    with create_redis(settings) as client:
        yield client


@pytest.fixture
def lost_pool(settings: Settings) -> Iterator[Pool]:
    """A pool whose PostgreSQL is gone."""
    with closed_port() as port:
        url = f"postgresql://nobody@127.0.0.1:{port}/nothing"
        quick = settings.model_copy(update={"database_url": url, "database_timeout_ms": 100})
        lost = create_database_pool(quick)
        lost.open(wait=False)
        yield lost
        lost.close()


@pytest.fixture
def lost_redis(settings: Settings) -> Iterator["Redis"]:
    with closed_port() as port, create_redis(with_redis_at(settings, port)) as client:
        yield client


def _names(cache: CategoryTreeCache) -> list[str]:
    return [category.name for category in cache.get().shown_children(None)]


def test_the_tree_is_shared_and_kept_until_it_is_invalidated(
    settings: Settings, shop: Shop, pool: Pool, redis: "Redis"
) -> None:
    patient = settings.model_copy(update={"category_memo_s": 0})
    ours, theirs = (CategoryTreeCache(redis, pool, patient) for _ in range(2))
    shop.category("本")
    assert _names(ours) == ["本"]
    shop.category("服")
    assert _names(theirs) == ["本"]
    assert theirs.invalidate()
    assert _names(ours) == _names(theirs) == ["服", "本"]
    keys = list(redis.scan_iter("*entry:tree"))
    assert len(keys) == 1
    assert 86_000 < int(str(redis.ttl(keys[0]))) <= 86_400


def test_a_process_uses_its_own_copy_for_a_moment(settings: Settings, shop: Shop, pool: Pool, redis: "Redis") -> None:
    cache = CategoryTreeCache(redis, pool, settings.model_copy(update={"category_memo_s": 0.2}))
    assert cache.peek() is None
    shop.category("本")
    tree = cache.get()
    assert cache.peek() is tree
    redis.flushdb()
    shop.category("服")
    assert _names(cache) == ["本"]
    time.sleep(0.21)
    assert cache.peek() is None
    assert _names(cache) == ["服", "本"]
    cache.invalidate()
    assert cache.peek() is None


def test_without_postgresql_the_tree_comes_from_redis(
    settings: Settings, shop: Shop, pool: Pool, redis: "Redis", lost_pool: Pool
) -> None:
    shop.category("本")
    CategoryTreeCache(redis, pool, settings).get()
    assert _names(CategoryTreeCache(redis, lost_pool, settings)) == ["本"]


def test_without_redis_the_tree_comes_from_postgresql(
    settings: Settings, shop: Shop, pool: Pool, lost_redis: "Redis"
) -> None:
    shop.category("本")
    assert _names(CategoryTreeCache(lost_redis, pool, settings)) == ["本"]


def test_without_both_an_old_copy_is_better_than_none(
    settings: Settings, shop: Shop, redis: "Redis", pool: Pool
) -> None:
    cache = CategoryTreeCache(redis, pool, settings.model_copy(update={"category_memo_s": 0}))
    shop.category("本")
    cache.get()
    redis.flushdb()
    pool.close()
    assert _names(cache) == ["本"]
    with pytest.raises(psycopg.OperationalError):
        CategoryTreeCache(redis, pool, settings).get()


def test_a_product_is_kept_for_an_hour_or_until_a_rebuild(
    settings: Settings, shop: Shop, pool: Pool, redis: "Redis"
) -> None:
    product, cache = shop.product("旧"), ProductCache(redis, pool, settings)
    assert cache.get(product).name == "旧"
    shop.database.execute("UPDATE products SET name = '新'")
    assert cache.get(product).name == "旧"
    (key,) = redis.scan_iter(f"*entry:{product}")
    assert 3_500 < int(str(redis.ttl(key))) <= 3_600
    assert invalidate_catalog_caches(redis, settings)
    assert cache.get(product).name == "新"


def test_a_rebuild_renews_the_tree_too(settings: Settings, shop: Shop, pool: Pool, redis: "Redis") -> None:
    cache = CategoryTreeCache(redis, pool, settings.model_copy(update={"category_memo_s": 0}))
    cache.get()
    shop.category("本")
    assert invalidate_catalog_caches(redis, settings)
    assert _names(cache) == ["本"]


def test_a_change_that_redis_did_not_hear_of_is_made_up_for(
    settings: Settings, shop: Shop, pool: Pool, redis: "Redis"
) -> None:
    """Everything is forgotten once it answers again."""
    with closed_port() as port:
        product, cache = shop.product("旧"), ProductCache(redis, pool, settings)
        assert cache.get(product).name == "旧"
        unheard = create_redis(with_redis_at(settings, port))
        invalidation = CacheInvalidation(unheard, settings)
        shop.database.execute("UPDATE products SET name = '新'")
        invalidation.products_changed([product])
        invalidation.catch_up()
        assert cache.get(product).name == "旧"
    with forward(port, settings), unheard:
        invalidation.products_changed([uuid4()])
        assert cache.get(product).name == "旧"
        invalidation.catch_up()
        assert cache.get(product).name == "新"


def test_an_unreachable_redis_is_told_to_who_wants_to_invalidate(settings: Settings, lost_redis: "Redis") -> None:
    assert not invalidate_catalog_caches(lost_redis, settings)


def test_without_redis_a_product_comes_from_postgresql(
    settings: Settings, shop: Shop, pool: Pool, lost_redis: "Redis"
) -> None:
    product = shop.product("靴", brand="アシックス", variations=[{"attributes": {"色": ["赤"]}}])
    details = ProductCache(lost_redis, pool, settings).get(product)
    assert (details.name, details.variations[0].attributes) == ("靴", {"色": ["赤"]})


def test_what_never_was_is_not_found_and_what_was_is_gone(
    settings: Settings, shop: Shop, pool: Pool, redis: "Redis"
) -> None:
    cache, tomorrow = ProductCache(redis, pool, settings), datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(NotFound):
        cache.get(ProductId(uuid4()))
    for hidden in (shop.product(status="draft"), shop.product(published_at=None)):
        with pytest.raises(NotFound):
            cache.get(hidden)
    to_come = shop.product(published_at=tomorrow)
    for _ in range(2):  # loaded, then cached
        with pytest.raises(NotFound):
            cache.get(to_come)
        assert cache.get(to_come, now=tomorrow + timedelta(seconds=1)).id == str(to_come)
    shop.seller("閉店", status="suspended")
    shop.category("廃止", is_active=False)
    for gone in (
        shop.product(status="discontinued"),
        shop.product(seller="閉店"),
        shop.product(category="廃止 > 小物"),
    ):
        with pytest.raises(Gone):
            cache.get(gone)
    assert cache.get(shop.product(status="out_of_stock")).status == "out_of_stock"
