"""I1: every document is compared with PostgreSQL and mended; what is on its way, parked or not ours has its cause."""

import threading
from uuid import UUID, uuid4

import pytest
from opensearchpy import OpenSearch

from catalog.product import ProductRow
from core.errors import LifecycleBusy, NoLiveGeneration
from core.settings import Settings
from core.types import IndexVersion, ProductId
from indexing import dead_letters, proof
from indexing.compare import Cause
from indexing.dead_letters import Rejection
from indexing.documents import Document, build_document
from indexing.incremental import ChangeWriter
from indexing.locks import Lock, hold
from indexing.pairs import PairSource
from indexing.progress import Progress, never_stop
from indexing.proof import prove_served
from indexing.registry import Connection, Generation
from tests.catalog.factory import Shop
from tests.indexing.conftest import AddGeneration
from tests.indexing.proving import look, rename, repair
from tests.indexing.truth import assert_index_is_right

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("impatient")]


def test_a_generation_without_a_page_plan_is_compared_whole(
    database: Connection, small: Settings, stocked: list[ProductId]
) -> None:
    """As one is that was adopted after a restore."""
    database.execute("DELETE FROM tanaban.rebuild_pages")
    rename(database, stocked[3])
    found = look(small)
    assert (found.products, found.left.counts) == (12, {Cause.STALE: 1})


def test_a_catalog_that_has_outgrown_its_plan_is_compared_in_pages_of_today(
    small: Settings, shop: Shop, stocked: list[ProductId]
) -> None:
    assert max(stocked).int < 0xFFFF << 112
    for _ in range(30):
        shop.product(id=UUID(int=uuid4().int | (0xFFFF << 112)))
    reports: list[Progress] = []
    (found,) = prove_served(small, repair=False, on_progress=reports.append)
    assert (found.comparison.products, found.comparison.left.counts) == (42, {Cause.MISSING: 30})
    assert (reports[-1].done, reports[-1].total) == (42, 42)
    assert len([it for it in reports if it.phase == "checking"]) == 1 + 9, "one report at the start, one for each page"


def test_a_change_that_is_on_its_way_is_no_drift_and_one_that_is_lost_is(
    database: Connection,
    opensearch: OpenSearch,
    small: Settings,
    stocked: list[ProductId],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proof, "PATIENCE_S", 1.0)
    late, lost = sorted(stocked)[:2]
    rename(database, late, lost)
    worker = ChangeWriter(small, database, opensearch, never_stop)
    on_its_way = threading.Timer(0.4, lambda: worker.write(lambda _: [late], ()))
    on_its_way.start()
    found = repair(small).comparison
    on_its_way.join()
    worker.close()
    assert (found.repaired.counts, found.repaired.samples) == ({Cause.STALE: 1}, {Cause.STALE: [str(lost)]})


def test_an_index_that_lacks_everything_is_not_waited_for_page_by_page(
    database: Connection, small: Settings, stocked: list[ProductId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "PATIENCE_S", 1.0)
    rename(database, *stocked)
    single = small.model_copy(update={"rebuild_page_products": 1, "rebuild_workers": 1})
    (found,) = prove_served(single, repair=False)
    assert found.comparison.left.counts == {Cause.STALE: 12}
    assert 1 < found.seconds < 6


def test_a_row_that_makes_no_document_is_parked_and_stops_nothing(
    database: Connection, small: Settings, stocked: list[ProductId], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, other = stocked[:2]
    rename(database, bad, other)

    def build(row: ProductRow) -> Document:
        if row.id == str(bad):
            raise ValueError("no such row should be")
        return build_document(row)

    monkeypatch.setattr(dead_letters, "build_document", build)
    found = repair(small).comparison
    assert (found.left.counts, found.repaired.counts) == ({Cause.PARKED: 1}, {Cause.STALE: 1})
    assert database.execute("SELECT product_id, error_type, reason FROM tanaban.dead_letters").fetchall() == [
        (bad, "build_failed", "ValueError: no such row should be")
    ]


def test_a_dead_letter_that_is_parked_meanwhile_is_kept_and_one_that_is_right_is_forgotten(
    database: Connection, small: Settings, pairs: PairSource, live: Generation, stocked: list[ProductId]
) -> None:
    right, rejected_now = stocked[:2]
    with pairs.take() as (pair, _):
        for id in (right, rejected_now):
            dead_letters.park(database, live.id, pair.version, [Rejection(str(id), "old", "")])

    def park_meanwhile(progress: Progress) -> None:
        if progress.phase == "checking" and progress.done == 12:
            with pairs.take() as (pair, _):
                dead_letters.park(database, live.id, pair.version, [Rejection(str(rejected_now), "new", "")])

    prove_served(small, repair=True, on_progress=park_meanwhile)
    rows = database.execute("SELECT product_id, error_type FROM tanaban.dead_letters").fetchall()
    assert rows == [(rejected_now, "new")]


def test_an_older_rejection_that_arrives_late_does_not_make_a_dead_letter_older(
    database: Connection, live: Generation
) -> None:
    id = str(uuid4())
    for version in (10, 5):
        dead_letters.park(database, live.id, IndexVersion(version), [Rejection(id, "test", "")])
    dead_letters.unpark_older(database, live.id, IndexVersion(7))
    assert dead_letters.fetch_parked_ids(database, live.id) == {id}


def test_a_document_that_is_not_ours_is_drift(opensearch: OpenSearch, small: Settings, live: Generation) -> None:
    opensearch.index(index=live.index_name, id="x", body={"name": "よそ者"})
    assert repair(small).comparison.left.counts == {Cause.STRANGER: 1}


def test_both_served_generations_are_proved_the_live_one_first(
    database: Connection, small: Settings, stocked: list[ProductId], live: Generation, add_generation: AddGeneration
) -> None:
    second = add_generation()
    rename(database, stocked[0])
    proofs = prove_served(small, repair=True)
    assert [(it.generation.id, it.comparison.repaired.counts) for it in proofs] == [
        (second.id, {Cause.MISSING: 12}),
        (live.id, {Cause.STALE: 1}),
    ]


def test_an_index_of_another_version_is_left_alone(
    database: Connection, opensearch: OpenSearch, small: Settings, stocked: list[ProductId]
) -> None:
    """Every document of it would count as stale, and be rejected by its mapping."""
    database.execute("UPDATE tanaban.index_generations SET builder_version = builder_version + 1")
    rename(database, *stocked)
    found = repair(small)
    assert (found.is_clean, found.comparison.products) == (False, 0)
    with pytest.raises(AssertionError):
        assert_index_is_right(database, opensearch, small)


def test_one_reconcile_at_a_time_and_none_without_an_index(small: Settings) -> None:
    with pytest.raises(NoLiveGeneration, match="index rebuild"):
        prove_served(small, repair=False)
    with hold(small, Lock.RECONCILE, "index reconcile"), pytest.raises(LifecycleBusy, match="tanaban index reconcile"):
        prove_served(small, repair=False)
