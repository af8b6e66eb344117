"""The rules that turn a row into what a shopper sees."""

import pytest

from catalog.product import effective_variations, is_searchable
from tests.catalog.rows import category, product_row, variation


def test_a_product_without_variations_is_its_own_only_one() -> None:
    (only,) = effective_variations(product_row(attributes={"色": "黒"}, stock=3))

    assert (only.sku, only.price_yen, only.stock, only.in_stock) == ("EAR-100", 10_000, 3, True)
    assert only.attributes == {"色": ("黒",)}


def test_a_variation_inherits_attributes_and_overrides_its_own() -> None:
    row = product_row(
        attributes={"素材": ["綿"], "色": ["赤", "青"]},
        variations=[variation("R", {"色": ["赤"]}), variation("B", {"色": ["青"], "サイズ": ["M"]})],
    )

    red, blue = effective_variations(row)

    assert red.attributes == {"素材": ("綿",), "色": ("赤",)}
    assert blue.attributes == {"素材": ("綿",), "色": ("青",), "サイズ": ("M",)}


def test_a_sale_lowers_the_price_and_keeps_the_list_price() -> None:
    row = product_row(sale_price_yen=8_000, variations=[variation("L", adjustment_yen=500)])

    (large,) = effective_variations(row)

    assert (large.price_yen, large.list_price_yen) == (8_500, 10_500)


def test_an_adjustment_never_makes_a_price_negative() -> None:
    (cheap,) = effective_variations(product_row(variations=[variation("C", adjustment_yen=-20_000)]))

    assert (cheap.price_yen, cheap.list_price_yen) == (0, 0)


def test_nothing_is_in_stock_when_the_product_is_not_active() -> None:
    (only,) = effective_variations(product_row(status="out_of_stock", stock=5))

    assert not only.in_stock


def test_a_variation_shows_the_image_that_names_its_colour() -> None:
    row = product_row(
        images=[["/1.svg", "イヤホン"], ["/2.svg", "イヤホン 赤"]],
        variations=[variation("R", {"色": ["赤"]}), variation("B", {"色": ["青"]})],
    )

    assert [each.image for each in effective_variations(row)] == ["/2.svg", "/1.svg"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "draft"},
        {"status": "discontinued"},
        {"published_at_ms": None},
        {"seller_status": "suspended"},
        {"path": [category("家電", is_active=False), category("音響")]},
        {"path": [category("家電"), category("音響", is_active=False)]},
    ],
)
def test_what_is_not_searchable(changes: dict[str, object]) -> None:
    assert is_searchable(product_row())
    assert not is_searchable(product_row(**changes))


def test_a_product_without_a_brand_is_searchable() -> None:
    assert is_searchable(product_row(brand_id=None, brand_name=None, brand_kana=None))
