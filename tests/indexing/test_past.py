"""I2: a PostgreSQL that was restored, or failed over, is noticed, and versions jump."""

from typing import Any

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing import alias, generations, lifecycle, past, registry
from indexing.documents import build_tombstone
from indexing.pairs import PairSource
from indexing.registry import Connection, Generation, State
from indexing.writer import Writer
from tests.indexing.conftest import AddGeneration, fetch_searched, fetch_states, now_ms

pytestmark = pytest.mark.live


def change_mark(client: OpenSearch, settings: Settings, **changes: Any) -> None:
    mark = alias.fetch_mark(client, settings)
    assert mark is not None
    alias.write_mark(client, settings, mark | changes)


@pytest.mark.parametrize(
    "change",
    [{"timeline": 77}, {"system_identifier": "1"}, {"database_oid": 1}, {"mark": 10**9}],
    ids=lambda it: next(iter(it)),
)
def test_after_a_restore_the_registry_follows_the_alias_and_versions_jump(
    opensearch: OpenSearch,
    database: Connection,
    small: Settings,
    live: Generation,
    add_generation: AddGeneration,
    change: dict[str, Any],
) -> None:
    second = add_generation()
    before = past.fetch_drawn_version(database)
    # The restored registry is of the time before the swap.
    registry.set_state(database, second.id, State.STANDBY)
    registry.set_state(database, live.id, State.LIVE)
    change_mark(opensearch, small, **change)
    rebuilt = lifecycle.open_generation(small)
    assert fetch_searched(opensearch, small) == [second.index_name]
    assert fetch_states(database) == {live.id: "failed", second.id: "live", rebuilt.id: "building"}
    assert past.fetch_drawn_version(database) >= before + 2**32
    lifecycle.swap(small, rebuilt)
    assert fetch_states(database)[second.id] == "failed", "what a lost past wrote is nothing to roll back to"
    assert past.fetch_drawn_version(database) < before + 2**33, "versions jump once"


def test_a_generation_that_the_restored_registry_does_not_know_is_adopted(
    opensearch: OpenSearch, database: Connection, small: Settings, live: Generation
) -> None:
    database.execute("DELETE FROM tanaban.index_generations")
    change_mark(opensearch, small, timeline=77)
    lifecycle.prune(small)
    (adopted,) = registry.fetch_generations(database)
    assert (adopted.index_name, adopted.state) == (live.index_name, State.LIVE)
    assert adopted.landmark == live.landmark


def test_an_index_with_versions_that_were_never_drawn_tells_of_a_restore(
    opensearch: OpenSearch, database: Connection, small: Settings, pairs: PairSource, live: Generation
) -> None:
    with pairs.take() as (pair, _):
        pass
    Writer(opensearch, small).write(pair, live, [build_tombstone("0")], now_ms())
    generations.refresh_index(opensearch, live.index_name)
    database.execute("SELECT setval('tanaban.index_version', %s)", [pair.version - 1])
    database.execute("UPDATE tanaban.index_mark SET mark = 10000000")
    lifecycle.prune(small)
    assert past.fetch_drawn_version(database) > 2**32


def test_an_unchanged_past_jumps_nothing(database: Connection, small: Settings, live: Generation) -> None:
    for _ in range(3):
        lifecycle.prune(small)
    assert past.fetch_drawn_version(database) < 2**32
    assert fetch_states(database) == {live.id: "live"}
