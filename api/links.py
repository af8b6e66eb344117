"""Page addresses: "this request with this filter changed" as a link that can be shared. Pure.

A change of filter or order starts at page 1 again; every link is a whole address, so pages work without JavaScript.
"""

from dataclasses import replace
from urllib.parse import quote, urlencode

from api.params import build_query
from api.query_string import ATTRIBUTE_PREFIX
from catalog.tree import CategoryTree
from core.types import Yen
from search.request import Filters, SearchRequest, Sort
from search.result import Applied


def page_url(request: SearchRequest, tree: CategoryTree) -> str:
    """A category without a search text lives at /c/{slug}, everything else at /search."""
    pairs = build_query(request, tree)
    category_id = request.filters.category_id
    if category_id is None or request.text:
        return with_query("/search", pairs)
    path = category_url(tree.by_id[category_id].slug)
    return with_query(path, [(name, value) for name, value in pairs if name != "category"])


def category_url(slug: str) -> str:
    return f"/c/{quote(slug, safe='')}"


def product_url(product_id: str, variation_id: str | None = None) -> str:
    """`variation_id` opens the page on that variation; the product's own id (the implied one) adds nothing."""
    chosen = [] if variation_id in (None, product_id) else [("variation", str(variation_id))]
    return with_query(f"/p/{quote(product_id, safe='')}", chosen)


def with_query(path: str, pairs: list[tuple[str, str]]) -> str:
    """
    >>> with_query("/search", [("q", "赤 靴")])
    '/search?q=%E8%B5%A4+%E9%9D%B4'
    """
    return f"{path}?{urlencode(pairs)}" if pairs else path


def with_page(request: SearchRequest, page: int) -> SearchRequest:
    return replace(request, page=page, cursor=None)


def with_sort(request: SearchRequest, sort: Sort) -> SearchRequest:
    return replace(request, sort=sort, page=1, cursor=None)


def with_category(request: SearchRequest, slug: str | None, tree: CategoryTree) -> SearchRequest:
    return _filtered(request, category_id=tree.by_slug[slug].id if slug else None)


def with_prices(request: SearchRequest, min_yen: Yen | None, max_yen: Yen | None) -> SearchRequest:
    return _filtered(request, price_min_yen=min_yen, price_max_yen=max_yen)


def with_rating(request: SearchRequest, rating_min: float | None) -> SearchRequest:
    return _filtered(request, rating_min=rating_min)


def with_stock(request: SearchRequest, in_stock: bool) -> SearchRequest:
    return _filtered(request, in_stock=in_stock)


def with_brand_toggled(request: SearchRequest, value: str, name: str) -> SearchRequest:
    """`name` too, because a request may name a brand instead of its id."""
    return _filtered(request, brands=_toggle(request.filters.brands, value, name))


def with_seller_toggled(request: SearchRequest, value: str, name: str) -> SearchRequest:
    return _filtered(request, sellers=_toggle(request.filters.sellers, value, name))


def with_attribute_toggled(request: SearchRequest, name: str, value: str) -> SearchRequest:
    chosen = dict(request.filters.attributes)
    chosen[name] = _toggle(chosen.get(name, ()), value)
    return _filtered(request, attributes=tuple((name, values) for name, values in chosen.items() if values))


def without_filters(request: SearchRequest) -> SearchRequest:
    """A category page keeps its category: that is what the page is about."""
    category_id = None if request.text else request.filters.category_id
    return replace(request, filters=Filters(category_id=category_id), page=1, cursor=None)


def without(request: SearchRequest, applied: Applied, tree: CategoryTree) -> SearchRequest:
    """The request with one filter in force undone, for the chips above a result list."""
    filters, parameter, value = request.filters, applied.parameter, applied.value
    if parameter.startswith(ATTRIBUTE_PREFIX):
        return with_attribute_toggled(request, parameter.removeprefix(ATTRIBUTE_PREFIX), value)
    match parameter:
        case "literal":
            return replace(request, literal=(*request.literal, value), page=1, cursor=None)
        case "category":
            return with_category(request, None, tree)
        case "brand":
            return with_brand_toggled(request, value, value)
        case "seller":
            return with_seller_toggled(request, value, value)
        case "price_min":
            return with_prices(request, None, filters.price_max_yen)
        case "price_max":
            return with_prices(request, filters.price_min_yen, None)
        case "rating_min":
            return with_rating(request, None)
        case "in_stock":
            return with_stock(request, False)
    raise ValueError(f"{parameter} is not a filter")


def _filtered(request: SearchRequest, **changes: object) -> SearchRequest:
    return replace(request, filters=replace(request.filters, **changes), page=1, cursor=None)  # type: ignore[arg-type]


def _toggle(values: tuple[str, ...], *names: str) -> tuple[str, ...]:
    """Without any of `names` when one of them is chosen, else with the first.

    >>> _toggle(("a", "b"), "a"), _toggle(("a",), "c", "C"), _toggle(("C",), "c", "C")
    (('b',), ('a', 'c'), ())
    """
    rest = tuple(value for value in values if value not in names)
    return rest if len(rest) < len(values) else (*values, names[0])
