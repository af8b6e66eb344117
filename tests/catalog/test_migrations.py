"""The migrations make what the models say, up and down, on empty and on filled databases, by a plain owner."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg.rows import TupleRow
from sqlalchemy import text

from catalog.migrate import database_revision, downgrade, migrate
from catalog.migrations.compared import include_name, include_object
from catalog.models import Base
from core.clients import connect_database, create_engine
from core.settings import Settings
from tests.catalog.databases import empty_database
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

HEAD = "0012_search_queries"

# One line per column, constraint, index, sequence and enum value of both schemas, without the partitions.
DESCRIPTION = """
WITH ours AS (
    SELECT oid, relnamespace::regnamespace || '.' || relname AS name FROM pg_class
    WHERE relnamespace::regnamespace::text IN ('public', 'tanaban') AND NOT relispartition
      AND relname NOT LIKE 'alembic_version%%'
)
SELECT 'column ' || name || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attnotnull THEN ' not null' ELSE '' END
    || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') || attidentity::text
FROM ours JOIN pg_class USING (oid) JOIN pg_attribute ON attrelid = ours.oid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint ' || name || '.' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
FROM ours JOIN pg_constraint ON conrelid = ours.oid WHERE conparentid = 0
UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL SELECT 'partitioned ' || name || ' by ' || pg_get_partkeydef(ours.oid)
FROM ours JOIN pg_class USING (oid) WHERE relkind = 'p'
UNION ALL SELECT 'sequence ' || name || ' ' || seqtypid::regtype || ' cache ' || seqcache
FROM ours JOIN pg_sequence ON seqrelid = ours.oid
UNION ALL SELECT 'enum ' || enumtypid::regtype || ' ' || string_agg(enumlabel, ',' ORDER BY enumsortorder)
FROM pg_enum GROUP BY enumtypid
"""


def _describe(settings: Settings) -> set[str]:
    with connect_database(settings, autocommit=True) as connection:
        return {str(row[0]) for row in connection.execute(DESCRIPTION)}


def _objects(settings: Settings) -> list[str]:
    """Names of all that is left in both schemas, functions and types included."""
    with connect_database(settings, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace::regnamespace::text IN ('public', 'tanaban') "
            "UNION SELECT proname FROM pg_proc WHERE pronamespace::regnamespace::text IN ('public', 'tanaban') "
            "UNION SELECT typname FROM pg_type WHERE typnamespace::regnamespace::text IN ('public', 'tanaban')"
        )
        return sorted(str(row[0]) for row in rows if "alembic_version" not in row[0])


def test_migrations_make_exactly_what_the_models_say(settings: Settings) -> None:
    with empty_database(settings) as by_models:
        engine = create_engine(by_models)
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA tanaban"))
            Base.metadata.create_all(connection)
        engine.dispose()
        assert _describe(settings) == _describe(by_models)


def test_autogenerate_finds_nothing_to_do(settings: Settings) -> None:
    engine = create_engine(settings)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": include_name,
                "include_object": include_object,
                "compare_type": True,
                "compare_server_default": True,
                "target_metadata": Base.metadata,
                "version_table_schema": "tanaban",
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_up_and_down_on_an_empty_database_leaves_nothing(settings: Settings) -> None:
    with empty_database(settings) as empty:
        assert database_revision(empty) is None
        migrate(empty)
        assert database_revision(empty) == HEAD
        described = _describe(empty)
        migrate(empty)  # a second time is no error
        downgrade(empty, "base")
        assert database_revision(empty) is None
        assert _objects(empty) == []
        migrate(empty)
        assert _describe(empty) == described


@pytest.mark.parametrize("revision", ["0007_sync_state", "0003_indexing", "0002_service", "0001_shop", "base"])
def test_down_and_up_on_a_filled_database(settings: Settings, shop: Shop, revision: str) -> None:
    shop.fill()
    shop.database.close()
    described = _describe(settings)
    downgrade(settings, revision)
    migrate(settings)
    assert _describe(settings) == described
    with connect_database(settings, autocommit=True) as database:
        products = database.execute("SELECT count(*) FROM products").fetchone()
        assert products == ((0,) if revision == "base" else (1,))
        Shop(database).product()


def test_the_side_tables_know_what_was_there_before_them(settings: Settings, shop: Shop) -> None:
    shop.fill()
    shop.database.close()
    downgrade(settings, "0001_shop")
    migrate(settings)
    with connect_database(settings, autocommit=True) as database:
        assert database.execute("SELECT count(*) FROM tanaban.popularity_queue").fetchone() == (1,)
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute(
                "INSERT INTO orders (order_number, user_id, shipping_address_id, subtotal, total_amount) "
                "SELECT order_number, user_id, shipping_address_id, 1, 1 FROM orders"
            )


def test_a_plain_owner_migrates(settings: Settings, database: psycopg.Connection[TupleRow]) -> None:
    role = f"tanaban_plain_{token_hex(4)}"
    database.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}' NOSUPERUSER NOCREATEDB NOCREATEROLE")
    try:
        with empty_database(settings, owner=role) as owned:
            migrate(owned)
            with connect_database(owned, autocommit=True) as connection:
                Shop(connection).fill()
            downgrade(owned, "base")
    finally:
        database.execute(f"DROP ROLE {role}")


def test_two_processes_may_migrate_at_once(settings: Settings) -> None:
    with empty_database(settings) as empty, ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(migrate, empty) for _ in range(2)]:
            done.result()
        assert database_revision(empty) == HEAD


def test_the_working_directory_does_not_matter(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with empty_database(settings) as empty:
        migrate(empty)
        assert database_revision(empty) == HEAD
