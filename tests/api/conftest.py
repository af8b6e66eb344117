"""One small shop, indexed and served, for all tests that only read; whoever breaks something serves its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from pydantic import SecretStr

from core.clients import connect_database
from core.settings import Settings
from core.types import ProductId
from indexing.rebuild import rebuild
from tests.api.server import TOKEN, serve
from tests.catalog.factory import Shop
from tests.conftest import fresh_settings


@dataclass(frozen=True)
class Site:
    """A served shop and what is in it. It keeps no tree of its own, so a request fills an emptied Redis again."""

    settings: Settings
    client: httpx.Client
    earphones: ProductId
    gone: ProductId
    draft: ProductId


@pytest.fixture(scope="session")
def site(servers: Settings, _migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with fresh_settings(servers, _migrated_database, tmp_path_factory.mktemp("home")) as fresh:
        settings = fresh.model_copy(update={"admin_token": SecretStr(TOKEN), "category_memo_s": 0.0})
        with connect_database(settings, autocommit=True) as database:
            products = _fill(Shop(database))
            rebuild(settings)
            with serve(settings) as client:
                yield Site(settings, client, *products)


def _fill(shop: Shop) -> tuple[ProductId, ProductId, ProductId]:
    shop.category("家電", slug="kaden")
    shop.category("家電 > オーディオ", slug="old-audio")
    shop.database.execute("UPDATE categories SET slug = 'audio' WHERE slug = 'old-audio'")
    shop.category("家電 > カメラ", slug="camera")
    shop.category("家電 > 廃番", slug="hidden", is_active=False)
    earphones = shop.product(
        "完全ワイヤレスイヤホン",
        sku="EAR-1",
        category="家電 > オーディオ",
        brand="オトネ",
        price=15_800,
        sale_price=12_800,
        images=["/images/EAR-1.svg"],
        variations=[{"sku": "EAR-1-B", "attributes": {"色": ["黒"]}}, {"sku": "EAR-1-W", "attributes": {"色": ["白"]}}],
    )
    shop.product("一眼レフカメラ", sku="CAM-1", category="家電 > カメラ", brand="ミエル", price=89_800)
    shop.review(earphones, rating=4)
    gone = shop.product("昔のイヤホン", category="家電 > オーディオ", status="discontinued")
    draft = shop.product("これから", category="家電 > オーディオ", status="draft")
    return earphones, gone, draft
