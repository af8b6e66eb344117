"""Folds orders, favourites and reviews into tanaban.product_popularity, set by set (I12).

Triggers append the products whose events changed to tanaban.popularity_queue. A fold takes some of the queue and
computes those products from all their events, in a statement of its own and so in a newer snapshot: it sees at
least the events that its queue rows stand for, and a row that it cannot see yet stays for the next fold. Folds
wait for each other, else the older snapshot could write last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from catalog.popularity import EXPONENT_LIMIT, POPULARITY_MAX, POPULARITY_MIN
from core.settings import Settings

FOLD_LOCK = 0x7A_6E_62_02
"""Advisory lock key of folds."""

QUEUE_BATCH_ROWS = 10_000
"""Queue rows of one transaction: a fold of millions neither holds them all nor starts over when it is killed."""

REBASE_HALF_LIVES = 60
"""Age of a landmark at which it moves: 2 ** 60 leaves as much again before `rank_feature` ends at 2 ** 127."""

_TAKE = """
    WITH head AS (SELECT id FROM tanaban.popularity_queue ORDER BY id LIMIT %s)
    DELETE FROM tanaban.popularity_queue AS queue USING head WHERE queue.id = head.id
    RETURNING queue.product_id
"""

# Each factor is one event's; an exponent beyond the limits would be an error in PostgreSQL, under as over.
# to_char rounds a double to three digits as Python's %.2e does. FOR KEY SHARE skips a product that is deleted
# meanwhile; without it the key to products would fail the whole fold. Nothing is joined with what is stored: while
# PostgreSQL believes that table to be empty, it would walk through all of it for each product.
_FOLD = """
WITH events AS (
    SELECT item.product_id, %(purchase)s::float8 AS weight, item.ordered_at AS at
    FROM order_items AS item
    JOIN orders ON orders.id = item.order_id AND orders.ordered_at = item.ordered_at
    WHERE orders.status NOT IN ('cancelled', 'refunded')
      AND item.fulfillment_status NOT IN ('cancelled', 'refunded') AND {of_item}
    UNION ALL
    SELECT product_id, %(favorite)s, created_at FROM favorites WHERE {of_product}
    UNION ALL
    SELECT product_id, %(review)s, created_at FROM reviews WHERE {of_product}
),
totals AS (
    SELECT product_id,
           sum(weight * power(2::float8, greatest(-%(limit)s, least(%(limit)s,
               extract(epoch FROM at - landmark)::float8 / %(half_life_s)s)))) AS total
    FROM events CROSS JOIN tanaban.popularity_landmark
    GROUP BY product_id
),
rounded AS (
    SELECT product_id, to_char(greatest(%(min)s, least(%(max)s, total)), '9.99EEEE')::float8 AS popularity
    FROM totals WHERE total > 0
),
removed AS (
    DELETE FROM tanaban.product_popularity
    WHERE {of_product} AND product_id NOT IN (SELECT product_id FROM rounded)
    RETURNING product_id
),
written AS (
    INSERT INTO tanaban.product_popularity AS stored (product_id, popularity)
    SELECT rounded.product_id, rounded.popularity
    FROM rounded JOIN products ON products.id = rounded.product_id
    FOR KEY SHARE OF products
    ON CONFLICT (product_id) DO UPDATE SET popularity = EXCLUDED.popularity, computed_at = now()
    WHERE stored.popularity IS DISTINCT FROM EXCLUDED.popularity
    RETURNING stored.product_id
)
SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM written)
"""


def fold_popularity(connection: psycopg.Connection[TupleRow], settings: Settings) -> int:
    """Compute the queued products anew; all of them after a change of the weights or the half-life.

    Returns the number of products whose stored popularity changed. Wants a connection outside any transaction;
    each batch is a transaction of its own.
    """
    changed = 0
    while True:
        with _turn(connection):
            if _fetch_basis(connection) != _basis(settings):
                return changed + _fold_all(connection, settings)
            taken = [row[0] for row in connection.execute(_TAKE, [QUEUE_BATCH_ROWS])]
            changed += _fold(connection, settings, taken) if taken else 0
        # A full batch means there may be more; not until empty, because a busy shop fills the queue again.
        if len(taken) < QUEUE_BATCH_ROWS:
            return changed


def rebase_landmark(connection: psycopg.Connection[TupleRow], settings: Settings, now: datetime) -> bool:
    """Move a landmark that is too far back to this minute and fold everything.

    A generation keeps the landmark that it was built with, so this belongs right before a new one is registered.
    Returns whether the landmark moved.
    """
    this_minute = now.replace(second=0, microsecond=0)
    oldest = now - REBASE_HALF_LIVES * timedelta(days=settings.popularity_half_life_days)
    with _turn(connection):
        moved = connection.execute(
            "UPDATE tanaban.popularity_landmark SET landmark = %s WHERE landmark < %s", [this_minute, oldest]
        )
        if moved.rowcount:
            _fold_all(connection, settings)
        return moved.rowcount > 0


def fetch_pivot(connection: psycopg.Connection[TupleRow]) -> tuple[datetime, float | None]:
    """The landmark, and the median popularity of the products that have any, None when none has.

    A generation stores it as of the landmark: catalog.popularity.pivot_at_landmark.
    """
    row = connection.execute(
        "SELECT landmark, (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY popularity) "
        "FROM tanaban.product_popularity) FROM tanaban.popularity_landmark"
    ).fetchone()
    assert row is not None
    return row


@contextmanager
def _turn(connection: psycopg.Connection[TupleRow]) -> Iterator[None]:
    """A transaction that no other fold runs beside, each of its statements with a snapshot of its own."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        yield


def _basis(settings: Settings) -> str:
    """The settings that every stored popularity depends on."""
    weights = (
        settings.popularity_purchase_weight,
        settings.popularity_favorite_weight,
        settings.popularity_review_weight,
    )
    return f"half-life {settings.popularity_half_life_days} days; purchase, favorite, review {weights}"


def _fetch_basis(connection: psycopg.Connection[TupleRow]) -> str:
    row = connection.execute("SELECT basis FROM tanaban.popularity_landmark").fetchone()
    assert row is not None
    return str(row[0])


def _fold_all(connection: psycopg.Connection[TupleRow], settings: Settings) -> int:
    connection.execute("UPDATE tanaban.popularity_landmark SET basis = %s", [_basis(settings)])
    connection.execute("DELETE FROM tanaban.popularity_queue")
    return _fold(connection, settings, None)


def _fold(connection: psycopg.Connection[TupleRow], settings: Settings, product_ids: list[UUID] | None) -> int:
    """The one statement, over these products or (None) over all; returns how many changed."""
    some = product_ids is not None
    statement = sql.SQL(_FOLD).format(
        of_item=sql.SQL("item.product_id = ANY(%(ids)s)" if some else "true"),
        of_product=sql.SQL("product_id = ANY(%(ids)s)" if some else "true"),
    )
    parameters = {
        "purchase": settings.popularity_purchase_weight,
        "favorite": settings.popularity_favorite_weight,
        "review": settings.popularity_review_weight,
        "half_life_s": settings.popularity_half_life_days * 86_400,
        "limit": EXPONENT_LIMIT,
        "min": POPULARITY_MIN,
        "max": POPULARITY_MAX,
        "ids": product_ids,
    }
    row = connection.execute(statement, parameters).fetchone()
    assert row is not None
    return int(row[0])
