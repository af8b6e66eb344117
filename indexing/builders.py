"""Who builds the documents of a rebuild: its own threads, or processes beside it.

Python runs one thread at a time, so on many cores the building of words in one process is what a rebuild waits for.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from catalog.product import ProductRow
from core.errors import IndexingError
from core.settings import Settings
from core.types import IndexVersion
from indexing.packing import Packed, pack_rows
from indexing.parallel import BUILDING, collect_seldom

PackRows = Callable[[Sequence[ProductRow], frozenset[str], IndexVersion, int, int], Packed]
"""As `pack_rows`."""

_CORES_OF_SERVERS = 2
"""OpenSearch and PostgreSQL have more to do than we: where there are no more cores, processes gain nothing."""


def count_builders(settings: Settings) -> int:
    """Processes, 0 for threads: as set, else a core each beyond the servers', one for each page at a time at most."""
    if settings.rebuild_processes is not None:
        return settings.rebuild_processes
    return max(0, min(_count_cores() - _CORES_OF_SERVERS, settings.rebuild_workers))


def _count_cores() -> int:
    """That this process may use, where the system says so."""
    may_use = getattr(os, "sched_getaffinity", None)
    return len(may_use(0)) if may_use else os.cpu_count() or 1


@contextmanager
def open_builders(processes: int) -> Iterator[PackRows]:
    """What threads may call to have rows packed; processes end with the block, and with this process."""
    if not processes:
        yield _pack_in_thread
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_begin_process) as pool:

        def pack_in_process(
            rows: Sequence[ProductRow], fields: frozenset[str], version: IndexVersion, now_ms: int, size_bytes: int
        ) -> Packed:
            try:
                return pool.submit(pack_rows, rows, fields, version, now_ms, size_bytes).result()
            except BrokenProcessPool as error:
                raise IndexingError(
                    "A process that builds documents was killed, perhaps for want of memory. Start the rebuild again: "
                    "it goes on where it was. TANABAN_REBUILD_PROCESSES=0 needs none."
                ) from error

        yield pack_in_process


def _pack_in_thread(
    rows: Sequence[ProductRow], fields: frozenset[str], version: IndexVersion, now_ms: int, size_bytes: int
) -> Packed:
    with BUILDING:
        return pack_rows(rows, fields, version, now_ms, size_bytes)


def _begin_process() -> None:
    """Leave signals to the parent, and end with it, however it ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_seldom()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
