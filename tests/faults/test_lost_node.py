"""A cluster of two nodes loses the one that holds the primary shards, while a shop edits and capture runs."""

import time

import pytest

from core.settings import Settings
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.processes import sync_log, syncing, wait_for, wait_for_line
from tests.faults.random_writer import RandomWriter
from tests.faults.two_nodes import promote_on, two_nodes, wait_for_status

pytestmark = [pytest.mark.live, pytest.mark.slow_faults]


def test_the_replica_takes_over(database: Connection, small: Settings) -> None:
    """What was acknowledged is on both nodes; everything is compared all the same, each time."""
    with two_nodes(small.model_copy(update={"index_replicas": 1})) as (nodes, settings, client):
        writer, strikes = RandomWriter(settings, 51, 1_200), 1
        writer.fill()
        rebuild(settings), rebuild(settings)
        ensure_slot(database, settings)
        with syncing(settings):
            prove(settings)
            with writer:
                while writer.is_running():
                    promote_on(client, "b")
                    nodes.kill("b")
                    time.sleep(2)
                    nodes.start("b")
                    wait_for_status(client, "green")
                    strikes += 1
            promote_on(client, "b")
            nodes.kill("b")
            database.execute("UPDATE products SET base_price = 777")
            prove(settings)
            wait_for_status(client, "yellow")
            print("checked: with one node left, changes go on")
            wait_for(lambda: sync_log(settings).read_text().count("a node of OpenSearch was lost") >= strikes)
            print(f"checked: {strikes} times lost, as many comparisons stored for it")


def test_a_shard_on_no_node_is_waited_for(database: Connection, small: Settings, shop: Shop) -> None:
    """Without a replica the index is red until its node is back, and nothing is acknowledged meanwhile."""
    quick = small.model_copy(update={"bulk_timeout_s": 2, "bulk_retries": 1})
    with two_nodes(quick) as (nodes, settings, client):
        for _ in range(12):
            shop.product(brand="棚番")
        rebuild(settings), rebuild(settings)
        ensure_slot(database, settings)
        everything = f"{settings.opensearch_index_prefix}*"
        client.indices.put_settings(index=everything, body={"index.routing.allocation.require._name": "b"})
        time.sleep(0.5)
        wait_for_status(client, "green")
        with syncing(settings):
            prove(settings)
            database.execute("UPDATE products SET base_price = 777")
            nodes.kill("b")
            database.execute("DELETE FROM products WHERE id = (SELECT min(id::text)::uuid FROM products)")
            database.execute("UPDATE brands SET name = '棚番社'")
            wait_for_status(client, "red")
            wait_for_line(settings, "takes no changes")
            print("checked: the cluster is red, and sync run says that it waits")
            nodes.start("b")
            prove(settings)
