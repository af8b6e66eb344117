"""I4: a change that is announced may not be visible yet. Whoever writes it waits for all of its transactions."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from opensearchpy import OpenSearch

from core.clients import connect_database
from core.settings import Settings
from indexing import fanout
from indexing.changes import Fanout
from indexing.incremental import ChangeWriter
from indexing.progress import never_stop
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.processes import syncing, wait_for
from tests.indexing.truth import assert_index_is_right, fetch_documents

pytestmark = pytest.mark.live


@contextmanager
def open_transaction(settings: Settings, statement: str) -> Iterator[tuple[Connection, int]]:
    """A transaction that has done something and is not committed, with its id."""
    with connect_database(settings) as connection:
        connection.execute(statement)
        row = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert row is not None
        yield connection, row[0]


@pytest.mark.parametrize("others", [(), (3,)], ids=["alone", "beside one that is visible"])
def test_a_write_waits_for_the_commit_that_it_was_told_of(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, others: tuple[int, ...]
) -> None:
    product = shop.product("古い名前")
    index = rebuild(small).generation.index_name
    with (
        closing(ChangeWriter(small, database, opensearch, never_stop)) as writer,
        open_transaction(small, "UPDATE products SET name = '新しい名前'") as (announced, xid),
    ):
        thread = threading.Thread(target=writer.write, args=(lambda _: [product], (*others, xid)))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it did not wait"
        print(f"injected: transaction {xid} is announced and held back")
        assert fetch_documents(opensearch, index)[str(product)]["name"] == "古い名前"
        announced.commit()
        thread.join(10)
        assert not thread.is_alive()
    assert_index_is_right(database, opensearch, small)


def test_a_transaction_that_was_rolled_back_is_not_waited_for(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    product = shop.product()
    rebuild(small)
    with open_transaction(small, "UPDATE products SET name = '新しい名前'") as (announced, xid):
        announced.rollback()
    with closing(ChangeWriter(small, database, opensearch, never_stop)) as writer:
        writer.write(lambda _: [product], [xid])
    assert_index_is_right(database, opensearch, small)


@pytest.mark.slow_faults
def test_a_transaction_of_a_lost_past_is_not_waited_for(database: Connection, small: Settings, shop: Shop) -> None:
    """A dump restored into a new server keeps the stored fan-outs, whose transactions its clock has not reached."""
    brand = shop.brand("棚番")
    rebuild(small)
    with syncing(small):
        fanout.store_fanouts(database, [(Fanout.BRAND, brand)], [2**40])
        wait_for(lambda: not fanout.fetch_jobs(database), 20)
