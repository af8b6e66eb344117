"""Redis beside capture: no page stays old when a product, its brand or a category is edited behind the API's back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from catalog.product_cache import ProductCache
from catalog.tree_cache import CategoryTreeCache
from core.clients import connect_database, create_database_pool, create_redis
from core.settings import Settings
from core.types import ProductId
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.catalog.faults import closed_port, with_redis_at
from tests.conftest import fresh_settings
from tests.faults.oracle import wait_until_written
from tests.faults.processes import syncing

pytestmark = pytest.mark.live


@dataclass
class Site:
    """A shop whose pages have been looked at."""

    settings: Settings
    database: Connection
    shop: Shop
    products: ProductCache
    tree: CategoryTreeCache

    def names(self) -> list[str]:
        return [category.name for category in self.tree.get().shown_children(None)]


@pytest.fixture(scope="module")
def site(servers: Settings, _migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with fresh_settings(servers, _migrated_database, tmp_path_factory.mktemp("site")) as fresh:
        settings = fresh.model_copy(update={"category_memo_s": 0})
        with (
            connect_database(settings, autocommit=True) as database,
            create_redis(settings) as redis,
            create_database_pool(settings) as pool,
        ):
            rebuild(settings)
            ensure_slot(database, settings)
            caches = ProductCache(redis, pool, settings), CategoryTreeCache(redis, pool, settings)
            yield Site(settings, database, Shop(database), *caches)


@pytest.fixture(scope="module")
def synced(site: Site) -> Iterator[Site]:
    with syncing(site.settings):
        yield site


def look_at(site: Site) -> ProductId:
    product = site.shop.product("イヤホン", brand="棚番", category="家電", images=["/a.svg"])
    wait_until_written(site.settings)
    assert site.products.get(product).images
    return product


Edit = Callable[[Site, ProductId], object]

EDITS: dict[str, Edit] = {
    "price": lambda site, id: site.database.execute("UPDATE products SET base_price = 7 WHERE id = %s", [id]),
    "image": lambda site, id: site.database.execute("DELETE FROM product_images WHERE product_id = %s", [id]),
    "review": lambda site, id: site.shop.review(id),
    "brand": lambda site, _: site.database.execute("UPDATE brands SET name = name || '社'"),
    "seller": lambda site, _: site.database.execute("UPDATE sellers SET company_name = company_name || '社'"),
    "category": lambda site, _: site.database.execute("UPDATE categories SET name = name || '類'"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_product_is_new_on_its_page(synced: Site, name: str) -> None:
    product = look_at(synced)
    before = synced.products.get(product)
    EDITS[name](synced, product)
    assert synced.products.get(product) == before, "the old page is cached until capture has seen the edit"
    wait_until_written(synced.settings)
    assert synced.products.get(product) != before


def test_a_flushed_redis_costs_nothing_but_a_read(synced: Site) -> None:
    product = look_at(synced)
    with create_redis(synced.settings) as redis:
        EDITS["price"](synced, product)
        redis.flushall()
        print("injected: FLUSHALL")
    wait_until_written(synced.settings)
    assert synced.products.get(product).price == 7
    EDITS["image"](synced, product)
    wait_until_written(synced.settings)
    assert synced.products.get(product).images == ()


def test_truncated_images_are_gone_from_pages(synced: Site) -> None:
    product = look_at(synced)
    synced.database.execute("TRUNCATE product_images")
    wait_until_written(synced.settings)
    assert synced.products.get(product).images == ()


def test_a_renamed_category_is_new_in_the_menu(synced: Site) -> None:
    synced.shop.category("音響")
    synced.tree.invalidate()
    assert "音響" in synced.names()
    synced.database.execute("UPDATE categories SET name = '楽器' WHERE name = '音響'")
    wait_until_written(synced.settings)
    assert "楽器" in synced.names()


def test_a_new_category_is_in_the_menu(synced: Site) -> None:
    assert "新分類" not in synced.names()
    synced.shop.category("新分類")
    wait_until_written(synced.settings)
    assert "新分類" in synced.names()


def test_categories_in_another_order_are_so_in_the_menu(synced: Site) -> None:
    synced.shop.category("先"), synced.shop.category("後", sort_order=9)
    synced.tree.invalidate()
    before = synced.names()
    synced.database.execute("UPDATE categories SET sort_order = 99 WHERE name = '先'")
    wait_until_written(synced.settings)
    assert synced.names().index("後") < synced.names().index("先"), before


@pytest.mark.slow_faults
def test_a_redis_that_was_away_when_capture_was_killed_holds_nothing_old(
    settings: Settings, database: Connection, shop: Shop
) -> None:
    with create_redis(settings) as redis, create_database_pool(settings) as pool:
        rebuild(settings)
        ensure_slot(database, settings)
        product = shop.product()
        cache = ProductCache(redis, pool, settings)
        before = cache.get(product)
        with closed_port() as port, syncing(with_redis_at(settings, port)):
            database.execute("UPDATE products SET base_price = 7")
            wait_until_written(settings)
        print("injected: Redis out of reach for one edit, then SIGKILL of sync run")
        with syncing(settings):
            wait_until_written(settings)
            assert cache.get(product) != before
