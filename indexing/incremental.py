"""Writes what changed into every written generation: a straight walk from ids to durable documents (I2 to I6).

ids -> one pair that sees their changes -> rows -> documents or tombstones -> versioned `_bulk` to each target.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from opensearchpy import OpenSearch

from catalog.product_rows import fetch_product_rows_by_id
from core.errors import Cancelled, GenerationGone, PairExpired
from core.settings import Settings
from indexing import registry
from indexing.documents import Document, build_document, build_tombstone
from indexing.pairs import Pair, PairSource
from indexing.progress import ShouldStop
from indexing.registry import Connection
from indexing.writer import Writer

Select = Callable[[Connection], Sequence[UUID]]
"""The products to write, asked inside the pair's snapshot."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.002, 0.05
"""A commit is announced some milliseconds before snapshots see it (I4)."""

_VISIBLE = """
SELECT coalesce(bool_and(pg_visible_in_snapshot(full_xid::text::xid8, snapshot)), true)
FROM (SELECT pg_current_snapshot() AS snapshot) now, unnest(%s::bigint[]) AS full_xid
"""


@dataclass(frozen=True, slots=True)
class WrittenChange:
    """What one call wrote."""

    ids: tuple[UUID, ...]
    targets: int
    parked: int


class ChangeWriter:
    """On connections of its own. One thread, one writer; the version makes several of them safe together."""

    def __init__(self, settings: Settings, connection: Connection, client: OpenSearch, should_stop: ShouldStop) -> None:
        """`connection`, in autocommit, is for dead letters only."""
        self._connection = connection
        self._pairs = PairSource(settings)
        self._writer = Writer(client, settings)
        self._should_stop = should_stop

    def close(self) -> None:
        self._pairs.close()

    def write(
        self, select: Select, xids: Collection[int], committed_ms: Mapping[UUID, int] | None = None
    ) -> WrittenChange:
        """Write the products that `select` names, once all of `xids` (64 bits) are visible; durable on return.

        Rejected documents are parked. What has no row any more becomes a tombstone.

        Raises: Cancelled; DatabaseDown, SearchDown, WriteBlocked: nothing is lost, call it again.
        """
        while True:
            pair, ids, documents = self._read(select, list(xids), committed_ms or {})
            try:
                return self._write(pair, ids, documents)
            except (PairExpired, GenerationGone):
                continue

    def wait_until_visible(self, xids: Collection[int]) -> None:
        """Return once every later snapshot sees all of them. Raises: Cancelled, DatabaseDown."""
        self._read(lambda _: (), list(xids), {})

    def _read(
        self, select: Select, xids: list[int], committed_ms: Mapping[UUID, int]
    ) -> tuple[Pair, Sequence[UUID], list[Document]]:
        wait_s = _FIRST_WAIT_S
        while True:
            with self._pairs.take() as (pair, connection):
                if _all_visible(connection, xids):
                    ids = select(connection)
                    rows = fetch_product_rows_by_id(connection, ids)
                    break
            if self._should_stop():
                raise Cancelled("Stopped while a transaction was not visible yet; its change is read again.")
            time.sleep(wait_s)
            wait_s = min(_LONGEST_WAIT_S, 2 * wait_s)
        built = {row.id: build_document(row) for row in rows}
        documents = [built.get(str(id)) or build_tombstone(str(id)) for id in ids]
        for id, document in zip(ids, documents, strict=True):
            if id in committed_ms:
                document["committed_at"] = committed_ms[id]
        return pair, ids, documents

    def _write(self, pair: Pair, ids: Sequence[UUID], documents: list[Document]) -> WrittenChange:
        parked = 0
        for generation in pair.targets:
            rejections = self._writer.write(pair, generation, documents, int(time.time() * 1_000)).rejections
            registry.park(self._connection, generation.id, pair.version, rejections)
            rejected = {rejection.product_id for rejection in rejections}
            registry.unpark(self._connection, generation.id, [id for id in ids if str(id) not in rejected])
            parked += len(rejections)
        return WrittenChange(tuple(ids), len(pair.targets), parked)


def _all_visible(connection: Connection, xids: list[int]) -> bool:
    row = connection.execute(_VISIBLE, [xids]).fetchone()
    assert row is not None
    return bool(row[0])


def fetch_xid_horizon(connection: Connection) -> int:
    """A 64-bit transaction id of now, which `extend_xid` measures from."""
    row = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
    assert row is not None
    return int(row[0])


def extend_xid(xid: int, horizon: int) -> int:
    """The 64-bit id of which the WAL has the low half: the one nearest to `horizon`.

    >>> extend_xid(5, 7), extend_xid(9, 7), extend_xid(0xFFFF_FFF0, 0x1_0000_0005), extend_xid(3, 0x2_FFFF_FFFF)
    (5, 9, 4294967280, 12884901891)
    """
    distance = ((xid & 0xFFFF_FFFF) - horizon) & 0xFFFF_FFFF
    return horizon + (distance if distance < 2**31 else distance - 2**32)
