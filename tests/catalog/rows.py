"""Product rows for pure tests: a whole row with what the test cares about set."""

from typing import Any

from catalog.product import ProductRow

PRODUCT_ID = "00000000-0000-4000-8000-000000000001"


def product_row(**changes: Any) -> ProductRow:
    """A shown product of 家電 > 音響 > イヤホン without variations, reviews or popularity."""
    values: dict[str, Any] = {
        "id": PRODUCT_ID,
        "sku": "EAR-100",
        "name": "ワイヤレスイヤホン",
        "description": "静かに聴ける。",
        "status": "active",
        "base_price_yen": 10_000,
        "sale_price_yen": None,
        "stock": 3,
        "attributes": {},
        "published_at_ms": 1_700_000_000_000,
        "created_at_ms": 1_690_000_000_000,
        "brand_id": "00000000-0000-4000-8000-0000000000b1",
        "brand_name": "オトネ",
        "brand_kana": "オトネ",
        "seller_id": "00000000-0000-4000-8000-0000000000a1",
        "seller_name": "棚番商店",
        "seller_status": "active",
        "path": [category("家電"), category("音響"), category("イヤホン")],
        "images": [],
        "variations": [],
        "review_count": 0,
        "rating_sum": 0,
        "popularity": None,
    }
    return ProductRow(**values | changes)


def category(name: str, *, is_active: bool = True) -> list[Any]:
    return [f"id-{name}", name, f"slug-{name}", is_active]


def variation(
    sku: str, attributes: dict[str, Any] | None = None, *, adjustment_yen: int = 0, stock: int = 1
) -> list[Any]:
    return [f"id-{sku}", sku, "", attributes or {}, adjustment_yen, stock]
