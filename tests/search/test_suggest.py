"""Suggestions while typing."""

from collections.abc import Iterator

import pytest

from tests.search.shop import product
from tests.search.workbench import NOW, Searcher, Workbench

pytestmark = pytest.mark.live

TOMORROW_MS = int(NOW.timestamp()) * 1_000 + 86_400_000

ROWS = [
    product("ワイヤレスイヤホン 白", brand="ソニー", brand_kana="そにー", popularity=2.0, images=[["/w.svg", None]]),
    product("ワイヤレスイヤホン 黒", brand="ソニー", brand_kana="そにー", popularity=9.0),
    product("ワイヤレスヘッドホン", brand="オトネ", published_at_ms=TOMORROW_MS),
    product("有線 イヤーパッド", brand="SONIC"),
    product("ワイシャツ", category="服 > 上着"),
    product("x" * 30 + "とても長い語"),
]


@pytest.fixture(scope="module")
def searcher(workbench: Workbench) -> Iterator[Searcher]:
    with workbench.searcher(ROWS) as searcher:
        yield searcher


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ワイヤ", ["ワイヤレスイヤホン 黒", "ワイヤレスイヤホン 白"]),
        ("ﾜｲﾔ", ["ワイヤレスイヤホン 黒", "ワイヤレスイヤホン 白"]),
        ("ワイヤレス 白", ["ワイヤレスイヤホン 白"]),
        ("イヤ", ["有線 イヤーパッド"]),
        ("x" * 30, ["x" * 30 + "とても長い語"]),
        ("ホン", []),
        ("!", []),
        ("", []),
    ],
)
def test_products_by_the_beginnings_of_words_the_popular_first(
    searcher: Searcher, typed: str, names: list[str]
) -> None:
    assert [product.name for product in searcher.suggest(typed).products] == names


def test_a_suggested_product_has_what_a_list_shows(searcher: Searcher) -> None:
    (found,) = searcher.suggest("ワイヤレス 白").products

    assert (found.id, found.image, found.price) == (ROWS[0].id, "/w.svg", 10_000)


def test_brands_with_shown_products_by_name_or_kana(searcher: Searcher) -> None:
    assert [(brand.id, brand.name, brand.count) for brand in searcher.suggest("ソニ").brands] == [
        (ROWS[0].brand_id, "ソニー", 2)
    ]
    assert [brand.name for brand in searcher.suggest("そに").brands] == ["ソニー"]
    assert [brand.name for brand in searcher.suggest("ｓｏｎ").brands] == ["SONIC"]
    assert searcher.suggest("オト").brands == ()


def test_categories_with_shown_products(searcher: Searcher) -> None:
    assert [(found.slug, found.path) for found in searcher.suggest("イヤ").categories] == [
        ("家電 > 音響 > イヤホン", "家電 > 音響 > イヤホン")
    ]
    assert [found.name for found in searcher.suggest("上").categories] == ["上着"]
    assert searcher.suggest("靴").categories == ()
    assert searcher.suggest("倉庫").categories == ()


def test_no_more_than_asked_for(searcher: Searcher) -> None:
    assert len(searcher.suggest("ワイ", limit=1).products) == 1
