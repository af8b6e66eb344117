"""Page links: each asks for exactly the request it says, and undoing leads back."""

from uuid import UUID

import pytest

from api import links
from api.params import SearchParameters, build_request
from api.query_string import read_parameters
from catalog.tree import Category, CategoryTree
from core.types import CategoryId, Yen
from search.request import Filters, SearchRequest, Sort
from search.result import Applied

AUDIO = CategoryId(UUID(int=1))
TREE = CategoryTree([Category(AUDIO, None, "オーディオ", "ōdio", 0, True)])

EVERYTHING = SearchRequest(
    text="イヤホン",
    filters=Filters(
        category_id=AUDIO,
        brands=("ソニー & 子", "b-2"),
        sellers=("店=1",),
        price_min_yen=Yen(1_000),
        price_max_yen=Yen(2_999),
        in_stock=True,
        rating_min=3.5,
        attributes=(("色", ("赤", "青+緑")), ("サイズ", ("M",))),
    ),
    sort=Sort.NEWEST,
    page=3,
    per_page=48,
)


def read(url: str) -> SearchRequest:
    """The request that the page behind the link serves."""
    parameters = read_parameters(SearchParameters, url.partition("?")[2].encode())
    is_category = parameters.category or url.startswith("/c/")
    return build_request(parameters, AUDIO if is_category else None)


def test_a_link_asks_for_the_very_request_it_was_made_of() -> None:
    assert read(links.page_url(EVERYTHING, TREE)) == EVERYTHING


def test_a_category_without_a_text_has_its_own_address() -> None:
    request = SearchRequest(filters=Filters(category_id=AUDIO, in_stock=True))
    assert links.page_url(request, TREE) == "/c/%C5%8Ddio?in_stock=true"
    assert read(links.page_url(request, TREE)) == request


def test_nothing_asked_is_the_bare_search_page() -> None:
    assert links.page_url(SearchRequest(), TREE) == "/search"


CHANGES = [
    (links.with_brand_toggled(EVERYTHING, "b-3", "新"), Applied("brand", "b-3", "新")),
    (links.with_seller_toggled(EVERYTHING, "s-3", "店"), Applied("seller", "s-3", "店")),
    (links.with_attribute_toggled(EVERYTHING, "色", "黒"), Applied("attr.色", "黒", "黒")),
    (links.with_attribute_toggled(EVERYTHING, "素材", "綿"), Applied("attr.素材", "綿", "綿")),
]


@pytest.mark.parametrize(("changed", "chip"), CHANGES)
def test_a_value_that_was_added_is_undone_by_its_chip_and_starts_at_page_one(
    changed: SearchRequest, chip: Applied
) -> None:
    assert changed.page == 1
    assert changed.filters != EVERYTHING.filters
    assert links.without(changed, chip, TREE).filters == EVERYTHING.filters


UNDONE = [
    ("category", "ōdio", {"category_id": None}),
    ("brand", "b-2", {"brands": ("ソニー & 子",)}),
    ("seller", "店=1", {"sellers": ()}),
    ("price_min", "1000", {"price_min_yen": None}),
    ("price_max", "2999", {"price_max_yen": None}),
    ("rating_min", "3.5", {"rating_min": None}),
    ("in_stock", "true", {"in_stock": False}),
    ("attr.サイズ", "M", {"attributes": (("色", ("赤", "青+緑")),)}),
    ("attr.色", "赤", {"attributes": (("色", ("青+緑",)), ("サイズ", ("M",)))}),
]


@pytest.mark.parametrize(("parameter", "value", "changes"), UNDONE)
def test_a_chip_undoes_its_own_filter_and_no_other(parameter: str, value: str, changes: dict[str, object]) -> None:
    undone = links.without(EVERYTHING, Applied(parameter, value, ""), TREE).filters
    different = {
        name: getattr(undone, name)
        for name in Filters.__dataclass_fields__
        if getattr(undone, name) != getattr(EVERYTHING.filters, name)
    }
    assert different == changes


def test_a_brand_asked_for_by_name_is_toggled_off_by_its_facet_value() -> None:
    asked = SearchRequest(filters=Filters(brands=("ソニー",)))
    assert links.with_brand_toggled(asked, "id-of-sony", "ソニー").filters.brands == ()


def test_clearing_keeps_text_and_order_and_on_a_category_page_the_category() -> None:
    assert links.without_filters(EVERYTHING) == SearchRequest(text="イヤホン", sort=Sort.NEWEST, per_page=48)
    browse = SearchRequest(filters=Filters(category_id=AUDIO, in_stock=True))
    assert links.without_filters(browse) == SearchRequest(filters=Filters(category_id=AUDIO))


def test_a_product_link_names_a_variation_only_when_there_is_a_real_one() -> None:
    assert links.product_url("p", "p") == "/p/p"
    assert links.product_url("p", "v") == "/p/p?variation=v"
