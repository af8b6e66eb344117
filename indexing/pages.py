"""The pages of a rebuild: read a range of products in a snapshot of its own, build, write, mark as written."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from catalog.product_rows import fetch_product_rows
from core.errors import PairExpired
from core.types import IndexVersion
from indexing import dead_letters, registry
from indexing.builders import PackRows, count_builders, open_builders
from indexing.pairs import PairSource
from indexing.parallel import work_off
from indexing.progress import Meter
from indexing.registry import Page
from indexing.run import Run
from indexing.writer import Writer, Written

_READS = 5
"""Times that rows are read anew because their pair expired before OpenSearch took them."""


@dataclass
class WrittenPage:
    """A page whose documents are all durable or rejected."""

    page: Page
    version: IndexVersion | None = None
    """Of its last part."""
    products: int = 0
    written: Written = field(default_factory=Written)


def write_pages(run: Run) -> int:
    """Write the pages that are not written yet, several at a time. Returns how many documents that were.

    Memory: `rebuild_workers` x a page, of rows and as `_bulk` bodies, whatever the size of the catalog.
    """
    connection, generation = run.connection, run.generation
    done = sum(page.products for page in registry.fetch_pages(connection, generation.id, written=True))
    meter = Meter("writing", generation.products_total or 0, done, run.on_progress)
    documents = 0

    def keep(result: WrittenPage) -> None:
        nonlocal documents
        written = result.written
        assert result.version is not None
        dead_letters.park(connection, generation.id, result.version, written.rejections)
        registry.mark_page_written(
            connection, generation.id, result.page, result.version, written.documents, written.size_bytes
        )
        documents += written.documents
        meter.add(result.products)

    pages = registry.fetch_pages(connection, generation.id, written=False)
    with open_builders(count_builders(run.settings)) as pack_rows:
        work_off(pages, partial(_page_writer, run, pack_rows), run.settings.rebuild_workers, keep, run.should_stop)
    registry.set_built(connection, generation.id)
    return documents


@contextmanager
def _page_writer(run: Run, pack_rows: PackRows) -> Iterator[Callable[[Page], WrittenPage]]:
    with closing(PairSource(run.settings)) as pairs:
        yield _PageWriter(run, pairs, pack_rows).write


class _PageWriter:
    """Of one thread."""

    def __init__(self, run: Run, pairs: PairSource, pack_rows: PackRows) -> None:
        self._run, self._pairs, self._pack_rows = run, pairs, pack_rows
        self._writer = Writer(run.client, run.settings)

    def write(self, page: Page) -> WrittenPage:
        """A page that has grown to more than twice its size since it was planned is written in parts."""
        result = WrittenPage(page)
        after: UUID | None = page.after_id
        while True:
            last = self._write_part(after, result)
            if last is None:
                return result
            after = last

    def _write_part(self, after: UUID | None, result: WrittenPage) -> UUID | None:
        """Write the next products behind `after`, counting into `result`; the last id, if there may be more."""
        settings, generation = self._run.settings, self._run.generation
        limit = 2 * settings.rebuild_page_products
        fields = self._writer.fetch_fields(generation)
        for _ in range(_READS):
            with self._pairs.take() as (pair, connection):
                pair.target(generation.id)
                rows = fetch_product_rows(connection, after, result.page.through_id, limit)
            now_ms = int(time.time() * 1_000)
            packed = self._pack_rows(rows, fields, pair.version, now_ms, settings.bulk_request_bytes)
            try:
                written = self._writer.send(pair, generation, packed)
            except PairExpired:
                continue
            result.version = pair.version
            result.products += len(rows)
            result.written.add(written)
            return UUID(rows[-1].id) if len(rows) == limit else None
        raise PairExpired(
            f"Rows outlived TANABAN_BULK_TIMEOUT_S {_READS} times: OpenSearch is too slow. Raise it, or try later."
        )
