"""Small reads of the catalog that the API and the caches need; the big one is catalog/product_rows.py."""

import psycopg
from psycopg.rows import TupleRow

from catalog.tree import Category, CategoryTree


def fetch_category_tree(connection: psycopg.Connection[TupleRow]) -> CategoryTree:
    """All categories, hidden ones too, in one statement and so in one snapshot."""
    rows = connection.execute("SELECT id, parent_id, name, slug, sort_order, is_active FROM categories")
    return CategoryTree(Category(*row) for row in rows)


def fetch_brands(connection: psycopg.Connection[TupleRow]) -> list[tuple[str, str, str | None]]:
    """(id, name, kana) of each active brand."""
    rows = connection.execute("SELECT id::text, name, name_kana FROM brands WHERE is_active")
    return [(id, name, kana) for id, name, kana in rows]


def fetch_slug_successor(connection: psycopg.Connection[TupleRow], slug: str) -> str | None:
    """The slug that the category has now which was once called `slug`; None when there is none.

    A slug in use is nobody's old one, so a category that was renamed back answers None.
    """
    row = connection.execute(
        "SELECT category.slug FROM tanaban.category_slug_history AS old "
        "JOIN categories AS category ON category.id = old.category_id WHERE old.slug = %s",
        # PostgreSQL refuses NUL in text; no slug has one.
        [slug.replace("\0", "")],
    ).fetchone()
    return None if row is None else str(row[0])


def fetch_product_name(connection: psycopg.Connection[TupleRow], sku: str) -> str | None:
    """The name of the product with this sku; None when there is none."""
    row = connection.execute("SELECT name FROM products WHERE sku = %s", [sku.replace("\0", "")]).fetchone()
    return None if row is None else str(row[0])
