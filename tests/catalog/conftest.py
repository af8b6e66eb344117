"""A test shop on the test's own database."""

import psycopg
import pytest
from psycopg.rows import TupleRow

from catalog.popularity_fold import fold_popularity
from core.settings import Settings
from tests.catalog.factory import Shop


@pytest.fixture
def shop(database: psycopg.Connection[TupleRow]) -> Shop:
    return Shop(database)


@pytest.fixture
def folded(settings: Settings, database: psycopg.Connection[TupleRow]) -> None:
    """The first fold of a database computes everything; from here on the queue counts."""
    fold_popularity(database, settings)
