"""Rebuild, swap, rollback and prune while a shop edits, capture runs and both are killed: searches never see a hole."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random

import pytest

from core.clients import create_opensearch
from core.errors import GateRefused, GenerationGone, LifecycleBusy, NoLiveGeneration
from core.settings import Settings
from indexing import lifecycle
from indexing.generations import serving_alias
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.edits import change_key, delete_product, touch_all
from tests.faults.oracle import prove, wait_until_written
from tests.faults.processes import PROJECT, environment_of, start_sync, syncing
from tests.faults.random_writer import RandomWriter

pytestmark = [pytest.mark.live, pytest.mark.slow_faults]

POINTS = ["index-created", "page-sent", "page-unmarked", "page-marked", "checking", "before-registry", "before-prune"]

COMMANDS: dict[str, Callable[[Settings], object]] = {
    "rebuild": rebuild,
    "rollback": lifecycle.rollback,
    "rollback forward": lifecycle.rollback,
    "prune": lifecycle.prune,
}


@contextmanager
def searching(settings: Settings) -> Iterator[list[int]]:
    """How many products a shopper finds, again and again."""
    found: list[int] = []
    ended = threading.Event()

    def search() -> None:
        with create_opensearch(settings) as client:
            while not ended.wait(0.02):
                query = {"bool": {"must_not": [{"term": {"tombstone": True}}]}}
                found.append(client.count(index=serving_alias(settings), body={"query": query})["count"])

    thread = threading.Thread(target=search)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def kill_a_rebuild(point: str, settings: Settings) -> None:
    command = [sys.executable, "-m", "tests.faults.rebuild_process", point]
    subprocess.run(command, cwd=PROJECT, env=environment_of(settings), check=False, capture_output=True, timeout=120)


@pytest.mark.parametrize("seed", [31, 32])
def test_generations_come_and_go_while_a_shop_edits(database: Connection, small: Settings, seed: int) -> None:
    writer = RandomWriter(small, seed, 1_500, without=(delete_product, change_key, touch_all))
    writer.fill(80)
    rebuild(small), rebuild(small)
    ensure_slot(database, small)
    rng, done = Random(seed), list[str]()
    sync = start_sync(small)
    try:
        with searching(small) as found:
            time.sleep(1)
            with writer:
                while writer.is_running():
                    point = rng.choice(POINTS)
                    done.append(f"rebuild killed at {point}")
                    kill_a_rebuild(point, small)
                    if rng.random() < 0.5:
                        sync.kill()
                        sync.wait()
                        sync = start_sync(small)
                        done.append("sync killed")
                    with suppress(GateRefused, LifecycleBusy, NoLiveGeneration, GenerationGone):
                        name = rng.choice(sorted(COMMANDS))
                        COMMANDS[name](small)
                        done.append(name)
        print(f"injected: {done}")
        assert min(found) > 20, f"a search found only {min(found)} products"
        print(f"checked: {len(found)} searches found {min(found)} to {max(found)} products")
    finally:
        sync.kill()
        sync.wait()
    with syncing(small):
        prove(small)
        with suppress(NoLiveGeneration):
            lifecycle.rollback(small)
        prove(small)


def test_a_truncate_between_the_gate_and_the_swap(database: Connection, small: Settings, shop: Shop) -> None:
    """It has no rows to name: everything is compared, the generation that has just passed the gate included."""
    for number in range(12):
        shop.product(images=[f"/{number}.svg"])
    rebuild(small)
    ensure_slot(database, small)

    def truncate(_index_name: str) -> Sequence[str]:
        database.execute("TRUNCATE product_images")
        wait_until_written(small)
        return []

    with syncing(small):
        rebuild(small, golden_queries=truncate)
        prove(small)
