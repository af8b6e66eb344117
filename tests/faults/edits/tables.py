"""What happens to many rows at once, or to the columns of a table."""

from random import Random

from indexing.registry import Connection
from tests.faults.edits.rows import SHOWN_TABLES, NothingThere, new_id, pick, text


def copy_products(connection: Connection, rng: Random, products: int = 60) -> None:
    seller, category = pick(connection, rng, "sellers"), pick(connection, rng, "categories")
    sql = "COPY products (id, seller_id, category_id, sku, name, base_price, status, published_at) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for _ in range(products):
            sku = f"K-{rng.getrandbits(64):x}"
            copy.write_row((new_id(rng), seller, category, sku, text(rng), 500, "active", "2026-01-01 00:00+00"))


def touch_all(connection: Connection, rng: Random) -> None:
    connection.execute("UPDATE products SET stock_quantity = %s", [rng.randrange(9)])


def truncate_images(connection: Connection, _: Random) -> None:
    connection.execute("TRUNCATE product_images")


def add_column(connection: Connection, rng: Random) -> None:
    table = rng.choice(SHOWN_TABLES)
    connection.execute(f"ALTER TABLE {table} ADD COLUMN {_extra(rng)} text DEFAULT 'x'")


def rename_column(connection: Connection, rng: Random) -> None:
    table, column = _pick_extra(connection, rng)
    connection.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO {_extra(rng)}")


def drop_column(connection: Connection, rng: Random) -> None:
    table, column = _pick_extra(connection, rng)
    connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _extra(rng: Random) -> str:
    return f"extra_{rng.getrandbits(32)}"


def _pick_extra(connection: Connection, rng: Random) -> tuple[str, str]:
    """A table and one of its columns that no document shows."""
    sql = (
        "SELECT attrelid::regclass::text, attname FROM pg_attribute "
        "WHERE attrelid = ANY(%s::regclass[]) AND starts_with(attname, 'extra_') ORDER BY attname"
    )
    columns: list[tuple[str, str]] = connection.execute(sql, [list(SHOWN_TABLES)]).fetchall()
    if not columns:
        raise NothingThere("extra column")
    return rng.choice(columns)
