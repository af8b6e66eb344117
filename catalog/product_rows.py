"""The one SQL that denormalises products: category path, brand, seller, images, variations, reviews, popularity.

The indexer reads pages with it inside its own snapshot, the product page reads one row with it.
"""

from collections.abc import Sequence
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_loads

from catalog.product import ProductRow
from core.types import ProductId

_ROWS = """
, paths AS MATERIALIZED (
    WITH RECURSIVE up AS (
        SELECT c.id AS leaf, c.parent_id, 1 AS height, jsonb_build_array(c.id, c.name, c.slug, c.is_active) AS step
        FROM categories c WHERE c.id IN (SELECT category_id FROM page)
        UNION ALL
        SELECT up.leaf, c.parent_id, up.height + 1, jsonb_build_array(c.id, c.name, c.slug, c.is_active)
        FROM up JOIN categories c ON c.id = up.parent_id
    )
    SELECT leaf, jsonb_agg(step ORDER BY height DESC) AS path FROM up GROUP BY leaf
)
SELECT p.id::text, p.sku, p.name, p.description, p.status::text,
       round(p.base_price)::bigint, round(p.sale_price)::bigint, p.stock_quantity, p.attributes,
       floor(extract(epoch FROM p.published_at) * 1000)::bigint, floor(extract(epoch FROM p.created_at) * 1000)::bigint,
       b.id::text, b.name, b.name_kana,
       s.id::text, s.company_name, s.status::text,
       paths.path,
       coalesce(images.list, '[]'), coalesce(variations.list, '[]'),
       reviews.count, reviews.sum, popularity.popularity
FROM page p
JOIN sellers s ON s.id = p.seller_id
JOIN paths ON paths.leaf = p.category_id
LEFT JOIN brands b ON b.id = p.brand_id AND b.is_active
LEFT JOIN tanaban.product_popularity popularity ON popularity.product_id = p.id
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(i.image_url, i.alt_text) ORDER BY i.is_primary DESC, i.sort_order, i.id) AS list
    FROM product_images i WHERE i.product_id = p.id
) images
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(v.id, v.sku, v.name, v.attributes, round(v.price_adjustment)::bigint,
                                     v.stock_quantity) ORDER BY v.price_adjustment, v.id) AS list
    FROM product_variations v WHERE v.product_id = p.id AND v.is_active
) variations
CROSS JOIN LATERAL (
    SELECT count(*) AS count, coalesce(sum(r.rating), 0) AS sum FROM reviews r WHERE r.product_id = p.id
) reviews
ORDER BY p.id
"""

_PAGE = """
WITH page AS MATERIALIZED (
    SELECT * FROM products
    WHERE (%(after)s::uuid IS NULL OR id > %(after)s) AND (%(through)s::uuid IS NULL OR id <= %(through)s)
    ORDER BY id LIMIT %(limit)s
)
"""
_BY_ID = "WITH page AS MATERIALIZED (SELECT * FROM products WHERE id = ANY(%(ids)s::uuid[]))"


def fetch_product_rows(
    connection: psycopg.Connection[TupleRow],
    after_id: UUID | None,
    through_id: UUID | None,
    limit: int | None = None,
) -> list[ProductRow]:
    """The products of the range (after_id, through_id] in id order; None is an open end, `limit` None is all."""
    return _fetch(connection, _PAGE + _ROWS, {"after": after_id, "through": through_id, "limit": limit})


def fetch_product_rows_by_id(
    connection: psycopg.Connection[TupleRow], ids: Sequence[ProductId] | Sequence[UUID]
) -> list[ProductRow]:
    """The rows of those products that exist, in id order. psycopg would look for quotes in each id of a list."""
    return _fetch(connection, _BY_ID + _ROWS, {"ids": f"{{{','.join(map(str, ids))}}}"})


def _fetch(connection: psycopg.Connection[TupleRow], sql: str, parameters: dict[str, object]) -> list[ProductRow]:
    set_json_loads(orjson.loads, connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [ProductRow(*row) for row in cursor]
