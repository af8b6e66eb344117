"""Fan-out jobs: a rename or a moved category is stored, then worked off page by page in a low lane (I7).

Live edits do not wait for it: it has a thread, connections and pairs of its own. The cursor moves by compare-and-set
on (id, cursor), so a second runner that is paused and comes back repeats a page at worst.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from indexing.changes import Fanout
from indexing.progress import Progress
from indexing.registry import Connection

_OF_PARENT = "SELECT id FROM products WHERE {column} = %(key)s AND {behind} ORDER BY id LIMIT %(limit)s"
_SUBTREE = """
WITH RECURSIVE subtree AS (
    SELECT id FROM categories WHERE id = {key}
    UNION ALL
    SELECT child.id FROM categories child JOIN subtree ON child.parent_id = subtree.id
)
"""
_IN_SUBTREE = "category_id = ANY(ARRAY(SELECT id FROM subtree))"
_OF_CATEGORY = f"""
{_SUBTREE.format(key="%(key)s")}
SELECT id FROM products WHERE {_IN_SUBTREE} AND {{behind}} ORDER BY id LIMIT %(limit)s
"""
_BEHIND = "(%(cursor)s::uuid IS NULL OR id > %(cursor)s)"
_PAGES = {
    Fanout.BRAND: _OF_PARENT.format(column="brand_id", behind=_BEHIND),
    Fanout.SELLER: _OF_PARENT.format(column="seller_id", behind=_BEHIND),
    Fanout.CATEGORY: _OF_CATEGORY.format(behind=_BEHIND),
}
_COUNT = f"""
UPDATE tanaban.fanout_jobs job SET total = CASE kind
    WHEN 'brand' THEN (SELECT count(*) FROM products WHERE brand_id = job.key)
    WHEN 'seller' THEN (SELECT count(*) FROM products WHERE seller_id = job.key)
    WHEN 'category' THEN ({_SUBTREE.format(key="job.key")} SELECT count(*) FROM products WHERE {_IN_SUBTREE})
    WHEN 'reconcile' THEN (SELECT count(*) FROM products)
END
WHERE total IS NULL
"""


@dataclass(frozen=True, slots=True)
class FanoutJob:
    """A stored fan-out, as far as it is done."""

    id: int
    kind: Fanout
    key: UUID | None
    xids: tuple[int, ...]
    """64 bits; a page's snapshot must see them all (I4)."""
    cursor: UUID | None
    done: int
    total: int | None
    """Products that it touches, as they were counted when it came up; None before."""
    rate_per_s: float | None
    """Of the process that works on it; None before its first page."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """All that is stored in the low lane."""

    jobs: int
    products_done: int
    products_total: int | None
    """None while a job is not counted."""


def store_fanouts(connection: Connection, fanouts: Iterable[tuple[Fanout, UUID | None]], xids: Iterable[int]) -> None:
    """Durable on return, so the events that asked for them may be acknowledged (I6)."""
    seen = sorted(xids)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO tanaban.fanout_jobs (kind, key, xids) VALUES (%s, %s, %s)",
            [(kind, key, seen) for kind, key in sorted(fanouts, key=str)],
        )


def fetch_jobs(connection: Connection, limit: int = 1_000) -> list[FanoutJob]:
    """What is not done, the oldest first."""
    rows = connection.execute(
        """
        SELECT id, kind, key, xids, cursor, done, greatest(total, done), rate_per_s, created_at
        FROM tanaban.fanout_jobs ORDER BY id LIMIT %s
        """,
        [limit],
    )
    return [FanoutJob(id, Fanout(kind), key, tuple(xids), *rest) for id, kind, key, xids, *rest in rows]


def fetch_backlog(connection: Connection) -> Backlog:
    row = connection.execute(
        """
        SELECT count(*), coalesce(sum(done), 0)::bigint,
               CASE WHEN bool_and(total IS NOT NULL) IS NOT FALSE
                    THEN coalesce(sum(greatest(total, done)), 0)::bigint END
        FROM tanaban.fanout_jobs
        """
    ).fetchone()
    assert row is not None
    return Backlog(*row)


def count_products(connection: Connection) -> None:
    """Note how many products each new job touches: one scan of an index for each, and only once."""
    connection.execute(_COUNT)


def fetch_page(connection: Connection, job: FanoutJob, limit: int) -> list[UUID]:
    """The next products behind the cursor, as the connection's snapshot has them."""
    parameters = {"key": job.key, "cursor": job.cursor, "limit": limit}
    return [id for (id,) in connection.execute(_PAGES[job.kind], parameters)]


def move_cursor(
    connection: Connection, job: FanoutJob, cursor: UUID, products: int, rate_per_s: float | None = None
) -> bool:
    """Whether it was still where this runner took it up; else somebody else works on it."""
    moved = connection.execute(
        """
        UPDATE tanaban.fanout_jobs SET cursor = %s, done = done + %s, rate_per_s = %s
        WHERE id = %s AND cursor IS NOT DISTINCT FROM %s
        """,
        [cursor, products, rate_per_s, job.id, job.cursor],
    )
    return moved.rowcount == 1


def report_comparison(connection: Connection, job: FanoutJob, progress: Progress) -> None:
    """How far a comparison is in the generation at hand; it has no cursor and begins anew when it is cut short."""
    connection.execute(
        "UPDATE tanaban.fanout_jobs SET done = %s, total = %s, rate_per_s = %s WHERE id = %s",
        [progress.done, progress.total, progress.rate_per_s, job.id],
    )


def end_job(connection: Connection, job: FanoutJob) -> bool:
    """Forget a job that is done. Compare-and-set as `move_cursor`."""
    ended = connection.execute(
        "DELETE FROM tanaban.fanout_jobs WHERE id = %s AND cursor IS NOT DISTINCT FROM %s", [job.id, job.cursor]
    )
    return ended.rowcount == 1
