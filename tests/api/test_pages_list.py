"""The result list's links, from a result as search gives it."""

from dataclasses import replace
from uuid import UUID

from api.pages_list import FACET_FOLD, FacetGroup, build_list_view
from catalog.tree import Category, CategoryTree
from core.types import CategoryId, Yen
from search.request import Filters, SearchRequest, Sort
from search.result import (
    Applied,
    AttributeFacet,
    CategoryNode,
    Facets,
    FacetValue,
    PriceFacet,
    PriceRange,
    QueryReading,
    SearchResult,
)

AUDIO = Category(CategoryId(UUID(int=1)), None, "オーディオ", "audio", 0, True)
EARPHONES = Category(CategoryId(UUID(int=2)), AUDIO.id, "イヤホン", "earphones", 0, True)
TREE = CategoryTree([AUDIO, EARPHONES])

FACETS = Facets(
    category=(CategoryNode("audio", "オーディオ", 9, True, (CategoryNode("earphones", "イヤホン", 4, False, ()),)),),
    brand=tuple(FacetValue(f"b{number}", f"ブランド{number}", 20 - number, number == 11) for number in range(12)),
    price=PriceFacet(
        Yen(500),
        Yen(9_000),
        (
            PriceRange(None, Yen(999), 3, False),
            PriceRange(Yen(1_000), Yen(2_999), 0, False),
            PriceRange(Yen(3_000), None, 6, True),
        ),
    ),
    rating=(FacetValue("4", "4", 3, False),),
    in_stock=FacetValue("true", "在庫あり", 8, True),
    attributes=(AttributeFacet("色", (FacetValue("赤", "赤", 5, False),)),),
)
APPLIED = (Applied("category", "audio", "オーディオ"), Applied("in_stock", "true", "在庫あり"))
RESULT = SearchResult((), 9, 1, 1, None, FACETS, QueryReading("strict", APPLIED), 3)
BROWSE = SearchRequest(filters=Filters(category_id=AUDIO.id, in_stock=True, price_min_yen=Yen(3_000)))


def group(title: str, request: SearchRequest = BROWSE) -> FacetGroup:
    return next(each for each in build_list_view(RESULT, request, TREE).groups if each.title == title)


def test_a_facet_value_that_is_on_links_to_the_list_without_it() -> None:
    (stock,) = group("在庫").options
    assert stock.selected
    assert stock.url == "/c/audio?price_min=3000"


def test_a_facet_value_that_is_off_links_to_the_list_with_it_too() -> None:
    assert group("色").options[0].url == "/c/audio?price_min=3000&in_stock=true&attr.%E8%89%B2=%E8%B5%A4"
    assert group("評価").options[0].url == "/c/audio?price_min=3000&in_stock=true&rating_min=4"


def test_a_long_facet_folds_but_never_hides_what_is_chosen() -> None:
    brands = group("ブランド")
    assert [option.label for option in brands.options[FACET_FOLD:]] == ["ブランド11"]
    assert [option.label for option in brands.folded] == ["ブランド8", "ブランド9", "ブランド10"]


def test_an_attribute_with_another_value_for_each_product_is_no_facet() -> None:
    codes = tuple(FacetValue(f"490{number}", f"490{number}", 1, False) for number in range(FACET_FOLD + 1))
    result = replace(RESULT, facets=replace(FACETS, attributes=(AttributeFacet("JANコード", codes),)))
    titles = [each.title for each in build_list_view(result, BROWSE, TREE).groups]
    assert titles == ["ブランド", "評価", "在庫"]


def test_categories_are_addresses_of_their_own_only_without_a_text() -> None:
    (audio,) = build_list_view(RESULT, BROWSE, TREE).categories
    assert audio.children[0].url == "/c/earphones?price_min=3000&in_stock=true"
    (audio,) = build_list_view(RESULT, SearchRequest(text="赤"), TREE).categories
    assert audio.url == "/search?q=%E8%B5%A4&category=audio"


def test_a_category_page_has_no_chip_for_its_own_category_and_a_search_has() -> None:
    assert [chip.label for chip in build_list_view(RESULT, BROWSE, TREE).chips] == ["在庫あり"]
    search = replace(BROWSE, text="赤")
    assert [chip.label for chip in build_list_view(RESULT, search, TREE).chips] == ["オーディオ", "在庫あり"]


def test_price_ranges_without_products_are_left_out_and_the_form_keeps_the_other_filters() -> None:
    price = build_list_view(RESULT, BROWSE, TREE).price
    assert [(each.label, each.selected) for each in price.ranges] == [("999円以下", False), ("3,000円以上", True)]
    assert price.ranges[0].url == "/c/audio?price_max=999&in_stock=true"
    assert price.ranges[1].url == "/c/audio?in_stock=true"
    assert (price.action, price.hidden) == ("/c/audio", [("in_stock", "true")])


def test_the_order_in_force_is_marked_and_the_default_adds_nothing_to_the_address() -> None:
    sorts = build_list_view(RESULT, replace(BROWSE, sort=Sort.NEWEST), TREE).sorts
    assert [option.label for option in sorts if option.selected] == ["新着順"]
    assert sorts[0].url == "/c/audio?price_min=3000&in_stock=true"


def test_pages_stop_where_the_index_cannot_page_deeper() -> None:
    deep = replace(RESULT, total=50_000, page=2, pages=500)
    pager = build_list_view(deep, replace(BROWSE, page=2, per_page=100), TREE).pager
    assert pager is not None
    assert [page and page.label for page in pager.pages] == ["1", "2", "3", "4", None, "100"]
    assert pager.previous == "/c/audio?price_min=3000&in_stock=true&per_page=100"
    assert build_list_view(RESULT, BROWSE, TREE).pager is None
