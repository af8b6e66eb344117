"""A document that OpenSearch rejects is parked with its reason, and unparked once it is mended; the stream goes on."""

import threading
from contextlib import closing

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing import dead_letters
from indexing.incremental import ChangeWriter
from indexing.progress import never_stop
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.processes import sync_log, syncing
from tests.indexing.stock import poison

pytestmark = pytest.mark.live

MEND = "UPDATE products SET attributes = '{}' WHERE id = %s"
SPOIL = "UPDATE products SET attributes = jsonb_build_object(repeat('名', 12000), '値') WHERE id = %s"


def test_a_poison_product_is_parked_while_the_stream_goes_on(database: Connection, small: Settings, shop: Shop) -> None:
    shop.product("商品", brand="棚番")
    rebuild(small), rebuild(small)
    ensure_slot(database, small)
    with syncing(small):
        bad = poison(shop)
        print("injected: a product that OpenSearch rejects, mended and spoilt again")
        shop.product("後の商品", brand="棚番")
        prove(small, parked={bad})
        (letter, _) = dead_letters.fetch_dead_letters(database, 10)
        assert (letter.product_id, letter.error_type) == (bad, "illegal_argument_exception")
        database.execute("UPDATE products SET brand_id = (SELECT id FROM brands)")
        prove(small, parked={bad})
        assert attempts_of(database) >= 2
        database.execute("UPDATE brands SET name = '棚番社'")  # by the other lane
        prove(small, parked={bad})
        assert attempts_of(database) >= 3
        database.execute(MEND, [bad])
        prove(small)
        database.execute(SPOIL, [bad])
        prove(small, parked={bad})
        database.execute("DELETE FROM products WHERE id = %s", [bad])
        prove(small)
    assert "compared with PostgreSQL" not in sync_log(small).read_text()


def attempts_of(database: Connection) -> int:
    """Of whichever generation has the fewest; changes that arrive in two batches are tried twice."""
    return min(it.attempts for it in dead_letters.fetch_dead_letters(database, 10))


def test_a_late_write_does_not_unpark_what_a_newer_one_parked(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    """The fan-out lane has read a good row and is slow; meanwhile the row turns bad, and the live lane parks it."""
    product = shop.product()
    rebuild(small)
    with (
        closing(ChangeWriter(small, database, opensearch, never_stop)) as slow,
        closing(ChangeWriter(small, database, opensearch, never_stop)) as quick,
    ):
        has_read, may_write = threading.Event(), threading.Event()
        real = slow._writer.write

        def write_late(*args: object) -> object:
            has_read.set()
            may_write.wait(10)
            return real(*args)  # type: ignore[arg-type]

        slow._writer.write = write_late  # type: ignore[method-assign, assignment]
        thread = threading.Thread(target=slow.write, args=(lambda _: [product], ()))
        thread.start()
        assert has_read.wait(10)
        database.execute(SPOIL, [product])
        assert quick.write(lambda _: [product], ()).parked == 1
        may_write.set()
        thread.join(10)
    letters = dead_letters.fetch_dead_letters(database, 10)
    assert [it.product_id for it in letters] == [product], "nothing says that the index is behind"
