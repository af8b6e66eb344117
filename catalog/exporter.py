"""Products as lines of a catalog file: the same format that the importer reads, each line with all its keys."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

import orjson
import psycopg
from psycopg.rows import TupleRow

from catalog.partitions import SHOP_TIME
from catalog.product import read_attributes
from catalog.queries import fetch_category_tree
from catalog.tree import CategoryTree

_FETCH_ROWS = 1_000

_PRODUCTS = """
    SELECT p.sku, p.name, p.description, p.category_id, b.name, b.name_kana, s.company_name,
           p.base_price, p.sale_price, p.stock_quantity, p.status::text, p.attributes, p.published_at,
           (SELECT coalesce(jsonb_agg(i.image_url ORDER BY i.is_primary DESC, i.sort_order, i.id), '[]')
            FROM product_images AS i WHERE i.product_id = p.id),
           (SELECT coalesce(jsonb_agg(jsonb_build_array(v.sku, v.name, v.attributes, v.price_adjustment,
                                                        v.stock_quantity) ORDER BY v.sku COLLATE "C"), '[]')
            FROM product_variations AS v WHERE v.product_id = p.id AND v.is_active)
    FROM products AS p
    JOIN sellers AS s ON s.id = p.seller_id
    LEFT JOIN brands AS b ON b.id = p.brand_id
"""
_ALL = _PRODUCTS + 'ORDER BY p.sku COLLATE "C"'
_SOME = _PRODUCTS + "WHERE p.sku = ANY(%s)"


def export_catalog(connection: psycopg.Connection[TupleRow], out: IO[bytes]) -> int:
    """Write every product to `out`, sorted by sku, in one snapshot and in bounded memory; returns their number.

    Wants a connection outside any transaction. What is not in the format stays behind: inactive variations,
    whether a brand, category or seller is active, alt texts, shipping.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tree = fetch_category_tree(connection)
        count = 0
        with connection.cursor("catalog_export") as cursor:
            cursor.itersize = _FETCH_ROWS
            cursor.execute(_ALL)
            for row in cursor:
                out.write(orjson.dumps(_build_line(row, tree), option=orjson.OPT_APPEND_NEWLINE))
                count += 1
    return count


def fetch_lines(connection: psycopg.Connection[TupleRow], skus: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The lines of those of these products that exist."""
    tree = fetch_category_tree(connection)
    for row in connection.execute(_SOME, [list(skus)]):
        yield _build_line(row, tree)


def _build_line(row: TupleRow, tree: CategoryTree) -> dict[str, Any]:
    sku, name, description, category_id, brand, kana, seller, price, sale, stock, status, attributes, at, *lists = row
    images, variations = lists
    path = tree.path(category_id)
    return {
        "sku": sku,
        "name": name,
        "description": description,
        "category": [category.name for category in path],
        "category_slugs": [category.slug for category in path],
        "brand": brand,
        "brand_kana": kana,
        "seller": seller,
        "price": _amount(price),
        "sale_price": None if sale is None else _amount(sale),
        "stock": stock,
        "status": status,
        "attributes": _list_values(attributes),
        "images": list(dict.fromkeys(images)),
        "variations": [_build_variation(*variation) for variation in variations],
        "published_at": None if at is None else at.astimezone(SHOP_TIME).isoformat(),
    }


def _build_variation(sku: str, name: str, attributes: dict[str, Any], adjustment: Any, stock: int) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": name,
        "attributes": _list_values(attributes),
        "price_adjustment": _amount(adjustment),
        "stock": stock,
    }


def _list_values(attributes: dict[str, Any]) -> dict[str, list[str]]:
    return {name: list(values) for name, values in read_attributes(attributes).items()}


def _amount(money: Any) -> int | float:
    """Whole yen; sen, which only another program can have stored, stay visible and are refused by the import."""
    return int(money) if money == int(money) else float(money)
