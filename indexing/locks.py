"""Session advisory locks of PostgreSQL: one holder at a time, freed by the server when the holder's connection ends.

They live in the shop's database, so that two databases on one server never wait for each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import psycopg
from psycopg.rows import TupleRow

from core.clients import connect_database
from core.errors import LifecycleBusy
from core.settings import Settings

_FAMILY = 0x74616E61
"""The upper half of each key ("tana"), so that nobody else's advisory lock on the database is ours."""


class Lock(IntEnum):
    """What each lock protects."""

    PAIR = (_FAMILY << 32) | 1
    """Drawing a (version, snapshot) pair: a fraction of a millisecond (I2)."""
    LIFECYCLE = (_FAMILY << 32) | 2
    """Registry and alias: held by a life-cycle command while it changes them (I8)."""
    REBUILD = (_FAMILY << 32) | 3
    """One rebuild at a time, from its first step to its last."""
    WORKER = (_FAMILY << 32) | 4
    """The job that a worker process runs; free means that a running job's process has died."""
    SYNC = (_FAMILY << 32) | 5
    """Reading the replication slot: one process captures, others wait to take over."""
    RECONCILE = (_FAMILY << 32) | 6
    """Comparing the indices with PostgreSQL: one at a time."""
    UPKEEP = (_FAMILY << 32) | 7
    """Fan-outs and the watch on servers: done by one of the processes that write changes."""


_HOLDER = """
SELECT format('%%s (server process %%s, from %%s, since %%s)', a.application_name, a.pid,
              coalesce(host(a.client_addr), 'a local socket'), to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SSOF'))
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid::bigint = %s AND l.objid::bigint = %s
"""


@contextmanager
def hold(settings: Settings, lock: Lock, command: str, wait_s: float = 0) -> Iterator[psycopg.Connection[TupleRow]]:
    """Hold `lock` on a connection of its own, which the caller may use for registry changes.

    `command` names the holder to whoever is refused. Changes that go through this connection fail once the
    lock is lost with it.

    Raises: LifecycleBusy after `wait_s`, saying who holds it.
    """
    with connect_database(settings, autocommit=True) as connection:
        connection.execute("SELECT set_config('application_name', %s, false)", [f"tanaban {command}"])
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{max(1, int(wait_s * 1_000))}ms"])
        try:
            connection.execute("SELECT pg_advisory_lock(%s)", [lock])
        except psycopg.errors.LockNotAvailable as error:
            raise LifecycleBusy(_describe_holder(connection, lock)) from error
        connection.execute("SET lock_timeout = '10s'")
        yield connection


def try_lock(connection: psycopg.Connection[TupleRow], lock: Lock) -> bool:
    """Whether `connection` got `lock` at once; it holds it until it is closed."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [lock]).fetchone()
    return bool(row and row[0])


def is_held(connection: psycopg.Connection[TupleRow], lock: Lock) -> bool:
    """Whether anybody holds `lock` now."""
    return _fetch_holder(connection, lock) is not None


def _describe_holder(connection: psycopg.Connection[TupleRow], lock: Lock) -> str:
    holder = _fetch_holder(connection, lock) or "a command that ended just now"
    return f"Another command changes the index: {holder}. Wait for it to end, or stop it, and try again."


def _fetch_holder(connection: psycopg.Connection[TupleRow], lock: Lock) -> str | None:
    row = connection.execute(_HOLDER, [lock >> 32, lock & 0xFFFFFFFF]).fetchone()
    return str(row[0]) if row else None
