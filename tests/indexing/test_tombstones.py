"""I5: a tombstone goes once nothing written before it can arrive any more, and never a product with it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from core.types import ProductId
from indexing import generations
from indexing.compare import Cause
from indexing.documents import build_tombstone
from indexing.incremental import ChangeWriter
from indexing.pairs import PairSource
from indexing.progress import never_stop
from indexing.registry import Connection, Generation
from indexing.writer import Writer
from tests.indexing.conftest import now_ms
from tests.indexing.proving import look, repair
from tests.indexing.truth import assert_index_is_right

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("impatient")]


def fetch_tombstones(client: OpenSearch, index_name: str) -> set[str]:
    generations.refresh_index(client, index_name)
    hits = client.search(index=index_name, body={"size": 100, "query": {"term": {"tombstone": True}}})["hits"]["hits"]
    return {hit["_id"] for hit in hits}


def age_proofs(database: Connection, settings: Settings) -> None:
    """Let 2 D pass for what was proved until now."""
    database.execute(
        "UPDATE tanaban.index_proofs SET started_at = started_at - make_interval(secs => %s)",
        [2 * settings.bulk_timeout_s],
    )


def test_a_tombstone_goes_once_a_proof_that_saw_it_started_two_d_ago(
    small: Settings, database: Connection, opensearch: OpenSearch, live: Generation, stocked: list[ProductId]
) -> None:
    old, young = str(stocked[0]), str(stocked[1])
    database.execute("DELETE FROM products WHERE id = %s", [old])
    assert repair(small).comparison.repaired.counts == {Cause.GHOST: 1}
    age_proofs(database, small)
    assert repair(small).purged == 0, "the proof that wrote it started before it was written"
    age_proofs(database, small)
    database.execute("DELETE FROM products WHERE id = %s", [young])
    look(small)
    assert fetch_tombstones(opensearch, live.index_name) == {old}, "only a repair changes something"
    assert repair(small).purged == 1
    assert fetch_tombstones(opensearch, live.index_name) == {young}
    assert_index_is_right(database, opensearch, small)


def test_a_tombstone_is_not_older_for_a_clock_that_is_behind(
    small: Settings,
    database: Connection,
    opensearch: OpenSearch,
    pairs: PairSource,
    live: Generation,
) -> None:
    repair(small)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    age_proofs(database, small)
    with pairs.take() as (pair, _):
        pass
    Writer(opensearch, small).write(pair, live, [build_tombstone(str(uuid4()))], int(hour_ago.timestamp() * 1_000))
    assert repair(small).purged == 0
    assert len(fetch_tombstones(opensearch, live.index_name)) == 1


def test_a_product_that_has_become_real_again_outlives_the_purge_of_its_tombstone(
    small: Settings,
    database: Connection,
    opensearch: OpenSearch,
    live: Generation,
    stocked: list[ProductId],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The purge lists the tombstones, then the product is shown again, then the delete arrives."""
    hidden, gone = stocked[:2]
    database.execute("UPDATE products SET status = 'draft' WHERE id = ANY(%s)", [[hidden, gone]])
    for _ in range(2):
        repair(small)
        age_proofs(database, small)
    real_purge = Writer.purge

    def show_before_purge(self: Writer, *arguments: Any) -> None:
        database.execute("UPDATE products SET status = 'active' WHERE id = %s", [hidden])
        worker = ChangeWriter(small, database, opensearch, never_stop)
        worker.write(lambda _: [hidden], ())
        worker.close()
        real_purge(self, *arguments)

    monkeypatch.setattr(Writer, "purge", show_before_purge)
    assert repair(small).purged == 2
    assert not opensearch.exists(index=live.index_name, id=str(gone))
    assert_index_is_right(database, opensearch, small)


def test_two_purges_of_one_tombstone_are_no_trouble(
    small: Settings, opensearch: OpenSearch, pairs: PairSource, live: Generation
) -> None:
    id = str(uuid4())
    with pairs.take() as (pair, _):
        pass
    writer = Writer(opensearch, small)
    writer.write(pair, live, [build_tombstone(id)], now_ms())
    for _ in range(2):
        writer.purge(pair, live, [(id, pair.version)])
    assert fetch_tombstones(opensearch, live.index_name) == set()
