"""Suggestions while typing, on the real index."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from indexing.documents import build_document
from search.ladder import Stage
from search.suggest import Kind, Suggestions
from search.vocabulary import build_brands
from tests.search.shop import product
from tests.search.workbench import META, NOW, Searcher, Workbench, write_documents

pytestmark = pytest.mark.live

TOMORROW_MS = int(NOW.timestamp()) * 1_000 + 86_400_000

ROWS = [
    product("ワイヤレスイヤホン 白", brand="SONY", brand_kana="ソニー", popularity=2.0, images=[["/w.svg", None]]),
    product("ワイヤレスイヤホン 黒", brand="SONY", brand_kana="ソニー", popularity=9.0),
    product("ワイヤレスヘッドホン", brand="オトネ", published_at_ms=TOMORROW_MS),
    product("有線 イヤーパッド", brand="SONIC"),
    product("電気トースター 2枚焼き", category="家電 > 台所", popularity=3.0),
    product("靴下 綿100%", category="服 > 靴"),
    product("木製本棚", category="本"),
    product("化粧水 しっとり", category="本"),
    product("ワイシャツ", category="服 > 上着"),
    product("x" * 30 + "とても長い語"),
    product("イヤホン WH-1000XM5", brand="SONY", brand_kana="ソニー", popularity=1.0),
]


@pytest.fixture(scope="module")
def searcher(workbench: Workbench) -> Iterator[Searcher]:
    with workbench.searcher(ROWS) as searcher:
        brands = build_brands(
            {(row.brand_id or "", row.brand_name or "", row.brand_kana) for row in ROWS if row.brand_id}
        )
        searcher.vocabulary = replace(searcher.vocabulary, brands=brands)
        yield searcher


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ワイヤ", ["ワイヤレスイヤホン 黒", "ワイヤレスイヤホン 白"]),
        ("ﾜｲﾔ", ["ワイヤレスイヤホン 黒", "ワイヤレスイヤホン 白"]),
        ("わいやれす しろ", ["ワイヤレスイヤホン 白"]),
        ("tosut", ["電気トースター 2枚焼き"]),
        ("to-su", ["電気トースター 2枚焼き"]),
        ("とs", ["電気トースター 2枚焼き"]),
        ("kutsus", ["靴下 綿100%"]),
        ("kutus", ["靴下 綿100%"]),
        ("くつs", ["靴下 綿100%"]),
        ("ほんd", ["木製本棚"]),
        ("靴s", ["靴下 綿100%"]),
        ("sony くろ", ["ワイヤレスイヤホン 黒"]),
        ("そにー くろ", ["ワイヤレスイヤホン 黒"]),
        ("wh1000", ["イヤホン WH-1000XM5"]),
        ("WH-10", ["イヤホン WH-1000XM5"]),
        ("x" * 30, ["x" * 30 + "とても長い語"]),
        ("トーヌター", ["電気トースター 2枚焼き"]),
        ("tozuta", ["電気トースター 2枚焼き"]),
        ("kutuzita", ["靴下 綿100%"]),
        ("水", []),
        ("レス", []),
        ("ヌースター", []),
        ("!", []),
        ("👨‍👩‍👧", []),
        ("", []),
        ("の" * 200, []),
    ],
)
def test_products_by_the_beginnings_of_words_the_popular_first(
    searcher: Searcher, typed: str, names: list[str]
) -> None:
    assert [product.name for product in searcher.suggest(typed).products] == names


def test_a_suggested_product_has_what_a_list_shows(searcher: Searcher) -> None:
    (found,) = searcher.suggest("ワイヤレス 白").products

    assert (found.id, found.image, found.price) == (ROWS[0].id, "/w.svg", 10_000)


@pytest.mark.parametrize(
    ("typed", "brands"),
    [
        ("son", ["SONY", "SONIC"]),
        ("そに", ["SONY"]),
        ("ソニー", ["SONY"]),
        ("sonu", ["SONY"]),
        ("オト", []),
        ("otone", []),
    ],
)
def test_brands_with_shown_products_by_name_or_kana(searcher: Searcher, typed: str, brands: list[str]) -> None:
    found = searcher.suggest(typed).brands

    assert [brand.name for brand in found][: len(brands) or None] == brands
    assert all(brand.count == (3 if brand.name == "SONY" else 1) for brand in found)


def test_categories_with_shown_products(searcher: Searcher) -> None:
    assert [(found.slug, found.path) for found in searcher.suggest("イヤ").categories] == [
        ("家電 > 音響 > イヤホン", "家電 > 音響 > イヤホン")
    ]
    assert [found.name for found in searcher.suggest("うわg").categories] == ["上着"]
    assert searcher.suggest("スピーカ").categories == ()
    assert searcher.suggest("倉庫").categories == ()


def test_all_kinds_in_one_order(searcher: Searcher) -> None:
    found = searcher.suggest("いや")

    assert [query.text for query in found.queries] == ["イヤホン", "イヤーパッド", "SONY イヤホン", "SONIC イヤホン"]
    assert [each.kind for each in found.ranked][:2] == [Kind.QUERY, Kind.CATEGORY]
    assert {each.kind for each in found.ranked} == {Kind.QUERY, Kind.CATEGORY, Kind.PRODUCT}


TYPED = (
    "い",
    "いや",
    "わ",
    "イヤホン",
    "s",
    "son",
    "sony い",
    "と",
    "k",
    "く",
    "靴",
    "ほん",
    "2枚",
    "綿",
    "wh",
    "し",
    "x",
    "で",
)


@pytest.mark.parametrize("typed", TYPED)
def test_each_suggested_query_finds_something_as_it_stands(searcher: Searcher, typed: str) -> None:
    found = searcher.suggest(typed)
    answers = {query.text: searcher.search(query.text) for query in found.queries}

    assert found != Suggestions()
    assert {text: answer.query.stage for text, answer in answers.items()} == dict.fromkeys(answers, Stage.STRICT)
    assert all(answer.total > 0 for answer in answers.values())


def test_no_more_than_asked_for(searcher: Searcher) -> None:
    found = searcher.suggest("わ", limit=1)

    assert len(found.products) == len(found.ranked) == len(found.queries) == 1


def test_a_generation_that_has_no_keys_is_asked_for_beginnings_of_words(workbench: Workbench) -> None:
    """Built by an older version, until `tanaban index rebuild`."""
    prefixed = {"name": {"type": "text", "analyzer": "kuromoji", "fields": {"prefix": {"type": "text"}}}}
    with workbench.searcher([], meta=META | {"builder_version": 1}) as searcher:
        workbench.opensearch.indices.put_mapping(index=searcher.index, body={"properties": prefixed})
        write_documents(workbench.opensearch, searcher.index, [build_document(product("イヤホン 白"))])

        assert [each.name for each in searcher.suggest("イヤホン").products] == ["イヤホン 白"]
        assert [each.name for each in searcher.suggest("いや").categories] == ["イヤホン"]
