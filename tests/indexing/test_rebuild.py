"""A whole rebuild, by what its user gets: a right index, or the old one and a reason."""

import threading
import time
from collections import Counter
from uuid import uuid4

import pytest
from opensearchpy import OpenSearch

from analyzers.normalizer import NORMALIZER_VERSION
from catalog.popularity import pivot_at
from catalog.popularity_fold import fetch_pivot
from core.clients import connect_database
from core.errors import LifecycleBusy, WriteBlocked
from core.settings import Settings
from indexing import generations, lifecycle
from indexing.documents import BUILDER_VERSION
from indexing.locks import Lock, hold
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.indexing.conftest import fetch_searched
from tests.indexing.stock import fill
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


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
        "builder_version": BUILDER_VERSION,
        "normalizer_version": NORMALIZER_VERSION,
        "landmark": landmark.isoformat(),
        "pivot": generation.pivot,
        "half_life_days": 14.0,
    }


def test_a_served_generation_refreshes_again_and_has_its_replicas(opensearch: OpenSearch, small: Settings) -> None:
    name = rebuild(small).generation.index_name
    found = opensearch.indices.get_settings(index=name, params={"flat_settings": "true"})[name]["settings"]
    assert (found["index.refresh_interval"], found["index.number_of_replicas"]) == ("1s", "0")


def test_a_second_rebuild_is_refused_while_one_runs(small: Settings) -> None:
    with hold(small, Lock.REBUILD, "index rebuild"), pytest.raises(LifecycleBusy, match="tanaban index rebuild"):
        rebuild(small)


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


def test_a_read_only_index_stops_the_rebuild_and_the_old_one_serves(
    opensearch: OpenSearch, small: Settings, shop: Shop
) -> None:
    fill(shop)
    live = rebuild(small).generation
    building = lifecycle.open_generation(small)
    opensearch.indices.put_settings(index=building.index_name, body={"index.blocks.write": True})
    with pytest.raises(WriteBlocked, match="read-only"):
        rebuild(small)
    assert fetch_searched(opensearch, small) == [live.index_name]
    opensearch.indices.put_settings(index=building.index_name, body={"index.blocks.write": None})
    assert rebuild(small).generation.id == building.id
