"""Popularity as its definition says, event by event, and as it is stored."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from catalog.popularity import round_popularity, weigh_event
from catalog.popularity_fold import fetch_pivot
from core.settings import Settings

Database = psycopg.Connection[TupleRow]
NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)


def fetch_stored(database: Database) -> dict[UUID, float]:
    return dict(database.execute("SELECT product_id, popularity FROM tanaban.product_popularity").fetchall())


def fetch_queued(database: Database) -> list[UUID]:
    return [row[0] for row in database.execute("SELECT product_id FROM tanaban.popularity_queue")]


def compute_expected(database: Database, settings: Settings) -> dict[UUID, float]:
    """The definition, event by event, in Python."""
    landmark, _ = fetch_pivot(database)
    totals: dict[UUID, float] = defaultdict(float)
    dead = ("cancelled", "refunded")
    weights = (
        (settings.popularity_favorite_weight, "SELECT product_id, created_at FROM favorites"),
        (settings.popularity_review_weight, "SELECT product_id, created_at FROM reviews"),
    )
    for product, at, *states in database.execute(
        "SELECT product_id, ordered_at, fulfillment_status::text, status::text "
        "FROM order_items JOIN orders USING (ordered_at) WHERE orders.id = order_id"
    ):
        if not set(states) & set(dead):
            totals[product] += weigh_event(
                settings.popularity_purchase_weight, at, landmark, settings.popularity_half_life_days
            )
    for weight, query in weights:
        for product, at in database.execute(query):
            totals[product] += weigh_event(weight, at, landmark, settings.popularity_half_life_days)
    return {product: rounded for product, total in totals.items() if (rounded := round_popularity(total))}
