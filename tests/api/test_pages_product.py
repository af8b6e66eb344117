"""The product page's links between variations, and its structured data."""

from dataclasses import replace

from api.json_ld import build_breadcrumb_json_ld, build_product_json_ld
from api.pages_product import build_product_view
from catalog.details import Crumb, DetailImage, DetailVariation, NamedRef, ProductDetails
from core.types import Yen

SHOP_URL = "https://shop.example"


def variation(id: str, color: str, size: str, *, price: int = 2_980, stock: int = 3) -> DetailVariation:
    code = f"49012345{len(id):05}"
    attributes = {"色": [color], "サイズ": [size], "素材": ["綿"], "JANコード": [code]}
    name = f"{color} / {size}"
    return DetailVariation(
        id, f"SKU-{id}", name, attributes, Yen(price), Yen(3_980), stock, stock > 0, f"/images/{color}.svg"
    )


SHIRT = ProductDetails(
    id="shirt",
    sku="SHIRT",
    name="Tシャツ",
    description="着心地のよい\nTシャツです。",
    status="active",
    searchable=True,
    shown_from="2026-01-01T00:00:00+09:00",
    price=Yen(2_980),
    list_price=Yen(3_980),
    in_stock=True,
    brand=NamedRef("b", "木綿工房"),
    seller=NamedRef("s", "棚番商店"),
    breadcrumb=(Crumb("fashion", "服"), Crumb("tops", "トップス")),
    attributes={"素材": ["綿"]},
    images=(DetailImage("/images/赤.svg", "赤"), DetailImage("https://cdn.example/白.jpg", "白")),
    variations=(
        variation("red-s", "赤", "S"),
        variation("red-m", "赤", "M"),
        variation("white-m", "白", "M", price=3_280, stock=0),
    ),
    rating=4.25,
    review_count=12,
)


def test_a_choice_keeps_the_other_choices_where_such_a_variation_exists() -> None:
    color, size = build_product_view(SHIRT, "red-m").choosers
    assert [(each.label, each.url, each.selected) for each in color.choices] == [
        ("赤", "/p/shirt?variation=red-m", True),
        ("白", "/p/shirt?variation=white-m", False),
    ]
    assert [(each.label, each.selected) for each in size.choices] == [("S", False), ("M", True)]


def test_a_value_that_cannot_be_bought_in_any_variation_is_told_so() -> None:
    color, size = build_product_view(SHIRT, None).choosers
    assert [each.in_stock for each in color.choices] == [True, False]
    assert [each.in_stock for each in size.choices] == [True, True]


def test_what_all_variations_share_is_no_choice_nor_is_a_code_of_each() -> None:
    assert [each.name for each in build_product_view(SHIRT, None).choosers] == ["色", "サイズ"]


def test_an_unknown_variation_opens_the_cheapest_and_the_chosen_image_comes_first() -> None:
    assert build_product_view(SHIRT, "no-such").chosen.id == "red-s"
    white = replace(SHIRT.variations[2], image="https://cdn.example/白.jpg")
    view = build_product_view(replace(SHIRT, variations=(*SHIRT.variations[:2], white)), "white-m")
    assert [image.alt for image in view.images] == ["白", "赤"]


def test_structured_data_names_price_span_stock_rating_and_absolute_images() -> None:
    data = build_product_json_ld(SHIRT, SHOP_URL)
    assert data["offers"] == {
        "@type": "AggregateOffer",
        "lowPrice": 2_980,
        "highPrice": 3_280,
        "offerCount": 3,
        "priceCurrency": "JPY",
        "availability": "https://schema.org/InStock",
        "url": "https://shop.example/p/shirt",
        "seller": {"@type": "Organization", "name": "棚番商店"},
    }
    assert data["aggregateRating"] == {"@type": "AggregateRating", "ratingValue": 4.25, "reviewCount": 12}
    assert data["image"] == ["https://shop.example/images/赤.svg", "https://cdn.example/白.jpg"]


def test_structured_data_leaves_out_what_is_unknown() -> None:
    bare = replace(SHIRT, brand=None, rating=None, review_count=0, images=(), variations=SHIRT.variations[:1])
    data = build_product_json_ld(bare, SHOP_URL)
    assert not {"brand", "aggregateRating", "image"} & data.keys()
    assert data["offers"]["@type"] == "Offer"
    assert data["offers"]["price"] == 2_980


def test_the_breadcrumb_counts_from_the_root_to_the_product() -> None:
    data = build_breadcrumb_json_ld(SHIRT.breadcrumb, ("Tシャツ", "/p/shirt"), SHOP_URL)
    assert [(each["position"], each["name"], each["item"]) for each in data["itemListElement"]] == [
        (1, "服", "https://shop.example/c/fashion"),
        (2, "トップス", "https://shop.example/c/tops"),
        (3, "Tシャツ", "https://shop.example/p/shirt"),
    ]
