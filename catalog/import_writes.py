"""The SQL of an import: one batch of products, their variations and images, set by set.

Every statement writes only what differs, so that a second import of a file moves no `updated_at` and gives the
indexer nothing to do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import TupleRow

from catalog.catalog_line import CatalogLine
from catalog.import_reader import Given


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A checked line with the ids of what it refers to. A part that is False is left as it is (--partial)."""

    given: Given
    line: CatalogLine
    category_id: UUID
    seller_id: UUID
    brand_id: UUID | None
    published_at: datetime | None
    writes_images: bool
    writes_variations: bool


_LOCK = "SELECT sku, published_at FROM products WHERE sku = ANY(%s) ORDER BY sku FOR UPDATE"

_OWNERS = """
    SELECT v.sku, p.sku FROM product_variations AS v JOIN products AS p ON p.id = v.product_id WHERE v.sku = ANY(%s)
"""

_PRODUCTS = """
    INSERT INTO products AS p (sku, seller_id, category_id, brand_id, name, description, base_price, sale_price,
                               stock_quantity, status, attributes, published_at)
    SELECT sku, seller_id, category_id, brand_id, name, description, price, sale_price,
           stock, status, attributes, published_at
    FROM jsonb_to_recordset(%s::jsonb) AS line (
        sku text, seller_id uuid, category_id uuid, brand_id uuid, name text, description text, price numeric,
        sale_price numeric, stock integer, status product_status, attributes jsonb, published_at timestamptz)
    ORDER BY sku
    ON CONFLICT (sku) DO UPDATE SET
        seller_id = EXCLUDED.seller_id, category_id = EXCLUDED.category_id, brand_id = EXCLUDED.brand_id,
        name = EXCLUDED.name, description = EXCLUDED.description, base_price = EXCLUDED.base_price,
        sale_price = EXCLUDED.sale_price, stock_quantity = EXCLUDED.stock_quantity, status = EXCLUDED.status,
        attributes = EXCLUDED.attributes, published_at = EXCLUDED.published_at
    WHERE (p.seller_id, p.category_id, p.brand_id, p.name, p.description, p.base_price, p.sale_price,
           p.stock_quantity, p.status, p.attributes, p.published_at)
        IS DISTINCT FROM
          (EXCLUDED.seller_id, EXCLUDED.category_id, EXCLUDED.brand_id, EXCLUDED.name, EXCLUDED.description,
           EXCLUDED.base_price, EXCLUDED.sale_price, EXCLUDED.stock_quantity, EXCLUDED.status, EXCLUDED.attributes,
           EXCLUDED.published_at)
    RETURNING p.sku
"""

_IDS = "SELECT sku, id FROM products WHERE sku = ANY(%s)"

_VARIATIONS = """
    WITH written AS (
        INSERT INTO product_variations AS v (product_id, sku, name, attributes, price_adjustment, stock_quantity)
        SELECT product_id, sku, name, attributes, price_adjustment, stock
        FROM jsonb_to_recordset(%s::jsonb) AS line (
            product_id uuid, sku text, name text, attributes jsonb, price_adjustment numeric, stock integer)
        ORDER BY sku
        ON CONFLICT (sku) DO UPDATE SET
            name = EXCLUDED.name, attributes = EXCLUDED.attributes, price_adjustment = EXCLUDED.price_adjustment,
            stock_quantity = EXCLUDED.stock_quantity, is_active = true
        WHERE (v.name, v.attributes, v.price_adjustment, v.stock_quantity, v.is_active)
            IS DISTINCT FROM
              (EXCLUDED.name, EXCLUDED.attributes, EXCLUDED.price_adjustment, EXCLUDED.stock_quantity, true)
        RETURNING v.product_id
    ),
    retired AS (
        UPDATE product_variations AS v SET is_active = false
        FROM jsonb_to_recordset(%s::jsonb) AS kept (product_id uuid, skus text[])
        WHERE v.product_id = kept.product_id AND v.is_active AND v.sku <> ALL(kept.skus)
        RETURNING v.product_id
    )
    SELECT product_id FROM written UNION SELECT product_id FROM retired
"""
"""A variation that a line leaves out is made inactive, never deleted: orders refer to it.

What is left out is found product by product, not as a difference of two sets: PostgreSQL cannot know the size of
a JSON parameter, and compared every variation of a batch with every other.
"""

_IMAGES = """
    WITH line AS (
        SELECT * FROM jsonb_to_recordset(%s::jsonb) AS line (product_id uuid, name text, urls text[])
    ),
    moved AS (
        UPDATE product_images AS i
        SET sort_order = array_position(urls, image_url) - 1, is_primary = image_url = urls[1]
        FROM line
        WHERE i.product_id = line.product_id AND image_url = ANY(urls)
          AND (sort_order, is_primary) IS DISTINCT FROM (array_position(urls, image_url) - 1, image_url = urls[1])
        RETURNING i.product_id
    ),
    removed AS (
        DELETE FROM product_images AS i USING line
        WHERE i.product_id = line.product_id AND image_url <> ALL(urls)
        RETURNING i.product_id
    ),
    added AS (
        INSERT INTO product_images (product_id, image_url, alt_text, sort_order, is_primary)
        SELECT product_id, url, name, position - 1, position = 1
        FROM line CROSS JOIN unnest(urls) WITH ORDINALITY AS wanted (url, position)
        WHERE url <> ALL(ARRAY(SELECT image_url FROM product_images AS i WHERE i.product_id = line.product_id))
        RETURNING product_id
    )
    SELECT product_id FROM moved UNION SELECT product_id FROM removed UNION SELECT product_id FROM added
"""


def lock_products(connection: psycopg.Connection[TupleRow], skus: list[str]) -> dict[str, datetime | None]:
    """Hold the existing ones of these products, in one order for all imports; returns their publication times."""
    return dict(connection.execute(_LOCK, [skus]).fetchall())


def fetch_variation_owners(connection: psycopg.Connection[TupleRow], skus: list[str]) -> dict[str, str]:
    """Product sku by variation sku, of those variations that exist."""
    return dict(connection.execute(_OWNERS, [skus]).fetchall())


def write_products(connection: psycopg.Connection[TupleRow], records: list[ProductRecord]) -> set[str]:
    """Insert or update; returns the skus of the products that are new or now different in any part."""
    changed = {sku for (sku,) in connection.execute(_PRODUCTS, [_dump(map(_product, records))])}
    ids: dict[str, UUID] = dict(connection.execute(_IDS, [[record.line.sku for record in records]]).fetchall())
    varied = {ids[record.line.sku]: record.line for record in records if record.writes_variations}
    pictured = {ids[record.line.sku]: record.line for record in records if record.writes_images}
    parts = {
        *connection.execute(_VARIATIONS, [_dump(_variations(varied)), _dump(_kept_variations(varied))]).fetchall(),
        *connection.execute(_IMAGES, [_dump(_images(pictured))]).fetchall(),
    }
    return changed | {sku for sku, identifier in ids.items() if (identifier,) in parts}


def _product(record: ProductRecord) -> dict[str, Any]:
    line = record.line
    return {
        **line.model_dump(
            include={"sku", "name", "description", "price", "sale_price", "stock", "status", "attributes"}
        ),
        "category_id": record.category_id,
        "seller_id": record.seller_id,
        "brand_id": record.brand_id,
        "published_at": record.published_at,
    }


def _variations(lines: dict[UUID, CatalogLine]) -> Iterator[dict[str, Any]]:
    for product_id, line in lines.items():
        for variation in line.variations:
            yield {"product_id": product_id, **variation.model_dump()}


def _kept_variations(lines: dict[UUID, CatalogLine]) -> Iterator[dict[str, Any]]:
    for product_id, line in lines.items():
        yield {"product_id": product_id, "skus": [variation.sku for variation in line.variations]}


def _images(lines: dict[UUID, CatalogLine]) -> Iterator[dict[str, Any]]:
    for product_id, line in lines.items():
        yield {"product_id": product_id, "name": line.name, "urls": line.images}


def _dump(rows: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()
