"""I9: the gate mends what it can, says no to the rest, and why."""

import pytest
from opensearchpy import OpenSearch

from core.errors import GateRefused
from core.settings import Settings
from indexing import lifecycle, registry
from indexing.progress import Progress
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.proxy import Proxy
from tests.indexing.conftest import fetch_searched
from tests.indexing.stock import fill, poison
from tests.indexing.truth import assert_index_is_right

pytestmark = pytest.mark.live


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
