"""Load a catalog file: streaming, batch by batch, each batch one transaction.

    with open("catalog.jsonl", "rb") as file:
        report = import_catalog(connection, file, slugify=romaji_slug)

Keyed by sku: a second import of the same file changes nothing. A bad line is named and left out, the rest is
loaded. An import that is interrupted has loaded some of its batches; run it again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import IO

import psycopg
from psycopg.rows import TupleRow

from catalog.import_batch import Batch
from catalog.import_reader import Given, read_batches
from catalog.import_references import References
from catalog.import_seen import SeenSkus
from core.errors import InvalidParameter

BAD_LINES_KEPT = 1_000
"""Bad lines that a report lists; all are counted and given to `on_bad`."""
_SHOWN_BYTES = 200
_TRIES = 3
"""Of a batch that PostgreSQL ended because it and another transaction waited for each other."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """`number` counts from 1; `line` is as it was read (of an overlong one, the beginning)."""

    number: int
    reason: str
    line: bytes


@dataclass(slots=True)
class ImportReport:
    """Products by what became of them, and the lines that were left out."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    pruned: int = 0
    bad_lines: int = 0
    bad: list[BadLine] = field(default_factory=list)
    """The first BAD_LINES_KEPT of them, with the beginning of each line."""
    prune_refused: str | None = None
    """Why nothing was pruned though it was asked for."""


def import_catalog(
    connection: psycopg.Connection[TupleRow],
    lines: IO[bytes],
    *,
    slugify: Callable[[str], str],
    partial: bool = False,
    prune_missing: bool = False,
    on_progress: Callable[[int], None] | None = None,
    on_bad: Callable[[BadLine], None] | None = None,
) -> ImportReport:
    """Load the lines of a binary file; memory is bounded whatever its size.

    `partial`: a line updates only the keys that it has, of a product that exists; listed variations are updated
    the same way. `prune_missing`: products that the file lacks are discontinued, but none when a bad line's sku
    cannot be read (it might be any of them) or no line is good. `slugify` gives the slug of a category whose line
    has none. `on_progress` gets the number of lines so far, `on_bad` each bad line.

    Wants an autocommit connection. Raises: InvalidParameter for `partial` with `prune_missing`.
    """
    if partial and prune_missing:
        raise InvalidParameter("partial and prune_missing exclude each other: a price feed does not list everything")
    with SeenSkus(connection) as seen:
        run = _Import(connection, References(connection, slugify), seen, partial, on_bad)
        for batch, read in read_batches(lines, run.refuse):
            run.load(batch)
            if on_progress:
                on_progress(read)
        if prune_missing:
            run.prune()
    return run.report


class _Import:
    """The state of one import."""

    def __init__(
        self,
        connection: psycopg.Connection[TupleRow],
        references: References,
        seen: SeenSkus,
        partial: bool,
        on_bad: Callable[[BadLine], None] | None,
    ) -> None:
        self._connection = connection
        self._references = references
        self._seen = seen
        self._partial = partial
        self._on_bad = on_bad
        self._now = datetime.now(UTC)
        self._has_nameless = False
        self.report = ImportReport()

    def refuse(self, number: int, raw: bytes, reason: str, sku: str | None = None) -> None:
        """Report a bad line; its sku, where it can be read, keeps the product from being pruned."""
        bad = BadLine(number, reason, raw)
        self.report.bad_lines += 1
        if len(self.report.bad) < BAD_LINES_KEPT:
            self.report.bad.append(replace(bad, line=raw[:_SHOWN_BYTES]))
        if self._on_bad:
            self._on_bad(bad)
        if sku is None:
            self._has_nameless = True

    def load(self, batch: list[Given]) -> None:
        """One transaction; what it did is reported once it is committed."""
        for left in reversed(range(_TRIES)):
            try:
                with self._connection.transaction():
                    done = Batch(self._connection, self._references, self._seen, self._partial, self._now)
                    done.load(batch)
                break
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                self._references.forget()
                if not left:
                    raise
        self.report.created += done.created
        self.report.updated += done.updated
        self.report.unchanged += done.unchanged
        for given, reason in sorted(done.refused, key=lambda refused: refused[0].number):
            self.refuse(given.number, given.raw, reason, given.sku)

    def prune(self) -> None:
        """Discontinue the products that no line names."""
        if self._has_nameless:
            self.report.prune_refused = "a bad line's sku cannot be read, and it might be any product"
        elif not self.report.created + self.report.updated + self.report.unchanged:
            self.report.prune_refused = "the file has no good line"
        else:
            self.report.pruned = self._seen.discontinue_others()
