"""Changes of rows that are there, one column or one reference at a time."""

from random import Random

from psycopg.types.json import Jsonb

from indexing.registry import Connection
from tests.faults.edits.rows import CHILD_TABLES, long_text, pick, set_column, text


def cancel_order(connection: Connection, rng: Random) -> None:
    order = pick(connection, rng, "orders")
    connection.execute("UPDATE orders SET status = 'cancelled' WHERE id = %s", [order])


def edit_product(connection: Connection, rng: Random) -> None:
    values = {
        "name": text(rng),
        "description": long_text(rng),
        "base_price": rng.randrange(100, 99_999),
        "stock_quantity": rng.randrange(9),
        "status": rng.choice(["active", "active", "out_of_stock", "draft", "discontinued"]),
        "attributes": Jsonb({"色": [text(rng, 1)]}),
        "shipping_info": Jsonb({"day": rng.randrange(9)}),
    }
    set_column(connection, rng, "products", values)


def edit_variation(connection: Connection, rng: Random) -> None:
    values = {
        "price_adjustment": rng.randrange(-50, 500),
        "stock_quantity": rng.randrange(5),
        "is_active": rng.random() < 0.7,
        "attributes": Jsonb({"サイズ": [rng.choice("SML")]}),
    }
    set_column(connection, rng, "product_variations", values)


def edit_image(connection: Connection, rng: Random) -> None:
    values = {"is_primary": rng.random() < 0.5, "sort_order": rng.randrange(9), "alt_text": text(rng)}
    set_column(connection, rng, "product_images", values)


def edit_review(connection: Connection, rng: Random) -> None:
    set_column(connection, rng, "reviews", {"rating": rng.randint(1, 5), "comment": long_text(rng)})


def edit_brand(connection: Connection, rng: Random) -> None:
    values = {"name": text(rng), "name_kana": text(rng), "is_active": rng.random() < 0.7, "logo_url": text(rng)}
    set_column(connection, rng, "brands", values)


def edit_seller(connection: Connection, rng: Random) -> None:
    status = rng.choice(["active", "active", "suspended"])
    set_column(connection, rng, "sellers", {"company_name": text(rng), "status": status, "address": long_text(rng)})


def edit_category(connection: Connection, rng: Random) -> None:
    """A move that would close a cycle is refused by the database, and left out."""
    parent = rng.choice([pick(connection, rng, "categories"), None])
    name, slug = text(rng), f"c-{rng.getrandbits(64):x}"
    values = {"name": name, "slug": slug, "is_active": rng.random() < 0.8, "parent_id": parent}
    set_column(connection, rng, "categories", values)


def move_child(connection: Connection, rng: Random) -> None:
    """A variation, an image or a review goes to another product: both change."""
    set_column(connection, rng, rng.choice(CHILD_TABLES), {"product_id": pick(connection, rng, "products")})


def move_product(connection: Connection, rng: Random) -> None:
    values = {table: pick(connection, rng, table) for table in ("sellers", "categories", "brands")}
    columns = {"seller_id": values["sellers"], "category_id": values["categories"], "brand_id": values["brands"]}
    set_column(connection, rng, "products", columns)
