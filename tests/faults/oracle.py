"""The oracle of the fault tests: once nothing is on its way, every written generation is what the rows make now.

Nothing is waited for but what `tanaban sync status` admits to: WAL that is not read yet, and fan-outs that are not
done. The documents must be right at that very moment, all of them, and no others may be there.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from core.clients import connect_database, create_opensearch
from core.settings import Settings
from indexing import dead_letters, registry
from indexing.registry import Connection, State
from indexing.sync_status import fetch_sync_status
from tests.faults.processes import wait_for
from tests.indexing.truth import build_expected, fetch_documents

Documents = Mapping[str, Mapping[str, Any]]


def prove(settings: Settings, limit_s: float = 60, parked: Collection[UUID] = ()) -> None:
    """Wait until capture has written what was committed before this call, then compare everything with PostgreSQL.

    `parked` are the products that must be dead letters; their documents may be old.
    """
    wait_until_written(settings, limit_s)
    with connect_database(settings, autocommit=True) as connection, create_opensearch(settings) as client:
        expected = build_expected(connection)
        generations = registry.fetch_generations(connection, (State.LIVE, State.STANDBY))
        assert generations, "no generation is live"
        for generation in generations:
            stored = fetch_documents(client, generation.index_name)
            wrong = find_differences(expected, stored, {str(id) for id in parked})
            assert not wrong, f"{generation.state} {generation.index_name}: {len(wrong)} differ: {wrong[:5]}"
            letters = dead_letters.fetch_parked_ids(connection, generation.id)
            assert letters == {str(id) for id in parked}, f"dead letters of {generation.index_name}: {letters}"
    states = [str(it.state) for it in generations]
    print(
        f"checked: {len(expected)} documents in each of {states} are what PostgreSQL makes of its rows, no others are"
    )


def wait_until_written(settings: Settings, limit_s: float = 60) -> None:
    """Return once everything that was committed before is captured, and no fan-out is left."""
    with connect_database(settings, autocommit=True) as connection:
        row = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        assert row is not None
        connection.execute("UPDATE tanaban.heartbeat SET beat_at = now()")  # so that the slot moves beyond it at once
        wait_for(lambda: _is_confirmed(connection, settings, row[0]), limit_s)
        captured_at = connection.execute("SELECT clock_timestamp()").fetchone()
        wait_for(lambda: _is_read(connection, captured_at), limit_s)
    wait_for(lambda: not fetch_sync_status(settings).fanouts, limit_s)
    wait_for(lambda: fetch_sync_status(settings).is_running)  # Debezium reads the slot twice when it starts
    status = fetch_sync_status(settings)
    assert status.slot is not None
    print(f"checked: sync status admits {status.slot.lag_bytes:,} bytes of WAL and no fan-out")


def _is_confirmed(connection: Connection, settings: Settings, lsn: str) -> bool:
    sql = "SELECT confirmed_flush_lsn >= %s::pg_lsn AND active FROM pg_replication_slots WHERE slot_name = %s"
    row = connection.execute(sql, [lsn, settings.capture_slot]).fetchone()
    return bool(row and row[0])


def _is_read(connection: Connection, captured_at: tuple[Any, ...] | None) -> bool:
    """Whether consumers have read each shard of a stream, where there is one, as far as that."""
    sql = "SELECT bool_and(is_finished OR read_through_at > %s) FROM tanaban.stream_leases"
    row = connection.execute(sql, captured_at).fetchone()
    return row is not None and row[0] is not False


def find_differences(expected: Documents, stored: Documents, ignored: Collection[str]) -> list[str]:
    """One short line for each product whose document is missing, a ghost or stale."""
    lines = []
    for id in sorted((expected.keys() | stored.keys()) - set(ignored)):
        if id not in stored:
            lines.append(f"{id} is missing")
        elif id not in expected:
            lines.append(f"{id} is a ghost")
        elif stored[id] != expected[id]:
            fields = expected[id].keys() | stored[id].keys()
            stale = {name for name in fields if expected[id].get(name) != stored[id].get(name)}
            lines.append(f"{id} is stale in {', '.join(sorted(stale - {'doc_hash'}))}")
    return lines
