"""A random shop edits while `tanaban sync run` is killed again and again: after quiet the indices are right."""

import time
from random import Random

import pytest

from core.settings import Settings
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.faults.edits import truncate_images
from tests.faults.oracle import prove
from tests.faults.processes import start_sync, sync_log, syncing
from tests.faults.random_writer import RandomWriter
from tests.indexing.conftest import AddGeneration

pytestmark = pytest.mark.live

LONG = [pytest.param(seed, 1_500, marks=pytest.mark.slow_faults) for seed in (2, 3, 4)]


@pytest.mark.parametrize(("seed", "steps"), [(1, 200), *LONG])
def test_killed_at_random_moments(
    database: Connection, small: Settings, add_generation: AddGeneration, seed: int, steps: int
) -> None:
    """The slot is there from the start and nothing is truncated, so no comparison mends what the stream loses."""
    add_generation(), add_generation()
    ensure_slot(database, small)
    writer = RandomWriter(small, seed, steps, without=(truncate_images,))
    writer.fill()
    kills, rng = 0, Random(seed)
    with writer:
        while writer.is_running():
            process = start_sync(small)
            time.sleep(rng.uniform(2.5, 5))
            process.kill()
            process.wait()
            kills += 1
    print(f"injected: SIGKILL of sync run, {kills} times")
    with syncing(small):
        prove(small)
    assert "compared with PostgreSQL" not in sync_log(small).read_text()


@pytest.mark.slow_faults
@pytest.mark.parametrize("seed", [11, 12])
def test_a_storm_without_faults(
    database: Connection, small: Settings, add_generation: AddGeneration, seed: int
) -> None:
    """Nothing but the writer, faster, with every kind of change."""
    add_generation(), add_generation()
    ensure_slot(database, small)
    writer = RandomWriter(small, seed, 3_000, pause_s=0, sessions=6)
    writer.fill()
    with syncing(small), writer:
        pass
    with syncing(small):
        prove(small, limit_s=240)
