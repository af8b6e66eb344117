"""What is exported can be imported: the files are equal byte by byte."""

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from psycopg.rows import TupleRow

from analyzers.reading import romaji_slug
from catalog.exporter import export_catalog
from catalog.importer import import_catalog
from catalog.sample.generate import generate_sample
from core.clients import connect_database
from core.settings import Settings
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

Database = psycopg.Connection[TupleRow]


def export(database: Database) -> bytes:
    out = BytesIO()
    export_catalog(database, out)
    return out.getvalue()


def empty(database: Database) -> None:
    """Deleting a few rows is much faster than TRUNCATE."""
    for table in ("order_items", "products", "categories", "brands", "sellers"):
        database.execute(f"DELETE FROM {table}".encode())


def used_slugs(database: Database) -> set[str]:
    rows = database.execute("SELECT DISTINCT slug FROM categories JOIN products ON category_id = categories.id")
    return {slug for (slug,) in rows}


def test_lines_are_sorted_by_sku_and_have_every_key(database: Database) -> None:
    shop = Shop(database)
    shop.product("靴", sku="b", category="靴 > 子供", images=["/b.jpg"], variations=[{"sku": "b-2"}, {"sku": "b-1"}])
    shop.product("本", sku="B", brand="星雲出版局", sale_price=900, attributes={"判型": ["文庫"]})
    lines = [orjson.loads(line) for line in export(database).splitlines()]
    assert [line["sku"] for line in lines] == ["B", "b"]
    assert lines[0].keys() == lines[1].keys()
    assert lines[1]["category"] == ["靴", "子供"]
    assert [variation["sku"] for variation in lines[1]["variations"]] == ["b-1", "b-2"]
    assert (lines[0]["brand"], lines[0]["price"], lines[0]["sale_price"]) == ("星雲出版局", 1_000, 900)


def test_inactive_variations_stay_behind(database: Database) -> None:
    Shop(database).product("靴", variations=[{"sku": "shown"}, {"sku": "hidden", "is_active": False}])
    (line,) = map(orjson.loads, export(database).splitlines())
    assert [variation["sku"] for variation in line["variations"]] == ["shown"]


def test_an_empty_catalog_is_an_empty_file(database: Database) -> None:
    assert export(database) == b""


def test_the_sample_goes_out_in_and_out_again_unchanged(settings: Settings) -> None:
    with connect_database(settings, autocommit=True) as database:
        generate_sample(settings, 800)
        exported = export(database)
        slugs = used_slugs(database)
        report = import_catalog(database, BytesIO(exported), slugify=romaji_slug)
        assert (report.unchanged, report.updated, report.bad_lines) == (800, 0, 0)
        empty(database)
        report = import_catalog(database, BytesIO(exported), slugify=romaji_slug)
        assert (report.created, report.bad_lines) == (800, 0)
        assert export(database) == exported
        assert used_slugs(database) == slugs


printable = st.characters(exclude_categories=["Cc", "Cs"])
texts = st.text(printable, min_size=1, max_size=20).map(str.strip).filter(lambda text: text and " > " not in text)
prices = st.integers(100, 9_999_999)
attributes = st.dictionaries(
    texts, texts | st.integers(-(2**63), 2**63 - 1) | st.lists(texts, min_size=1, max_size=3), max_size=3
)
paths = st.lists(texts, min_size=1, max_size=4)
moments = st.datetimes(
    datetime(1901, 1, 1), datetime(9000, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))])
)


@st.composite
def catalogs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Lines with all kinds of values; skus apart, nothing is tidy."""
    skus = draw(st.lists(texts, min_size=1, max_size=6, unique=True))
    return [
        {
            "sku": sku,
            "name": draw(texts),
            "category": draw(paths),
            "price": (price := draw(prices)),
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "description": st.text(printable | st.sampled_from("\n\t")),
                        "brand": texts,
                        "seller": texts,
                        "sale_price": st.integers(0, price),
                        "stock": st.integers(0, 2**31 - 1),
                        "status": st.sampled_from(["draft", "active", "out_of_stock", "discontinued"]),
                        "attributes": attributes,
                        "images": st.lists(st.integers(1, 99).map("/images/{}.svg".format), unique=True, max_size=3),
                        "variations": st.lists(variations(sku), max_size=3, unique_by=lambda each: each["sku"]),
                        "published_at": st.none() | moments,
                    },
                )
            ),
        }
        for sku in skus
    ]


def variations(sku: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"sku": st.integers(1, 9).map(lambda number: f"{sku}\N{EM DASH}{number}")},
        optional={
            "name": texts,
            "attributes": attributes,
            "price_adjustment": st.integers(0, 1_000),
            "stock": st.integers(0, 9),
        },
    )


@pytest.fixture(scope="module")
def module_database(servers: Settings, _migrated_database: str) -> Any:
    """One database for all examples, which empty it themselves."""
    name = f"{_migrated_database}_export"
    with connect_database(servers, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name} TEMPLATE {_migrated_database}".encode())
        url = f"{servers.database_url}".rsplit("/", 1)[0] + f"/{name}"
        with connect_database(servers.model_copy(update={"database_url": url}), autocommit=True) as database:
            yield database
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(catalogs())
def test_any_catalog_goes_in_out_in_and_out_unchanged(module_database: Database, lines: list[dict[str, Any]]) -> None:
    empty(module_database)
    given_file = BytesIO(b"\n".join(map(orjson.dumps, lines)))
    first = import_catalog(module_database, given_file, slugify=romaji_slug)
    exported = export(module_database)
    assert (first.created, first.bad_lines) == (len(lines), 0), first.bad
    given_file.seek(0)
    again = import_catalog(module_database, given_file, slugify=romaji_slug)
    assert (again.created, again.updated, again.unchanged) == (0, 0, len(lines))
    empty(module_database)
    import_catalog(module_database, BytesIO(exported), slugify=romaji_slug)
    assert export(module_database) == exported
