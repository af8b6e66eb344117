"""Rows of `tanaban.search_queries`: what shoppers search for, how much lately, and whether enough of them did.

Each ask counts 1 and loses half in a half-life. A row is written whenever it is asked for, so its score is simply as
of `last_at`; the landmark of products' popularity (I12) is for numbers that must not be written as time passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import TupleRow

from catalog.popularity import EXPONENT_LIMIT
from core.limits import LOGGED_QUERIES_MAX, LOGGED_QUERY_DAYS, SUGGESTED_QUERIES_MAX
from core.settings import Settings

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A normalised text that was asked for `asked` times; `callers` has a bit of 63 for each who did."""

    text: str
    asked: int
    callers: int


@dataclass(frozen=True, slots=True)
class PopularQuery:
    """`score` is how often it was asked for, decayed."""

    text: str
    score: float


# An exponent beyond the limit would be an error in PostgreSQL.
_DECAY = (
    "power(2::float8, -least(%(limit)s, greatest(0, extract(epoch FROM {now} - {then})::float8 / %(half_life_s)s)))"
)

_WRITE = f"""
    INSERT INTO tanaban.search_queries AS stored (query, score, asked, callers, last_at)
    SELECT query, asked, asked, callers, %(now)s
    FROM unnest(%(queries)s::text[], %(asked)s::bigint[], %(callers)s::bigint[])
        AS given (query, asked, callers)
    ON CONFLICT (query) DO UPDATE SET
        score = stored.score * {_DECAY.format(now="EXCLUDED.last_at", then="stored.last_at")} + EXCLUDED.score,
        asked = stored.asked + EXCLUDED.asked,
        callers = stored.callers | EXCLUDED.callers,
        last_at = greatest(stored.last_at, EXCLUDED.last_at)
"""

_FETCH = f"""
    SELECT query, score * {_DECAY.format(now="%(now)s::timestamptz", then="last_at")} AS decayed
    FROM tanaban.search_queries
    WHERE NOT is_hidden AND bit_count(callers::bit(64)) >= %(callers)s
    ORDER BY decayed DESC, query
    LIMIT %(most)s
"""

# By callers first: one who asks for very much pushes out nothing that several asked for. Rows that another process
# writes are left for the next time, so that a prune waits for nobody and no two processes wait for each other.
_PRUNE = """
    WITH forgotten AS MATERIALIZED (
        SELECT query FROM tanaban.search_queries
        WHERE NOT is_hidden AND (last_at < %s OR query IN (
            SELECT query FROM tanaban.search_queries WHERE NOT is_hidden
            ORDER BY bit_count(callers::bit(64)) DESC, last_at DESC, query OFFSET %s))
        FOR UPDATE SKIP LOCKED)
    DELETE FROM tanaban.search_queries AS stored USING forgotten WHERE stored.query = forgotten.query
"""


def write_queries(connection: Connection, queries: Sequence[AskedQuery], settings: Settings, now: datetime) -> None:
    """Add what was asked, in one statement; each text once."""
    # In one order everywhere, so that two processes never wait for each other's rows.
    ordered = sorted(queries, key=lambda query: query.text)
    columns = {
        "queries": [query.text for query in ordered],
        "asked": [query.asked for query in ordered],
        "callers": [query.callers for query in ordered],
    }
    connection.execute(_WRITE, columns | _decay(settings, now))


def fetch_popular_queries(connection: Connection, settings: Settings, now: datetime) -> tuple[PopularQuery, ...]:
    """Those that enough callers asked for, the most asked lately first."""
    limits = {"callers": settings.query_log_callers, "most": SUGGESTED_QUERIES_MAX}
    rows = connection.execute(_FETCH, limits | _decay(settings, now))
    return tuple(PopularQuery(text, score) for text, score in rows)


def prune_queries(connection: Connection, now: datetime) -> int:
    """Forget what nobody asks for any more, and what is too much, the texts of fewest callers; returns how many."""
    oldest = now - timedelta(days=LOGGED_QUERY_DAYS)
    return connection.execute(_PRUNE, [oldest, LOGGED_QUERIES_MAX]).rowcount


def _decay(settings: Settings, now: datetime) -> dict[str, object]:
    return {"now": now, "half_life_s": settings.popularity_half_life_days * 86_400, "limit": EXPONENT_LIMIT}
