"""Several ChangeWriters behind one call: a few products are written in the caller's thread, many in parallel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from types import MappingProxyType
from uuid import UUID

from opensearchpy import OpenSearch

from core.settings import Settings
from core.types import IndexVersion
from indexing.incremental import ChangeWriter
from indexing.insist import insist
from indexing.progress import ShouldStop
from indexing.registry import Connection

OnWritten = Callable[[IndexVersion, Mapping[UUID, int]], None]
"""Hears of each write: its version, and when the change of each product was committed (ms), where that is known."""

_LEAST_PART, _MOST_PART = 100, 500
"""Products of one request: fewer are not worth it, more take memory from each writer."""


class ChangeWriters:
    """Tries until OpenSearch takes it. One caller at a time."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        client: OpenSearch,
        writers: int,
        lane: str,
        should_stop: ShouldStop,
        on_written: OnWritten = lambda *_: None,
    ) -> None:
        """`writers` threads, named after the lane."""
        self._writers, self._should_stop, self._on_written = writers, should_stop, on_written
        self._threads = ThreadPoolExecutor(writers, lane)
        self._idle: SimpleQueue[ChangeWriter] = SimpleQueue()
        for _ in range(writers):
            self._idle.put(ChangeWriter(settings, connection, client, should_stop))

    def close(self) -> None:
        self._threads.shutdown()
        while not self._idle.empty():
            self._idle.get().close()

    def write(
        self, ids: Sequence[UUID], xids: Sequence[int] = (), committed_ms: Mapping[UUID, int] = MappingProxyType({})
    ) -> None:
        """As ChangeWriter.write, with all products durable on return. Raises: Cancelled, DatabaseDown."""
        parts = _split(ids, self._writers)
        write = partial(self._write, xids, committed_ms)
        _ = list(self._threads.map(write, parts)) if len(parts) > 1 else [write(part) for part in parts]

    def wait_until_visible(self, xids: Sequence[int]) -> None:
        """As ChangeWriter.wait_until_visible."""
        with self._take() as writer:
            writer.wait_until_visible(xids)

    def _write(self, xids: Sequence[int], committed_ms: Mapping[UUID, int], ids: Sequence[UUID]) -> None:
        with self._take() as writer:
            written = insist(lambda: writer.write(lambda _: ids, xids, committed_ms), self._should_stop)
            self._on_written(written.version, {id: committed_ms[id] for id in ids if id in committed_ms})

    @contextmanager
    def _take(self) -> Iterator[ChangeWriter]:
        writer = self._idle.get()
        try:
            yield writer
        finally:
            self._idle.put(writer)


def _split(ids: Sequence[UUID], writers: int) -> list[Sequence[UUID]]:
    """Parts of equal size, as many for each writer, so that none is the last one working."""
    rounds = -(-len(ids) // (_MOST_PART * writers))
    size = max(_LEAST_PART, -(-len(ids) // (rounds * writers or 1)))
    return [ids[start : start + size] for start in range(0, len(ids), size)]
