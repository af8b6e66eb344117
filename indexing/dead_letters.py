"""Documents that OpenSearch rejects, and rows that make none: parked with their reason (I6, I9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from catalog.product import ProductRow
from core.types import GenerationId, IndexVersion
from indexing.documents import Document, build_document
from indexing.registry import WRITTEN_STATES, Connection


@dataclass(frozen=True, slots=True)
class Rejection:
    """A document that OpenSearch will never take as it is."""

    product_id: str
    error_type: str
    reason: str


Built = Document | Rejection
"""What a row makes."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A document that OpenSearch refused, as it was parked."""

    generation_id: GenerationId
    product_id: UUID
    version: IndexVersion
    error_type: str
    reason: str
    attempts: int
    created_at: datetime


def try_build(row: ProductRow) -> Built:
    """The document of a row. One that makes none is a dead letter: a single product must not stop all others."""
    try:
        return build_document(row)
    except Exception as error:
        return Rejection(row.id, "build_failed", f"{type(error).__name__}: {error}"[:1_000])


def park(connection: Connection, id: GenerationId, version: IndexVersion, rejections: Sequence[Rejection]) -> None:
    """Keep rejected documents as dead letters, counting the attempts; the gate decides about them (I9)."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO tanaban.dead_letters AS d (generation_id, product_id, version, error_type, reason)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (generation_id, product_id) DO UPDATE SET version = greatest(d.version, excluded.version),
                error_type = excluded.error_type, reason = excluded.reason, attempts = d.attempts + 1
            """,
            [(id, it.product_id, version, it.error_type, it.reason) for it in rejections],
        )


def fetch_dead_letters(connection: Connection, limit: int) -> list[DeadLetter]:
    """The newest first, of all generations that are kept."""
    with connection.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(
            """
            SELECT generation_id, product_id, version, error_type, reason, attempts, created_at
            FROM tanaban.dead_letters ORDER BY id DESC LIMIT %s
            """,
            [limit],
        ).fetchall()


def fetch_parked_ids(connection: Connection, id: GenerationId) -> frozenset[str]:
    """The products that are dead letters of a generation."""
    rows = connection.execute("SELECT product_id::text FROM tanaban.dead_letters WHERE generation_id = %s", [id])
    return frozenset(product_id for (product_id,) in rows)


def unpark(connection: Connection, id: GenerationId, version: IndexVersion, product_ids: Sequence[UUID]) -> None:
    """Forget the dead letters of products that were written after all; one of a newer version stays.

    Mostly there are none at all, and then their ids need not be sent.
    """
    if not _value(connection, "SELECT EXISTS (SELECT FROM tanaban.dead_letters)"):
        return
    sql = "DELETE FROM tanaban.dead_letters WHERE generation_id = %s AND version <= %s AND product_id = ANY(%s)"
    connection.execute(sql, [id, version, list(product_ids)])


def unpark_older(connection: Connection, id: GenerationId, version: IndexVersion) -> None:
    """Forget dead letters that nobody has parked again since `version` was drawn."""
    connection.execute("DELETE FROM tanaban.dead_letters WHERE generation_id = %s AND version <= %s", [id, version])


def unpark_unwritten(connection: Connection) -> int:
    """Forget the dead letters of generations that are not written any more. Returns how many."""
    return connection.execute(
        """
        DELETE FROM tanaban.dead_letters d USING tanaban.index_generations g
        WHERE g.id = d.generation_id AND g.state::text <> ALL(%s)
        """,
        [[str(state) for state in WRITTEN_STATES]],
    ).rowcount


def count_dead_letters(connection: Connection) -> int:
    return _value(connection, "SELECT count(*) FROM tanaban.dead_letters")


def count_parked_products(connection: Connection) -> int:
    return _value(connection, "SELECT count(DISTINCT product_id) FROM tanaban.dead_letters")


def fetch_parked_products(connection: Connection, after_id: UUID | None, limit: int) -> list[UUID]:
    """The products behind `after_id` that are dead letters of any generation, in id order."""
    rows = connection.execute(
        """
        SELECT DISTINCT product_id FROM tanaban.dead_letters WHERE %(after)s::uuid IS NULL OR product_id > %(after)s
        ORDER BY product_id LIMIT %(limit)s
        """,
        {"after": after_id, "limit": limit},
    )
    return [id for (id,) in rows]


def filter_parked(connection: Connection, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that are dead letters of any generation."""
    sql = "SELECT product_id FROM tanaban.dead_letters WHERE product_id = ANY(%s)"
    return {id for (id,) in connection.execute(sql, [list(product_ids)])}


def _value(connection: Connection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
