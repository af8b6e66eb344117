"""Catalog files for tests: lines, a load in one verb, and what the database holds then."""

from io import BytesIO
from typing import Any

import orjson
import psycopg
from psycopg.rows import TupleRow

from analyzers.reading import romaji_slug
from catalog.importer import ImportReport, import_catalog

Database = psycopg.Connection[TupleRow]


def line(sku: str, **values: Any) -> dict[str, Any]:
    return {"sku": sku, "name": "赤い靴", "category": ["靴", "レディース"], "price": 4_980, **values}


def load(database: Database, *lines: dict[str, Any] | bytes, **options: Any) -> ImportReport:
    data = b"\n".join(each if isinstance(each, bytes) else orjson.dumps(each) for each in lines)
    return import_catalog(database, BytesIO(data), slugify=romaji_slug, **options)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.pruned, report.bad_lines


def ask(database: Database, statement: str, *values: Any) -> list[Any]:
    """Rows, or their values where there is one column."""
    rows = database.execute(statement.encode(), values).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def times(database: Database) -> list[Any]:
    """When and by which transaction each row was written."""
    return ask(
        database,
        " UNION ALL ".join(
            f"SELECT {column}, xmin::text FROM {table}"
            for table, column in (
                ("products", "updated_at"),
                ("product_variations", "updated_at"),
                ("product_images", "created_at"),
                ("categories", "updated_at"),
                ("brands", "updated_at"),
                ("sellers", "updated_at"),
            )
        ),
    )


FULL = line(
    "A",
    description="春の新作です。",
    brand="ソラネ",
    brand_kana="ソラネ",
    seller="靴の店",
    sale_price=3_980,
    stock=3,
    attributes={"素材": "牛革"},
    images=["/a.jpg", "/b.jpg"],
    variations=[{"sku": "A-23", "name": "23cm", "attributes": {"サイズ": "23cm"}, "price_adjustment": 100, "stock": 2}],
    published_at="2026-01-01T00:00:00+09:00",
)
