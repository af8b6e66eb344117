"""The products that shoppers see, of which benchmarks change some."""

from typing import Any

import psycopg

_SHOWN = """
WITH RECURSIVE hidden AS (
    SELECT id FROM categories WHERE NOT is_active
    UNION SELECT c.id FROM categories c JOIN hidden ON c.parent_id = hidden.id
)
SELECT p.id::text FROM products p JOIN sellers s ON s.id = p.seller_id
WHERE p.status = 'active' AND p.published_at <= now() AND s.status = 'active'
  AND p.category_id NOT IN (SELECT id FROM hidden)
ORDER BY md5(p.id::text) LIMIT %s
"""

PRICE_EDIT = "UPDATE products SET base_price = base_price + 1, sale_price = sale_price + 1 WHERE id = %s"
"""Changes the price that is shown, whichever that is."""


def fetch_shown_products(connection: psycopg.Connection[Any], limit: int | None = None) -> list[str]:
    """Ids in random but repeatable order."""
    return [id for (id,) in connection.execute(_SHOWN, [limit])]
