"""Rows that go, and products that take another one's id."""

from random import Random
from uuid import UUID

from indexing.registry import Connection
from tests.faults.edits.inserts import insert_product
from tests.faults.edits.rows import CHILD_TABLES, new_id, pick


def delete_child(connection: Connection, rng: Random) -> None:
    table = rng.choice([*CHILD_TABLES, "favorites"])
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
