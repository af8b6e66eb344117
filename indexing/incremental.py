"""Writes what changed into every written generation: a straight walk from ids to durable documents (I2 to I6).

ids -> one pair that sees their changes -> rows -> documents or tombstones -> versioned `_bulk` to each target.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from opensearchpy import OpenSearch

from catalog.product import ProductRow
from catalog.product_rows import fetch_product_rows_by_id
from core.errors import Cancelled, GenerationGone, IndexingError, PairExpired, SearchDown
from core.settings import Settings
from core.types import GenerationId, IndexVersion
from indexing import dead_letters, fanout, lifecycle
from indexing.changes import Fanout
from indexing.dead_letters import Built, Rejection, try_build
from indexing.documents import build_tombstone
from indexing.pairs import Pair, PairSource
from indexing.parallel import BUILDING
from indexing.progress import ShouldStop
from indexing.registry import Connection, Generation, State
from indexing.writer import Writer

log = structlog.get_logger("indexing.sync")

Select = Callable[[Connection], Sequence[UUID]]
"""The products to write, asked inside the pair's snapshot."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.002, 0.05
"""A commit is announced some milliseconds before snapshots see it (I4)."""

_SUSPICIOUS_S = 5.0
"""After that long a wait it is asked whether the transaction can exist at all."""

_READS = 5
"""Times that rows are read anew because their pair expired or a generation was pruned meanwhile."""

_UNWRITABLE_S = 60.0
"""How long a generation that nobody searches may hold up changes before it is given up (I3)."""

_VISIBLE = """
SELECT coalesce(bool_and(pg_visible_in_snapshot(full_xid::text::xid8, snapshot)), true)
FROM (SELECT pg_current_snapshot() AS snapshot) now, unnest(%s::bigint[]) AS full_xid
"""


@dataclass(frozen=True, slots=True)
class WrittenChange:
    """What one call wrote."""

    version: IndexVersion
    ids: tuple[UUID, ...]
    parked: int


@dataclass(frozen=True, slots=True)
class _Read:
    """Some products in one snapshot, and what they make."""

    pair: Pair
    ids: Sequence[UUID]
    built: list[Built]


class ChangeWriter:
    """On connections of its own. One thread, one writer; the version makes several of them safe together."""

    def __init__(self, settings: Settings, connection: Connection, client: OpenSearch, should_stop: ShouldStop) -> None:
        """`connection`, in autocommit, is for dead letters and fan-outs only."""
        self._settings, self._connection = settings, connection
        self._pairs = PairSource(settings)
        self._writer = Writer(client, settings)
        self._should_stop = should_stop
        self._unwritable_since_s: dict[GenerationId, float] = {}

    def close(self) -> None:
        self._pairs.close()

    def write(
        self, select: Select, xids: Collection[int], committed_ms: Mapping[UUID, int] | None = None
    ) -> WrittenChange:
        """Write the products that `select` names, once all of `xids` (64 bits) are visible; durable on return.

        Rejected documents are parked. What has no row any more becomes a tombstone.

        Raises: Cancelled; DatabaseDown, SearchDown, WriteBlocked, GenerationGone, PairExpired: nothing is lost, call
        it again.
        """
        reads = 0
        while True:
            reads += 1
            try:
                return self._write(self._read(select, list(xids), committed_ms or {}))
            except (PairExpired, GenerationGone):
                if reads == _READS:
                    raise

    def wait_until_visible(self, xids: Collection[int]) -> None:
        """Return once every later snapshot sees all of them. Raises: Cancelled, DatabaseDown."""
        self._read(lambda _: (), list(xids), {})

    def _read(self, select: Select, xids: list[int], committed_ms: Mapping[UUID, int]) -> _Read:
        wait_s, started_s = _FIRST_WAIT_S, time.monotonic()
        while True:
            with self._pairs.take() as (pair, connection):
                visible = _all_visible(connection, xids)
                if visible:
                    ids = select(connection)
                    rows = fetch_product_rows_by_id(connection, ids)
            if visible:
                return _build(pair, ids, rows, committed_ms)
            if self._should_stop():
                raise Cancelled("Stopped while a transaction was not visible yet; its change is read again.")
            time.sleep(wait_s)
            wait_s = min(_LONGEST_WAIT_S, 2 * wait_s)
            if time.monotonic() - started_s > _SUSPICIOUS_S:
                xids, started_s = self._drop_lost(xids), time.monotonic()

    def _drop_lost(self, xids: list[int]) -> list[int]:
        """Without those that are not even assigned yet: they are of a past that PostgreSQL has lost, and what they
        changed is unknown, so everything is compared."""
        row = self._connection.execute("SELECT pg_current_xact_id()::text").fetchone()
        assert row is not None
        possible = [xid for xid in xids if xid <= int(row[0])]
        if len(possible) < len(xids):
            log.warning("Transactions of a lost past are not waited for; every index is compared", xids=xids)
            fanout.store_fanouts(self._connection, [(Fanout.RECONCILE, None)], possible)
        return possible

    def _write(self, read: _Read) -> WrittenChange:
        parked = 0
        for generation in sorted(read.pair.targets, key=lambda it: it.state is not State.LIVE):
            try:
                parked += self._write_to(generation, read)
                self._unwritable_since_s.pop(generation.id, None)
            except (SearchDown, IndexingError) as trouble:
                if generation.state is State.LIVE or not self._give_up(generation, trouble):
                    raise
        return WrittenChange(read.pair.version, tuple(read.ids), parked)

    def _write_to(self, generation: Generation, read: _Read) -> int:
        rejections = self._writer.write(read.pair, generation, read.built, int(time.time() * 1_000)).rejections
        dead_letters.park(self._connection, generation.id, read.pair.version, rejections)
        rejected = {UUID(rejection.product_id) for rejection in rejections}
        accepted = [id for id in read.ids if id not in rejected]
        dead_letters.unpark(self._connection, generation.id, read.pair.version, accepted)
        return len(rejections)

    def _give_up(self, generation: Generation, trouble: Exception) -> bool:
        """A generation that nobody searches must not hold up the one that is: after a while it is failed."""
        since_s = self._unwritable_since_s.setdefault(generation.id, time.monotonic())
        if time.monotonic() - since_s < _UNWRITABLE_S:
            return False
        lifecycle.fail(self._settings, generation.id, f"it could not be written: {trouble}")
        return True


def _build(pair: Pair, ids: Sequence[UUID], rows: Sequence[ProductRow], committed_ms: Mapping[UUID, int]) -> _Read:
    with BUILDING:
        built = {row.id: try_build(row) for row in rows}
    read = _Read(pair, ids, [built.get(text) or build_tombstone(text) for text in map(str, ids)])
    for id, each in zip(ids, read.built, strict=True):
        if id in committed_ms and not isinstance(each, Rejection):
            each["committed_at"] = committed_ms[id]
    return read


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
