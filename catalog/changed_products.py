"""Which products changed since a time, as far as rows remember it."""

from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

_CHANGED = """
WITH RECURSIVE moved AS (
    SELECT id FROM categories WHERE updated_at >= %(since)s
    UNION
    SELECT child.id FROM categories child JOIN moved ON child.parent_id = moved.id
)
SELECT count(*), coalesce(array_agg(p.id ORDER BY p.id) FILTER (WHERE
    greatest(p.updated_at, s.updated_at, b.updated_at) >= %(since)s
    OR p.category_id IN (SELECT id FROM moved)
    OR EXISTS (SELECT FROM product_variations v WHERE v.product_id = p.id AND v.updated_at >= %(since)s)
    OR EXISTS (SELECT FROM product_images i WHERE i.product_id = p.id AND i.created_at >= %(since)s)
    OR EXISTS (SELECT FROM reviews r WHERE r.product_id = p.id AND r.updated_at >= %(since)s)
    OR EXISTS (SELECT FROM tanaban.product_popularity o WHERE o.product_id = p.id AND o.computed_at >= %(since)s)
), '{}')
FROM products p
JOIN sellers s ON s.id = p.seller_id
LEFT JOIN brands b ON b.id = p.brand_id
WHERE (%(after)s::uuid IS NULL OR p.id > %(after)s) AND (%(through)s::uuid IS NULL OR p.id <= %(through)s)
"""


def fetch_changed_products(
    connection: psycopg.Connection[TupleRow], after_id: UUID | None, through_id: UUID | None, since: datetime
) -> tuple[int, list[UUID]]:
    """How many products the range (after_id, through_id] has, and those that changed, or what they show did.

    Rows know the start of the transaction that changed them. A deleted row knows nothing, nor does an image that was
    changed in place: product_images has no updated_at.
    """
    row = connection.execute(_CHANGED, {"after": after_id, "through": through_id, "since": since}).fetchone()
    assert row is not None
    count, ids = row
    return count, ids
