"""How far long work is: done, rate and time to go."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["reading", "writing", "checking", "swapping"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One report. `total` is an estimate while the catalog changes; a rate needs some work to be known."""

    phase: Phase
    done: int
    total: int
    rate_per_s: float | None = None
    eta_s: float | None = None


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def never_stop() -> bool:
    return False


def ignore_progress(_: Progress) -> None:
    pass


class Meter:
    """Counts products of one phase; those that a former run did count as done, but not for the rate."""

    def __init__(self, phase: Phase, total: int, done: int, report: OnProgress) -> None:
        self._phase: Phase = phase
        self._total, self._before, self._done = total, done, done
        self._report = report
        self._started_s = time.monotonic()
        report(Progress(phase, done, total))

    def add(self, products: int) -> None:
        """Count and report."""
        self._done += products
        seconds = time.monotonic() - self._started_s
        rate = (self._done - self._before) / seconds if seconds > 0 else None
        left = max(0, self._total - self._done)
        self._report(Progress(self._phase, self._done, self._total, rate, left / rate if rate else None))
