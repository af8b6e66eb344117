"""Fill an empty database with the sample shop.

    generate_sample(settings, products=20_000, on_progress=advance)

Everything is loaded by COPY in one transaction: an interrupted load leaves the database as empty as it was, and
readers never see half a shop. Memory holds two chunks of products whatever their number: one is written while
the next is made.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from random import Random

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from catalog.partitions import ensure_order_partitions
from catalog.popularity_fold import fold_popularity
from catalog.sample.calendar import Calendar
from catalog.sample.events import EventMaker
from catalog.sample.opinions import Opinions
from catalog.sample.products import ProductMaker
from catalog.sample.shop import build_shop
from catalog.sample.tables import COLUMNS, Rows
from catalog.sample.words import read_words
from core.clients import connect_database
from core.errors import Conflict
from core.settings import Settings

PRODUCTS_DEFAULT = 20_000
PRODUCTS_MAX = 10_000_000
"""SKUs have seven digits."""
SEED_DEFAULT = 20_260_101

_CHUNK_PRODUCTS = 2_500
_FULL_EVENTS_PRODUCTS = 50_000
"""Up to here each product has its usual number of orders; beyond, the total grows with the square root."""
_MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class SampleReport:
    products: int
    rows: int
    """Of all tables together."""


def generate_sample(
    settings: Settings,
    products: int = PRODUCTS_DEFAULT,
    seed: int = SEED_DEFAULT,
    now: datetime | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> SampleReport:
    """Load `products` products with their shop and what shoppers did in the half year before `now`.

    The same seed, number and `now` give the same rows, ids included. `on_progress` gets (products done, all).

    Raises: Conflict, when the database holds products, categories or users; DatabaseDown.
    """
    moment = now or datetime.now(UTC)
    with closing(connect_database(settings, autocommit=True)) as connection:
        _refuse_unless_empty(connection)
        ensure_order_partitions(connection, months_back=_MONTHS_BACK, now=moment)
        with connection.transaction():
            # Nobody else fills these tables meanwhile; readers go on.
            connection.execute("LOCK TABLE products, categories, users IN SHARE ROW EXCLUSIVE MODE")
            _refuse_unless_empty(connection)
            rows = 0
            for done, chunk in _ahead(build_chunks(products, seed, moment)):
                rows += _copy_chunk(connection, chunk)
                if on_progress:
                    on_progress(done, products)
        connection.execute("ANALYZE")
        fold_popularity(connection, settings)
    return SampleReport(products, rows)


def build_chunks(products: int, seed: int, now: datetime) -> Iterator[tuple[int, Rows]]:
    """(products so far, COPY lines by table), chunk by chunk: first the shop, then its products. Pure.

    Raises: ValueError for a number of products that is not 1 to PRODUCTS_MAX.
    """
    if not 1 <= products <= PRODUCTS_MAX:
        raise ValueError(f"the sample has 1 to {PRODUCTS_MAX:,} products, not {products:,}")
    words, calendar = read_words(), Calendar(now)
    shop, rows = build_shop(words, seed, max(200, min(products // 8, 50_000)), calendar)
    yield 0, rows
    maker = ProductMaker(words, shop, calendar, seed)
    scale = min(1.0, sqrt(_FULL_EVENTS_PRODUCTS / products))
    events = EventMaker(shop, Opinions(words, seed), calendar, scale)
    for first in range(0, products, _CHUNK_PRODUCTS):
        rng = Random(f"{seed}/chunk/{first}")
        numbers = range(first + 1, min(first + _CHUNK_PRODUCTS, products) + 1)
        chunk: Rows = {table: [] for table in COLUMNS}
        made = maker.make(rng, numbers, chunk)
        events.make(rng, first // _CHUNK_PRODUCTS, made, chunk)
        yield numbers[-1], chunk


def _ahead(chunks: Iterator[tuple[int, Rows]]) -> Iterator[tuple[int, Rows]]:
    """The same, each made in a thread while the one before is written (PostgreSQL works on another core)."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming = maker.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = maker.submit(next, chunks, None)
            yield chunk


def _copy_chunk(connection: psycopg.Connection[TupleRow], chunk: Rows) -> int:
    """One COPY per table with lines, in the order of their foreign keys; returns the number of rows."""
    for table, columns in COLUMNS.items():
        if lines := chunk.get(table):
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(columns))
            with connection.cursor().copy(statement) as copy:
                copy.write("".join(lines))
    return sum(map(len, chunk.values()))


def _refuse_unless_empty(connection: psycopg.Connection[TupleRow]) -> None:
    for table in ("products", "categories", "users"):
        if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone():
            raise Conflict(
                f"The table {table} already has rows, and the sample fills an empty database only. "
                "Name another database in TANABAN_DATABASE_URL, or load a catalog with `tanaban catalog import`."
            )
