"""What `tanaban sync status`, /readyz, /metrics and the admin page say about lanes, freshness and proofs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from cli.sync_text import describe_sync
from core.settings import Settings
from core.types import GenerationId, IndexVersion
from indexing import fanout
from indexing.changes import Fanout
from indexing.freshness import Freshness, store_freshness
from indexing.live_load import LiveLoad, LoadMeter, fetch_load, store_load
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.registry import Connection, Generation, State
from indexing.slot import SlotState, ensure_slot
from indexing.sync_status import (
    FanoutProgress,
    GenerationProof,
    LowLane,
    SyncStatus,
    build_fanout,
    fetch_sync_status,
)
from tests.catalog.factory import Shop

NOW = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
BRAND = UUID(int=7)
ALL_WELL = SyncStatus(
    is_running=True,
    stopped_at=None,
    slot=SlotState(True, "reserved", 0),
    live_lane=LiveLoad(0, None, 48.2),
    low_lane=LowLane(0, 0, 0, None, None),
    fanouts=(),
    dead_letters=0,
    freshness=Freshness(72.4, 139.6, 1_000),
    proofs=(GenerationProof(GenerationId(12), "products-g12", State.LIVE, NOW - timedelta(minutes=5), 20_000, 0),),
)


def test_a_quiet_shop_is_told_in_a_few_lines() -> None:
    assert describe_sync(ALL_WELL, NOW).split("\n") == [
        "Capture       running",
        "WAL to read   0.0 MB (reserved)",
        "Live lane     nothing waits, 48 products/s",
        "Low lane      no fan-outs",
        "Freshness     p50 72 ms, p99 140 ms from commit to searchable, over 1,000 samples",
        "Dead letters  0",
        "Proofs        live     products-g12: clean 2026-08-01 15:25:00+09:00 (5 min ago), 20,000 products",
    ]


def test_a_shop_in_trouble_is_told_what_is_wrong_and_what_to_do() -> None:
    working = FanoutProgress(1, Fanout.BRAND, BRAND, 12_000, 50_000, 3_800.0, 10.0, NOW)
    queued = FanoutProgress(2, Fanout.RECONCILE, None, 0, 60_000, None, None, NOW)
    proof = replace(ALL_WELL.proofs[0], clean_at=None, clean_products=None, drift=1)
    status = replace(
        ALL_WELL,
        is_running=False,
        stopped_at=NOW - timedelta(hours=2),
        live_lane=None,
        low_lane=LowLane(3, 12_000, None, 3_800.0, None),
        fanouts=(working, queued),
        freshness=Freshness(None, None, 0),
        proofs=(proof,),
    )
    assert describe_sync(status, NOW).split("\n") == [
        "Capture       NOT RUNNING since 2026-08-01 13:30:00+09:00 (2 h ago): start `tanaban sync run`",
        "WAL to read   0.0 MB (reserved)",
        "Low lane      3 fan-outs, 12,000 products, 3,800/s",
        "              brand 00000000-0000-0000-0000-000000000007: 12,000 of 50,000 products, 3,800/s, 10 s left",
        "              reconcile of everything: waiting, 0 of 60,000 products",
        "              and 1 more",
        "Freshness     no change was followed yet",
        "Dead letters  0",
        "Proofs        live     products-g12: never proved clean; the last proof left 1 document WRONG",
    ]


def test_capture_that_never_ran_or_writes_nothing_is_told() -> None:
    never = replace(ALL_WELL, is_running=False, slot=None, live_lane=None)
    assert "Capture       never ran: start `tanaban sync run`" in describe_sync(never, NOW)
    busy = replace(ALL_WELL, live_lane=LiveLoad(1, 2.5, None))
    assert "Live lane     1 event taken and not durable yet, for 2.5 s" in describe_sync(busy, NOW)
    assert "Live lane     SILENT" in describe_sync(replace(ALL_WELL, live_lane=None), NOW)


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_the_meter_tells_what_waits_and_the_pace_of_the_last_reads() -> None:
    clock = Clock()
    meter = LoadMeter(clock)
    seen = []

    def write(_: object) -> None:
        clock.now_s += 2
        meter.count_written(lambda *_: None)(IndexVersion(1), {UUID(int=n): 0 for n in range(10)})
        seen.append(meter.read())

    meter.count_taken(write)(["a", "b", "c"])
    assert seen == [LiveLoad(events=3, oldest_s=2.0, products_per_s=5.0)]
    later = []
    for _ in range(6):
        clock.now_s += 2
        later.append(meter.read())
    assert later[-1] == LiveLoad(events=0, oldest_s=None, products_per_s=0.0), "what was written long ago is no pace"


def test_the_meter_tells_when_a_product_was_last_written() -> None:
    clock, heard = Clock(), list[object]()
    meter = LoadMeter(clock)
    assert meter.last_written_s() == 0
    meter.count_written(lambda *write: heard.append(write))(IndexVersion(1), {UUID(int=1): 0})
    clock.now_s += 2
    assert heard == [(IndexVersion(1), {UUID(int=1): 0})]
    assert meter.last_written_s() == 100


def test_a_batch_that_fails_waits_no_more() -> None:
    """It is read again by the next process, which counts it anew."""
    meter = LoadMeter()

    def fail(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        meter.count_taken(fail)(["a"])
    assert meter.read().events == 0


@pytest.mark.live
def test_the_live_lanes_load_is_stored_and_forgotten_when_nobody_stores_it_any_more(database: Connection) -> None:
    store_load(database, LiveLoad(12, 0.5, 40.0))
    assert fetch_load(database) == LiveLoad(12, 0.5, 40.0)
    database.execute("UPDATE tanaban.sync_state SET updated_at = now() - interval '61 seconds'")
    assert fetch_load(database) is None


@pytest.mark.live
def test_capture_that_stopped_says_since_when(database: Connection, settings: Settings) -> None:
    assert fetch_sync_status(settings).stopped_at is None, "it never ran"
    ensure_slot(database, settings)
    store_freshness(database, Freshness(70.0, 140.0, 9))
    database.execute("UPDATE tanaban.sync_state SET updated_at = '2026-08-01T06:00Z'")
    status = fetch_sync_status(settings)
    assert (status.is_running, status.stopped_at) == (False, datetime(2026, 8, 1, 6, tzinfo=UTC))
    assert status.live_lane is None
    assert status.freshness == Freshness(70.0, 140.0, 9)


@pytest.mark.live
def test_each_fan_out_knows_how_many_products_it_touches(database: Connection, shop: Shop, settings: Settings) -> None:
    top, brand = shop.category("家電"), shop.brand("棚番")
    for category, name in (("家電", "棚番"), ("家電 > 音響", "棚番"), ("本", None)):
        shop.product(category=category, brand=name)
    seller = database.execute("SELECT seller_id FROM products LIMIT 1").fetchone()
    assert seller is not None
    wanted = [(Fanout.BRAND, brand), (Fanout.CATEGORY, top), (Fanout.SELLER, seller[0]), (Fanout.RECONCILE, None)]
    for each in wanted:
        fanout.store_fanouts(database, [each], [])
    assert fetch_sync_status(settings).low_lane.products_total is None, "nobody has counted yet"
    fanout.count_products(database)
    status = fetch_sync_status(settings)
    assert [(it.kind, it.total) for it in status.fanouts] == [
        (Fanout.BRAND, 2),
        (Fanout.CATEGORY, 2),
        (Fanout.SELLER, 3),
        (Fanout.RECONCILE, 3),
    ]
    assert (status.low_lane.jobs, status.low_lane.products_done, status.low_lane.products_total) == (4, 0, 10)
    shop.product(brand="棚番")
    fanout.count_products(database)
    assert fetch_sync_status(settings).fanouts[0].total == 2, "counted once"


@pytest.mark.live
def test_a_fan_out_that_grew_is_never_over_its_total(database: Connection, shop: Shop, settings: Settings) -> None:
    shop.product(brand="棚番")
    fanout.store_fanouts(database, [(Fanout.BRAND, shop.brand("棚番"))], [])
    fanout.count_products(database)
    (job,) = fanout.fetch_jobs(database)
    assert fanout.move_cursor(database, job, UUID(int=1), 5, rate_per_s=10.0)
    status = fetch_sync_status(settings)
    assert (status.fanouts[0].done, status.fanouts[0].total, status.low_lane.products_total) == (5, 5, 5)


@pytest.mark.live
def test_a_fan_outs_time_left_is_told_while_somebody_works(database: Connection, shop: Shop) -> None:
    for _ in range(3):
        shop.product(brand="棚番")
    fanout.store_fanouts(database, [(Fanout.BRAND, shop.brand("棚番"))], [])
    fanout.count_products(database)
    (job,) = fanout.fetch_jobs(database)
    fanout.move_cursor(database, job, UUID(int=1), 1, rate_per_s=0.5)
    (job,) = fanout.fetch_jobs(database)
    running, stopped = build_fanout(job, True), build_fanout(job, False)
    assert (running.rate_per_s, running.eta_s) == (0.5, 4.0)
    assert (stopped.rate_per_s, stopped.eta_s) == (None, None)


@pytest.mark.live
def test_a_comparison_in_the_low_lane_tells_how_far_it_is(database: Connection) -> None:
    fanout.store_fanouts(database, [(Fanout.RECONCILE, None)], [])
    (job,) = fanout.fetch_jobs(database)
    fanout.report_comparison(database, job, Progress("checking", 40, 100, 20.0))
    (job,) = fanout.fetch_jobs(database)
    assert (job.done, job.total, job.rate_per_s, job.cursor) == (40, 100, 20.0, None)
    assert fanout.end_job(database, job)


@pytest.mark.live
def test_each_generation_has_its_last_clean_proof_the_live_one_first(
    database: Connection, small: Settings, shop: Shop
) -> None:
    shop.product()
    standby: Generation = rebuild(small).generation
    live = rebuild(small).generation
    database.execute("UPDATE tanaban.index_proofs SET remaining = 2 WHERE generation_id = %s", [standby.id])
    proofs = fetch_sync_status(small).proofs
    assert [(it.generation, it.state, it.clean_products, it.drift) for it in proofs] == [
        (live.id, State.LIVE, 1, 0),
        (standby.id, State.STANDBY, None, 2),
    ]
    assert proofs[0].clean_at is not None
    assert proofs[1].clean_at is None
