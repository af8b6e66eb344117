"""Which skus a file has named, kept in a temporary table, so that memory does not grow with the file."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

import psycopg
from psycopg.rows import TupleRow

_MARK = """
    WITH given AS (
        SELECT DISTINCT ON (sku) sku, line FROM unnest(%s::text[], %s::bigint[]) AS given (sku, line) ORDER BY sku, line
    ),
    marked AS (INSERT INTO catalog_import_seen SELECT sku, line FROM given ON CONFLICT (sku) DO NOTHING)
    SELECT given.sku, coalesce(seen.line, given.line)
    FROM given LEFT JOIN catalog_import_seen AS seen ON seen.sku = given.sku
"""

_DISCONTINUE = """
    UPDATE products SET status = 'discontinued'
    WHERE status <> 'discontinued'
      AND NOT EXISTS (SELECT FROM catalog_import_seen AS seen WHERE seen.sku = products.sku)
"""


class SeenSkus:
    """A context: the table lives as long as one import."""

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self._connection = connection

    def __enter__(self) -> Self:
        self._connection.execute("DROP TABLE IF EXISTS pg_temp.catalog_import_seen")
        self._connection.execute("CREATE TEMP TABLE catalog_import_seen (sku text PRIMARY KEY, line bigint NOT NULL)")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._connection.broken:
            self._connection.execute("DROP TABLE IF EXISTS pg_temp.catalog_import_seen")

    def mark(self, given: Iterable[tuple[str, int]]) -> dict[str, int]:
        """Note skus with their line numbers; returns the first line of each, which may be an earlier batch's."""
        pairs = list(given)
        return dict(
            self._connection.execute(_MARK, [[sku for sku, _ in pairs], [line for _, line in pairs]]).fetchall()
        )

    def discontinue_others(self) -> int:
        """Returns the number of products that were not discontinued yet."""
        self._connection.execute("ANALYZE catalog_import_seen")
        return self._connection.execute(_DISCONTINUE).rowcount
