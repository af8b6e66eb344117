"""`tanaban sync run` as a real process: edits reach the index, and a SIGKILL at any moment loses none."""

import signal
from collections.abc import Callable
from contextlib import suppress

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing.generations import serving_alias
from indexing.registry import Connection
from indexing.slot import fetch_slot
from tests.catalog.factory import Shop
from tests.faults.processes import syncing, wait_for
from tests.indexing.truth import assert_index_is_right, build_expected

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("live")]

Edit = Callable[[Shop, Connection], object]

EDITS: dict[str, Edit] = {
    "price": lambda _, database: database.execute("UPDATE products SET base_price = 777"),
    "variation moves": lambda _, database: database.execute(
        "UPDATE product_variations SET product_id = (SELECT id FROM products WHERE sku = 'B')"
    ),
    "image goes": lambda _, database: database.execute("DELETE FROM product_images"),
    "insert": lambda shop, _: shop.product("新商品", variations=[{"stock": 3}], images=["/n.svg"]),
    "hide": lambda _, database: database.execute("UPDATE products SET status = 'draft' WHERE sku = 'C'"),
    "delete": lambda _, database: database.execute("DELETE FROM products WHERE sku = 'A'"),
    "key changes": lambda _, database: database.execute("UPDATE products SET id = gen_random_uuid() WHERE sku = 'C'"),
    "show": lambda _, database: database.execute("UPDATE products SET status = 'active' WHERE sku = 'C'"),
    "brand rename": lambda _, database: database.execute("UPDATE brands SET name = 'ソニーグループ'"),
    "category moves": lambda shop, database: database.execute(
        "UPDATE categories SET parent_id = %s WHERE name = 'オーディオ'", [shop.category("趣味")]
    ),
    "popularity": lambda _, database: database.execute(
        "INSERT INTO tanaban.product_popularity (product_id, popularity) SELECT id, 5 FROM products"
    ),
    "truncate": lambda _, database: database.execute("TRUNCATE product_images"),
    "seller stops": lambda _, database: database.execute("UPDATE sellers SET status = 'suspended'"),
}
CHANGES_NOTHING = {"key changes"}
"""Of a hidden product, whose old and new id are both absent."""


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.product(
        "イヤホン", sku="A", category="家電 > オーディオ", brand="ソニー", images=["/a.svg"], variations=[{"stock": 1}]
    )
    shop.product("スピーカー", sku="B", category="家電 > オーディオ", brand="ソニー")
    shop.product("アンプ", sku="C", category="家電 > オーディオ", brand="ソニー")
    return shop


def is_right(database: Connection, opensearch: OpenSearch, settings: Settings) -> bool:
    with suppress(AssertionError):
        assert_index_is_right(database, opensearch, settings)
        return True
    return False


def test_every_kind_of_edit_reaches_the_index(
    stocked: Shop, database: Connection, opensearch: OpenSearch, small: Settings
) -> None:
    with syncing(small) as process:
        wait_for(lambda: is_right(database, opensearch, small))  # a new slot compares everything first
        for name, edit in EDITS.items():
            print(f"injected: {name}")
            before = build_expected(database)
            edit(stocked, database)
            assert (build_expected(database) == before) == (name in CHANGES_NOTHING), f"{name} shows nothing"
            wait_for(lambda: is_right(database, opensearch, small), 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_single_edit_does_not_wait_for_the_refresh(
    stocked: Shop, database: Connection, opensearch: OpenSearch, small: Settings
) -> None:
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))  # which refreshes
        alias = serving_alias(small)
        opensearch.indices.put_settings(index=alias, body={"refresh_interval": "5m"})
        EDITS["price"](stocked, database)
        edited = {"query": {"term": {"price_yen": 777}}}
        wait_for(lambda: opensearch.count(index=alias, body=edited)["count"], 5)


@pytest.mark.slow_faults
def test_what_changes_while_nobody_captures_is_read_afterwards(
    stocked: Shop, database: Connection, opensearch: OpenSearch, small: Settings
) -> None:
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))
    EDITS["price"](stocked, database)
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))


@pytest.mark.slow_faults
def test_a_kill_amid_a_storm_loses_nothing(
    stocked: Shop, database: Connection, opensearch: OpenSearch, small: Settings
) -> None:
    for number in range(30):
        stocked.product(f"商品{number}", brand="ソニー")
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))
        for price in range(100, 130):
            database.execute("UPDATE products SET base_price = %s", [price])
    print("injected: SIGKILL of sync run right after 30 changes of everything")
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))


@pytest.mark.slow_faults
def test_a_slot_that_was_dropped_is_made_anew_and_the_index_compared(
    stocked: Shop, database: Connection, opensearch: OpenSearch, small: Settings
) -> None:
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))
    wait_for(lambda: not (slot := fetch_slot(database, small)) or not slot.is_active)
    database.execute("SELECT pg_drop_replication_slot(%s)", [small.capture_slot])
    print("injected: the slot is dropped, then a rename and a delete")
    EDITS["brand rename"](stocked, database)
    EDITS["delete"](stocked, database)
    with syncing(small):
        wait_for(lambda: is_right(database, opensearch, small))
