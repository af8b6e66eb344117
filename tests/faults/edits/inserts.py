"""New rows of every table that a document hangs on."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from psycopg.types.json import Jsonb

from indexing.registry import Connection
from tests.faults.edits.rows import long_text, new_id, pick, text

_NEW_PRODUCT = (
    "INSERT INTO products (id, seller_id, category_id, brand_id, sku, name, description, base_price, stock_quantity, "
    "status, attributes, published_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'active', %s, '2026-01-01 00:00+00')"
)


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


def insert_category(connection: Connection, rng: Random) -> None:
    parent = rng.choice([pick(connection, rng, "categories"), None])
    values = [new_id(rng), parent, text(rng), f"c-{rng.getrandbits(64):x}"]
    connection.execute("INSERT INTO categories (id, parent_id, name, slug) VALUES (%s, %s, %s, %s)", values)
