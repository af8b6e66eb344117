"""Prove that a generation is the function of PostgreSQL, and repair it where it is not (I1).

Both sides are walked range by range in id order, with the ids and hashes of one range in memory. What differs is
only a suspect: its rows are read again in a fresh snapshot, and its document by a realtime get. What then still
differs is drift, repaired by the versioned write and compared again.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial

from core.types import IndexVersion
from indexing import dead_letters, past, registry
from indexing.comparer import Comparer
from indexing.drift import Comparison
from indexing.pairs import PairSource
from indexing.parallel import work_off
from indexing.progress import Meter
from indexing.registry import Page
from indexing.run import Run


def reconcile(run: Run, repair: bool, patience_s: float = 0, since: datetime | None = None) -> Comparison:
    """Compare every product with the generation, several ranges at a time.

    The ranges are cut from the catalog as it is now: a rebuild's plan is old, and an adopted generation has none.
    With `repair`, rejected documents become dead letters, and dead letters that are right or gone are forgotten.
    Without it nothing changes, and drift of dead letters counts as parked. What comes right within `patience_s` was
    only on its way. With `since`, only products are compared that rows say were changed since.

    Raises: Cancelled, GenerationGone, WriteBlocked, SearchDown.
    """
    connection, generation, settings = run.connection, run.generation, run.settings
    drawn = IndexVersion(past.fetch_drawn_version(connection))
    parked = frozenset() if repair else dead_letters.fetch_parked_ids(connection, generation.id)
    meter = Meter("checking", registry.count_products(connection), 0, run.on_progress)
    total = Comparison()

    def keep(result: Comparison) -> None:
        for version, rejection in result.rejections:
            dead_letters.park(connection, generation.id, version, [rejection])
        total.merge(result)
        meter.add(result.walked)

    @contextmanager
    def open_comparer() -> Iterator[Callable[[Page], Comparison]]:
        with closing(PairSource(settings)) as pairs:
            comparer = Comparer(run, pairs, repair=repair, parked=parked, patience_s=patience_s)
            yield partial(comparer.compare_changed, since) if since else comparer.compare_page

    pages = registry.cut_pages(connection, settings.rebuild_page_products)
    work_off(pages, open_comparer, settings.rebuild_workers, keep, run.should_stop)
    if repair and since is None:
        dead_letters.unpark_older(connection, generation.id, drawn)
    return total
