"""Percentiles of one round, and medians with their spread over rounds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """What some rounds measured: the median counts, lowest and highest show how far to trust it."""

    median: float
    lowest: float
    highest: float
    rounds: int


def summarize(values: Sequence[float]) -> Figure:
    """
    >>> summarize([3.0, 1.0, 2.0])
    Figure(median=2.0, lowest=1.0, highest=3.0, rounds=3)
    """
    return Figure(median(values), min(values), max(values), len(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that `percent` of all do not exceed (nearest rank).

    >>> percentile([5.0, 1.0, 4.0, 2.0, 3.0], 50), percentile([1.0, 2.0], 95)
    (3.0, 2.0)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
