"""A test shop on the test's own database."""

import psycopg
import pytest
from psycopg.rows import TupleRow

from tests.catalog.factory import Shop


@pytest.fixture
def shop(database: psycopg.Connection[TupleRow]) -> Shop:
    return Shop(database)
