"""Dead letters are built and written again, once what made OpenSearch reject them is mended."""

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from core.clients import connect_database, create_opensearch
from core.settings import Settings
from indexing import dead_letters
from indexing.failures import clear_errors
from indexing.incremental import ChangeWriter
from indexing.progress import Meter, OnProgress, ShouldStop, ignore_progress, never_stop
from indexing.registry import Connection


@dataclass
class Replayed:
    """Products that were dead letters of some generation."""

    accepted: int = 0
    gone: int = 0
    """Their rows are deleted."""
    rejected: int = 0
    """Again, by at least one generation; the attempt is counted."""
    dropped: int = 0
    """Dead letters of generations that are not written any more."""


@clear_errors()
def replay(
    settings: Settings, *, on_progress: OnProgress = ignore_progress, should_stop: ShouldStop = never_stop
) -> Replayed:
    """Write every dead letter's product by the way of any other change, which parks and forgets dead letters.

    Raises: DatabaseDown, SearchDown, WriteBlocked, GenerationGone, PairExpired; what is done stays done.
    """
    with connect_database(settings, autocommit=True) as connection, create_opensearch(settings) as client:
        replayed = Replayed(dropped=dead_letters.unpark_unwritten(connection))
        meter = Meter("writing", dead_letters.count_parked_products(connection), 0, on_progress)
        with closing(ChangeWriter(settings, connection, client, should_stop)) as writer:
            after: UUID | None = None
            limit = settings.rebuild_page_products
            while True:
                select = partial(dead_letters.fetch_parked_products, after_id=after, limit=limit)
                ids = writer.write(select, ()).ids
                _count(connection, ids, replayed)
                meter.add(len(ids))
                if len(ids) < limit:
                    return replayed
                after = ids[-1]


def _count(connection: Connection, ids: tuple[UUID, ...], replayed: Replayed) -> None:
    rejected = dead_letters.filter_parked(connection, ids)
    rows = connection.execute("SELECT id FROM products WHERE id = ANY(%s)", [list(ids)])
    existing = {id for (id,) in rows}
    replayed.rejected += len(rejected)
    replayed.gone += len(set(ids) - existing - rejected)
    replayed.accepted += len(set(ids) & existing - rejected)
