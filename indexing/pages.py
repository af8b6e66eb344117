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
from indexing.dead_letters import Rejection, try_build
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

    Memory: `rebuild_workers` x (a page of rows + one `_bulk` body), whatever the size of the catalog.
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
    work_off(pages, partial(_page_writer, run), run.settings.rebuild_workers, keep, run.should_stop)
    registry.set_built(connection, generation.id)
    return documents


@contextmanager
def _page_writer(run: Run) -> Iterator[Callable[[Page], WrittenPage]]:
    with closing(PairSource(run.settings)) as pairs:
        yield partial(_write_page, run, pairs, Writer(run.client, run.settings))


def _write_page(run: Run, pairs: PairSource, writer: Writer, page: Page) -> WrittenPage:
    """A page that has grown to more than twice its size since it was planned is written in parts."""
    result = WrittenPage(page)
    after: UUID | None = page.after_id
    while True:
        last = _write_part(run, pairs, writer, after, result)
        if last is None:
            return result
        after = last


def _write_part(run: Run, pairs: PairSource, writer: Writer, after: UUID | None, result: WrittenPage) -> UUID | None:
    """Write the next products behind `after`, counting into `result`; the last id, if there may be more."""
    limit = 2 * run.settings.rebuild_page_products
    for _ in range(_READS):
        with pairs.take() as (pair, connection):
            pair.target(run.generation.id)
            rows = fetch_product_rows(connection, after, result.page.through_id, limit)
        built = (it for it in map(try_build, rows) if isinstance(it, Rejection) or "tombstone" not in it)
        try:
            written = writer.write(pair, run.generation, built, int(time.time() * 1_000))
        except PairExpired:
            continue
        result.version = pair.version
        result.products += len(rows)
        result.written.add(written)
        return UUID(rows[-1].id) if len(rows) == limit else None
    raise PairExpired(
        f"Rows outlived TANABAN_BULK_TIMEOUT_S {_READS} times: OpenSearch is too slow. Raise it, or try later."
    )
