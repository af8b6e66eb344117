"""Trying again: what a change needs is done in the end, or the position does not move (I6)."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from core.errors import Cancelled, DatabaseDown, DependencyDown, IndexingError
from indexing.failures import clear_errors
from indexing.progress import ShouldStop

Result = TypeVar("Result")

log = structlog.get_logger("indexing.sync")

PAUSES_S = (0.1, 0.5, 2.0, 5.0)
"""Between tries of what failed, the last one again and again."""

_POLL_S = 0.2


def insist(work: Callable[[], Result], should_stop: ShouldStop) -> Result:
    """Try until OpenSearch takes it. Raises: Cancelled; DatabaseDown, for which everything is connected anew."""
    failures = 0
    while True:
        try:
            with clear_errors():
                return work()
        except (Cancelled, DatabaseDown):
            raise
        except (DependencyDown, IndexingError) as trouble:
            if failures < len(PAUSES_S):
                log.warning("OpenSearch takes no changes; they wait", reason=str(trouble))
            failures += 1
            pause_after(failures, should_stop)
        if should_stop():
            raise Cancelled("Stopped while OpenSearch took no changes; they are read again.")


def pause(seconds: float, should_stop: ShouldStop) -> None:
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s and not should_stop():
        time.sleep(min(_POLL_S, seconds))


def pause_after(failures: int, should_stop: ShouldStop) -> None:
    """The pause that follows so many failures in a row, cut short by `should_stop`."""
    pause(PAUSES_S[min(failures, len(PAUSES_S)) - 1], should_stop)
