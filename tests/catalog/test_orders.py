"""Orders by month: numbers and ids unique over all months, parts that move along, `updated_at` everywhere."""

from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import TupleRow

from catalog.partitions import ensure_order_partitions
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

Database = psycopg.Connection[TupleRow]
MAY = datetime(2026, 5, 10, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, tzinfo=UTC)


@pytest.fixture
def months(database: Database) -> None:
    """Partitions from May to July 2026."""
    ensure_order_partitions(database, now=JUNE, months_back=1, months_ahead=1)


def _numbers(database: Database) -> list[str]:
    return [row[0] for row in database.execute("SELECT order_number FROM tanaban.order_numbers ORDER BY 1")]


@pytest.mark.usefixtures("months")
def test_a_number_is_unique_over_all_months(shop: Shop) -> None:
    shop.order(when=MAY, order_number="2026-1")
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        shop.order(when=JUNE, order_number="2026-1")
    assert refused.value.diag.constraint_name == "order_numbers_pkey"


@pytest.mark.usefixtures("months")
def test_a_number_follows_its_order(shop: Shop, database: Database) -> None:
    first = shop.order(when=MAY, order_number="1")
    second = shop.order(when=MAY, order_number="2")
    database.execute("UPDATE orders SET order_number = '3' WHERE id = %s", [first])
    database.execute("DELETE FROM orders WHERE id = %s", [second])
    assert _numbers(database) == ["3"]
    shop.order(when=JUNE, order_number="2")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute("UPDATE orders SET order_number = '2' WHERE id = %s", [first])
    database.execute("TRUNCATE orders CASCADE")
    assert _numbers(database) == []


@pytest.mark.usefixtures("months")
def test_an_order_moves_to_another_month_with_its_parts(shop: Shop, database: Database) -> None:
    order = shop.order(shop.product(), when=MAY, order_number="1")
    for table, values in (
        ("order_payments", {"amount": 1}),
        ("order_status_histories", {"status": "shipped"}),
        ("seller_reviews", {"user_id": shop.user(), "seller_id": shop.seller(), "rating": 5}),
    ):
        shop.insert(table, order_id=order, ordered_at=MAY, **values)
    database.execute("UPDATE orders SET ordered_at = %s", [JUNE])
    assert database.execute("SELECT tableoid::regclass::text FROM orders").fetchall() == [("orders_2026_06",)]
    for table in ("order_items", "order_payments", "order_status_histories", "seller_reviews"):
        assert database.execute(f"SELECT ordered_at FROM {table}").fetchall() == [(JUNE,)], table
    assert _numbers(database) == ["1"]


@pytest.mark.usefixtures("months")
def test_a_part_needs_its_order(shop: Shop) -> None:
    order = shop.order(when=MAY)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        shop.order_item(order, JUNE, shop.product())


def test_updated_at_moves_when_a_row_changes_and_only_then(shop: Shop, database: Database) -> None:
    shop.fill()
    tables = [
        row[0]
        for row in database.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'updated_at' AND table_name NOT LIKE 'orders_2%'"
        )
        if row[0] != "orders_default"
    ]
    assert len(tables) == 14
    long_ago = "'2001-01-01'"
    for table in tables:
        before = database.execute(f"SELECT updated_at FROM {table}").fetchall()
        database.execute(f"UPDATE {table} SET created_at = created_at")
        assert database.execute(f"SELECT updated_at FROM {table}").fetchall() == before, table
        database.execute(f"UPDATE {table} SET created_at = {long_ago}, updated_at = {long_ago}")
        after = database.execute(f"SELECT updated_at FROM {table}").fetchall()
        assert min(after) > min(before), table


def test_a_role_without_rights_on_the_service_schema_takes_orders(shop: Shop, database: Database) -> None:
    """The triggers write with their owner's rights."""
    shop.fill()
    with database.transaction(force_rollback=True):
        database.execute("CREATE ROLE tanaban_test_clerk")
        database.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO tanaban_test_clerk")
        database.execute("SET LOCAL ROLE tanaban_test_clerk")
        shop.favorite(shop.product("別の商品"))
        order = shop.order(shop.product("別の商品"))
        database.execute("UPDATE orders SET status = 'cancelled' WHERE id = %s", [order])
        database.execute("UPDATE categories SET slug = slug || '-2', parent_id = NULL WHERE name = '靴'")
