"""A category with 51,000 products moves, a large brand is renamed: live edits overtake both, memory stays bounded."""

import time
from itertools import cycle
from uuid import UUID

import psutil
import pytest
from opensearchpy import OpenSearch

from catalog.sample.generate import generate_sample
from core.settings import Settings
from indexing import fanout
from indexing.rebuild import rebuild
from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.oracle import prove, wait_until_written
from tests.faults.processes import syncing, wait_for

pytestmark = [pytest.mark.live, pytest.mark.slow_faults, pytest.mark.timeout(900)]

PRODUCTS = 51_000
SEEN_WITHIN_S = 5.0
MOST_RSS_MB = 500
"""Of the whole process, its JVM included."""

BRAND = "SELECT brand_id, count(*) FROM products WHERE brand_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 1"


@pytest.fixture
def tree(settings: Settings, database: Connection, shop: Shop) -> UUID:
    """All products lie below one category, which is returned; the index is right."""
    generate_sample(settings, PRODUCTS, 7)
    root = shop.category("売場")
    database.execute("UPDATE categories SET parent_id = %s WHERE parent_id IS NULL AND id <> %s", [root, root])
    rebuild(settings)
    ensure_slot(database, settings)
    return root


def test_live_edits_overtake_a_move_and_a_rename(
    settings: Settings, database: Connection, opensearch: OpenSearch, shop: Shop, tree: UUID
) -> None:
    (brand, of_brand) = database.execute(BRAND).fetchone() or (None, 0)
    ids = cycle(draw_ids(settings, opensearch))
    target = shop.category("新しい売場")
    with syncing(settings) as process:
        wait_until_written(settings)
        before_mb = rss_mb(process.pid)
        with database.transaction():
            database.execute("UPDATE categories SET parent_id = %s WHERE id = %s", [target, tree])
            database.execute("UPDATE brands SET name = name || '社' WHERE id = %s", [brand])
        print(f"injected: a category with {PRODUCTS:,} products moves, a brand with {of_brand:,} is renamed")
        wait_for(lambda: fanout.fetch_jobs(database))
        waits_s, peak_mb = list[float](), before_mb
        while fanout.fetch_jobs(database):
            waits_s.append(edit_and_wait(settings, database, opensearch, next(ids)))
            peak_mb = max(peak_mb, rss_mb(process.pid))
            time.sleep(0.3)
        print(f"checked: {len(waits_s)} edits meanwhile, each seen within {max(waits_s):.2f} s")
        print(f"checked: {before_mb:.0f} MB before, {peak_mb:.0f} MB at most")
        assert len(waits_s) > 20, "hardly an edit fell into it"
        assert max(waits_s) < SEEN_WITHIN_S
        assert peak_mb < MOST_RSS_MB
        prove(settings)


def draw_ids(settings: Settings, client: OpenSearch) -> list[str]:
    """Of products that are shown, all over the range of ids."""
    draw = {"function_score": {"random_score": {"seed": 7, "field": "_seq_no"}}}
    query = {"bool": {"must": draw, "must_not": {"term": {"tombstone": True}}}}
    alias = f"{settings.opensearch_index_prefix}products"
    hits = client.search(index=alias, body={"size": 500, "_source": False, "query": query})["hits"]["hits"]
    return [hit["_id"] for hit in hits]


def edit_and_wait(settings: Settings, database: Connection, client: OpenSearch, id: str) -> float:
    """Seconds from the commit of another name until the live index has it."""
    alias, name = f"{settings.opensearch_index_prefix}products", f"急ぎの直し {time.monotonic_ns()}"
    database.execute("UPDATE products SET name = %s WHERE id = %s", [name, id])
    started_s = time.monotonic()
    wait_for(lambda: client.get_source(index=alias, id=id, params={"_source_includes": "name"})["name"] == name)
    return time.monotonic() - started_s


def rss_mb(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / 1e6
