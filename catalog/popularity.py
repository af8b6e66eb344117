"""Popularity by forward decay (I12): time passing changes no stored number and no document. Pure.

Each event weighs `weight * 2 ** ((time - landmark) / half_life)`: later events weigh more, instead of earlier ones
less. A product's popularity is the sum, a query compares it with a pivot moved to `now` by the same factor, so all
that matters is the ratio. After G. Cormode et al., "Forward Decay: A Practical Time Decay Model for Streaming
Systems" (ICDE 2009). catalog/popularity_fold.py computes the same in SQL; a test compares the two.
"""

import math
from datetime import datetime, timedelta

POPULARITY_MIN = 1.18e-38
"""The smallest normal float with three digits: `rank_feature` refuses zero, negatives and subnormal numbers."""

POPULARITY_MAX = 3e38
"""The largest value tried as `rank_feature` on OpenSearch 3.8; a float ends at 3.4e38."""

PIVOT_MAX = 1e37
"""The largest `saturation.pivot` that was seen to score as expected."""

EXPONENT_LIMIT = 900
"""Half-lives from the landmark at which an event stops moving: 2 ** 900 can still be summed as a double."""


def weigh_event(weight: float, at: datetime, landmark: datetime, half_life_days: float) -> float:
    """What an event adds to its product's popularity.

    >>> landmark = datetime(2026, 1, 1)
    >>> weigh_event(10, landmark + timedelta(days=14), landmark, half_life_days=14)
    20.0
    """
    return weight * math.exp2(_half_lives(at, landmark, half_life_days))


def round_popularity(total: float) -> float | None:
    """As stored and indexed: three significant digits, within what `rank_feature` takes; None for nothing.

    Sums in another order, and moves too small to matter, come out equal and rewrite no document.

    >>> round_popularity(123_456.0), round_popularity(0.0), round_popularity(1e300)
    (123000.0, None, 3e+38)
    """
    if total <= 0:
        return None
    return float(f"{min(max(total, POPULARITY_MIN), POPULARITY_MAX):.2e}")


def pivot_at(pivot: float, now: datetime, landmark: datetime, half_life_days: float) -> float:
    """The pivot stored with a generation, moved to `now` as every event of today is.

    >>> landmark = datetime(2026, 1, 1)
    >>> pivot_at(5.0, landmark + timedelta(days=28), landmark, half_life_days=14)
    20.0
    """
    moved = pivot * math.exp2(_half_lives(now, landmark, half_life_days))
    return min(max(moved, POPULARITY_MIN), PIVOT_MAX)


def pivot_at_landmark(median: float, now: datetime, landmark: datetime, half_life_days: float) -> float:
    """What a generation stores: the median popularity of `now` moved back, so that `pivot_at` gives it again.

    >>> landmark = datetime(2026, 1, 1)
    >>> pivot_at_landmark(20.0, landmark + timedelta(days=28), landmark, half_life_days=14)
    5.0
    """
    return median * math.exp2(-_half_lives(now, landmark, half_life_days))


def _half_lives(at: datetime, landmark: datetime, half_life_days: float) -> float:
    distance = (at - landmark) / timedelta(days=half_life_days)
    return max(-EXPONENT_LIMIT, min(distance, EXPONENT_LIMIT))
