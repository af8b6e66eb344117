"""Compares ranges of products with one generation: suspects are read again, drift is repaired and compared again."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from catalog.changed_products import fetch_changed_products
from catalog.product_rows import fetch_product_rows, fetch_product_rows_by_id
from core.errors import PairExpired
from indexing.compare import Cause, Expected, expect, expect_row, find_cause, find_suspects
from indexing.dead_letters import Built, Rejection, try_build
from indexing.documents import build_tombstone
from indexing.drift import Comparison
from indexing.pairs import Pair, PairSource
from indexing.parallel import BUILDING
from indexing.reader import fetch_stored, scan_stored
from indexing.registry import Page
from indexing.run import Run
from indexing.writer import Writer

REPAIR_ROUNDS = 3
"""Repairs of one document before its drift counts: a busy shop changes while it is compared (I9)."""

_SUSPECTS = 500
"""Suspects that are read again together."""


@dataclass(frozen=True, slots=True)
class _Truth:
    """Some products in one snapshot, and what they make."""

    pair: Pair
    built: dict[str, Built]

    def expect(self, id: str) -> Expected:
        return expect(self.built.get(id))


class Comparer:
    """Compares ranges on one connection."""

    def __init__(self, run: Run, pairs: PairSource, *, repair: bool, parked: frozenset[str], patience_s: float) -> None:
        """Drift of the products in `parked` counts as parked; nothing younger than `patience_s` is drift."""
        self._client, self._generation, self._pairs = run.client, run.generation, pairs
        self._repair, self._parked, self._patience_s = repair, parked, patience_s
        self._writer = Writer(run.client, run.settings)
        self._limit = 2 * run.settings.rebuild_page_products

    def compare_page(self, page: Page) -> Comparison:
        """A page that has grown is compared in parts."""
        result = Comparison()
        after = page.after_id
        while True:
            expected = self._expect_range(after, page.through_id)
            result.products += len(expected)
            result.walked += len(expected)
            ended = len(expected) < self._limit
            through = page.through_id if ended else UUID(next(reversed(expected)))
            self._compare_range(after, through, expected, result)
            if ended:
                return result
            after = through

    def compare_changed(self, since: datetime, page: Page) -> Comparison:
        with self._pairs.take() as (_, connection):
            walked, ids = fetch_changed_products(connection, page.after_id, page.through_id, since)
        result = Comparison(walked, len(ids))
        for start in range(0, len(ids), _SUSPECTS):
            self._settle([str(id) for id in ids[start : start + _SUSPECTS]], result)
        return result

    def _expect_range(self, after: UUID | None, through: UUID | None) -> dict[str, Expected]:
        with self._pairs.take() as (_, connection):
            rows = fetch_product_rows(connection, after, through, self._limit)
        with BUILDING:
            return {row.id: expect_row(row) for row in rows}

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
        open_ids = self._find_overdue(suspects)
        for repairs_left in reversed(range(REPAIR_ROUNDS + 1 if self._repair else 1)):
            if not open_ids:
                return
            truth = self._read(open_ids)
            drift = self._find_drift(truth, open_ids)
            for id in first_causes.keys() & set(open_ids) - drift.keys():
                result.repaired.add(id, first_causes[id])
            first_causes = drift | first_causes
            open_ids = self._write(truth, list(drift), result) if repairs_left else []
        for id, cause in drift.items():
            result.left.add(id, Cause.PARKED if id in self._parked else cause)

    def _find_overdue(self, suspects: Sequence[str]) -> Sequence[str]:
        """Those that a worker, which has seen the change as we have, does not mend while we wait.

        Waiting in vain halves the patience: the verdict is spoilt then, and an index that lacks everything is not
        waited for page by page.
        """
        if not (suspects and self._patience_s):
            return suspects
        truth = self._read(suspects)
        drift = self._find_drift(truth, suspects)
        if not drift:
            return []
        time.sleep(self._patience_s)
        overdue = self._find_drift(truth, list(drift))
        if len(overdue) == len(drift):
            self._patience_s /= 2
        return list(overdue)

    def _read(self, ids: Sequence[str]) -> _Truth:
        """Their rows in a fresh snapshot, and what they make."""
        with self._pairs.take() as (pair, connection):
            pair.target(self._generation.id)
            rows = fetch_product_rows_by_id(connection, [UUID(id) for id in ids])
        with BUILDING:
            return _Truth(pair, {row.id: try_build(row) for row in rows})

    def _find_drift(self, truth: _Truth, ids: Sequence[str]) -> dict[str, Cause]:
        """What is stored otherwise now. A version beyond the snapshot's is newer truth."""
        stored = fetch_stored(self._client, self._generation.index_name, ids)
        drift = {}
        for id in ids:
            cause = find_cause(truth.expect(id), stored.get(id))
            if cause and not (id in stored and stored[id].version > truth.pair.version):
                drift[id] = cause
        return drift

    def _write(self, truth: _Truth, ids: Sequence[str], result: Comparison) -> list[str]:
        """Write what should be there. Rejected documents are parked; returns the ids to compare again."""
        wanted = [truth.built.get(id) or build_tombstone(id) for id in ids]
        rejections: list[Rejection] = []
        with suppress(PairExpired):
            rejections = self._writer.write(truth.pair, self._generation, wanted, int(time.time() * 1_000)).rejections
        for rejection in rejections:
            result.rejections.append((truth.pair.version, rejection))
            result.left.add(rejection.product_id, Cause.PARKED)
        parked = {rejection.product_id for rejection in rejections}
        return [id for id in ids if id not in parked]
