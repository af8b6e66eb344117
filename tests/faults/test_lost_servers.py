"""A server that goes away during a rebuild: a clear error, the old index serves, the next rebuild goes on."""

import pytest
from opensearchpy import OpenSearch

from core.errors import DatabaseDown, SearchDown
from core.settings import Settings
from indexing import registry
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.registry import Connection, State
from tests.catalog.factory import Shop
from tests.faults.proxy import Proxy
from tests.indexing.conftest import fetch_searched
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


@pytest.fixture
def old(small: Settings, shop: Shop) -> str:
    """The index that serves; then every product changes."""
    for _ in range(23):
        shop.product()
    name = rebuild(small).generation.index_name
    shop.database.execute("UPDATE products SET name = '新しい名前'")
    return name


def assert_the_next_rebuild_goes_on(
    database: Connection, opensearch: OpenSearch, settings: Settings, old: str, pages_are_left: bool = True
) -> None:
    assert fetch_searched(opensearch, settings) == [old]
    (building,) = registry.fetch_generations(database, [State.BUILDING])
    report = rebuild(settings)
    assert report.generation.id == building.id
    assert (report.documents > 0) is pages_are_left
    assert_index_is_right(database, opensearch, settings)


@pytest.mark.parametrize("path", ["_bulk", "_search", "_aliases"])
def test_opensearch_lost(database: Connection, opensearch: OpenSearch, small: Settings, old: str, path: str) -> None:
    """While pages are written, while the gate compares, and at the swap."""
    with Proxy(small.model_copy(update={"bulk_retries": 2})) as proxy:

        def lose(progress: Progress) -> None:
            if (progress.phase, path) in (("writing", "_bulk"), ("checking", "_search"), ("swapping", "_aliases")):
                proxy.always("", lambda _body, _forward: None)
                print(f"injected: OpenSearch answers nothing any more, {progress.phase}")

        with pytest.raises(SearchDown):
            rebuild(proxy.settings, on_progress=lose)
    assert_the_next_rebuild_goes_on(database, opensearch, small, old, pages_are_left=path == "_bulk")


def test_opensearch_that_loses_answers_now_and_then_is_ridden_out(
    database: Connection, opensearch: OpenSearch, small: Settings, old: str
) -> None:
    with Proxy(small) as proxy:
        for _ in range(2):
            proxy.cut_once("_bulk")
            proxy.refuse_half_once()
            proxy.answer_once("_bulk", 429, {"error": {"type": "circuit_breaking_exception", "reason": "heap"}})
        print("injected: twice an answer lost, half a bulk refused, a whole one refused")
        report = rebuild(proxy.settings)
    assert (report.documents, report.gate.repaired) == (23, {})
    assert fetch_searched(opensearch, small) != [old]
    assert_index_is_right(database, opensearch, small)


@pytest.mark.parametrize("phase", ["writing", "checking"])
def test_postgresql_lost(database: Connection, opensearch: OpenSearch, small: Settings, old: str, phase: str) -> None:
    def lose(progress: Progress) -> None:
        if progress.phase == phase:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            print(f"injected: PostgreSQL breaks all connections, {phase}")

    with pytest.raises(DatabaseDown, match="old index serves"):
        rebuild(small, on_progress=lose)
    assert_the_next_rebuild_goes_on(database, opensearch, small, old, pages_are_left=phase == "writing")
