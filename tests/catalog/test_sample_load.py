"""The sample in a real database."""

from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import TupleRow

from catalog.product_rows import fetch_product_rows
from catalog.sample.generate import generate_sample
from core.errors import Conflict
from core.settings import Settings
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)


def count(database: psycopg.Connection[TupleRow], what: str) -> int:
    row = database.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_an_empty_database_becomes_a_shop(settings: Settings, database: psycopg.Connection[TupleRow]) -> None:
    progress: list[tuple[int, int]] = []
    report = generate_sample(settings, 3_000, now=NOW, on_progress=lambda *step: progress.append(step))
    assert report.products == count(database, "products") == 3_000
    assert progress[-1] == (3_000, 3_000)
    for table in ("product_images", "product_variations", "order_items", "order_payments", "reviews", "favorites"):
        assert count(database, table) > 300
    assert count(database, "orders_default") == 0
    assert count(database, "tanaban.product_popularity") > 500
    assert count(database, "tanaban.popularity_queue") == 0


def test_every_product_can_be_read_as_the_indexer_reads_it(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    generate_sample(settings, 500, now=NOW)
    rows = fetch_product_rows(database, None, None)
    assert len(rows) == 500
    assert all(len(row.path) in (3, 4) and row.images for row in rows)


def test_a_second_load_is_refused_and_changes_nothing(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    Shop(database).product("先客")
    with pytest.raises(Conflict, match="products already has rows"):
        generate_sample(settings, 100)
    assert count(database, "products") == 1


def test_an_interrupted_load_leaves_the_database_empty(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    def interrupt(done: int, _: int) -> None:
        if done > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_sample(settings, 6_000, on_progress=interrupt)
    for table in ("products", "categories", "brands", "sellers", "users", "orders"):
        assert count(database, table) == 0
    generate_sample(settings, 100)
    assert count(database, "products") == 100
