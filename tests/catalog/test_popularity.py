"""Forward decay is plain exponential decay, without ever touching what is stored."""

import math
import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.popularity import (
    PIVOT_MAX,
    POPULARITY_MAX,
    POPULARITY_MIN,
    pivot_at,
    pivot_at_landmark,
    round_popularity,
    weigh_event,
)

LANDMARK = datetime(2026, 1, 1, tzinfo=UTC)
days = st.floats(-300, 300).map(lambda count: LANDMARK + timedelta(days=count))
events = st.lists(st.tuples(st.floats(0.5, 100), days), min_size=1, max_size=20)


@given(events, st.floats(0.1, 1_000), days, st.floats(5, 100))
def test_a_saturation_against_the_moved_pivot_is_what_decay_at_now_gives(
    shop_events: list[tuple[float, datetime]], pivot: float, now: datetime, half_life: float
) -> None:
    """popularity / (popularity + pivot), as the query scores it, whenever it is asked."""
    stored = sum(weigh_event(weight, at, LANDMARK, half_life) for weight, at in shop_events)
    moved = pivot_at(pivot, now, LANDMARK, half_life)
    decayed = sum(weight * 0.5 ** ((now - at) / timedelta(days=half_life)) for weight, at in shop_events)
    assert stored / (stored + moved) == pytest.approx(decayed / (decayed + pivot), rel=1e-6)


@given(st.floats(0, allow_infinity=True))
def test_whatever_is_stored_fits_a_rank_feature(total: float) -> None:
    popularity = round_popularity(total)
    if total == 0:
        assert popularity is None
        return
    assert popularity is not None
    assert POPULARITY_MIN <= popularity <= POPULARITY_MAX
    as_float = struct.unpack("f", struct.pack("f", popularity))[0]
    assert as_float >= 2**-126  # a normal float, as Lucene wants it


@given(st.floats(1e-3, 1e6), days, st.floats(5, 100))
def test_the_pivot_of_a_generation_is_its_median_again_when_it_is_built(
    median: float, now: datetime, half_life: float
) -> None:
    stored = pivot_at_landmark(median, now, LANDMARK, half_life)
    assert pivot_at(stored, now, LANDMARK, half_life) == pytest.approx(median)


@given(st.floats(1e-30, 1e30))
def test_rounding_keeps_three_digits_and_is_stable(total: float) -> None:
    popularity = round_popularity(total)
    assert popularity is not None
    assert popularity == pytest.approx(total, rel=0.0051)
    assert round_popularity(popularity) == popularity
    assert len(f"{popularity:e}".rstrip("0").split("e")[0].replace(".", "").rstrip("0")) <= 3


@pytest.mark.parametrize("year", [1, 1970, 2026, 9999])
def test_no_time_overflows(year: int) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC)
    assert 0 < weigh_event(1e6, at, LANDMARK, half_life_days=0.01) < math.inf
    assert 0 < pivot_at(1.0, at, LANDMARK, half_life_days=0.01) <= PIVOT_MAX
