"""The generations as PostgreSQL knows them: registry rows and page plans. All their SQL is here (I3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow, class_row

from core.types import GenerationId, IndexVersion

Connection = psycopg.Connection[TupleRow]


class State(StrEnum):
    """building -> live -> standby -> retired; failed instead of any of them when it can't be kept right."""

    BUILDING = "building"
    LIVE = "live"
    STANDBY = "standby"
    FAILED = "failed"
    RETIRED = "retired"


WRITTEN_STATES = (State.BUILDING, State.LIVE, State.STANDBY)
"""Every change is written to these; the alias may only be on one of them."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One OpenSearch index of the products, and what its documents were built by."""

    id: GenerationId
    index_name: str
    write_alias: str
    state: State
    builder_version: int
    normalizer_version: str
    landmark: datetime
    pivot: float | None
    half_life_days: float
    created_at: datetime
    products_total: int | None = None
    reason: str | None = None
    built_at: datetime | None = None
    live_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", State(self.state))

    def to_meta(self) -> dict[str, Any]:
        """The mapping's `_meta`: what a reader of the index must know (I12, I13)."""
        return {
            "generation_id": self.id,
            "builder_version": self.builder_version,
            "normalizer_version": self.normalizer_version,
            "landmark": self.landmark.isoformat(),
            "pivot": self.pivot,
            "half_life_days": self.half_life_days,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """The products with after_id < id <= through_id; None is an open end."""

    number: int
    after_id: UUID | None
    through_id: UUID | None
    products: int = 0
    """Documents written, once it is written."""


_COLUMNS = "id, index_name, write_alias, state, builder_version, normalizer_version, landmark, pivot, half_life_days, \
created_at, products_total, reason, built_at, live_at, ended_at"


def fetch_generations(connection: Connection, states: Iterable[State] = tuple(State)) -> list[Generation]:
    """The generations in these states, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM tanaban.index_generations WHERE state::text = ANY(%s) ORDER BY id DESC"
    with connection.cursor(row_factory=class_row(Generation)) as cursor:
        return cursor.execute(sql, [[str(state) for state in states]]).fetchall()


def fetch_one_in(connection: Connection, state: State) -> Generation | None:
    """The live or the building generation, of which there is at most one."""
    found = fetch_generations(connection, [state])
    return found[0] if found else None


def draw_generation_id(connection: Connection) -> GenerationId:
    """An id before its row exists: the index is named by it and created first (I3)."""
    sql = "SELECT nextval(pg_get_serial_sequence('tanaban.index_generations', 'id'))"
    return GenerationId(_value(connection, sql))


def insert_generation(connection: Connection, generation: Generation) -> None:
    """Register a generation; its index exists already."""
    connection.execute(
        f"INSERT INTO tanaban.index_generations ({_COLUMNS}) OVERRIDING SYSTEM VALUE "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [getattr(generation, name.strip()) for name in _COLUMNS.split(",")],
    )


def set_state(connection: Connection, id: GenerationId, state: State, reason: str | None = None) -> None:
    """Move a generation; the time columns follow. Only under the life-cycle lock (I8)."""
    connection.execute(
        """
        UPDATE tanaban.index_generations SET state = %(state)s::tanaban.generation_state, reason = %(reason)s,
            live_at = CASE WHEN %(state)s::text = 'live' THEN now() ELSE live_at END,
            ended_at = CASE WHEN %(state)s::text IN ('failed', 'retired') THEN now() END
        WHERE id = %(id)s
        """,
        {"state": str(state), "reason": reason, "id": id},
    )


def set_products_total(connection: Connection, id: GenerationId, products: int) -> None:
    """How many products the page plan covers, for progress."""
    connection.execute("UPDATE tanaban.index_generations SET products_total = %s WHERE id = %s", [products, id])


def set_reason(connection: Connection, id: GenerationId, reason: str | None) -> None:
    """Say why a building generation is not live yet."""
    connection.execute("UPDATE tanaban.index_generations SET reason = %s WHERE id = %s", [reason, id])


def set_built(connection: Connection, id: GenerationId) -> None:
    """All pages are written."""
    sql = "UPDATE tanaban.index_generations SET built_at = coalesce(built_at, now()) WHERE id = %s"
    connection.execute(sql, [id])


_CUT = """
WITH ends AS (
    SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM products) numbered WHERE n %% %(size)s = 0
), bounds AS (SELECT id FROM ends UNION ALL SELECT NULL)
SELECT row_number() OVER w AS page_no, lag(id) OVER w AS after_id, id AS through_id
FROM bounds WINDOW w AS (ORDER BY id NULLS LAST)
"""
"""All ids in ranges of so many products, by one index-only scan; the first and the last are open."""


def plan_pages(connection: Connection, id: GenerationId, page_products: int) -> int:
    """Store the pages of a rebuild. Returns how many products there are."""
    connection.execute(
        f"""
        INSERT INTO tanaban.rebuild_pages (generation_id, page_no, after_id, through_id)
        SELECT %(id)s, page_no, after_id, through_id FROM ({_CUT}) cut
        """,
        {"id": id, "size": page_products},
    )
    return count_products(connection)


def cut_pages(connection: Connection, page_products: int) -> list[Page]:
    """Pages of the catalog as it is now, for those who don't go by a rebuild's plan."""
    return [Page(*row) for row in connection.execute(_CUT, {"size": page_products})]


def count_products(connection: Connection) -> int:
    return _value(connection, "SELECT count(*) FROM products")


def fetch_pages(connection: Connection, id: GenerationId, written: bool | None = None) -> list[Page]:
    """The plan in id order; with `written`, only the pages that are, or are not, written."""
    rows = connection.execute(
        """
        SELECT page_no, after_id, through_id, coalesce(documents, 0) FROM tanaban.rebuild_pages
        WHERE generation_id = %(id)s AND (%(written)s::bool IS NULL OR (written_at IS NOT NULL) = %(written)s)
        ORDER BY page_no
        """,
        {"id": id, "written": written},
    )
    return [Page(*row) for row in rows]


def mark_page_written(
    connection: Connection, id: GenerationId, page: Page, version: IndexVersion, documents: int, size_bytes: int
) -> None:
    """Every document of the page is durable; a resumed rebuild goes on behind it."""
    connection.execute(
        """
        UPDATE tanaban.rebuild_pages SET written_version = %s, documents = %s, bytes = %s, written_at = now()
        WHERE generation_id = %s AND page_no = %s
        """,
        [version, documents, size_bytes, id, page.number],
    )


def count_work(connection: Connection, id: GenerationId) -> tuple[int, int, int]:
    """Pages written, pages in all, dead letters."""
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM tanaban.rebuild_pages WHERE generation_id = %(id)s AND written_at IS NOT NULL),
               (SELECT count(*) FROM tanaban.rebuild_pages WHERE generation_id = %(id)s),
               (SELECT count(*) FROM tanaban.dead_letters WHERE generation_id = %(id)s)
        """,
        {"id": id},
    ).fetchone()
    assert row is not None
    return row


def _value(connection: Connection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
