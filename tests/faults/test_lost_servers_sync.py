"""Servers that die, restart, forget or go back in time while a shop edits and capture runs."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from random import Random

import psycopg
import pytest

from core.clients import connect_database, create_opensearch
from core.settings import Settings
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot, fetch_slot
from stack.postgresql import FLAGS
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.own_servers import OwnServers, own_servers
from tests.faults.processes import start_sync, start_worker, sync_log, syncing, wait_for, wait_for_line
from tests.faults.random_writer import RandomWriter
from tests.indexing.truth import fetch_documents

pytestmark = [pytest.mark.live, pytest.mark.slow_faults]


@pytest.fixture
def servers_of_its_own() -> Iterator[OwnServers]:
    with own_servers() as servers:
        yield servers


def fill(settings: Settings, products: int = 12) -> None:
    with connect_database(settings, autocommit=True) as database:
        shop = Shop(database)
        for number in range(products):
            shop.product(f"商品{number}", brand="棚番", images=["/a.svg"])
    rebuild(settings), rebuild(settings)
    with connect_database(settings, autocommit=True) as database:
        ensure_slot(database, settings)


def execute(settings: Settings, statement: str) -> None:
    with connect_database(settings, autocommit=True) as database:
        database.execute(statement)


@pytest.mark.parametrize(
    ("name", "number", "noticed"),
    [
        ("opensearch", signal.SIGKILL, "a node of OpenSearch was lost"),
        ("postgresql", signal.SIGQUIT, "PostgreSQL has recovered from a crash"),
        ("postgresql", signal.SIGINT, ""),
    ],
    ids=["OpenSearch killed", "PostgreSQL crashes", "PostgreSQL restarts"],
)
def test_a_server_dies_again_and_again(
    servers_of_its_own: OwnServers, name: str, number: signal.Signals, noticed: str
) -> None:
    servers, settings = servers_of_its_own, servers_of_its_own.settings
    writer = RandomWriter(settings, 41, 600)
    writer.fill()
    rebuild(settings), rebuild(settings)
    rng = Random(41)
    with syncing(settings):
        wait_for(lambda: are_servers_known(settings))
        with writer:
            while writer.is_running():
                time.sleep(rng.uniform(1, 3))
                servers.strike(name, number)
                time.sleep(rng.uniform(0, 2))
                servers.start()
        prove(settings, limit_s=120)
        wait_for_line(settings, noticed)
        prove(settings, limit_s=120)


def are_servers_known(settings: Settings) -> bool:
    """Before that, a first start has nothing to compare with."""
    with connect_database(settings, autocommit=True) as database:
        sql = "SELECT postgresql_recovered_at IS NOT NULL FROM tanaban.sync_state"
        return database.execute(sql).fetchone() == (True,)


def test_opensearch_dies_right_after_deletes(servers_of_its_own: OwnServers) -> None:
    """A tombstone is a document like any other: durable when it is acknowledged."""
    servers, settings = servers_of_its_own, servers_of_its_own.settings
    fill(settings, 40)
    with syncing(settings):
        prove(settings)
        for _ in range(3):
            execute(settings, "DELETE FROM products WHERE id IN (SELECT id FROM products ORDER BY id LIMIT 8)")
            time.sleep(0.05)
            servers.strike("opensearch")
            servers.start()
            prove(settings)


def test_everything_dies_at_once(servers_of_its_own: OwnServers) -> None:
    """A machine that loses its power."""
    servers, settings = servers_of_its_own, servers_of_its_own.settings
    fill(settings, 40)
    with syncing(settings):
        prove(settings)
        execute(settings, "UPDATE products SET base_price = 777")
        time.sleep(0.05)
    servers.strike("opensearch")
    servers.strike("postgresql", signal.SIGQUIT)
    servers.strike("valkey")
    servers.start()
    execute(settings, "UPDATE brands SET name = '棚番社'")
    with syncing(servers.settings):
        prove(servers.settings)


def test_a_slot_that_is_dropped_while_it_is_read(database: Connection, small: Settings, shop: Shop) -> None:
    for _ in range(12):
        shop.product(brand="棚番")
    rebuild(small), rebuild(small)
    ensure_slot(database, small)
    with syncing(small):
        prove(small)
        with connect_database(small) as other:
            other.execute("UPDATE products SET base_price = 777")
            wait_for(lambda: drop_slot(database, small))
            other.commit()
        print("injected: the slot is dropped, then a transaction commits that began before")
        database.execute("DELETE FROM products WHERE id = (SELECT min(id::text)::uuid FROM products)")
        prove(small)


def drop_slot(database: Connection, settings: Settings) -> bool:
    """Between the reader's death and its next try."""
    database.execute(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = %s AND active",
        [settings.capture_slot],
    )
    try:
        database.execute("SELECT pg_drop_replication_slot(%s)", [settings.capture_slot])
    except psycopg.errors.ObjectInUse:
        return False
    return True


def test_a_slot_that_is_invalidated_is_made_anew(
    servers_of_its_own: OwnServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL drops WAL that nobody read for too long, rather than fill its disk."""
    servers, settings = servers_of_its_own, servers_of_its_own.settings
    fill(settings)
    servers.strike("postgresql", signal.SIGINT)
    small_wal = {"max_slot_wal_keep_size": "16MB", "max_wal_size": "32MB", "min_wal_size": "32MB"}
    for name, value in small_wal.items():
        monkeypatch.setitem(FLAGS, name, value)
    servers.start()
    with syncing(settings):
        prove(settings)
    execute(settings, "UPDATE products SET base_price = 777")
    with connect_database(settings, autocommit=True) as database:
        for _ in range(6):
            database.execute("SELECT pg_logical_emit_message(false, 'noise', 'x', true), pg_switch_wal()")
        database.execute("CHECKPOINT")
        slot = fetch_slot(database, settings)
        assert slot is not None
        assert slot.is_lost
        print(f"injected: the slot is {slot.wal_status}")
    with syncing(settings):
        prove(settings)
    assert "PostgreSQL dropped WAL" in sync_log(settings).read_text()


def test_a_commit_that_is_announced_long_before_it_is_visible(servers_of_its_own: OwnServers) -> None:
    """Under synchronous replication PostgreSQL sends a commit to its readers while nobody can see it yet."""
    settings = servers_of_its_own.settings
    fill(settings)
    with syncing(settings), connect_database(settings, autocommit=True) as shop:
        prove(settings)
        with connect_database(settings, autocommit=True) as admin:
            set_standby(admin, "nobody")
            shop.execute("SET synchronous_commit = on")
            wait_for_end = wait_for_standby(shop, settings, "UPDATE products SET base_price = 777")
            time.sleep(1.5)
            assert count_price(admin, 777) == 0
            print("injected: a commit that waits for a standby, announced and not visible for 1.5 s")
            set_standby(admin, "")
            wait_for_end()
            assert count_price(admin, 777) == 12
        prove(settings)


def set_standby(admin: Connection, name: str) -> None:
    admin.execute("SET synchronous_commit = local")
    admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    admin.execute("SELECT pg_reload_conf()")
    time.sleep(0.2)


def wait_for_standby(shop: Connection, settings: Settings, statement: str) -> Callable[[], None]:
    """Returns while the commit waits, with a way to wait for its end."""
    thread = threading.Thread(target=shop.execute, args=(statement,))
    thread.start()

    def is_waiting() -> bool:
        with connect_database(settings, autocommit=True) as other:
            row = other.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchone()
            return bool(row and row[0])

    wait_for(is_waiting)
    return thread.join


def count_price(connection: Connection, price: int) -> int:
    row = connection.execute("SELECT count(*) FROM products WHERE base_price = %s", [price]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("killed", [False, True], ids=["", "killed"])
def test_postgresql_is_restored_to_an_earlier_point(servers_of_its_own: OwnServers, killed: bool) -> None:
    """The index holds a future that was lost, under versions that are drawn again."""
    servers, settings = servers_of_its_own, servers_of_its_own.settings
    fill(settings)
    with syncing(settings):
        prove(settings)
    servers.strike("postgresql", signal.SIGINT)
    copy = servers.postgresql_folder().parent / "copy"
    servers.keep_copy(copy)
    servers.start()
    with syncing(settings):
        for price in range(100, 140):
            execute(settings, f"UPDATE products SET base_price = {price}")
        execute(settings, "DELETE FROM products WHERE id = (SELECT min(id::text)::uuid FROM products)")
        prove(settings)
    servers.strike("postgresql", signal.SIGINT)
    servers.restore(copy)
    servers.start()
    print("injected: PostgreSQL restored to a state before 41 changes")
    if killed:
        process = start_sync(settings, "past-noticed")
        assert process.wait(60) == -signal.SIGKILL
    worker = start_worker(settings)
    try:
        with syncing(settings), create_opensearch(settings) as client:
            alias = f"{settings.opensearch_index_prefix}products"
            wait_for(lambda: len(fetch_documents(client, alias)) == 12, 30)
            execute(settings, "UPDATE products SET base_price = base_price + 1 WHERE name = '商品1'")
            prove(settings)
    finally:
        worker.kill()
        worker.wait()
