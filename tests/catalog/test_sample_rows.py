"""What the generator writes, without a database."""

from datetime import UTC, datetime
from itertools import chain
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.sample.codes import jan_code
from catalog.sample.generate import build_chunks
from catalog.sample.placeholder import placeholder_svg
from catalog.sample.prices import ROUND_PRICES, TAX_ADDED_PRICES
from catalog.sample.tables import COLUMNS, Rows

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)


def generate(products: int, seed: int = 1) -> Rows:
    rows: Rows = {table: [] for table in COLUMNS}
    for _, chunk in build_chunks(products, seed, NOW):
        for table, lines in chunk.items():
            rows[table] += lines
    return rows


@pytest.fixture(scope="module")
def rows() -> Rows:
    return generate(6_000)


def column(rows: Rows, table: str, name: str) -> list[str]:
    at = COLUMNS[table].split(", ").index(name)
    return [line.rstrip("\n").split("\t")[at] for line in rows[table]]


def test_the_same_seed_number_and_time_give_the_same_bytes(rows: Rows) -> None:
    assert generate(6_000) == rows


def test_another_seed_gives_other_products(rows: Rows) -> None:
    assert generate(50, seed=2)["products"] != rows["products"][:50]


@pytest.mark.parametrize("table", COLUMNS)
def test_every_row_has_all_its_columns_and_an_id_of_its_own(rows: Rows, table: str) -> None:
    assert rows[table]
    assert {line.count("\t") + 1 for line in rows[table]} == {len(COLUMNS[table].split(", "))}
    assert len(set(column(rows, table, "id"))) == len(rows[table])


def test_jan_codes_are_valid_and_each_is_given_once(rows: Rows) -> None:
    attributes = [*column(rows, "products", "attributes"), *column(rows, "product_variations", "attributes")]
    codes = list(chain.from_iterable(orjson.loads(text).get("JANコード", []) for text in attributes))
    assert len(codes) == len(set(codes)) > 6_000
    assert all(code.startswith(("45", "49")) and is_gtin13(code) for code in codes)


@given(st.integers(0, 10**10 - 1))
def test_any_number_has_a_valid_jan_code(number: int) -> None:
    assert is_gtin13(jan_code(number))


def is_gtin13(code: str) -> bool:
    """GS1's rule, digit by digit."""
    digits = [int(digit) for digit in code]
    return len(digits) == 13 and sum(digits[::2]) % 10 == (-3 * sum(digits[1::2])) % 10


def test_prices_are_price_points_and_sales_are_below_them(rows: Rows) -> None:
    points = {*ROUND_PRICES, *TAX_ADDED_PRICES}
    prices, sales = column(rows, "products", "base_price"), column(rows, "products", "sale_price")
    assert {int(price) for price in prices} <= points
    on_sale = [(int(price), int(sale)) for price, sale in zip(prices, sales, strict=True) if sale != "\\N"]
    assert 0.15 < len(on_sale) / len(prices) < 0.3
    assert all(sale < price for price, sale in on_sale)


def test_names_and_descriptions_are_of_a_shops_length(rows: Rows) -> None:
    assert all(5 <= len(name) <= 120 for name in column(rows, "products", "name"))
    lengths = [len(text) for text in column(rows, "products", "description")]
    assert 100 <= min(lengths) <= 150 <= sum(lengths) / len(lengths) <= max(lengths) <= 300


def test_no_name_has_an_empty_place_or_a_place_that_was_not_filled(rows: Rows) -> None:
    for text in [*column(rows, "products", "name"), *column(rows, "products", "description")]:
        assert not set(text) & set("{}\0")
        assert "  " not in text


def test_few_products_have_most_of_the_orders(rows: Rows) -> None:
    bought = column(rows, "order_items", "product_id")
    counts = sorted((bought.count(product) for product in set(bought)), reverse=True)
    assert sum(counts[: len(counts) // 10]) > 0.3 * len(bought)


def test_every_rule_about_what_is_shown_has_products(rows: Rows) -> None:
    assert set(column(rows, "products", "status")) == {"active", "out_of_stock", "draft", "discontinued"}
    assert any(published > "2026-06-02" for published in column(rows, "products", "published_at"))
    assert "\\N" in column(rows, "products", "brand_id")
    for table, state, key in (
        ("sellers", "status", "seller_id"),
        ("brands", "is_active", "brand_id"),
        ("categories", "is_active", "category_id"),
    ):
        states = dict(zip(column(rows, table, "id"), column(rows, table, state), strict=True))
        hidden = {identifier for identifier, value in states.items() if value in ("suspended", "False")}
        assert hidden & set(column(rows, "products", key))


def test_wireless_earphones_are_many_of_many_brands_at_many_prices(rows: Rows) -> None:
    slugs = dict(zip(column(rows, "categories", "slug"), column(rows, "categories", "id"), strict=True))
    of_leaf = [
        (brand, price)
        for category, brand, price in zip(
            *(column(rows, "products", name) for name in ("category_id", "brand_id", "base_price")), strict=True
        )
        if category == slugs["wireless-earphones"]
    ]
    assert len(of_leaf) >= 60
    assert len({brand for brand, _ in of_leaf}) >= 10
    assert len({price for _, price in of_leaf}) >= 20


@pytest.mark.parametrize("products", [0, -1, 10_000_001])
def test_a_number_of_products_that_skus_cannot_hold_is_refused(products: int) -> None:
    with pytest.raises(ValueError, match="1 to 10,000,000"):
        next(build_chunks(products, 1, NOW))


@given(st.text(), st.text())
def test_a_picture_is_small_safe_xml_whatever_the_texts(name: str, seed_text: str) -> None:
    svg = placeholder_svg(name, seed_text)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(svg.encode()) < 2_048
    assert not [element for element in root.iter() if element.tag.endswith(("script", "image", "use", "foreignObject"))]
