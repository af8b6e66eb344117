"""What edits share: ids, texts, and some row to change."""

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from indexing.registry import Connection

Edit = Callable[[Connection, Random], object]
"""Gets a connection inside a transaction and a seeded generator, which decides everything: ids, rows, values."""

SHOWN_TABLES = ("products", "product_variations", "product_images", "reviews", "brands", "sellers", "categories")
CHILD_TABLES = ("product_variations", "product_images", "reviews")

_KANJI = "棚番商品検索一覧価格在庫色形大中小新旧白黒赤青緑金銀木火土水山川空海花鳥風月雪星"


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


def set_column(connection: Connection, rng: Random, table: str, values: dict[str, Any]) -> None:
    """Change one column of some row."""
    column, value = rng.choice(sorted(values.items()))
    connection.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pick(connection, rng, table)])
