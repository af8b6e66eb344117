"""Whether PostgreSQL is still the one that the indices were built from (I2, restore or failover).

(System identifier, database, timeline, mark) are kept in OpenSearch. A restore, a failover or another database behind
the URL changes one of them: versions could then be drawn again for other rows, or the index could hold a future that
was lost. Versions jump ahead of everything that was ever drawn, and a rebuild writes everything anew.
"""

from dataclasses import asdict, dataclass
from typing import Any

from indexing.registry import Connection

_JUMP = 2**32
"""More than any lost history can have drawn."""


@dataclass(frozen=True, slots=True)
class Past:
    """What identifies the history of a database."""

    system_identifier: str
    database_oid: int
    timeline: int
    mark: int
    """The version drawn by the last life-cycle command: written in PostgreSQL first, then in OpenSearch."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def fetch_past(connection: Connection) -> Past:
    """This database's past. The timeline comes from the write position: the control file's lags after a promotion."""
    row = connection.execute(
        """
        SELECT system_identifier::text, (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
               ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
               (SELECT mark FROM tanaban.index_mark)
        FROM pg_control_system()
        """
    ).fetchone()
    assert row is not None
    return Past(*row)


def find_change(now: Past, known: dict[str, Any] | None, highest_version: int, drawn_version: int) -> str | None:
    """Why the indices are of another past than `now`, or None. `known` is OpenSearch's mark. Pure.

    >>> now = Past("7", 5, 1, 40)
    >>> find_change(now, now.to_json() | {"mark": 39}, 100, 100) is None
    True
    >>> find_change(now, now.to_json() | {"timeline": 2}, 100, 100)
    'timeline was 2 and is 1'
    >>> find_change(now, now.to_json() | {"mark": 41}, 100, 100)
    'PostgreSQL lost the mark 41'
    """
    if known is None:
        return "nothing says which PostgreSQL the index was built from" if highest_version else None
    for name in ("system_identifier", "database_oid", "timeline"):
        if known[name] != getattr(now, name):
            return f"{name} was {known[name]} and is {getattr(now, name)}"
    if known["mark"] > now.mark:
        return f"PostgreSQL lost the mark {known['mark']}"
    if highest_version > drawn_version:
        return f"the index has version {highest_version}, PostgreSQL has drawn only {drawn_version}"
    return None


def fetch_drawn_version(connection: Connection) -> int:
    row = connection.execute("SELECT last_value FROM tanaban.index_version").fetchone()
    assert row is not None
    return int(row[0])


def jump_versions(connection: Connection, above: int) -> None:
    """Make the next version larger than everything that a lost history can have drawn."""
    base = max(above, fetch_drawn_version(connection))
    connection.execute("SELECT setval('tanaban.index_version', %s)", [base + _JUMP])


def draw_mark(connection: Connection) -> None:
    """A new mark for this past, durable before OpenSearch hears of it."""
    connection.execute("UPDATE tanaban.index_mark SET mark = nextval('tanaban.index_version')")
