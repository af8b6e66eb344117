"""`tanaban sync run` that kills itself: `python -m tests.faults.sync_process POINT [NTH]`.

Settings come from the environment. The points:
slot-made       the comparison that a new slot asks for is not stored
past-noticed    PostgreSQL was restored; the rebuild that it asks for is not stored
slot-told       it is stored; the rebuild under way is not void yet
snapshot-taken  rows are read, nothing is sent
mid-bulk        half of a `_bulk` is done
bulk-sent       all of it is, its answer is not read
parked          a dead letter is stored
before-ack      the batch is durable, its position is not
fanout-stored   a fan-out is stored, nothing else of its batch is done
page-half       half of a page of a fan-out is written
page-unmarked   a page of a fan-out is written, its cursor is old
before-forget   documents are new, the caches are old
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from catalog.cache_invalidation import CacheInvalidation
from cli.sync_commands import run_sync
from indexing import dead_letters, fanout, jobs, lifecycle, sync
from indexing.live_lane import LiveLane
from indexing.writer import Writer

Condition = Callable[..., object]


def kill_at_call(
    owner: Any, name: str, nth: int, after: bool, counts: Condition = lambda *_: True, first: Condition | None = None
) -> None:
    """Die before or after the nth call of `owner.name` for which `counts`; `first` is done before dying."""
    real = getattr(owner, name)
    calls = 0

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += bool(counts(*args))
        is_last = calls == nth and bool(counts(*args))
        if is_last and first is not None:
            first(real, *args)
        result = real(*args, **kwargs) if after or not is_last else None
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, call)


def send_half(real: Callable[..., object], writer: Writer, alias: str, items: list[Any]) -> None:
    if len(items) > 1:
        real(writer, alias, items[: len(items) // 2])


def in_fanout_lane(*_: Any) -> bool:
    return threading.current_thread().name.startswith("fan-out")


def has_rejections(*args: Any) -> bool:
    return bool(args[-1])


def arm(point: str, nth: int) -> None:
    match point:
        case "slot-made":
            kill_at_call(sync, "ensure_slot", nth, after=True)
        case "slot-told":
            kill_at_call(lifecycle, "fail_building", nth, after=False)
        case "past-noticed":
            kill_at_call(jobs, "enqueue_reindex", nth, after=False)
        case "snapshot-taken":
            kill_at_call(Writer, "write", nth, after=False)
        case "mid-bulk":
            kill_at_call(Writer, "_send", nth, after=False, first=send_half)
        case "bulk-sent":
            kill_at_call(Writer, "_send", nth, after=True)
        case "parked":
            kill_at_call(dead_letters, "park", nth, after=True, counts=has_rejections)
        case "before-ack":
            kill_at_call(LiveLane, "take_batch", nth, after=True)
        case "fanout-stored":
            kill_at_call(fanout, "store_fanouts", nth, after=True)
        case "page-half":
            kill_at_call(Writer, "_send", nth, after=False, first=send_half, counts=in_fanout_lane)
        case "page-unmarked":
            kill_at_call(fanout, "move_cursor", nth, after=False)
        case "before-forget":
            kill_at_call(CacheInvalidation, "products_changed", nth, after=False)
        case _:
            raise SystemExit(f"no such point: {point}")


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    run_sync()
