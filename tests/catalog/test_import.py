"""Loading catalog files into a real database."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import orjson
import psycopg
import pytest
from psycopg.rows import TupleRow

from analyzers.reading import romaji_slug
from catalog.importer import BadLine, ImportReport, import_catalog
from core.errors import InvalidParameter
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

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


def test_a_product_comes_with_everything_that_its_line_says(database: Database) -> None:
    assert counts(load(database, FULL)) == (1, 0, 0, 0, 0)
    assert ask(
        database,
        "SELECT p.name, description, base_price, sale_price, stock_quantity, p.status::text, attributes, "
        "published_at = '2025-12-31 15:00+00', b.name, b.name_kana, company_name "
        "FROM products p JOIN brands b ON b.id = brand_id JOIN sellers s ON s.id = seller_id",
    ) == [
        ("赤い靴", "春の新作です。", 4_980, 3_980, 3, "active", {"素材": ["牛革"]}, True, "ソラネ", "ソラネ", "靴の店")
    ]
    assert ask(database, "SELECT sku, name, attributes, price_adjustment, stock_quantity FROM product_variations") == [
        ("A-23", "23cm", {"サイズ": ["23cm"]}, 100, 2)
    ]
    assert ask(database, "SELECT image_url, sort_order, is_primary FROM product_images ORDER BY sort_order") == [
        ("/a.jpg", 0, True),
        ("/b.jpg", 1, False),
    ]


def test_a_second_import_changes_nothing(database: Database) -> None:
    lines = [FULL, line("B"), line("C", brand="ｿﾗﾈ")]
    load(database, *lines)
    before = times(database)
    assert counts(load(database, *lines)) == (0, 0, 3, 0, 0)
    assert times(database) == before


def test_only_products_that_differ_in_some_part_are_updated(database: Database) -> None:
    load(database, FULL, line("B"), line("C"))
    report = load(
        database, {**FULL, "images": ["/b.jpg"]}, line("B", variations=[{"sku": "B-1"}]), line("C"), line("D")
    )
    assert counts(report) == (1, 2, 1, 0, 0)


def test_what_a_line_leaves_out_is_taken_back(database: Database) -> None:
    load(database, FULL)
    assert counts(load(database, line("A"))) == (0, 1, 0, 0, 0)
    assert ask(database, "SELECT description, brand_id, sale_price, stock_quantity, attributes FROM products") == [
        (None, None, None, 0, {})
    ]
    assert ask(database, "SELECT company_name FROM products JOIN sellers s ON s.id = seller_id") == ["直営ショップ"]
    assert ask(database, "SELECT image_url FROM product_images") == []


def test_a_publication_time_that_is_left_out_is_kept_and_null_takes_it_away(database: Database) -> None:
    load(database, FULL, line("B"))
    load(database, line("A"), line("B", published_at=None))
    assert ask(database, "SELECT published_at = '2025-12-31 15:00+00' FROM products WHERE sku = 'A'") == [True]
    assert ask(database, "SELECT published_at FROM products WHERE sku = 'B'") == [None]


def test_variations_and_images_keep_their_ids(database: Database) -> None:
    load(database, FULL)
    variation, image = "SELECT id FROM product_variations", "SELECT id FROM product_images WHERE image_url = '/b.jpg'"
    before = ask(database, variation), ask(database, image)
    load(database, {**FULL, "images": ["/b.jpg", "/c.jpg"], "variations": [{"sku": "A-23", "stock": 9}]})
    assert (ask(database, variation), ask(database, image)) == before
    assert ask(database, "SELECT image_url FROM product_images ORDER BY sort_order") == ["/b.jpg", "/c.jpg"]


def test_a_variation_that_is_left_out_is_inactive_until_it_comes_back(database: Database) -> None:
    active = "SELECT is_active FROM product_variations"
    load(database, FULL)
    load(database, {**FULL, "variations": []})
    assert ask(database, active) == [False]
    assert counts(load(database, {**FULL, "variations": []})) == (0, 0, 1, 0, 0)
    load(database, FULL)
    assert ask(database, active) == [True]


def test_categories_are_found_by_parent_and_name_and_made_with_slugs_of_their_own(database: Database) -> None:
    load(
        database,
        line("A", category=["靴", "セール"], category_slugs=["shoes", "shoes-sale"]),
        line("B", category=["本", "セール"]),
        line("C", category=["靴", "セール"]),
        line("D", category=["鞄", "セール"]),
        line("E", category=["한글"]),
    )
    slugs = ask(database, "SELECT slug FROM categories JOIN products p ON p.category_id = categories.id ORDER BY p.sku")
    assert slugs == ["shoes-sale", romaji_slug("セール"), "shoes-sale", f"{romaji_slug('セール')}-2", "category"]
    assert ask(database, "SELECT count(*) FROM categories") == [7]


def test_a_brand_is_one_whatever_the_width_of_its_letters(database: Database) -> None:
    load(database, line("A", brand="ＡＥＲＩＱ　"), line("B", brand="AERIQ"))
    assert ask(database, "SELECT name FROM brands") == ["AERIQ"]


def test_two_readings_of_one_brand_are_refused(database: Database) -> None:
    report = load(
        database, line("A", brand="空音", brand_kana="ソラネ"), line("B", brand="空音", brand_kana="クウオン")
    )
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "'クウオン' contradicts 'ソラネ'" in report.bad[0].reason


def test_bad_lines_are_named_and_the_rest_is_loaded(database: Database) -> None:
    told: list[BadLine] = []
    lines = (line("A"), b"{", line("B", price="1"), "靴".encode("cp932"), line("C", sale_price=9_999), line("D"))
    report = load(database, *lines, on_bad=told.append)
    assert counts(report) == (2, 0, 0, 0, 4)
    assert ask(database, "SELECT sku FROM products ORDER BY sku") == ["A", "D"]
    assert sorted(bad.number for bad in report.bad) == sorted(bad.number for bad in told) == [2, 3, 4, 5]
    assert {bad.number: bad.line for bad in told}[2] == b"{"


def test_the_second_line_of_a_sku_is_refused_in_any_batch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.import_reader.BATCH_LINES", 2)
    report = load(database, line("A"), line("A", price=1), line("B"), line("C"), line(" A ", price=2))
    assert [(bad.number, bad.reason) for bad in report.bad] == [
        (2, "sku: 'A' is already on line 1"),
        (5, "sku: 'A' is already on line 1"),
    ]
    assert ask(database, "SELECT base_price FROM products WHERE sku = 'A'") == [4_980]


def test_a_variation_of_another_product_is_refused(database: Database) -> None:
    load(database, FULL)
    report = load(database, line("B", variations=[{"sku": "A-23"}]), line("C"))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert report.bad[0].reason == "variations: 'A-23' belongs to the product 'A'"


def test_a_line_that_only_postgresql_refuses_costs_no_other_line(database: Database) -> None:
    database.execute("ALTER TABLE products ADD CONSTRAINT own_rule CHECK (base_price <> 13)")
    report = load(database, *(line(f"P{price}", price=price) for price in range(10, 20)))
    assert counts(report) == (9, 0, 0, 0, 1)
    assert report.bad[0].number == 4
    assert "own_rule" in report.bad[0].reason


def test_a_partial_line_updates_only_its_keys(database: Database) -> None:
    load(database, FULL)
    assert counts(load(database, {"sku": "A", "stock": 7}, partial=True)) == (0, 1, 0, 0, 0)
    assert ask(database, "SELECT stock_quantity, sale_price, description FROM products") == [
        (7, 3_980, "春の新作です。")
    ]
    assert ask(database, "SELECT count(*) FROM product_images") == [2]
    stock = {"sku": "A", "variations": [{"sku": "A-23", "stock": 5}]}
    assert counts(load(database, stock, partial=True)) == (0, 1, 0, 0, 0)
    assert ask(database, "SELECT name, price_adjustment, stock_quantity, is_active FROM product_variations") == [
        ("23cm", 100, 5, True)
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sku": "Z", "stock": 1}, "sku: 'Z' is not in the catalog"),
        ({"sku": "A", "price": 3_000}, "sale_price: 3980 is above the price, 3000"),
        ({"sku": "A", "stok": 1}, "stok: is not a key; did you mean stock?"),
        ({"sku": "A", "variations": [{"sku": "A-99", "stock": 1}]}, "variations: 'A-99' is not in the catalog"),
        ({"sku": "A", "variations": [5]}, "variations[1]"),
        ({"sku": "A", "variations": None}, "variations: must be a list"),
    ],
)
def test_a_partial_line_that_does_not_fit_is_refused(database: Database, change: dict[str, Any], reason: str) -> None:
    load(database, FULL)
    before = times(database)
    report = load(database, change, partial=True)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert reason in report.bad[0].reason
    assert times(database) == before


def statuses(database: Database) -> dict[str, str]:
    return dict(ask(database, "SELECT sku, status::text FROM products"))


def test_products_that_the_file_lacks_are_discontinued_when_asked_for(database: Database) -> None:
    load(database, line("A"), line("B"), line("C", status="discontinued"))
    assert counts(load(database, line("A"))) == (0, 0, 1, 0, 0)
    assert statuses(database) == {"A": "active", "B": "active", "C": "discontinued"}
    assert counts(load(database, line("A"), prune_missing=True)) == (0, 0, 1, 1, 0)
    assert statuses(database) == {"A": "active", "B": "discontinued", "C": "discontinued"}


def test_a_product_whose_line_is_bad_is_not_discontinued(database: Database) -> None:
    load(database, line("A"), line("B"), line("C"))
    report = load(database, line("A"), line("B", price=-1), prune_missing=True)
    assert counts(report) == (0, 0, 1, 1, 1)
    assert statuses(database) == {"A": "active", "B": "active", "C": "discontinued"}


@pytest.mark.parametrize("lines", [[line("A"), b'{"sku": "B", '], [b""], []])
def test_nothing_is_discontinued_when_the_file_may_have_named_it(
    database: Database, lines: Iterable[dict[str, Any] | bytes]
) -> None:
    load(database, line("A"), line("B"))
    report = load(database, *lines, prune_missing=True)
    assert report.pruned == 0
    assert report.prune_refused
    assert set(statuses(database).values()) == {"active"}


def test_a_feed_of_some_keys_cannot_discontinue(database: Database) -> None:
    with pytest.raises(InvalidParameter):
        load(database, line("A"), partial=True, prune_missing=True)


def test_products_of_the_shop_are_found_by_their_sku(database: Database) -> None:
    product = Shop(database).product("古い名前", sku="A", category="靴 > レディース", seller="直営ショップ")
    assert counts(load(database, line("A"))) == (0, 1, 0, 0, 0)
    assert ask(database, "SELECT id, name FROM products") == [(product, "赤い靴")]


def test_a_connection_can_import_again_after_an_import_that_broke_off(database: Database) -> None:
    def break_off(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(database, line("A"), on_progress=break_off)
    assert counts(load(database, line("A"), line("B"))) == (1, 0, 1, 0, 0)


def test_progress_tells_the_lines_that_were_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.import_reader.BATCH_LINES", 2)
    seen: list[int] = []
    load(database, line("A"), b"", line("B"), b"{", line("C"), on_progress=seen.append)
    assert seen == [3, 5]
