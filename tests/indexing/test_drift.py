"""I1: what a comparison calls drift, by cause, and what it leaves alone."""

from typing import Any

import pytest
from opensearchpy import OpenSearch

from core.settings import Settings
from indexing import registry
from indexing.compare import Cause
from indexing.rebuild import rebuild
from indexing.reconcile import reconcile
from indexing.registry import Connection
from indexing.run import Run
from tests.catalog.factory import Shop
from tests.indexing.stock import fill, poison
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


def make_run(settings: Settings, connection: Connection, client: OpenSearch) -> Run:
    (live,) = registry.fetch_generations(connection, [registry.State.LIVE])
    return Run(settings, connection, client, live, lambda _: None, lambda: False)


def test_reconcile_names_drift_by_cause_and_changes_nothing_unless_asked(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    ids = fill(shop)
    live = rebuild(small).generation
    gone, hidden, renamed, lost = (str(id) for id in ids[:4])
    database.execute("DELETE FROM favorites")
    database.execute("DELETE FROM products WHERE id = %s", [gone])
    database.execute("UPDATE products SET published_at = NULL WHERE id = %s", [hidden])
    database.execute("UPDATE products SET name = '改名' WHERE id = %s", [renamed])
    opensearch.delete(index=live.index_name, id=lost, params={"refresh": "true"})
    run = make_run(small, database, opensearch)
    found = reconcile(run, repair=False).left
    assert found.counts == {Cause.GHOST: 2, Cause.STALE: 1, Cause.MISSING: 1}
    assert {cause: sorted(sample) for cause, sample in found.samples.items()} == {
        Cause.GHOST: sorted([gone, hidden]),
        Cause.STALE: [renamed],
        Cause.MISSING: [lost],
    }
    assert reconcile(run, repair=False).left.counts.total() == 4
    mended = reconcile(run, repair=True)
    assert (mended.repaired.counts, mended.left.counts.total()) == (found.counts, 0)
    assert_index_is_right(database, opensearch, small)
    assert reconcile(run, repair=False).left.counts.total() == 0


def test_reconcile_without_repair_names_dead_letters_and_leaves_them(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop, 3)
    bad = poison(shop)
    rebuild(small, allow_dead_letters=1)
    found = reconcile(make_run(small, database, opensearch), repair=False).left
    assert (found.counts, found.samples) == ({Cause.PARKED: 1}, {Cause.PARKED: [str(bad)]})
    assert database.execute("SELECT product_id FROM tanaban.dead_letters").fetchall() == [(bad,)]


def test_a_tombstone_of_a_product_that_is_not_searchable_is_no_drift(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    ids = fill(shop)
    live = rebuild(small).generation
    database.execute("DELETE FROM products WHERE id = %s", [ids[9]])
    run = make_run(small, database, opensearch)
    reconcile(run, repair=True)
    assert opensearch.get(index=live.index_name, id=str(ids[9]))["_source"]["tombstone"] is True
    opensearch.indices.refresh(index=live.index_name)
    assert reconcile(run, repair=False).left.counts.total() == 0


def test_newer_truth_in_the_index_is_no_drift(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    """A worker may have written a newer snapshot's document while we compare with ours."""
    ids = fill(shop, 3)
    live = rebuild(small).generation
    source: dict[str, Any] = {"id": str(ids[0]), "doc_hash": "newer", "doc_version": 10**12}
    opensearch.index(
        index=live.index_name,
        id=str(ids[0]),
        body=source,
        params={"version": 10**12, "version_type": "external_gte", "refresh": "true"},
    )
    assert reconcile(make_run(small, database, opensearch), repair=False).left.counts.total() == 0
