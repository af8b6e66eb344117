"""What happens to a catalog in a day: every kind of change that a document may hang on, and some that it may not.

An edit gets a connection inside a transaction and a seeded generator, which decides everything: ids, rows, values.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from indexing.registry import Connection

Edit = Callable[[Connection, Random], object]

_KANJI = "棚番商品検索一覧価格在庫色形大中小新旧白黒赤青緑金銀木火土水山川空海花鳥風月雪星"
_TABLES = ("products", "product_variations", "product_images", "reviews", "brands", "sellers", "categories")
_NEW_PRODUCT = (
    "INSERT INTO products (id, seller_id, category_id, brand_id, sku, name, description, base_price, stock_quantity, "
    "status, attributes, published_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'active', %s, '2026-01-01 00:00+00')"
)


class NothingThere(Exception):
    """No row of the wanted kind; the edit is left out."""


def new_id(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def text(rng: Random, length: int = 6) -> str:
    return "".join(rng.choices(_KANJI, k=length))


def long_text(rng: Random) -> str:
    """Too long and too random for a heap page: PostgreSQL keeps it in TOAST, and leaves it out of an update's WAL."""
    return text(rng, 3_000) if rng.random() < 0.2 else text(rng, 20)


def pick(connection: Connection, rng: Random, table: str, where: str = "true") -> UUID:
    """Some row's id: the next one behind a random place in id order."""
    sql = f"SELECT id FROM {table} WHERE {where} ORDER BY id < %s, id LIMIT 1"
    row = connection.execute(sql, [new_id(rng)]).fetchone()
    if row is None:
        raise NothingThere(table)
    id: UUID = row[0]
    return id


def _set(connection: Connection, rng: Random, table: str, values: dict[str, Any]) -> None:
    """Change one column of some row."""
    column, value = rng.choice(sorted(values.items()))
    connection.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pick(connection, rng, table)])


def insert_product(connection: Connection, rng: Random, id: UUID | None = None) -> UUID:
    id = id or new_id(rng)
    seller, category, brand = (pick(connection, rng, table) for table in ("sellers", "categories", "brands"))
    values = [f"S-{rng.getrandbits(64):x}", text(rng), long_text(rng), rng.randrange(100, 99_999), rng.randrange(9)]
    colours = Jsonb({"色": [text(rng, 1)]})
    connection.execute(_NEW_PRODUCT, [id, seller, category, rng.choice([brand, None]), *values, colours])
    for _ in range(rng.randrange(3)):
        insert_variation(connection, rng, id)
    for _ in range(rng.randrange(3)):
        insert_image(connection, rng, id)
    return id


def insert_variation(connection: Connection, rng: Random, product: UUID | None = None) -> None:
    connection.execute(
        "INSERT INTO product_variations (id, product_id, sku, name, attributes, price_adjustment, stock_quantity) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            new_id(rng),
            product or pick(connection, rng, "products"),
            f"V-{rng.getrandbits(64):x}",
            text(rng, 2),
            Jsonb({"サイズ": [rng.choice("SML")]}),
            rng.randrange(-50, 500),
            rng.randrange(5),
        ],
    )


def insert_image(connection: Connection, rng: Random, product: UUID | None = None) -> None:
    values = [
        new_id(rng),
        product or pick(connection, rng, "products"),
        f"/{rng.getrandbits(32)}.svg",
        rng.randrange(9),
    ]
    sql = "INSERT INTO product_images (id, product_id, image_url, sort_order) VALUES (%s, %s, %s, %s)"
    connection.execute(sql, values)


def insert_review(connection: Connection, rng: Random) -> None:
    values = [new_id(rng), pick(connection, rng, "users"), pick(connection, rng, "products"), rng.randint(1, 5)]
    connection.execute("INSERT INTO reviews (id, user_id, product_id, rating) VALUES (%s, %s, %s, %s)", values)


def insert_favorite(connection: Connection, rng: Random) -> None:
    values = [new_id(rng), insert_user(connection, rng), pick(connection, rng, "products")]
    connection.execute("INSERT INTO favorites (id, user_id, product_id) VALUES (%s, %s, %s)", values)


def insert_user(connection: Connection, rng: Random) -> UUID:
    id = new_id(rng)
    connection.execute("INSERT INTO users (id, email) VALUES (%s, %s)", [id, f"{id}@example.jp"])
    return id


def insert_order(connection: Connection, rng: Random) -> None:
    user, address, order = insert_user(connection, rng), new_id(rng), new_id(rng)
    product = pick(connection, rng, "products")
    seller = pick(connection, rng, "sellers")
    when = datetime.now(UTC) - timedelta(days=rng.randrange(30))
    connection.execute(
        "INSERT INTO addresses (id, user_id, postal_code, prefecture, city, address_line1) "
        "VALUES (%s, %s, '100-0001', '東京都', '千代田区', '千代田1-1')",
        [address, user],
    )
    connection.execute(
        "INSERT INTO orders (id, order_number, user_id, shipping_address_id, subtotal, total_amount, ordered_at) "
        "VALUES (%s, %s, %s, %s, 100, 100, %s)",
        [order, f"R{rng.getrandbits(64):x}", user, address, when],
    )
    connection.execute(
        "INSERT INTO order_items (id, order_id, ordered_at, product_id, seller_id, quantity, unit_price, total_price) "
        "VALUES (%s, %s, %s, %s, %s, 1, 100, 100)",
        [new_id(rng), order, when, product, seller],
    )


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
    _set(connection, rng, "products", values)


def edit_variation(connection: Connection, rng: Random) -> None:
    values = {
        "price_adjustment": rng.randrange(-50, 500),
        "stock_quantity": rng.randrange(5),
        "is_active": rng.random() < 0.7,
        "attributes": Jsonb({"サイズ": [rng.choice("SML")]}),
    }
    _set(connection, rng, "product_variations", values)


def edit_image(connection: Connection, rng: Random) -> None:
    values = {"is_primary": rng.random() < 0.5, "sort_order": rng.randrange(9), "alt_text": text(rng)}
    _set(connection, rng, "product_images", values)


def edit_review(connection: Connection, rng: Random) -> None:
    _set(connection, rng, "reviews", {"rating": rng.randint(1, 5), "comment": long_text(rng)})


def edit_brand(connection: Connection, rng: Random) -> None:
    values = {"name": text(rng), "name_kana": text(rng), "is_active": rng.random() < 0.7, "logo_url": text(rng)}
    _set(connection, rng, "brands", values)


def edit_seller(connection: Connection, rng: Random) -> None:
    status = rng.choice(["active", "active", "suspended"])
    _set(connection, rng, "sellers", {"company_name": text(rng), "status": status, "address": long_text(rng)})


def edit_category(connection: Connection, rng: Random) -> None:
    """A move that would close a cycle is refused by the database, and left out."""
    parent = rng.choice([pick(connection, rng, "categories"), None])
    name, slug = text(rng), f"c-{rng.getrandbits(64):x}"
    values = {"name": name, "slug": slug, "is_active": rng.random() < 0.8, "parent_id": parent}
    _set(connection, rng, "categories", values)


def move_child(connection: Connection, rng: Random) -> None:
    """A variation, an image or a review goes to another product: both change."""
    _set(connection, rng, rng.choice(_TABLES[1:4]), {"product_id": pick(connection, rng, "products")})


def move_product(connection: Connection, rng: Random) -> None:
    values = {table: pick(connection, rng, table) for table in ("sellers", "categories", "brands")}
    columns = {"seller_id": values["sellers"], "category_id": values["categories"], "brand_id": values["brands"]}
    _set(connection, rng, "products", columns)


def insert_category(connection: Connection, rng: Random) -> None:
    parent = rng.choice([pick(connection, rng, "categories"), None])
    values = [new_id(rng), parent, text(rng), f"c-{rng.getrandbits(64):x}"]
    connection.execute("INSERT INTO categories (id, parent_id, name, slug) VALUES (%s, %s, %s, %s)", values)


def delete_child(connection: Connection, rng: Random) -> None:
    table = rng.choice([*_TABLES[1:4], "favorites"])
    connection.execute(f"DELETE FROM {table} WHERE id = %s", [pick(connection, rng, table)])


def delete_product(connection: Connection, rng: Random) -> None:
    """Refused, and left out, for one that was ordered."""
    connection.execute("DELETE FROM products WHERE id = %s", [pick(connection, rng, "products")])


def replace_product(connection: Connection, rng: Random) -> None:
    """Delete one and insert another under the same id, in one transaction."""
    id = pick(connection, rng, "products")
    connection.execute("DELETE FROM products WHERE id = %s", [id])
    insert_product(connection, rng, id)


def come_and_go(connection: Connection, rng: Random) -> None:
    """One of a few ids is deleted, or inserted if it is not there: in transactions of their own, again and again."""
    id = UUID(int=rng.randrange(1, 9), version=4)
    if connection.execute("DELETE FROM products WHERE id = %s", [id]).rowcount == 0:
        insert_product(connection, rng, id)


def change_key(connection: Connection, rng: Random) -> None:
    """Of a product whose children go first, as the foreign keys want it."""
    id = pick(connection, rng, "products")
    for table in ("product_variations", "product_images", "reviews", "favorites", "tanaban.product_popularity"):
        connection.execute(f"DELETE FROM {table} WHERE product_id = %s", [id])
    connection.execute("UPDATE products SET id = %s WHERE id = %s", [new_id(rng), id])


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
    table = rng.choice(_TABLES)
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
    columns: list[tuple[str, str]] = connection.execute(sql, [list(_TABLES)]).fetchall()
    if not columns:
        raise NothingThere("extra column")
    return rng.choice(columns)


WEIGHTS: dict[Edit, int] = {
    edit_product: 30,
    edit_variation: 12,
    edit_image: 4,
    edit_review: 2,
    edit_brand: 2,
    edit_seller: 2,
    edit_category: 3,
    move_child: 6,
    move_product: 6,
    insert_product: 6,
    insert_variation: 4,
    insert_image: 4,
    insert_review: 4,
    insert_favorite: 3,
    insert_order: 3,
    insert_category: 1,
    cancel_order: 1,
    delete_child: 5,
    delete_product: 6,
    replace_product: 4,
    come_and_go: 6,
    change_key: 3,
    copy_products: 1,
    touch_all: 1,
}
"""How often each comes."""

ALONE: tuple[Edit, ...] = (truncate_images, add_column, add_column, rename_column, drop_column)
"""These lock a whole table, so they come while no other transaction is open."""
