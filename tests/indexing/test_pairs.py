"""I2: versions order snapshots. I3: the targets are those of the snapshot."""

import threading
import time

import psycopg
import pytest

from core.clients import connect_database
from core.errors import GenerationGone, PairExpired, UnsafeCluster
from core.settings import Settings
from core.types import GenerationId
from indexing import lifecycle
from indexing.locks import Lock
from indexing.pairs import PairSource, ensure_safe_sequence
from indexing.registry import Connection, Generation
from tests.catalog.factory import Shop
from tests.faults.processes import wait_for

pytestmark = pytest.mark.live


def count_products(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM products").fetchone()
    assert row is not None
    return int(row[0])


def test_of_two_pairs_the_larger_version_sees_everything_the_smaller_one_saw(settings: Settings, shop: Shop) -> None:
    shop.product()
    stop = threading.Event()
    seen: list[tuple[int, int]] = []

    def write() -> None:
        with connect_database(settings, autocommit=True) as connection:
            while not stop.is_set():
                connection.execute(
                    "INSERT INTO products (sku, name, category_id, seller_id, base_price) "
                    "SELECT gen_random_uuid()::text, name, category_id, seller_id, 1 FROM products LIMIT 1"
                )

    def take() -> None:
        source = PairSource(settings)
        for _ in range(150):
            with source.take() as (pair, connection):
                seen.append((pair.version, count_products(connection)))
        source.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    takers = [threading.Thread(target=take) for _ in range(4)]
    for thread in writers + takers:
        thread.start()
    for thread in takers:
        thread.join()
    stop.set()
    for thread in writers:
        thread.join()
    counts = [count for _, count in sorted(seen)]
    assert len({version for version, _ in seen}) == 600
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_the_snapshot_is_taken_after_the_wait_for_the_lock(
    settings: Settings, database: Connection, shop: Shop
) -> None:
    """Else a taker that waits would have a larger version with an older snapshot."""
    seen: list[int] = []

    def take() -> None:
        source = PairSource(settings)
        with source.take() as (_, connection):
            seen.append(count_products(connection))
        source.close()

    database.execute("SELECT pg_advisory_lock(%s)", [Lock.PAIR])
    taker = threading.Thread(target=take)
    taker.start()
    wait_for(
        lambda: database.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        ).fetchone()
    )
    shop.product()
    database.execute("SELECT pg_advisory_unlock(%s)", [Lock.PAIR])
    taker.join()
    assert seen == [1]


def test_rows_committed_after_the_pair_are_not_read_under_its_version(pairs: PairSource, shop: Shop) -> None:
    shop.product()
    with pairs.take() as (_, connection):
        shop.product()
        assert count_products(connection) == 1
    with pairs.take() as (_, connection):
        assert count_products(connection) == 2


def test_a_version_is_never_drawn_again_when_its_taker_dies_inside_the_snapshot(
    settings: Settings, database: Connection
) -> None:
    first, second = PairSource(settings), PairSource(settings)
    with pytest.raises(psycopg.OperationalError), first.take() as (pair, connection):  # noqa: PT012
        database.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        connection.execute("SELECT 1")
    with second.take() as (later, _):
        assert later.version > pair.version
    second.close()


def test_the_lock_is_free_while_rows_are_read_and_after_an_error(settings: Settings, pairs: PairSource) -> None:
    with pairs.take() as (_, _connection):
        assert is_free(settings)
    with pytest.raises(RuntimeError), pairs.take():
        raise RuntimeError
    assert is_free(settings)
    with pairs.take() as (pair, _connection):
        assert pair.version > 0


def is_free(settings: Settings) -> bool:
    with connect_database(settings, autocommit=True) as other:
        row = other.execute("SELECT pg_try_advisory_lock(%s)", [Lock.PAIR]).fetchone()
    return bool(row and row[0])


def test_a_pair_expires(settings: Settings) -> None:
    source = PairSource(settings.model_copy(update={"bulk_timeout_s": 0}))
    with source.take() as (pair, _):
        time.sleep(0.01)
    with pytest.raises(PairExpired, match="read them again"):
        pair.check_age()
    source.close()


def test_a_generation_registered_after_the_snapshot_is_no_target_of_it(
    small: Settings, pairs: PairSource, live: Generation
) -> None:
    with pairs.take() as (before, _):
        added = lifecycle.open_generation(small)
    with pairs.take() as (after, _):
        pass
    assert [it.id for it in before.targets] == [live.id]
    assert {it.id for it in after.targets} == {live.id, added.id}


def test_a_generation_that_is_not_written_any_more_is_no_target(pairs: PairSource) -> None:
    with pairs.take() as (pair, _), pytest.raises(GenerationGone):
        pair.target(GenerationId(1))


def test_a_sequence_that_hands_out_versions_in_blocks_is_refused(database: Connection) -> None:
    ensure_safe_sequence(database)
    database.execute("ALTER SEQUENCE tanaban.index_version CACHE 10")
    with pytest.raises(UnsafeCluster, match="CACHE 1"):
        ensure_safe_sequence(database)
