"""Prove that a generation is the function of PostgreSQL, and repair it where it is not (I1).

Both sides are walked range by range in id order, with the ids and hashes of one range in memory. What differs is
only a suspect: its rows are read again in a fresh snapshot, and its document by a realtime get. What then still
differs is drift, repaired by the versioned write and compared again.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from catalog.product_rows import fetch_product_rows, fetch_product_rows_by_id
from core.errors import PairExpired
from core.types import IndexVersion
from indexing import registry
from indexing.compare import Cause, Expected, expect, find_cause, find_suspects
from indexing.documents import Document, build_document, build_tombstone
from indexing.pairs import Pair, PairSource
from indexing.parallel import work_off
from indexing.progress import Meter
from indexing.reader import fetch_stored, scan_stored
from indexing.registry import Page, Rejection
from indexing.run import Run
from indexing.writer import Writer

REPAIR_ROUNDS = 3
"""Repairs of one document before its drift counts: a busy shop changes while it is compared (I9)."""

_SUSPECTS = 500
"""Suspects that are read again together."""

_SAMPLES = 10
"""Ids that a report names for each cause."""


@dataclass
class Drift:
    """How many documents, and the first few ids of them, by cause."""

    counts: Counter[Cause] = field(default_factory=Counter)
    samples: dict[Cause, list[str]] = field(default_factory=dict)

    def add(self, id: str, cause: Cause) -> None:
        self.counts[cause] += 1
        sample = self.samples.setdefault(cause, [])
        if len(sample) < _SAMPLES:
            sample.append(id)

    def merge(self, other: "Drift") -> None:
        self.counts.update(other.counts)
        for cause, ids in other.samples.items():
            self.samples[cause] = (self.samples.get(cause, []) + ids)[:_SAMPLES]


@dataclass
class Comparison:
    """What comparing a range, or a whole generation, found."""

    products: int = 0
    repaired: Drift = field(default_factory=Drift)
    left: Drift = field(default_factory=Drift)
    """Drift that no round of repair ended, and all drift when nothing is repaired."""
    rejections: list[tuple[IndexVersion, Rejection]] = field(default_factory=list)
    """Documents that OpenSearch rejects; they are in `left` as parked."""

    def merge(self, other: "Comparison") -> None:
        self.products += other.products
        self.repaired.merge(other.repaired)
        self.left.merge(other.left)
        self.rejections += other.rejections


def reconcile(run: Run, repair: bool) -> Comparison:
    """Compare every product with the generation, several ranges at a time.

    With `repair`, rejected documents become dead letters, and dead letters that are right or gone are forgotten.
    Without it nothing changes, and drift of dead letters counts as parked.

    Raises: Cancelled, GenerationGone, WriteBlocked, SearchDown.
    """
    connection, generation = run.connection, run.generation
    meter = Meter("checking", generation.products_total or 0, 0, run.on_progress)
    total = Comparison()
    parked = registry.fetch_parked_ids(connection, generation.id)

    def keep(result: Comparison) -> None:
        for version, rejection in result.rejections:
            registry.park(connection, generation.id, version, [rejection])
        total.merge(result)
        meter.add(result.products)

    pages = registry.fetch_pages(connection, generation.id)
    work_off(pages, partial(_page_comparer, run, repair, parked), run.settings.rebuild_workers, keep, run.should_stop)
    if repair:
        registry.unpark_all_but(connection, generation.id, [it.product_id for _, it in total.rejections])
    return total


@contextmanager
def _page_comparer(run: Run, repair: bool, parked: frozenset[str]) -> Iterator[Callable[[Page], Comparison]]:
    with closing(PairSource(run.settings)) as pairs:
        yield _Comparer(run, repair, parked, pairs).compare_page


class _Comparer:
    """Compares ranges on one connection."""

    def __init__(self, run: Run, repair: bool, parked: frozenset[str], pairs: PairSource) -> None:
        self._client, self._generation, self._building, self._pairs = run.client, run.generation, run.building, pairs
        self._repair, self._parked = repair, parked
        self._writer = Writer(run.client, run.settings, run.building)
        self._limit = 2 * run.settings.rebuild_page_products

    def compare_page(self, page: Page) -> Comparison:
        """A page that has grown is compared in parts."""
        result = Comparison()
        after = page.after_id
        while True:
            expected = self._expect_range(after, page.through_id)
            result.products += len(expected)
            ended = len(expected) < self._limit
            through = page.through_id if ended else UUID(next(reversed(expected)))
            self._compare_range(after, through, expected, result)
            if ended:
                return result
            after = through

    def _expect_range(self, after: UUID | None, through: UUID | None) -> dict[str, Expected]:
        with self._pairs.take() as (_, connection):
            rows = fetch_product_rows(connection, after, through, self._limit)
        with self._building:
            return {row.id: expect(build_document(row)) for row in rows}

    def _compare_range(
        self, after: UUID | None, through: UUID | None, expected: dict[str, Expected], result: Comparison
    ) -> None:
        bounds = [None if id is None else str(id) for id in (after, through)]
        stored = scan_stored(self._client, self._generation.index_name, *bounds)
        suspects: list[str] = []
        for id in find_suspects(expected, stored):
            suspects.append(id)
            if len(suspects) == _SUSPECTS:
                self._settle(suspects, result)
                suspects = []
        self._settle(suspects, result)

    def _settle(self, suspects: Sequence[str], result: Comparison) -> None:
        """Read suspects again; repair what drifts and compare it again, until nothing drifts or the rounds are over."""
        first_causes: dict[str, Cause] = {}
        open_ids = list(suspects)
        for repairs_left in reversed(range(REPAIR_ROUNDS + 1 if self._repair else 1)):
            if not open_ids:
                return
            pair, documents, drift = self._read_again(open_ids)
            for id in first_causes.keys() & set(open_ids) - drift.keys():
                result.repaired.add(id, first_causes[id])
            first_causes = drift | first_causes
            open_ids = self._write(pair, documents, list(drift), result) if repairs_left else []
        for id, cause in drift.items():
            is_parked = not self._repair and id in self._parked
            result.left.add(id, Cause.PARKED if is_parked else cause)

    def _read_again(self, ids: Sequence[str]) -> tuple[Pair, dict[str, Document], dict[str, Cause]]:
        """Their documents in a fresh snapshot, and what drifts. A version beyond the snapshot's is newer truth."""
        with self._pairs.take() as (pair, connection):
            pair.target(self._generation.id)
            rows = fetch_product_rows_by_id(connection, [UUID(id) for id in ids])
        documents = {row.id: build_document(row) for row in rows}
        stored = fetch_stored(self._client, self._generation.index_name, ids)
        drift = {}
        for id in ids:
            cause = find_cause(expect(documents.get(id)), stored.get(id))
            if cause and not (id in stored and stored[id].version > pair.version):
                drift[id] = cause
        return pair, documents, drift

    def _write(self, pair: Pair, documents: dict[str, Document], ids: Sequence[str], result: Comparison) -> list[str]:
        """Write what should be there. Rejected documents are parked; returns the ids to compare again."""
        wanted = [documents.get(id) or build_tombstone(id) for id in ids]
        rejections: list[Rejection] = []
        with suppress(PairExpired):
            rejections = self._writer.write(pair, self._generation, wanted, int(time.time() * 1_000)).rejections
        for rejection in rejections:
            result.rejections.append((pair.version, rejection))
            result.left.add(rejection.product_id, Cause.PARKED)
        parked = {rejection.product_id for rejection in rejections}
        return [id for id in ids if id not in parked]
