"""What a result list shows, ready for its template: facets, chips, order and pages as links. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from api import links
from catalog.tree import CategoryTree
from core.limits import PAGE_WINDOW_MAX
from core.types import Yen
from search.request import SearchRequest, Sort
from search.result import AttributeFacet, CategoryNode, FacetValue, PriceRange, QueryReading, SearchResult

SORT_NAMES = {
    Sort.RELEVANCE: "おすすめ順",
    Sort.POPULARITY: "人気順",
    Sort.NEWEST: "新着順",
    Sort.PRICE_ASC: "価格の安い順",
    Sort.PRICE_DESC: "価格の高い順",
    Sort.RATING: "評価の高い順",
    Sort.NAME: "五十音順",
}
STAGE_NOTICES = {
    "lookalike": "「{text}」に似た表記の商品を表示しています。",
    "typo": "「{text}」に近いつづりの商品を表示しています。",
    "partial": "「{text}」のすべての言葉に合う商品は見つかりませんでした。",
    "bigram": "「{text}」の文字の並びに近い商品を表示しています。",
    "popular": "「{text}」に合う商品は見つかりませんでした。代わりに人気の商品を表示しています。",
}
"""What a page says when no product has the text as it was typed (search/ladder.py)."""

FACET_FOLD = 8
"""Values of a facet shown before もっと見る."""

PAGES_AROUND = 2

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    url: str
    count: int | None = None
    selected: bool = False
    children: "tuple[Option, ...]" = ()


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """`folded` come after もっと見る; a chosen value is never folded."""

    title: str
    options: tuple[Option, ...]
    folded: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceForm:
    """`hidden` is the rest of the request, which the form sends along."""

    action: str
    hidden: Pairs
    min_yen: Yen | None
    max_yen: Yen | None
    ranges: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """`pages` are links by number; None is a gap."""

    previous: str | None
    pages: tuple[Option | None, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """How a text was bent, and a link to what the shopper may have meant instead."""

    text: str
    url: str | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class ListView:
    """`matches` is 0 where the products shown are no match but what is popular."""

    matches: int
    notices: tuple[Notice, ...]
    chips: tuple[Option, ...]
    clear_url: str
    categories: tuple[Option, ...]
    groups: tuple[FacetGroup, ...]
    price: PriceForm
    sorts: tuple[Option, ...]
    pager: Pager | None


def build_list_view(result: SearchResult, request: SearchRequest, tree: CategoryTree) -> ListView:
    chips = _chips(result, request, tree)
    return ListView(
        matches=0 if result.query.stage == "popular" else result.total,
        notices=tuple(_notices(result.query, request, tree)),
        chips=chips,
        clear_url=links.page_url(links.without_filters(request), tree),
        categories=_categories(result.facets.category or (), request, tree),
        groups=_groups(result, request, tree),
        price=_price_form(result, request, tree),
        sorts=_sorts(request, tree),
        pager=_pager(result, request, tree),
    )


def _notices(reading: QueryReading, request: SearchRequest, tree: CategoryTree) -> Iterator[Notice]:
    if bent := STAGE_NOTICES.get(reading.stage):
        yield Notice(bent.format(text=request.text))
    if reading.dropped:
        words = "".join(f"「{word}」" for word in reading.dropped)
        yield Notice(f"{words}を除いて検索しました。")
    if reading.suggestion:
        meant = replace(request, text=reading.suggestion, page=1, cursor=None)
        yield Notice("もしかして:", links.page_url(meant, tree), reading.suggestion)


def yen_range_name(min_yen: Yen | None, max_yen: Yen | None) -> str:
    """
    >>> yen_range_name(None, Yen(999)), yen_range_name(Yen(1000), Yen(2999)), yen_range_name(Yen(50000), None)
    ('999円以下', '1,000〜2,999円', '50,000円以上')
    """
    if min_yen is None:
        return f"{max_yen:,}円以下"
    return f"{min_yen:,}円以上" if max_yen is None else f"{min_yen:,}〜{max_yen:,}円"


def _chips(result: SearchResult, request: SearchRequest, tree: CategoryTree) -> tuple[Option, ...]:
    """One chip a filter in force; a category page's own category is no chip."""
    own_page = request.filters.category_id is not None and not request.text
    return tuple(
        Option(applied.label, links.page_url(links.without(request, applied, tree), tree))
        for applied in result.query.applied
        if not (own_page and applied.parameter == "category")
    )


def _categories(nodes: tuple[CategoryNode, ...], request: SearchRequest, tree: CategoryTree) -> tuple[Option, ...]:
    return tuple(
        Option(
            label=node.name,
            url=links.page_url(links.with_category(request, node.slug, tree), tree),
            count=node.count,
            selected=node.selected,
            children=_categories(node.children, request, tree),
        )
        for node in nodes
        if node.slug in tree.by_slug
    )


def _groups(result: SearchResult, request: SearchRequest, tree: CategoryTree) -> tuple[FacetGroup, ...]:
    facets = result.facets
    groups = [
        _group("ブランド", [_brand(value, request, tree) for value in facets.brand or ()]),
        _group("評価", [_rating(value, request, tree) for value in facets.rating or ()]),
        _group("在庫", [_stock(facets.in_stock, request, tree)] if facets.in_stock else []),
        *(
            _group(attribute.name, [_attribute(attribute.name, value, request, tree) for value in attribute.values])
            for attribute in facets.attributes or ()
            if _narrows(attribute)
        ),
        _group("ショップ", [_seller(value, request, tree) for value in facets.seller or ()]),
    ]
    return tuple(group for group in groups if group.options)


def _narrows(attribute: AttributeFacet) -> bool:
    """Many values with one product each, such as JAN codes, are a list of the products and no help to choose."""
    return len(attribute.values) <= FACET_FOLD or any(value.count > 1 or value.selected for value in attribute.values)


def _group(title: str, options: list[Option]) -> FacetGroup:
    """Values in the order they came; what is chosen stays in sight."""
    shown = [option for index, option in enumerate(options) if index < FACET_FOLD or option.selected]
    return FacetGroup(title, tuple(shown), tuple(option for option in options if option not in shown))


def _option(value: FacetValue, name: str, request: SearchRequest, tree: CategoryTree) -> Option:
    return Option(name, links.page_url(request, tree), value.count, value.selected)


def _brand(value: FacetValue, request: SearchRequest, tree: CategoryTree) -> Option:
    return _option(value, value.name, links.with_brand_toggled(request, value.value, value.name), tree)


def _seller(value: FacetValue, request: SearchRequest, tree: CategoryTree) -> Option:
    return _option(value, value.name, links.with_seller_toggled(request, value.value, value.name), tree)


def _attribute(name: str, value: FacetValue, request: SearchRequest, tree: CategoryTree) -> Option:
    return _option(value, value.name, links.with_attribute_toggled(request, name, value.value), tree)


def _rating(value: FacetValue, request: SearchRequest, tree: CategoryTree) -> Option:
    chosen = None if value.selected else float(value.value)
    return _option(value, f"★{value.value} 以上", links.with_rating(request, chosen), tree)


def _stock(value: FacetValue, request: SearchRequest, tree: CategoryTree) -> Option:
    return _option(value, "在庫あり", links.with_stock(request, not value.selected), tree)


def _price_form(result: SearchResult, request: SearchRequest, tree: CategoryTree) -> PriceForm:
    facet = result.facets.price
    address = urlsplit(links.page_url(links.with_prices(request, None, None), tree))
    return PriceForm(
        action=address.path,
        hidden=parse_qsl(address.query),
        min_yen=request.filters.price_min_yen,
        max_yen=request.filters.price_max_yen,
        ranges=tuple(_price_range(each, request, tree) for each in facet.ranges if each.count) if facet else (),
    )


def _price_range(each: PriceRange, request: SearchRequest, tree: CategoryTree) -> Option:
    chosen = (None, None) if each.selected else (each.min, each.max)
    url = links.page_url(links.with_prices(request, *chosen), tree)
    return Option(yen_range_name(each.min, each.max), url, each.count, each.selected)


def _sorts(request: SearchRequest, tree: CategoryTree) -> tuple[Option, ...]:
    return tuple(
        Option(name, links.page_url(links.with_sort(request, sort), tree), selected=sort is request.sort)
        for sort, name in SORT_NAMES.items()
    )


def _pager(result: SearchResult, request: SearchRequest, tree: CategoryTree) -> Pager | None:
    last = min(result.pages, PAGE_WINDOW_MAX // request.per_page)
    if last <= 1:
        return None
    page = result.page

    def link(number: int) -> str:
        return links.page_url(links.with_page(request, number), tree)

    return Pager(
        previous=link(page - 1) if page > 1 else None,
        pages=tuple(
            Option(str(number), link(number), selected=number == page) if number else None
            for number in page_numbers(page, last)
        ),
        next=link(page + 1) if page < last else None,
    )


def page_numbers(page: int, last: int) -> list[int]:
    """First, last and the pages around this one; 0 is a gap.

    >>> page_numbers(6, 20), page_numbers(1, 2)
    ([1, 0, 4, 5, 6, 7, 8, 0, 20], [1, 2])
    """
    around = range(page - PAGES_AROUND, page + PAGES_AROUND + 1)
    shown = sorted({1, last, *(number for number in around if 1 <= number <= last)})
    numbers: list[int] = []
    for number in shown:
        if numbers and number > numbers[-1] + 1:
            numbers.append(0)
        numbers.append(number)
    return numbers
