"""The two lanes of capture on their own, without Debezium: order, gates and debts that a whole process rarely shows."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

import orjson
import pytest
from opensearchpy import OpenSearch

from catalog.cache_invalidation import CacheInvalidation
from catalog.tree_cache import CategoryTreeCache
from core.clients import connect_database, create_database_pool, create_opensearch, create_redis
from core.settings import Settings
from indexing import fanout, lifecycle
from indexing import fanout_lane as fanout_lane_module
from indexing.changes import Fanout
from indexing.fanout_lane import FanoutLane
from indexing.live_lane import LiveLane, plan_events
from indexing.locks import Lock, hold
from indexing.pairs import Pair, PairSource
from indexing.progress import ShouldStop, never_stop
from indexing.rebuild import rebuild
from indexing.registry import Connection, Generation
from tests.catalog.factory import Shop
from tests.faults.processes import wait_for
from tests.faults.proxy import Proxy
from tests.faults.test_sync_http import refuse_all
from tests.faults.test_visibility import open_transaction
from tests.indexing.truth import assert_index_is_right, fetch_documents

pytestmark = pytest.mark.live


WAITS_FOR_LOCK = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'tanaban pairs' AND wait_event_type = 'Lock'
"""


def event(table: str, operation: str, xid: int, before: Any = None, after: Any = None) -> str:
    source = {"schema": "public", "table": table, "txId": xid & 0xFFFF_FFFF, "ts_ms": 1_000}
    return orjson.dumps({"before": before, "after": after, "op": operation, "source": source}).decode()


def ignore(*_: object) -> None:
    pass


@contextmanager
def fanout_lane(
    settings: Settings, last_edit_s: Callable[[], float] = float, on_done: Callable[[], None] = ignore
) -> Iterator[FanoutLane]:
    """A low lane that works until the block ends."""
    ended = threading.Event()
    with (
        connect_database(settings, autocommit=True) as connection,
        create_opensearch(settings) as client,
        create_redis(settings) as redis,
    ):
        caches = CacheInvalidation(redis, settings)
        lane = FanoutLane(settings, connection, client, caches, last_edit_s, on_done, ended.is_set)
        lane.start()
        try:
            yield lane
        finally:
            ended.set()
            lane.stop()
            lane.close()


def test_a_page_of_a_fan_out_waits_for_the_rename_to_be_visible(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    product = shop.product(brand="棚番")
    index = rebuild(small).generation.index_name
    with fanout_lane(small), open_transaction(small, "UPDATE brands SET name = '棚番社'") as (announced, xid):
        fanout.store_fanouts(database, [(Fanout.BRAND, shop.brand("棚番"))], [xid])
        time.sleep(0.5)
        assert fetch_documents(opensearch, index)[str(product)]["brand"] == "棚番"
        assert fanout.fetch_jobs(database), "it did not wait"
        announced.commit()
        wait_for(lambda: not fanout.fetch_jobs(database), 10)
    assert_index_is_right(database, opensearch, small)


def test_a_fan_out_begins_as_soon_as_it_is_stored(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = shop.product(brand="棚番")
    index = rebuild(small).generation.index_name
    monkeypatch.setattr(fanout_lane_module, "_POLL_S", 60)
    before, after = ({"id": str(shop.brand("棚番")), "name": name} for name in ("棚番", "棚番社"))
    with fanout_lane(small) as low:
        time.sleep(0.5)  # it has looked, and found nothing
        database.execute("UPDATE brands SET name = '棚番社'")
        with (
            create_redis(small) as redis,
            closing(
                LiveLane(small, database, opensearch, CacheInvalidation(redis, small), ignore, low.wake, never_stop)
            ) as live,
        ):
            live.take_batch([event("brands", "u", 0, before, after)])
        wait_for(lambda: fetch_documents(opensearch, index)[str(product)]["brand"] == "棚番社", 10)


def long_ago() -> float:
    return time.monotonic() - 2


@pytest.mark.parametrize("edited", ["now", "long ago", "before"])
def test_a_fan_out_rests_while_there_are_edits(
    database: Connection, small: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch, edited: str
) -> None:
    """Edits of before it was taken up are over."""
    for _ in range(5):
        shop.product(brand="棚番")
    rebuild(small)
    pages, rests_s = list[int](), list[float]()
    move_cursor = fanout.move_cursor

    def note_page(*args: Any) -> bool:
        pages.append(args[3])
        return move_cursor(*args)

    def note_rest(seconds: float, should_stop: ShouldStop) -> None:
        if not should_stop():
            rests_s.append(seconds)

    monkeypatch.setattr(fanout_lane_module, "_PAGE_BESIDE_EDITS", 1)
    monkeypatch.setattr(fanout_lane_module, "_LONGEST_REST_S", 0.001)
    monkeypatch.setattr(fanout_lane_module, "pause", note_rest)
    monkeypatch.setattr(fanout, "move_cursor", note_page)
    fanout.store_fanouts(database, [(Fanout.BRAND, shop.brand("棚番"))], [])
    before_s = time.monotonic()
    last_edit_s = {"now": time.monotonic, "long ago": long_ago, "before": lambda: before_s}[edited]
    done = threading.Event()
    with fanout_lane(small, last_edit_s, done.set):
        wait_for(lambda: not fanout.fetch_jobs(database), 20)
        assert done.wait(5)
    if edited == "now":
        assert pages == [1] * 5
        assert rests_s == [0.001] * 5, "by the page, but no longer than that"
    else:
        assert pages == [small.rebuild_page_products]
        assert not rests_s


def test_a_runner_that_was_paused_does_not_move_the_cursor_back(database: Connection, shop: Shop) -> None:
    fanout.store_fanouts(database, [(Fanout.BRAND, shop.brand("棚番"))], [])
    (paused,) = fanout.fetch_jobs(database)
    assert fanout.move_cursor(database, paused, UUID(int=7), 5)
    assert not fanout.move_cursor(database, paused, UUID(int=3), 5)
    assert not fanout.end_job(database, paused)
    (job,) = fanout.fetch_jobs(database)
    assert (job.cursor, job.done) == (UUID(int=7), 5)


def test_a_generation_opened_while_a_writer_waits_for_its_pair_is_a_target(
    database: Connection, small: Settings, live: Generation
) -> None:
    """Its pages may be older than this writer's snapshot, so nobody else writes to it what this writer saw."""
    taken: list[Pair] = []

    def take() -> None:
        with closing(PairSource(small)) as pairs, pairs.take() as (pair, _):
            taken.append(pair)

    with hold(small, Lock.PAIR, "test"):
        thread = threading.Thread(target=take)
        thread.start()
        wait_for(lambda: database.execute(WAITS_FOR_LOCK).fetchone() == (1,))
        opened = lifecycle.open_generation(small)
    thread.join(10)
    assert {it.id for it in taken[0].targets} == {live.id, opened.id}


@pytest.mark.slow_faults
def test_a_comparison_that_could_not_repair_is_repeated(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    """Each repair is refused until its pair has expired; then OpenSearch has room again."""
    shop.product()
    rebuild(small)
    database.execute("UPDATE products SET base_price = 777")
    with Proxy(small.model_copy(update={"bulk_timeout_s": 1})) as proxy:
        proxy.always("_bulk", refuse_all)
        print("injected: 429 for 15 s, while everything is compared")
        with fanout_lane(proxy.settings):
            fanout.store_fanouts(database, [(Fanout.RECONCILE, None)], [])
            time.sleep(15)
            proxy.calm()
            wait_for(lambda: not fanout.fetch_jobs(database), 30)
    assert_index_is_right(database, opensearch, small)


def test_the_category_tree_is_forgotten_when_the_change_is_visible(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    category = shop.category("家電")
    settings = small.model_copy(update={"category_memo_s": 0})
    with (
        create_redis(settings) as redis,
        create_database_pool(settings) as pool,
        open_transaction(settings, "UPDATE categories SET name = '電器'") as (announced, xid),
        closing(
            LiveLane(settings, database, opensearch, CacheInvalidation(redis, settings), ignore, ignore, never_stop)
        ) as lane,
    ):
        tree = CategoryTreeCache(redis, pool, settings)
        before, after = ({"id": str(category), "name": name} for name in ("家電", "電器"))
        thread = threading.Thread(target=lane.take_batch, args=([event("categories", "u", xid, before, after)],))
        thread.start()
        thread.join(0.3)
        assert [it.name for it in tree.get().shown_children(None)] == ["家電"], "a shopper looks in between"
        announced.commit()
        thread.join(10)
        assert [it.name for it in tree.get().shown_children(None)] == ["電器"]


def test_a_comparison_for_an_event_that_names_no_product_waits_for_its_transaction() -> None:
    """As when an administrator sets a table's REPLICA IDENTITY back to its key."""
    plan = plan_events([event("product_images", "d", 7, before={"id": str(UUID(int=1))})])
    assert plan.fanouts == {(Fanout.RECONCILE, None)}
    assert plan.xids == {7}
