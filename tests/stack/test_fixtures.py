"""What every live test relies on."""

import psycopg
import pytest
from opensearchpy import OpenSearch
from psycopg.rows import TupleRow

from core.clients import create_redis
from core.settings import Settings

pytestmark = pytest.mark.live

seen_databases: list[object] = []


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_gets_a_fresh_migrated_database(database: psycopg.Connection[TupleRow], run: int) -> None:
    seen_databases.extend(database.execute("SELECT current_database()").fetchone() or ())
    assert len(set(seen_databases)) == run
    assert database.execute("SELECT count(*) FROM products").fetchone() == (0,)
    database.execute("CREATE TABLE left_behind ()")


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_gets_an_empty_cache(settings: Settings, run: int) -> None:
    with create_redis(settings) as cache:
        assert cache.dbsize() == 0
        cache.set("left behind", run)


def test_indices_of_one_test_have_a_prefix(settings: Settings, opensearch: OpenSearch) -> None:
    opensearch.indices.create(index=f"{settings.opensearch_index_prefix}things")
    tokens = opensearch.indices.analyze(body={"analyzer": "kuromoji", "text": "関西国際空港"})["tokens"]
    assert {token["token"] for token in tokens} >= {"関西", "国際", "空港"}
