"""Rows of `tanaban.synonyms`: a shop's own synonyms, fetched ones, and the curated ones that it switched off.

Plain rows: what words they are is for analyzers/synonyms.py to say, which a caller asks before it writes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[TupleRow]

COLUMNS = "source, target, weight, domain, kind, note"


class RowKind(StrEnum):
    """Whose rule a row is."""

    SHOP = "shop"
    SUDACHI = "sudachi"
    """Fetched from the Sudachi synonym dictionary; the next fetch replaces them all."""
    OFF = "off"
    """Switches a curated or fetched rule off."""


@dataclass(frozen=True, slots=True)
class SynonymRow:
    """Who asks for `source` also finds `target`, which counts `weight` (over 0, at most 1) of a plain match."""

    source: str
    target: str
    weight: float = 0.7
    domain: str = "general"
    kind: RowKind = RowKind.SHOP
    note: str | None = None
    created_at: datetime | None = None
    """None before it is stored."""


def fetch_revision(connection: Connection) -> int:
    """A number that each committed change of the rows moves, also one by hand in SQL."""
    row = connection.execute("SELECT n FROM tanaban.synonym_revision").fetchone()
    return int(row[0]) if row else 0


def fetch_synonyms(connection: Connection) -> tuple[int, tuple[SynonymRow, ...]]:
    """The revision and all rows in the order they were added, in one statement and so in one snapshot."""
    found = connection.execute(
        f"SELECT n, {COLUMNS}, created_at FROM tanaban.synonym_revision LEFT JOIN tanaban.synonyms ON true ORDER BY id"
    ).fetchall()
    revision = int(found[0][0]) if found else 0
    return revision, tuple(_read_row(row[1:]) for row in found if row[1] is not None)


@contextmanager
def changing_synonyms(connection: Connection) -> Iterator[tuple[SynonymRow, ...]]:
    """All rows, in a transaction that nobody else changes them in: what was checked against them stays true."""
    with connection.transaction():
        connection.execute("SELECT n FROM tanaban.synonym_revision FOR UPDATE")
        yield fetch_synonyms(connection)[1]


def write_synonyms(connection: Connection, rows: Sequence[SynonymRow]) -> None:
    """Add rows that the table does not have yet."""
    with connection.cursor() as cursor, cursor.copy(f"COPY tanaban.synonyms ({COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((row.source, row.target, row.weight, row.domain, row.kind.value, row.note))


def delete_synonyms(connection: Connection, rows: Iterable[SynonymRow]) -> int:
    """Take rows away, found by source, target and kind; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM tanaban.synonyms WHERE source = %s AND target = %s AND kind = %s",
            [(row.source, row.target, row.kind.value) for row in rows],
        )
        return max(cursor.rowcount, 0)


def replace_fetched(connection: Connection, rows: Sequence[SynonymRow]) -> None:
    """Put `rows` in the place of all that was fetched before."""
    connection.execute("DELETE FROM tanaban.synonyms WHERE kind = %s", [RowKind.SUDACHI.value])
    write_synonyms(connection, rows)


class SynonymSource:
    """One per process; polled every few seconds, which costs one number while nothing has changed. It blocks."""

    def __init__(self, pool: ConnectionPool[Connection]) -> None:
        self._pool = pool
        self._revision: int | None = None

    def poll(self) -> tuple[SynonymRow, ...] | None:
        """All rows, at the first call and whenever they have changed since the last one; None while they have not.

        Raises: psycopg.Error, when PostgreSQL does not answer; the rows that the caller has stay good then (I14).
        """
        with self._pool.connection() as connection:
            if fetch_revision(connection) == self._revision:
                return None
            revision, rows = fetch_synonyms(connection)
        self._revision = revision
        return rows


def _read_row(row: TupleRow) -> SynonymRow:
    source, target, weight, domain, kind, note, created_at = row
    return SynonymRow(source, target, weight, domain, RowKind(kind), note, created_at)
