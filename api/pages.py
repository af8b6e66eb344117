"""The storefront: pages in Japanese that work without JavaScript. They ask the same services as /v1 does."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api import links
from api.categories import CategoryMoved, find_category, with_category
from api.errors import describe
from api.json_ld import build_breadcrumb_json_ld, build_product_json_ld
from api.pages_list import build_list_view
from api.pages_product import build_product_view
from api.pages_render import STATIC_FILES, compressed_response, render_error, render_page
from api.pages_static import FOREVER
from api.params import SearchParameters, build_request
from api.query_string import read_parameters
from api.search_routes import read_address, run_search
from api.state import Shared, shared
from catalog.details import Crumb
from catalog.tree import Category
from core.errors import NoLiveGeneration, NotFound, SearchDown, TanabanError
from core.types import ProductId
from search.request import Facet, Filters, SearchRequest, Sort
from search.result import SearchResult

SHOP = "棚番"
POPULAR_HITS = 10
CATEGORY_SAMPLES = 3
"""Child categories named under each category of the front page."""

LOW_STOCK = 5
"""Up to so many pieces, the page says how many are left."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """Errors become pages instead of JSON."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except TanabanError as error:
                return render_error(request, describe(error), shared(request).categories.peek())

        return handle_page


router = APIRouter(route_class=PageRoute, include_in_schema=False)


def page(path: str) -> Callable[[Callable[..., Awaitable[Response]]], Callable[..., Awaitable[Response]]]:
    """HEAD too, which link checkers send."""
    return router.api_route(path, methods=["GET", "HEAD"], response_model=None)


@page("/")
async def show_home(request: Request) -> Response:
    state = shared(request)
    tree = await state.tree()
    popular = SearchRequest(sort=Sort.POPULARITY, per_page=POPULAR_HITS, facets=())
    result = await _search_if_up(state, popular, request)
    return render_page(
        request,
        "home.html",
        tree,
        title=f"{SHOP} | 日本語の商品検索",
        description="家電からファッション、食品まで。商品名、ブランド、型番から、ほしいものがすぐ見つかる商品検索です。",
        canonical=_public_url(state) + "/",
        categories=[(root, tree.shown_children(root.id)[:CATEGORY_SAMPLES]) for root in tree.shown_children(None)],
        hits=result.hits if result else (),
    )


@page("/search")
async def show_search(request: Request) -> Response:
    """A category without a text has one address only, /c/{slug}."""
    state = shared(request)
    parameters = _read_parameters(request)
    try:
        category = await find_category(state, parameters.category) if parameters.category else None
    except CategoryMoved as moved:
        query = with_category(request.scope["query_string"], moved.slug)
        return RedirectResponse(f"/search?{query}", 301)
    tree = await state.tree()
    asked = _build_page_request(parameters, category)
    if category and not asked.text:
        return RedirectResponse(links.page_url(asked, tree), 302)
    result = await run_search(state, asked, read_address(request))
    if result.total and not result.hits:
        return RedirectResponse(links.page_url(links.with_page(asked, 1), tree), 302)
    text = request.query_params.get("q", "").strip()
    heading = f"「{text}」の検索結果" if text else "商品を探す"
    view = build_list_view(result, asked, tree)
    return render_page(
        request,
        "search.html",
        tree,
        title=f"{heading}（{view.matches:,}件） | {SHOP}",
        description=f"{heading}。カテゴリ、価格、ブランド、評価で絞り込めます。",
        noindex=True,
        text=text,
        scope=category,
        result=result,
        view=view,
    )


@page("/c/{slug}")
async def show_category(request: Request, slug: str) -> Response:
    """Goes on without its product list while search is down (I14)."""
    state = shared(request)
    parameters = _read_parameters(request)
    try:
        category = await find_category(state, slug)
    except CategoryMoved as moved:
        query = str(request.scope["query_string"], "latin-1")
        return RedirectResponse(links.category_url(moved.slug) + (f"?{query}" if query else ""), 301)
    tree = await state.tree()
    asked = _build_page_request(parameters, category)
    result = await _search_if_up(state, asked, request)
    if result and result.total and not result.hits:
        return RedirectResponse(links.page_url(links.with_page(asked, 1), tree), 302)
    plain = SearchRequest(filters=Filters(category_id=category.id), page=asked.page)
    path = tree.path(category.id)
    children = tree.shown_children(category.id)
    crumbs = tuple(Crumb(each.slug, each.name) for each in path)
    return render_page(
        request,
        "category.html",
        tree,
        title=f"{category.name}の商品一覧" + (f"（{asked.page}ページ目）" if asked.page > 1 else "") + f" | {SHOP}",
        description=_describe_category(category, children),
        canonical=_public_url(state) + links.page_url(plain, tree),
        noindex=result is None or asked != plain,
        json_ld=[build_breadcrumb_json_ld(crumbs, None, _public_url(state))],
        scope=category,
        category=category,
        trail=path[:-1],
        children=children,
        result=result,
        view=build_list_view(result, asked, tree) if result else None,
    )


@page("/p/{product_id}")
async def show_product(request: Request, product_id: str, variation: str | None = None) -> Response:
    """Needs PostgreSQL or Redis only. A product that is gone is a 410."""
    state = shared(request)
    product = await state.in_thread(state.products.get, _read_product_id(product_id))
    url = _public_url(state)
    path = links.product_url(product.id)
    view = build_product_view(product, variation)
    return render_page(
        request,
        "product.html",
        await state.tree(),
        title=f"{product.name} | {SHOP}",
        description=view.meta_description,
        canonical=url + path,
        json_ld=[
            build_product_json_ld(product, url),
            build_breadcrumb_json_ld(product.breadcrumb, (product.name, path), url),
        ],
        product=product,
        view=view,
        low_stock=LOW_STOCK,
    )


@page("/admin/")
async def show_admin(request: Request) -> Response:
    """A static page; its script asks the JSON API with the token that a person types in."""
    return render_page(
        request, "admin.html", None, title=f"管理 | {SHOP}", description="検索インデックスの管理", noindex=True
    )


@page("/static/{content_hash}/{name}")
async def send_static(request: Request, content_hash: str, name: str) -> Response:
    """An address of another version answers with this one's content, for a page that is older than the server."""
    file = STATIC_FILES.get(name)
    if file is None:
        raise NotFound(f"no static file {name!r}")
    cache = FOREVER if content_hash == file.content_hash else "no-cache"
    return compressed_response(request, file.content, file.gzipped, file.media_type, {"Cache-Control": cache})


def _read_parameters(request: Request) -> SearchParameters:
    return read_parameters(SearchParameters, request.scope["query_string"], ignore_unknown=True)


def _build_page_request(parameters: SearchParameters, category: Category | None) -> SearchRequest:
    """Pages show every facet and walk by number, whatever the address says."""
    request = build_request(parameters, category.id if category else None)
    return replace(request, facets=tuple(Facet), cursor=None)


def _read_product_id(text: str) -> ProductId:
    try:
        return ProductId(UUID(text))
    except ValueError as error:
        raise NotFound("no product has this id") from error


async def _search_if_up(state: Shared, asked: SearchRequest, request: Request) -> SearchResult | None:
    try:
        return await run_search(state, asked, read_address(request))
    except (SearchDown, NoLiveGeneration):
        return None


def _describe_category(category: Category, children: tuple[Category, ...]) -> str:
    names = "、".join(child.name for child in children[:6])
    kinds = f"（{names}など）" if names else ""
    return f"{category.name}{kinds}の商品一覧。価格、ブランド、評価、在庫で絞り込めます。"


def _public_url(state: Shared) -> str:
    return state.settings.public_url.rstrip("/")


def _now() -> datetime:
    return datetime.now(UTC)
