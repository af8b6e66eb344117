"""SIGKILL of `tanaban sync run` at every point that matters: the next one makes the indices right."""

import signal
import time

import pytest

from core.settings import Settings
from indexing import fanout, lifecycle
from indexing.changes import Fanout
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.processes import start_sync, sync_log, syncing, wait_for_line
from tests.faults.proxy import Proxy
from tests.indexing.conftest import fetch_states
from tests.indexing.stock import poison

pytestmark = pytest.mark.live

slow = pytest.mark.slow_faults

POINTS = ["mid-bulk", *(pytest.param(name, marks=slow) for name in ("snapshot-taken", "bulk-sent", "before-ack"))]
FANOUT_POINTS = ["fanout-stored", "before-forget"]
PAGE_POINTS = ["page-half", "page-unmarked"]


@pytest.fixture
def stocked(shop: Shop, small: Settings) -> Shop:
    """Twelve products of one brand, three pages; a live and a standby generation."""
    for number in range(12):
        shop.product(f"商品{number}", sku=f"P{number}", category="家電 > 音響", brand="棚番", images=["/a.svg"])
    rebuild(small), rebuild(small)
    return shop


def edit(database: Connection) -> None:
    """In one batch: a fan-out over all, edits of all, a delete."""
    rename(database)
    database.execute("UPDATE products SET base_price = base_price + 1")
    database.execute("DELETE FROM products WHERE sku = (SELECT min(sku) FROM products)")


def rename(database: Connection) -> None:
    database.execute("UPDATE brands SET name = name || '社'")


def kill_at(point: str, settings: Settings, nth: int = 1) -> None:
    process = start_sync(settings, point, nth)
    try:
        assert process.wait(60) == -signal.SIGKILL, sync_log(settings).read_text()[-2_000:]
    finally:
        process.kill()
        process.wait()
    print(f"injected: SIGKILL at {point}")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point(database: Connection, small: Settings, stocked: Shop, point: str) -> None:
    ensure_slot(database, small)
    edit(database)
    kill_at(point, small)
    stocked.product("後の商品")
    with syncing(small):
        prove(small)
    assert "compared with PostgreSQL" not in sync_log(small).read_text(), "a comparison would mend what was lost"


@slow
@pytest.mark.parametrize("point", FANOUT_POINTS)
def test_killed_in_a_fan_out(database: Connection, small: Settings, stocked: Shop, point: str) -> None:
    """Nothing but the rename has changed, so nobody else writes its products."""
    ensure_slot(database, small)
    rename(database)
    kill_at(point, small)
    stocked.product("後の商品")
    with syncing(small):
        prove(small)
    assert "compared with PostgreSQL" not in sync_log(small).read_text()


@slow
@pytest.mark.parametrize("point", PAGE_POINTS)
def test_killed_in_a_page_of_a_fan_out(database: Connection, small: Settings, stocked: Shop, point: str) -> None:
    """The event that asked for it was acknowledged long ago: only the stored job tells what is left."""
    rename(database)
    ensure_slot(database, small)
    fanout.store_fanouts(database, [(Fanout.BRAND, stocked.brand("棚番社"))], [])
    kill_at(point, small)
    with syncing(small):
        prove(small)
    assert "compared with PostgreSQL" not in sync_log(small).read_text()


@slow
def test_what_is_not_written_is_not_acknowledged(database: Connection, small: Settings, stocked: Shop) -> None:
    """For longer than the 5 s between two heartbeats, which move the slot, and the 10 s between Debezium's reports."""
    assert stocked
    ensure_slot(database, small)
    with Proxy(small.model_copy(update={"bulk_retries": 1})) as proxy, syncing(proxy.settings) as process:
        prove(small)
        proxy.always("_bulk", lambda _body, _forward: None)
        (before,) = database.execute("SELECT pg_current_wal_lsn()").fetchone() or ("",)
        edit(database)
        wait_for_line(small, "takes no changes")
        time.sleep(12)
        process.kill()
    print("injected: OpenSearch takes no bulk for 12 s, then SIGKILL")
    sql = "SELECT confirmed_flush_lsn <= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"
    assert database.execute(sql, [before, small.capture_slot]).fetchone() == (True,)
    with syncing(small):
        prove(small)
    assert "compared with PostgreSQL" not in sync_log(small).read_text()


@slow
def test_killed_behind_a_dead_letter(database: Connection, small: Settings, stocked: Shop) -> None:
    ensure_slot(database, small)
    bad = poison(stocked)
    edit(database)
    kill_at("parked", small)
    stocked.product("後の商品")
    with syncing(small):
        prove(small, parked={bad})


def test_killed_before_the_comparison_after_a_new_slot_is_stored(
    database: Connection, small: Settings, stocked: Shop
) -> None:
    """What changed before the slot is in no WAL that it will ever read."""
    assert stocked
    edit(database)
    kill_at("slot-made", small)
    with syncing(small):
        prove(small)


def test_killed_before_a_rebuild_that_missed_changes_is_void(
    database: Connection, small: Settings, stocked: Shop
) -> None:
    assert stocked
    building = lifecycle.open_generation(small)
    kill_at("slot-told", small)
    with syncing(small):
        prove(small)
    assert fetch_states(database)[building.id] == "failed"


@slow
@pytest.mark.parametrize("batches", [1, 2, 5])
def test_killed_inside_a_large_transaction(database: Connection, small: Settings, stocked: Shop, batches: int) -> None:
    """One transaction of many batches, of which some are acknowledged: PostgreSQL sends all of it again."""
    for number in range(400):
        stocked.product(f"続き{number}")
    rebuild(small)
    ensure_slot(database, small)
    database.execute("UPDATE products SET base_price = base_price + 1")
    few = small.model_copy(update={"capture_batch_events": 50})
    kill_at("before-ack", few, batches)
    with syncing(few):
        prove(few)
