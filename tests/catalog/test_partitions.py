"""Months of orders are made ahead, by the calendar of Asia/Tokyo, and a missed month is named and left alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

from catalog.partitions import ensure_order_partitions
from core.clients import connect_database
from core.settings import Settings
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

Database = psycopg.Connection[TupleRow]
NOW = datetime(2031, 11, 20, tzinfo=UTC)


def _partition_of(database: Database, order: object) -> str:
    row = database.execute("SELECT tableoid::regclass::text FROM orders WHERE id = %s", [order]).fetchone()
    assert row is not None
    return str(row[0])


def test_months_are_made_once(database: Database) -> None:
    first = ensure_order_partitions(database, now=NOW, months_back=1, months_ahead=2)
    made = ("orders_2031_10", "orders_2031_11", "orders_2031_12", "orders_2032_01")
    assert (first.created, first.present, first.blocked) == (made, (), ())
    second = ensure_order_partitions(database, now=NOW, months_back=1, months_ahead=3)
    assert (second.created, second.present) == (("orders_2032_02",), made)


def test_migrate_makes_the_months_around_today(shop: Shop, database: Database) -> None:
    for days in (-360, 0, 80):
        order = shop.order(when=datetime.now(UTC) + timedelta(days=days))
        assert _partition_of(database, order) != "orders_default"


def test_a_month_begins_at_midnight_in_tokyo(shop: Shop, database: Database) -> None:
    ensure_order_partitions(database, now=NOW, months_back=0, months_ahead=1)
    midnight = datetime(2031, 11, 30, 15, tzinfo=UTC)
    assert _partition_of(database, shop.order(when=midnight - timedelta(microseconds=1))) == "orders_2031_11"
    assert _partition_of(database, shop.order(when=midnight)) == "orders_2031_12"


def test_the_month_of_now_is_tokyos(database: Database) -> None:
    """15:30 UTC on the last day is already the next month."""
    now = datetime(2031, 11, 30, 15, 30, tzinfo=UTC)
    assert ensure_order_partitions(database, now=now, months_back=0, months_ahead=0).created == ("orders_2031_12",)


def test_sessions_of_other_time_zones_make_the_same_months(database: Database) -> None:
    zones: tuple[LiteralString, ...] = ("Asia/Tokyo", "UTC", "America/New_York")
    for months, zone in enumerate(zones):
        database.execute(f"SET TIME ZONE '{zone}'")
        report = ensure_order_partitions(database, now=NOW, months_back=0, months_ahead=months)
        assert len(report.created) == 1
    database.execute("SET TIME ZONE 'UTC'")
    bounds = database.execute(
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class "
        "WHERE relkind = 'r' AND relname LIKE 'orders_203%' ORDER BY relname"
    ).fetchall()
    days = ["2031-10-31", "2031-11-30", "2031-12-31", "2032-01-31"]
    assert bounds == [
        (f"FOR VALUES FROM ('{start} 15:00:00+00') TO ('{end} 15:00:00+00')",) for start, end in pairwise(days)
    ]


def test_a_month_whose_orders_sit_in_the_default_is_named_and_left(shop: Shop, database: Database) -> None:
    late = shop.order(shop.product(), when=NOW)
    assert _partition_of(database, late) == "orders_default"
    report = ensure_order_partitions(database, now=NOW, months_back=1, months_ahead=1)
    assert report.blocked == ("orders_2031_11",)
    assert report.created == ("orders_2031_10", "orders_2031_12")
    assert _partition_of(database, late) == "orders_default"
    assert database.execute("SELECT count(*) FROM order_items").fetchone() == (1,)


def test_moving_orders_out_of_the_default_is_refused_and_deletes_nothing(shop: Shop, database: Database) -> None:
    shop.order(shop.product(), when=NOW)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        database.execute("DELETE FROM orders_default")
    assert database.execute("SELECT count(*) FROM order_items").fetchone() == (1,)


def test_partitions_log_whole_old_rows(database: Database) -> None:
    """REPLICA IDENTITY FULL is not inherited."""
    ensure_order_partitions(database, now=NOW, months_back=0, months_ahead=0)
    rows = database.execute(
        "SELECT DISTINCT relreplident::text FROM pg_class WHERE relname ~ '^orders(_default|_2.*[0-9])?$'"
    )
    assert rows.fetchall() == [("f",)]


def test_a_busy_table_is_not_waited_for_long(settings: Settings, database: Database) -> None:
    with connect_database(settings) as busy:
        busy.execute("SELECT FROM orders")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            ensure_order_partitions(database, now=NOW, months_back=0, months_ahead=0)
