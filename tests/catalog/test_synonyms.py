"""The rows of synonyms in PostgreSQL: one number tells every process that they have changed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from catalog.synonyms import (
    RowKind,
    SynonymRow,
    SynonymSource,
    changing_synonyms,
    delete_synonyms,
    fetch_revision,
    fetch_synonyms,
    replace_fetched,
    write_synonyms,
)
from core.clients import connect_database, create_database_pool
from core.settings import Settings

pytestmark = pytest.mark.live

Connection = psycopg.Connection[TupleRow]
ROW = SynonymRow("チャリ", "自転車", 0.8, "sports", note="asked for often")


@pytest.fixture
def pool(settings: Settings) -> Iterator[ConnectionPool[Connection]]:
    with create_database_pool(settings) as opened:
        yield opened


def stored(database: Connection) -> list[SynonymRow]:
    """All rows, without the time at which they were stored."""
    return [replace(row, created_at=None) for row in fetch_synonyms(database)[1]]


def test_rows_come_back_as_they_were_written(database: Connection) -> None:
    with changing_synonyms(database) as rows:
        assert rows == ()
        write_synonyms(database, [ROW])
    assert stored(database) == [ROW]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tanaban.synonyms (source, target) VALUES ('靴', 'シューズ')",
        "UPDATE tanaban.synonyms SET weight = 0.5",
        "DELETE FROM tanaban.synonyms",
        "TRUNCATE tanaban.synonyms",
    ],
)
def test_every_change_moves_the_revision_also_one_by_hand(database: Connection, statement: str) -> None:
    write_synonyms(database, [ROW])
    before = fetch_revision(database)
    database.execute(statement)
    revision, _ = fetch_synonyms(database)
    assert revision == fetch_revision(database) > before


def test_a_poll_answers_once_per_change(database: Connection, pool: ConnectionPool[Connection]) -> None:
    source = SynonymSource(pool)
    assert source.poll() == ()
    assert source.poll() is None
    write_synonyms(database, [ROW])
    assert [row.target for row in source.poll() or ()] == ["自転車"]
    assert source.poll() is None
    delete_synonyms(database, [ROW])
    assert source.poll() == ()


def test_a_change_that_is_not_committed_is_not_seen(
    settings: Settings, database: Connection, pool: ConnectionPool[Connection]
) -> None:
    source = SynonymSource(pool)
    source.poll()
    with closing(connect_database(settings)) as other:
        write_synonyms(other, [ROW])
        assert source.poll() is None
        other.commit()
    assert len(source.poll() or ()) == 1
    assert len(stored(database)) == 1


def test_who_changes_waits_for_the_one_before(settings: Settings, database: Connection) -> None:
    """Two at once that both look before they add must not add the same."""

    def add_unless_there(_: int) -> None:
        with closing(connect_database(settings, autocommit=True)) as own, changing_synonyms(own) as rows:
            if not rows:
                write_synonyms(own, [ROW])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_unless_there, range(8)))
    assert stored(database) == [ROW]


def test_a_failed_change_leaves_all_as_it_was(database: Connection) -> None:
    def write_twice() -> None:
        with changing_synonyms(database):
            write_synonyms(database, [ROW])
            write_synonyms(database, [ROW])

    with pytest.raises(psycopg.errors.UniqueViolation):
        write_twice()
    assert stored(database) == []


def test_deleting_finds_rows_by_their_words_and_kind(database: Connection) -> None:
    off = replace(ROW, kind=RowKind.OFF)
    write_synonyms(database, [ROW, off])
    assert delete_synonyms(database, [off, SynonymRow("靴", "シューズ")]) == 1
    assert stored(database) == [ROW]


def test_a_fetch_replaces_what_was_fetched_and_nothing_else(database: Connection) -> None:
    old, new = (SynonymRow("靴", target, kind=RowKind.SUDACHI) for target in ("シューズ", "履物"))
    write_synonyms(database, [ROW, old])
    replace_fetched(database, [new])
    assert stored(database) == [ROW, new]


@pytest.mark.parametrize(
    "row",
    [
        SynonymRow(" ", "自転車"),
        SynonymRow("チャリ", "　"),
        SynonymRow("チャリ", "自転車", 0.0),
        SynonymRow("チャリ", "自転車", 1.5),
        SynonymRow("チャリ", "自転車", float("nan")),
    ],
)
def test_the_database_refuses_rows_that_nothing_can_use(database: Connection, row: SynonymRow) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        write_synonyms(database, [row])
