"""I3: the pages of a rebuild cover each product once; an interrupted rebuild goes on with those that are left."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from opensearchpy import OpenSearch

from core.errors import Cancelled
from core.settings import Settings
from indexing import lifecycle, pairs, registry
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.indexing.conftest import fetch_searched, fetch_states
from tests.indexing.stock import fill
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


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
