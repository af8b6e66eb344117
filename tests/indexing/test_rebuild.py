"""A whole rebuild, by what its user gets: a right index, or the old one and a reason."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from opensearchpy import OpenSearch

from catalog.popularity import pivot_at
from catalog.popularity_fold import fetch_pivot
from core.clients import connect_database
from core.errors import Cancelled, GateRefused, LifecycleBusy, WriteBlocked
from core.settings import Settings
from core.types import ProductId
from indexing import generations, lifecycle, pairs, registry
from indexing.compare import Cause
from indexing.locks import Lock, hold
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.reconcile import reconcile
from indexing.registry import Connection
from indexing.run import Run
from tests.catalog.factory import Shop
from tests.faults.proxy import Proxy
from tests.indexing.conftest import fetch_searched, fetch_states
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


def fill(shop: Shop, products: int = 23) -> list[ProductId]:
    """Several pages of products, every third one with variations, some not searchable."""
    ids = [
        shop.product(
            f"商品{number}",
            brand="ソニー" if number % 2 else None,
            category=f"家電 > 種類{number % 4}",
            status="draft" if number % 7 == 6 else "active",
            variations=[{"attributes": {"色": ["赤"]}}, {"attributes": {"色": ["青"]}}] if number % 3 == 0 else (),
        )
        for number in range(products)
    ]
    for id in ids[:5]:
        shop.favorite(id)
    return ids


def poison(shop: Shop) -> ProductId:
    """A product that OpenSearch rejects: a keyword term over 32,766 bytes."""
    return shop.product("毒", attributes={"名" * 12_000: ["値"]})


def test_the_served_index_is_what_the_rows_make(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    seen: list[Progress] = []
    report = rebuild(small, on_progress=seen.append)
    assert_index_is_right(database, opensearch, small)
    assert fetch_searched(opensearch, small) == [report.generation.index_name]
    assert [phase for phase, _ in Counter(it.phase for it in seen).items()] == [
        "reading",
        "writing",
        "checking",
        "swapping",
    ]
    written = [it for it in seen if it.phase == "writing"]
    assert (written[0].done, written[-1].done, written[-1].total) == (0, 23, 23)
    assert (report.documents, report.gate.products, report.gate.repaired, report.gate.parked) == (20, 23, {}, 0)


def test_an_empty_catalog_gives_an_empty_index(opensearch: OpenSearch, small: Settings) -> None:
    report = rebuild(small)
    assert (report.documents, fetch_searched(opensearch, small)) == (0, [report.generation.index_name])


def test_the_index_says_what_its_queries_need_to_know(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    generation = rebuild(small).generation
    landmark, median = fetch_pivot(database)
    assert generation.pivot is not None
    assert pivot_at(generation.pivot, generation.created_at, landmark, 14.0) == pytest.approx(median)
    assert generations.fetch_meta(opensearch, generation.index_name) == {
        "generation_id": generation.id,
        "builder_version": 1,
        "normalizer_version": "1",
        "landmark": landmark.isoformat(),
        "pivot": generation.pivot,
        "half_life_days": 14.0,
    }


def test_a_served_generation_refreshes_again_and_has_its_replicas(opensearch: OpenSearch, small: Settings) -> None:
    name = rebuild(small).generation.index_name
    found = opensearch.indices.get_settings(index=name, params={"flat_settings": "true"})[name]["settings"]
    assert (found["index.refresh_interval"], found["index.number_of_replicas"]) == ("1s", "0")


def stop_after(pages: int) -> tuple[Callable[[Progress], None], Callable[[], bool]]:
    """Progress and stop of a rebuild that is stopped once that many pages are written."""
    written = 0

    def on_progress(progress: Progress) -> None:
        nonlocal written
        written += progress.phase == "writing" and progress.done > 0

    return on_progress, lambda: written >= pages


def interrupt(settings: Settings, pages: int) -> None:
    on_progress, should_stop = stop_after(pages)
    with pytest.raises(Cancelled):
        rebuild(settings.model_copy(update={"rebuild_workers": 1}), on_progress=on_progress, should_stop=should_stop)


def test_a_stopped_rebuild_goes_on_with_the_pages_that_are_left(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    live = rebuild(small).generation
    interrupt(small, pages=2)
    assert fetch_searched(opensearch, small) == [live.index_name]
    (building,) = registry.fetch_generations(database, [registry.State.BUILDING])
    before = fetch_written_versions(database)
    assert 2 <= len(before) < 5
    report = rebuild(small)
    assert report.generation.id == building.id
    assert before.items() <= fetch_written_versions(database).items(), "written pages are not written again"
    assert_index_is_right(database, opensearch, small)


def fetch_written_versions(connection: Connection) -> dict[tuple[int, int], int]:
    rows = connection.execute(
        "SELECT generation_id, page_no, written_version FROM tanaban.rebuild_pages "
        "JOIN tanaban.index_generations g ON g.id = generation_id "
        "WHERE written_at IS NOT NULL AND g.id = (SELECT max(id) FROM tanaban.index_generations)"
    )
    return {(generation, page): version for generation, page, version in rows}


@pytest.mark.parametrize(
    "change",
    ["builder_version = builder_version + 1", "normalizer_version = 'old'", "half_life_days = 3"],
)
def test_an_interrupted_generation_of_other_code_is_discarded(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop, change: str
) -> None:
    fill(shop)
    interrupt(small, pages=2)
    (old,) = registry.fetch_generations(database)
    database.execute(f"UPDATE tanaban.index_generations SET {change}")
    report = rebuild(small)
    assert report.generation.id != old.id
    assert fetch_states(database) == {old.id: "retired", report.generation.id: "live"}
    assert not opensearch.indices.exists(index=old.index_name)
    assert_index_is_right(database, opensearch, small)


def test_fresh_starts_over(database: Connection, small: Settings, shop: Shop) -> None:
    fill(shop)
    interrupt(small, pages=2)
    (old,) = registry.fetch_generations(database)
    assert rebuild(small, fresh=True).generation.id != old.id


def test_a_second_rebuild_is_refused_while_one_runs(small: Settings) -> None:
    with hold(small, Lock.REBUILD, "index rebuild"), pytest.raises(LifecycleBusy, match="tanaban index rebuild"):
        rebuild(small)


def test_a_rejected_document_is_a_dead_letter_and_refuses_the_swap_until_it_is_allowed(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    live = rebuild(small).generation
    bad = poison(shop)
    with pytest.raises(GateRefused, match=f"rejects 1 documents .{bad}.*--allow-dead-letters 1"):
        rebuild(small)
    assert fetch_searched(opensearch, small) == [live.index_name]
    ((product, error_type, attempts),) = database.execute(
        "SELECT product_id, error_type, attempts FROM tanaban.dead_letters"
    ).fetchall()
    assert (product, error_type, attempts) == (bad, "illegal_argument_exception", 2)
    (building,) = registry.fetch_generations(database, [registry.State.BUILDING])
    assert "--allow-dead-letters 1" in str(building.reason)
    report = rebuild(small, allow_dead_letters=1)
    assert (report.generation.id, report.gate.parked, report.documents) == (building.id, 1, 0)
    assert fetch_searched(opensearch, small) == [building.index_name]


def test_a_dead_letter_is_forgotten_once_its_product_is_mended(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    bad = poison(shop)
    with pytest.raises(GateRefused):
        rebuild(small)
    database.execute("UPDATE products SET attributes = '{}' WHERE id = %s", [bad])
    assert rebuild(small).gate.repaired == {"missing": 1}
    assert database.execute("SELECT count(*) FROM tanaban.dead_letters").fetchone() == (0,)
    assert_index_is_right(database, opensearch, small)


def test_two_dead_letters_do_not_pass_as_one(small: Settings, shop: Shop) -> None:
    poison(shop), poison(shop)
    with pytest.raises(GateRefused, match="rejects 2 documents"):
        rebuild(small, allow_dead_letters=1)


def test_what_changed_between_a_page_and_the_gate_is_repaired(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    ids = fill(shop)

    def change(progress: Progress) -> None:
        if progress.phase == "checking" and progress.done == 0:
            database.execute("UPDATE products SET name = '新しい名前' WHERE id = %s", [ids[0]])
            database.execute("DELETE FROM favorites")
            database.execute("DELETE FROM products WHERE id = ANY(%s)", [ids[1:3]])
            database.execute("UPDATE products SET status = 'draft' WHERE id = %s", [ids[3]])
            shop.product("あとから")

    report = rebuild(small, on_progress=change)
    assert report.gate.repaired == {"stale": 1, "ghost": 3, "missing": 1}
    assert_index_is_right(database, opensearch, small)


def test_a_rebuild_under_writers_serves_a_right_index(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    """Writers work until the gate begins; it repairs what they changed behind the pages' backs."""
    ids = fill(shop, 60)
    quiet = threading.Event()

    def write() -> None:
        with connect_database(small, autocommit=True) as connection:
            own = Shop(connection)
            number = 0
            while not quiet.is_set():
                number += 1
                id = ids[number % len(ids)]
                connection.execute("UPDATE products SET base_price = base_price + 1 WHERE id = %s", [id])
                if number % 5 == 0:
                    connection.execute("DELETE FROM products WHERE id = %s", [ids[-number % 50 - 1]])
                    own.product(sku=str(uuid4()), name=f"新着{number}")
                time.sleep(0.002)

    def watch(progress: Progress) -> None:
        if progress.phase == "checking" and not quiet.is_set():
            quiet.set()
            writer.join()

    writer = threading.Thread(target=write)
    writer.start()
    report = rebuild(small, on_progress=watch)
    assert sum(report.gate.repaired.values()) > 0
    assert_index_is_right(database, opensearch, small)


def test_writers_that_never_stop_do_not_keep_a_rebuild_from_going_live(
    opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    ids = fill(shop, 40)
    done = threading.Event()

    def write() -> None:
        with connect_database(small, autocommit=True) as connection:
            while not done.is_set():
                for id in ids:
                    connection.execute("UPDATE products SET base_price = base_price + 1 WHERE id = %s", [id])
                    time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        report = rebuild(small)
    finally:
        done.set()
        writer.join()
    assert fetch_searched(opensearch, small) == [report.generation.index_name]


def test_a_document_that_repair_does_not_mend_refuses_the_swap(
    opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    """A proxy that changes what is stored stands for every builder and writer that disagree."""
    fill(shop, 6)
    live = rebuild(small).generation
    with Proxy(small) as proxy:
        proxy.always("_bulk", lambda body, forward: forward(body.replace(b'"doc_hash":"', b'"doc_hash":"not ')))
        with pytest.raises(GateRefused, match="6 stale after 3 repairs"):
            rebuild(proxy.settings)
        assert len(proxy.bulks) == 2 + 2 * 3
    assert fetch_searched(opensearch, small) == [live.index_name]


def test_a_document_that_is_not_ours_refuses_the_swap(opensearch: OpenSearch, small: Settings, shop: Shop) -> None:
    fill(shop, 6)
    building = lifecycle.open_generation(small)
    opensearch.index(index=building.index_name, id="x", body={"name": "よそ者"})
    with pytest.raises(GateRefused, match="1 documents are not ours"):
        rebuild(small)


def test_golden_queries_can_refuse_the_swap(opensearch: OpenSearch, small: Settings, shop: Shop) -> None:
    fill(shop, 6)
    asked: list[str] = []

    def ask(index_name: str) -> list[str]:
        asked.append(index_name)
        assert opensearch.count(index=index_name)["count"] == 6
        return ["イヤホン finds nothing"]

    with pytest.raises(GateRefused, match="イヤホン finds nothing"):
        rebuild(small, golden_queries=ask)
    assert fetch_searched(opensearch, small) == []
    assert rebuild(small, golden_queries=lambda _: []).generation.index_name == asked[0]


def test_a_read_only_index_stops_the_rebuild_and_the_old_one_serves(
    opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    live = rebuild(small).generation
    building = lifecycle.open_generation(small)
    opensearch.indices.put_settings(index=building.index_name, body={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(WriteBlocked, match="disk is full"):
        rebuild(small)
    assert fetch_searched(opensearch, small) == [live.index_name]
    opensearch.indices.put_settings(index=building.index_name, body={"index.blocks.read_only_allow_delete": None})
    assert rebuild(small).generation.id == building.id


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


def test_pages_cover_every_id_once(database: Connection, small: Settings, shop: Shop) -> None:
    ids = sorted(fill(shop))
    building = lifecycle.open_generation(small)
    pages = registry.fetch_pages(database, building.id)
    assert (pages[0].after_id, pages[-1].through_id) == (None, None)
    assert [page.through_id for page in pages[:-1]] == [page.after_id for page in pages[1:]] == ids[4::5]
    assert building.products_total == 23


def test_products_that_came_after_the_plan_are_written_by_the_page_they_fall_into(
    database: Connection, opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop, 5)
    lifecycle.open_generation(small)
    for _ in range(40):
        shop.product(id=UUID(int=uuid4().int | (0xFFFF << 112)))
    report = rebuild(small)
    assert (report.documents, report.gate.repaired) == (45, {})
    assert_index_is_right(database, opensearch, small)


def test_a_pair_that_expires_is_replaced_and_its_page_read_again(
    database: Connection, small: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shop)
    real, drawn = pairs._take, []

    def take(connection: Connection, life_s: float) -> pairs.Pair:
        pair = real(connection, life_s)
        drawn.append(pair.version)
        return replace(pair, life_s=0.0) if len(drawn) == 1 else pair

    monkeypatch.setattr(pairs, "_take", take)
    report = rebuild(small)
    assert (report.documents, report.gate.repaired) == (20, {})
    assert drawn[0] not in fetch_written_versions(database).values()
