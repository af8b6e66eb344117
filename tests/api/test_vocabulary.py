"""What one table lacks keeps nothing else from being read."""

from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import TupleRow
from structlog.testing import capture_logs

from api import vocabulary
from api.vocabulary import VocabularyCache
from catalog.search_queries import AskedQuery, write_queries
from core.clients import create_database_pool
from core.settings import Settings
from tests.catalog.factory import Shop
from tests.search.categories import TREE

pytestmark = pytest.mark.live


def test_without_the_table_of_search_texts_brands_and_categories_are_read(
    settings: Settings, database: psycopg.Connection[TupleRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "NAMES_LIFE_S", 0.0)
    Shop(database).brand("ソニー")
    database.execute("ALTER TABLE tanaban.search_queries RENAME TO not_yet")
    with create_database_pool(settings) as pool, capture_logs() as lines:
        cache = VocabularyCache(pool, settings)
        for _ in range(2):
            held = cache.get(TREE)
            assert [name.name for name in held.brands.values()] == ["ソニー"]
            assert held.categories
            assert not held.asked
            assert not cache.is_failing
        assert [line["event"] for line in lines] == ["What shoppers search for is suggested as it was"]

        database.execute("ALTER TABLE tanaban.not_yet RENAME TO search_queries")
        write_queries(database, [AskedQuery("靴下", 9, 0b11111)], settings, datetime.now(UTC))
        assert [query.text for query in cache.get(TREE).asked] == ["靴下"]
