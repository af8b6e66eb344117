"""I1: the index is proved against PostgreSQL. I5: old tombstones go. What is found is remembered and told."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from opensearchpy import OpenSearch

from catalog.product import ProductRow
from core.errors import Cancelled, LifecycleBusy, NoLiveGeneration
from core.settings import Settings
from core.types import IndexVersion, ProductId
from indexing import dead_letters, generations, proof
from indexing.compare import Cause
from indexing.dead_letters import Rejection
from indexing.documents import Document, build_document, build_tombstone
from indexing.drift import Comparison
from indexing.incremental import ChangeWriter
from indexing.locks import Lock, hold
from indexing.pairs import PairSource
from indexing.progress import Progress, never_stop
from indexing.proof import Proof, fetch_last_proof, is_proof_due, prove_served
from indexing.rebuild import rebuild
from indexing.registry import Connection, Generation
from indexing.writer import Writer
from tests.catalog.factory import Shop
from tests.indexing.conftest import AddGeneration, now_ms
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on its way in these tests, but for those that say so."""
    monkeypatch.setattr(proof, "PATIENCE_S", 0.0)


def repair(settings: Settings) -> Proof:
    (found,) = prove_served(settings, repair=True)
    return found


def look(settings: Settings, since: datetime | None = None) -> Comparison:
    (found,) = prove_served(settings, repair=False, since=since)
    return found.comparison


@pytest.fixture
def stocked(shop: Shop, small: Settings, live: Generation) -> list[ProductId]:
    """A dozen products in an index that is live and right."""
    ids = [
        shop.product(f"商品{number}", brand="ソニー", category="家電 > 音響", variations=[{"stock": 1}])
        for number in range(12)
    ]
    found = repair(small)
    assert (found.generation.id, found.comparison.repaired.counts) == (live.id, {Cause.MISSING: 12})
    return ids


def rename(database: Connection, *ids: UUID) -> None:
    database.execute("UPDATE products SET name = '改名' WHERE id = ANY(%s)", [list(ids)])


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


# What changed since

CHANGES: dict[str, Callable[[Shop, ProductId], object]] = {
    "product": lambda shop, id: shop.database.execute("UPDATE products SET base_price = 777 WHERE id = %s", [id]),
    "variation": lambda shop, id: shop.database.execute(
        "UPDATE product_variations SET stock_quantity = 9 WHERE product_id = %s", [id]
    ),
    "image": lambda shop, id: shop.insert("product_images", product_id=id, image_url="/new.svg"),
    "review": lambda shop, id: shop.review(id, rating=5),
    "popularity": lambda shop, id: shop.database.execute(
        "INSERT INTO tanaban.product_popularity (product_id, popularity) VALUES (%s, 5)", [id]
    ),
    "brand": lambda shop, _: shop.database.execute("UPDATE brands SET name = 'ソニーグループ'"),
    "seller": lambda shop, _: shop.database.execute("UPDATE sellers SET company_name = '新棚番'"),
    "category above": lambda shop, _: shop.database.execute("UPDATE categories SET name = '電器' WHERE name = '家電'"),
    "hidden": lambda shop, id: shop.database.execute("UPDATE products SET status = 'draft' WHERE id = %s", [id]),
}


def test_what_changed_since_is_compared(
    small: Settings, shop: Shop, database: Connection, stocked: list[ProductId]
) -> None:
    for name, change in CHANGES.items():
        before = now(database)
        change(shop, stocked[4])
        found = look(small, since=before)
        touched = 12 if name in ("brand", "seller", "category above") else 1
        assert (name, found.products, found.walked) == (name, touched, 12)
        assert found.left.counts.total() == touched, name
        prove_served(small, repair=True, since=before)
        assert look(small).left.counts == {}, name


def now(database: Connection) -> datetime:
    row = database.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def test_what_was_deleted_since_is_not_seen_and_nothing_is_proved(
    small: Settings, database: Connection, stocked: list[ProductId]
) -> None:
    proofs = database.execute("SELECT count(*) FROM tanaban.index_proofs").fetchone()
    before = now(database)
    database.execute("DELETE FROM products WHERE id = %s", [stocked[0]])
    assert look(small, since=before).left.counts == {}
    assert database.execute("SELECT count(*) FROM tanaban.index_proofs").fetchone() == proofs
    assert look(small).left.counts == {Cause.GHOST: 1}


def test_repair_since_mends_what_changed_and_forgets_no_other_dead_letter(
    small: Settings, database: Connection, opensearch: OpenSearch, live: Generation, stocked: list[ProductId]
) -> None:
    dead_letters.park(database, live.id, IndexVersion(1), [Rejection(str(stocked[1]), "old", "")])
    before = now(database)
    rename(database, stocked[0])
    (found,) = prove_served(small, repair=True, since=before)
    assert found.comparison.repaired.counts == {Cause.STALE: 1}
    assert_index_is_right(database, opensearch, small)
    assert dead_letters.fetch_parked_ids(database, live.id) == {str(stocked[1])}


# What is remembered


def test_a_proof_is_remembered(
    small: Settings, database: Connection, live: Generation, stocked: list[ProductId]
) -> None:
    clean_before = fetch_last_proof(database, live.id).clean_at
    rename(database, *stocked[:3])
    database.execute("DELETE FROM products WHERE id = %s", [stocked[3]])
    look(small)
    assert fetch_last_proof(database, live.id) == proof.LastProof(4, clean_before)
    repair(small)
    (last,) = database.execute(
        "SELECT products, found, repaired, remaining, repairs FROM tanaban.index_proofs ORDER BY id DESC LIMIT 1"
    ).fetchall()
    assert last == (11, {"stale": 3, "ghost": 1}, 4, 0, True)
    found = fetch_last_proof(database, live.id)
    assert found.remaining == 0
    assert clean_before is not None
    assert found.clean_at is not None
    assert found.clean_at > clean_before


def test_a_proof_that_is_stopped_is_none(
    small: Settings, database: Connection, live: Generation, stocked: list[ProductId]
) -> None:
    before = fetch_last_proof(database, live.id)
    rename(database, stocked[0])
    with pytest.raises(Cancelled):
        prove_served(small, repair=False, should_stop=lambda: True)
    assert fetch_last_proof(database, live.id) == before


def test_a_proof_is_due_after_its_time_and_the_gate_is_one(small: Settings, database: Connection) -> None:
    assert not is_proof_due(database, 1), "nothing is served yet"
    live = rebuild(small).generation
    assert fetch_last_proof(database, live.id).clean_at
    assert not is_proof_due(database, 3_600)
    database.execute("UPDATE tanaban.index_proofs SET finished_at = finished_at - interval '61 minutes'")
    assert is_proof_due(database, 3_600)
    assert not is_proof_due(database, 0), "0 is never"
    look(small)
    assert is_proof_due(database, 3_600), "one that repairs nothing does not put it off"
    repair(small)
    assert not is_proof_due(database, 3_600)


# Tombstones


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
