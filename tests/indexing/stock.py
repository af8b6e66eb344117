"""What the shelves hold: products for the tests that index them."""

from core.types import ProductId
from tests.catalog.factory import Shop


def fill(shop: Shop, products: int = 23) -> list[ProductId]:
    """Several pages of products, every third one with variations, some not searchable."""
    ids = [
        shop.product(
            f"商品{number}",
            brand="ソニー" if number % 2 else None,
            category=f"家電 > 種類{number % 4}",
            status="draft" if number % 7 == 6 else "active",
            variations=[{"attributes": {"色": ["赤"]}}, {"attributes": {"色": ["青"]}}] if number % 3 == 0 else (),
        )
        for number in range(products)
    ]
    for id in ids[:5]:
        shop.favorite(id)
    return ids


def poison(shop: Shop) -> ProductId:
    """A product that OpenSearch rejects: a keyword term over 32,766 bytes."""
    return shop.product("毒", attributes={"名" * 12_000: ["値"]})
