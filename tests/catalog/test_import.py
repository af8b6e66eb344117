"""Loading catalog files into a real database."""

from uuid import UUID

import pytest

from analyzers.reading import romaji_slug
from catalog.import_references import _below
from catalog.importer import BadLine
from tests.catalog.catalog_file import FULL, Database, ask, counts, line, load, times
from tests.catalog.factory import Shop

pytestmark = pytest.mark.live


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


@pytest.mark.parametrize("parent_id", [None, UUID(int=1)])
def test_a_category_is_found_by_its_index(database: Database, parent_id: UUID | None) -> None:
    """Said as IS NOT DISTINCT FROM, every new category of ten thousand reads all that are there."""
    database.execute("SET enable_seqscan = off")
    select = f"EXPLAIN SELECT id FROM categories WHERE {_below(parent_id)} AND name = 'a'"
    plan = database.execute(select.encode(), {"parent_id": parent_id}).fetchall()

    assert "Index Cond: ((parent_id" in str(plan)
