"""`index reconcile --since`: only what changed is compared, and nothing is proved by it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from core.types import IndexVersion, ProductId
from indexing import dead_letters
from indexing.compare import Cause
from indexing.dead_letters import Rejection
from indexing.proof import prove_served
from indexing.registry import Connection, Generation
from tests.catalog.factory import Shop
from tests.indexing.proving import look, rename
from tests.indexing.truth import assert_index_is_right

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("impatient")]


CHANGES: dict[str, Callable[[Shop, ProductId], object]] = {
    "product": lambda shop, id: shop.database.execute("UPDATE products SET base_price = 777 WHERE id = %s", [id]),
    "variation": lambda shop, id: shop.database.execute(
        "UPDATE product_variations SET stock_quantity = 9 WHERE product_id = %s", [id]
    ),
    "image": lambda shop, id: shop.insert("product_images", product_id=id, image_url="/new.svg"),
    "review": lambda shop, id: shop.review(id, rating=5),
    "popularity": lambda shop, id: shop.database.execute(
        "INSERT INTO tanaban.product_popularity (product_id, popularity) VALUES (%s, 5)", [id]
    ),
    "brand": lambda shop, _: shop.database.execute("UPDATE brands SET name = 'ソニーグループ'"),
    "seller": lambda shop, _: shop.database.execute("UPDATE sellers SET company_name = '新棚番'"),
    "category above": lambda shop, _: shop.database.execute("UPDATE categories SET name = '電器' WHERE name = '家電'"),
    "hidden": lambda shop, id: shop.database.execute("UPDATE products SET status = 'draft' WHERE id = %s", [id]),
}


def test_what_changed_since_is_compared(
    small: Settings, shop: Shop, database: Connection, stocked: list[ProductId]
) -> None:
    for name, change in CHANGES.items():
        before = now(database)
        change(shop, stocked[4])
        found = look(small, since=before)
        touched = 12 if name in ("brand", "seller", "category above") else 1
        assert (name, found.products, found.walked) == (name, touched, 12)
        assert found.left.counts.total() == touched, name
        prove_served(small, repair=True, since=before)
        assert look(small).left.counts == {}, name


def now(database: Connection) -> datetime:
    row = database.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def test_what_was_deleted_since_is_not_seen_and_nothing_is_proved(
    small: Settings, database: Connection, stocked: list[ProductId]
) -> None:
    proofs = database.execute("SELECT count(*) FROM tanaban.index_proofs").fetchone()
    before = now(database)
    database.execute("DELETE FROM products WHERE id = %s", [stocked[0]])
    assert look(small, since=before).left.counts == {}
    assert database.execute("SELECT count(*) FROM tanaban.index_proofs").fetchone() == proofs
    assert look(small).left.counts == {Cause.GHOST: 1}


def test_repair_since_mends_what_changed_and_forgets_no_other_dead_letter(
    small: Settings, database: Connection, opensearch: OpenSearch, live: Generation, stocked: list[ProductId]
) -> None:
    dead_letters.park(database, live.id, IndexVersion(1), [Rejection(str(stocked[1]), "old", "")])
    before = now(database)
    rename(database, stocked[0])
    (found,) = prove_served(small, repair=True, since=before)
    assert found.comparison.repaired.counts == {Cause.STALE: 1}
    assert_index_is_right(database, opensearch, small)
    assert dead_letters.fetch_parked_ids(database, live.id) == {str(stocked[1])}
