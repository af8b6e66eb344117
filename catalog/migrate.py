"""Bring a database to the schema of this code, from wherever the package is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from catalog.models.base import SERVICE_SCHEMA
from catalog.partitions import ensure_order_partitions
from core.clients import connect_database, create_engine
from core.errors import DatabaseDown
from core.settings import Settings

MIGRATE_LOCK = 0x7A_6E_62_01
"""Advisory lock key: two processes that start together migrate one after the other."""


def migrate(settings: Settings) -> None:
    """Upgrade to the newest revision and make the order partitions around today; nothing to do is fine.

    All revisions run in one transaction. Needs the right to create objects in the database, not a superuser.

    Raises: DatabaseDown.
    """
    with _migration_config(settings) as config:
        command.upgrade(config, "head")
    with connect_database(settings, autocommit=True) as connection:
        ensure_order_partitions(connection)


def downgrade(settings: Settings, revision: str) -> None:
    """Go back to `revision`, or "base" for none; drops the tables of the later ones with their data.

    Raises: DatabaseDown.
    """
    with _migration_config(settings) as config:
        command.downgrade(config, revision)


def database_revision(settings: Settings) -> str | None:
    """Name of the revision that the database has, None before the first migration.

    Raises: DatabaseDown.
    """
    with _connect(settings) as connection:
        options = {"version_table_schema": SERVICE_SCHEMA}
        return MigrationContext.configure(connection, opts=options).get_current_revision()


def code_revision() -> str | None:
    """Name of the newest revision, which this code works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


@contextmanager
def _migration_config(settings: Settings) -> Iterator[Config]:
    with _connect(settings) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATE_LOCK})
        _ensure_service_schema(connection)
        config = _config()
        config.attributes["connection"] = connection
        yield config
        connection.commit()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _ensure_service_schema(connection: Connection) -> None:
    """It holds Alembic's own table, so it must exist before the first revision, and outlives the last.

    Asked first: IF NOT EXISTS wants the right to create schemas even where there is nothing to create.
    """
    exists = connection.execute(text("SELECT to_regnamespace(:name)"), {"name": SERVICE_SCHEMA}).scalar()
    if exists is None:
        connection.execute(text(f"CREATE SCHEMA {SERVICE_SCHEMA}"))


@contextmanager
def _connect(settings: Settings) -> Iterator[Connection]:
    engine = create_engine(settings)
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise DatabaseDown(f"PostgreSQL does not answer: {error.orig}. Is it running?") from error
    finally:
        engine.dispose()
