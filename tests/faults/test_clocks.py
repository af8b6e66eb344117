"""Clocks that are an hour off: times are only shown. What is newer is told by versions, ages by the monotonic clock."""

import time
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing.incremental import ChangeWriter
from indexing.pairs import PairSource
from indexing.progress import never_stop
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live

SetClock = Callable[[float], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Moves this process's wall clock by so many hours."""
    real = time.time

    def set_by(hours: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + 3_600 * hours)
        print(f"injected: the clock is {hours:+} h off")

    return set_by


@pytest.mark.parametrize("hours", [(1, 0, -1), (-1, 0, 1)], ids=["goes back", "goes ahead"])
def test_the_newest_row_wins_whatever_the_clock_of_its_writer(
    database: Connection,
    opensearch: OpenSearch,
    small: Settings,
    shop: Shop,
    set_clock: SetClock,
    hours: tuple[float, ...],
) -> None:
    product = shop.product()
    set_clock(hours[0])
    rebuild(small)
    for hour in hours:
        set_clock(hour)
        with closing(ChangeWriter(small, database, opensearch, never_stop)) as writer:
            database.execute("UPDATE products SET base_price = base_price + 1")
            committed_ms: dict[UUID, int] = {product: int((time.time() + 7_200) * 1e3)}  # PostgreSQL is off by more
            writer.write(lambda _: [product], (), committed_ms)
        assert_index_is_right(database, opensearch, small)


def test_a_pair_neither_expires_nor_lives_longer_by_a_clock_that_is_set(pairs: PairSource, set_clock: SetClock) -> None:
    with pairs.take() as (pair, _):
        pass
    for hours in (1, -1):
        set_clock(hours)
        pair.check_age()
