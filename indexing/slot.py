"""The replication slot that capture reads: made, checked, and made anew when it is lost (I3).

The slot is the only memory of how far capture has come: its `confirmed_flush_lsn` moves when a batch is written.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from core.errors import UnsafeCluster
from core.settings import Settings
from indexing.registry import Connection

PUBLICATION = "tanaban"
"""Made by the migration: these tables and no others."""


@dataclass(frozen=True, slots=True)
class SlotState:
    """A row of pg_replication_slots."""

    is_active: bool
    wal_status: str
    lag_bytes: int
    """WAL that PostgreSQL keeps for this slot, or that it has still to read."""

    @property
    def is_lost(self) -> bool:
        """PostgreSQL has removed WAL that the slot still needed (max_slot_wal_keep_size)."""
        return self.wal_status == "lost"


def fetch_slot(connection: Connection, settings: Settings) -> SlotState | None:
    row = connection.execute(
        """
        SELECT active, coalesce(wal_status, 'lost'),
               coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint
        FROM pg_replication_slots WHERE slot_name = %s AND database = current_database()
        """,
        [settings.capture_slot],
    ).fetchone()
    return SlotState(*row) if row else None


def _do_nothing(_: str) -> None:
    pass


def ensure_slot(connection: Connection, settings: Settings, before_new: Callable[[str], None] = _do_nothing) -> None:
    """Have a sound slot.

    A new slot knows nothing of what was changed before it, so every written generation must be reconciled then.
    `before_new` stores that, with the reason, before there is a slot: a kill in between makes another one.

    Raises: UnsafeCluster, saying what an administrator has to do.
    """
    _check_server(connection)
    slot = fetch_slot(connection, settings)
    if slot is not None and not slot.is_lost:
        return
    reason = "there was no replication slot" if slot is None else "PostgreSQL dropped WAL that the slot still needed"
    before_new(reason)
    try:
        if slot is not None:
            connection.execute("SELECT pg_drop_replication_slot(%s)", [settings.capture_slot])
        connection.execute("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", [settings.capture_slot])
    except psycopg.errors.InsufficientPrivilege as error:
        raise UnsafeCluster(
            f"This user may make no replication slot. As an administrator: ALTER ROLE {_user(connection)} REPLICATION"
        ) from error
    except psycopg.errors.DuplicateObject as error:
        raise UnsafeCluster(
            f"The replication slot {settings.capture_slot} belongs to another database. Set TANABAN_CAPTURE_SLOT."
        ) from error
    except psycopg.errors.ConfigurationLimitExceeded as error:
        raise UnsafeCluster("All replication slots are in use: raise max_replication_slots and restart.") from error


def _check_server(connection: Connection) -> None:
    if _only(connection, "SHOW wal_level") != "logical":
        raise UnsafeCluster("PostgreSQL writes no logical WAL: ALTER SYSTEM SET wal_level = logical, and restart it.")
    found = connection.execute("SELECT pubviaroot FROM pg_publication WHERE pubname = %s", [PUBLICATION]).fetchone()
    if found is None:
        raise UnsafeCluster(f"The publication {PUBLICATION} is missing. Run `tanaban catalog migrate`.")


def _user(connection: Connection) -> str:
    return _only(connection, "SELECT quote_ident(current_user)")


def _only(connection: Connection, sql: str) -> str:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return str(row[0])
