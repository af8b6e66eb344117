"""What a hit shows, what is shown at all, and that filters hold for one and the same variation."""

from datetime import timedelta
from typing import Any

import pytest

from core.types import Yen
from indexing.documents import build_tombstone
from search.request import Facet, SearchRequest, Sort
from tests.search.categories import HIDDEN
from tests.search.shop import product, product_id, variation
from tests.search.workbench import NOW, Workbench, write_documents

pytestmark = pytest.mark.live

NOW_MS = int(NOW.timestamp()) * 1_000

SHIRT = product(
    "シャツ",
    base_price_yen=3_000,
    sale_price_yen=2_500,
    attributes={"素材": ["綿"]},
    images=[["/shirt.svg", None], ["/shirt-blue.svg", "シャツ 青"]],
    variations=[
        variation("赤 S", {"色": ["赤"], "サイズ": ["S"]}, stock=0),
        variation("青 M", {"色": ["青"], "サイズ": ["M"]}, adjustment_yen=200),
        variation("赤 L", {"色": ["赤"], "サイズ": ["L"]}, adjustment_yen=500),
    ],
)


def attributes(**values: str) -> dict[str, Any]:
    return {"attributes": tuple((name, (value,)) for name, value in values.items())}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (attributes(色="赤", サイズ="L"), "赤 L"),
        (attributes(色="赤", サイズ="M"), None),
        (attributes(色="赤", 素材="綿"), "赤 S"),
        (attributes(色="赤") | {"in_stock": True}, "赤 L"),
        (attributes(サイズ="S") | {"in_stock": True}, None),
        (attributes(色="赤") | {"price_max_yen": Yen(2_999)}, "赤 S"),
        (attributes(サイズ="L") | {"price_max_yen": Yen(2_999)}, None),
        ({"in_stock": True, "price_max_yen": Yen(2_500)}, None),
        ({"in_stock": True, "price_max_yen": Yen(2_700)}, "青 M"),
        ({"price_min_yen": Yen(2_701), "price_max_yen": Yen(3_000)}, "赤 L"),
        ({"price_min_yen": Yen(2_701), "price_max_yen": Yen(2_999)}, None),
    ],
)
def test_filters_hold_for_one_and_the_same_variation(
    workbench: Workbench, filters: dict[str, Any], found: str | None
) -> None:
    with workbench.searcher([SHIRT]) as searcher:
        hits = searcher.search(**filters).hits
        assert [hit.variation.name for hit in hits if hit.variation] == ([found] if found else [])


def test_a_hit_shows_the_cheapest_variation_that_matched(workbench: Workbench) -> None:
    with workbench.searcher([SHIRT]) as searcher:
        (hit,) = searcher.search(**attributes(色="青")).hits
        assert (hit.price, hit.list_price, hit.image) == (2_700, 3_200, "/shirt-blue.svg")
        assert hit.variation is not None
        assert hit.variation.attributes == {"素材": ["綿"], "色": ["青"], "サイズ": ["M"]}

        (plain,) = searcher.search().hits
        assert (plain.price, plain.list_price, plain.image, plain.variation) == (2_500, 3_000, "/shirt.svg", None)


def test_price_order_is_that_of_the_prices_shown(workbench: Workbench) -> None:
    """By its cheapest variation the shirt would come first."""
    rows = [SHIRT, product("帽子", base_price_yen=2_600, attributes={"色": ["赤"], "サイズ": ["L"]})]
    with workbench.searcher(rows) as searcher:
        large = attributes(サイズ="L")
        assert searcher.names(sort=Sort.PRICE_ASC, **large) == ["帽子", "シャツ"]
        assert searcher.names(sort=Sort.PRICE_DESC, **large) == ["シャツ", "帽子"]
        assert searcher.names(sort=Sort.PRICE_ASC) == ["シャツ", "帽子"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, ["うみ", "いす", "あめ"]),
        (Sort.RATING, ["いす", "うみ", "あめ"]),
        (Sort.POPULARITY, ["あめ", "うみ", "いす"]),
        (Sort.NAME, ["あめ", "いす", "うみ"]),
        (Sort.RELEVANCE, ["あめ", "うみ", "いす"]),
    ],
)
def test_orders(workbench: Workbench, sort: Sort, order: list[str]) -> None:
    rows = [
        product("あめ", published_at_ms=NOW_MS - 90_000_000, review_count=1, rating_sum=1, popularity=100.0),
        product("いす", published_at_ms=NOW_MS - 80_000_000, review_count=9, rating_sum=45),
        product("うみ", published_at_ms=NOW_MS - 70_000_000, popularity=1.0),
    ]
    with workbench.searcher(rows) as searcher:
        assert searcher.names(sort=sort) == order


def test_only_what_is_published_by_now_is_shown(workbench: Workbench) -> None:
    rows = [
        product("昨日", published_at_ms=NOW_MS - 86_400_000),
        product("明日", published_at_ms=NOW_MS + 86_400_000),
        product("下書き", status="draft"),
        product("売り切れ", status="out_of_stock"),
        product("倉庫の品", category=HIDDEN),
    ]
    with workbench.searcher(rows) as searcher:
        assert sorted(searcher.names()) == ["売り切れ", "昨日"]
        later = searcher.run(SearchRequest(), NOW + timedelta(days=2))
        assert sorted(hit.name for hit in later.hits) == ["売り切れ", "明日", "昨日"]


def test_a_tombstone_is_never_found_nor_counted(workbench: Workbench) -> None:
    gone = product("消えた品", brand="ソニー")
    with workbench.searcher([gone, product("残る品")]) as searcher:
        assert searcher.search("消えた品").total == 1
        write_documents(workbench.opensearch, searcher.index, [build_tombstone(product_id("消えた品"))])
        workbench.opensearch.indices.clear_cache(index=searcher.index)

        result = searcher.search(facets=tuple(Facet))
        assert [hit.name for hit in result.hits] == ["残る品"]
        assert result.facets.brand == ()
        assert result.facets.in_stock is not None
        assert result.facets.in_stock.count == 1
        assert searcher.suggest("消えた").products == ()


def test_an_out_of_stock_product_has_nothing_in_stock(workbench: Workbench) -> None:
    with workbench.searcher([product("品", status="out_of_stock", stock=5)]) as searcher:
        assert searcher.search().hits[0].in_stock is False
        assert searcher.search(in_stock=True).total == 0


def test_filters_and_labels_by_id_or_name(workbench: Workbench) -> None:
    rows = [product("甲", brand="ソニー"), product("乙", brand="オトネ")]
    with workbench.searcher(rows) as searcher:
        brand_id = str(rows[0].brand_id)
        for asked in ("ソニー", brand_id):
            result = searcher.search(brands=(asked,), facets=(Facet.BRAND,))
            assert [hit.name for hit in result.hits] == ["甲"]
            assert [(v.value, v.name, v.count, v.selected) for v in result.facets.brand or ()] == [
                ("オトネ", "オトネ", 1, False),
                (asked, "ソニー", 1, True),
            ]
            assert [(each.parameter, each.value, each.label) for each in result.query.applied] == [
                ("brand", asked, "ソニー")
            ]
