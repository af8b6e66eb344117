"""Work off a list with several threads, each with servers' connections of its own.

Threads: most of a page's time is spent in PostgreSQL and OpenSearch, outside Python's lock. What is not is done one
thread at a time, or in processes beside them (indexing.builders).
"""

import gc
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import Cancelled
from indexing.progress import ShouldStop

Item = TypeVar("Item")
Result = TypeVar("Result")

_POLL_S = 0.2

BUILDING = threading.Lock()
"""Held to build and pack documents. Python runs one thread at a time anyway; threads that fight over that instead of
waiting here cost half as much again (measured: 186 against 120 us of CPU a document)."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """A thread has ended, with what it died of."""

    error: BaseException | None


class _Pool(Generic[Item, Result]):
    def __init__(
        self, items: Iterable[Item], open_worker: Callable[[], AbstractContextManager[Callable[[Item], Result]]]
    ):
        self.todo: queue.SimpleQueue[Item] = queue.SimpleQueue()
        for item in items:
            self.todo.put(item)
        self.results: queue.SimpleQueue[Result | _Ended] = queue.SimpleQueue()
        self.stop = threading.Event()
        self._open_worker = open_worker

    def run(self) -> None:
        error: BaseException | None = None
        try:
            with self._open_worker() as work:
                while not self.stop.is_set():
                    self.results.put(work(self.todo.get_nowait()))
        except queue.Empty:
            pass
        except BaseException as raised:
            error = raised
            self.stop.set()
        self.results.put(_Ended(error))


@contextmanager
def few_collections() -> Iterator[None]:
    """Let Python's cycle collector run once per 50,000 new objects, and leave alone what is loaded already.

    A page makes tens of thousands of objects without a single cycle; looking for cycles among them and the modules
    again and again took a fifth of a rebuild's CPU time (measured: 140 against 112 us a product).
    """
    threshold = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()


def collect_seldom() -> None:
    """As `few_collections`, for good."""
    gc.freeze()
    gc.set_threshold(50_000, *gc.get_threshold()[1:])


def work_off(
    items: Iterable[Item],
    open_worker: Callable[[], AbstractContextManager[Callable[[Item], Result]]],
    workers: int,
    on_result: Callable[[Result], None],
    should_stop: ShouldStop,
) -> None:
    """Call a worker's function with each item; `on_result` runs in the caller's thread, in the order of completion.

    After the first error, or once `should_stop` says so, threads finish the item they have, and then it is raised.

    Raises: Cancelled; what a worker raised.
    """
    with few_collections():
        _work_off(_Pool(items, open_worker), workers, on_result, should_stop)


def _work_off(
    pool: _Pool[Item, Result], workers: int, on_result: Callable[[Result], None], should_stop: ShouldStop
) -> None:
    threads = [threading.Thread(target=pool.run, name=f"page-{n}", daemon=True) for n in range(workers)]
    for thread in threads:
        thread.start()
    running, errors, stopped = workers, [], False
    try:
        while running:
            if not stopped and should_stop():
                stopped = True
                pool.stop.set()
            try:
                result = pool.results.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if isinstance(result, _Ended):
                running -= 1
                errors += [result.error] if result.error else []
            else:
                on_result(result)
    finally:
        pool.stop.set()
    if errors:
        raise errors[0]
    if stopped:
        raise Cancelled("Stopped on request; the next rebuild goes on with the pages that are left.")
