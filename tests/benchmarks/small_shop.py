"""A shop of some dozen products, indexed and served, for what measures it and loads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.clients import connect_database
from core.settings import Settings
from indexing.rebuild import rebuild
from tests.api.server import serve
from tests.catalog.factory import Shop

CATEGORIES = ("家電 > イヤホン", "家電 > カメラ", "本 > 漫画")
BRANDS = ("オトネ", "ミエル")
PRODUCTS = 36


@contextmanager
def served_shop(settings: Settings) -> Iterator[str]:
    """The API's URL."""
    with connect_database(settings, autocommit=True) as database:
        _fill(Shop(database))
    rebuild(settings)
    with serve(settings) as client:
        yield str(client.base_url)


def _fill(shop: Shop) -> None:
    for number in range(PRODUCTS):
        category, brand = CATEGORIES[number % 3], BRANDS[number % 2]
        product = shop.product(
            f"{brand} {category.rpartition(' > ')[2]} {number}",
            category=category,
            brand=brand,
            price=1_000 + 500 * number,
            attributes={"色": [("赤", "青")[number % 4 // 2]]},
        )
        shop.review(product, rating=3 + number % 3)
