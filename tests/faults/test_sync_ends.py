"""`tanaban sync run` ends when it is told to, at any moment, and only then."""

import signal
import threading
import time

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing import lifecycle
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.processes import sync_log, syncing, wait_for, wait_for_line
from tests.faults.proxy import Forward, Proxy

pytestmark = [pytest.mark.live, pytest.mark.slow_faults]


@pytest.fixture
def indexed(database: Connection, small: Settings, shop: Shop) -> Shop:
    shop.product()
    rebuild(small)
    ensure_slot(database, small)
    return shop


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("after_s", [0.0, 0.3, 0.6, 2.0])
def test_sigterm_ends_it_at_once_also_while_it_starts(small: Settings, after_s: float) -> None:
    with syncing(small) as process:
        wait_for_line(small, "Sync is running")
        time.sleep(after_s)
        process.send_signal(signal.SIGTERM)
        print(f"injected: SIGTERM {after_s} s after the start")
        assert process.wait(15) == 0
    assert "Traceback" not in sync_log(small).read_text()


@pytest.mark.parametrize("why", ["OpenSearch is down", "the index is gone"])
def test_sigterm_ends_it_while_nothing_can_be_written(
    database: Connection, opensearch: OpenSearch, small: Settings, indexed: Shop, why: str
) -> None:
    with Proxy(small.model_copy(update={"bulk_retries": 1})) as proxy, syncing(proxy.settings) as process:
        prove(small)
        if why == "the index is gone":
            opensearch.indices.delete(index=f"{small.opensearch_index_prefix}products-*")
        else:
            proxy.always("", lambda _body, _forward: None)
        indexed.product()
        wait_for_line(small, "takes no changes")
        print(f"injected: {why}, then SIGTERM")
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert database.execute("SELECT 1").fetchone()


def test_it_outlives_a_broken_connection_while_opensearch_is_down(
    database: Connection, small: Settings, indexed: Shop
) -> None:
    """Both lanes wait for OpenSearch when an idle connection breaks: nobody has told it to end."""

    hanging = threading.Event()

    def hang(body: bytes, _forward: Forward) -> None:
        if body.count(b"\n") > 2:  # a page of the fan-out
            hanging.set()
            time.sleep(8)

    for _ in range(4):
        indexed.product(brand="棚番")
    with Proxy(small.model_copy(update={"bulk_retries": 0})) as proxy, syncing(proxy.settings) as process:
        prove(small)
        proxy.always("_bulk", hang)
        database.execute("UPDATE brands SET name = '棚番社'")
        indexed.product()
        wait_for_line(small, "takes no changes")
        assert hanging.wait(10)
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'tanaban sync'"
        )
        print("injected: OpenSearch takes no bulk, then the connection that holds the lock is broken")
        time.sleep(12)
        assert process.poll() is None, "it ended as if it had been told to"
        proxy.calm()
        prove(small)


def test_a_generation_that_nobody_searches_does_not_hold_up_the_one_that_is(
    database: Connection, opensearch: OpenSearch, small: Settings, indexed: Shop
) -> None:
    standby = lifecycle.swap(small, lifecycle.open_generation(small))
    lifecycle.rollback(small)
    with syncing(small.model_copy(update={"bulk_retries": 1})):
        prove_live(small, opensearch, indexed)
        opensearch.indices.put_settings(index=standby.index_name, body={"index.blocks.write": True})
        print("injected: the standby index is read-only")
        prove_live(small, opensearch, indexed)
        opensearch.indices.put_settings(index=standby.index_name, body={"index.blocks.write": None})
    assert database.execute("SELECT 1").fetchone()


def prove_live(settings: Settings, client: OpenSearch, shop: Shop) -> None:
    """A new product is served within seconds."""
    id = str(shop.product())
    alias = f"{settings.opensearch_index_prefix}products"
    wait_for(lambda: client.exists(index=alias, id=id, params={"realtime": "true"}), 20)


def test_of_two_the_second_one_waits_and_takes_over(database: Connection, small: Settings, indexed: Shop) -> None:
    with syncing(small) as first:
        prove(small)
        with syncing(small):
            wait_for_line(small, "Another command changes the index")
            indexed.product()
            prove(small)
            first.kill()
            print("injected: SIGKILL of the one that captures")
            database.execute("UPDATE products SET base_price = 777")
            prove(small)
