"""GET /v1/categories, /v1/categories/{slug} and /v1/products/{id}."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import examples
from api.categories import CategoryMoved, find_category, moved_path
from api.params import NoParameters
from api.query_string import read_parameters
from api.responses import answers, json_response
from api.state import shared
from catalog.details import ProductDetails
from catalog.tree import Category, CategoryTree
from core.types import CategoryId, ProductId

router = APIRouter(prefix="/v1", tags=["catalog"])


@dataclass(frozen=True, slots=True)
class CategoryLink:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class CategoryBranch:
    slug: str
    name: str
    children: "tuple[CategoryBranch, ...]"


@dataclass(frozen=True, slots=True)
class Categories:
    categories: tuple[CategoryBranch, ...]


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """`path` goes from the root to the category itself."""

    slug: str
    name: str
    path: tuple[CategoryLink, ...]
    children: tuple[CategoryLink, ...]
    siblings: tuple[CategoryLink, ...]


@router.get("/categories", summary="The whole category tree", responses=answers(Categories, examples.CATEGORIES))
async def list_categories(request: Request) -> Response:
    read_parameters(NoParameters, request.scope["query_string"])
    tree = await shared(request).tree()
    return json_response(Categories(_branches(tree, None)))


@router.get(
    "/categories/{slug}",
    summary="One category with its path, children and siblings",
    responses=answers(CategoryPage, examples.CATEGORY),
)
async def get_category(request: Request, slug: str) -> Response:
    """A slug that has changed answers 301."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    try:
        category = await find_category(state, slug)
    except CategoryMoved as moved:
        return RedirectResponse(moved_path("/v1/categories/", moved.slug), 301)
    return json_response(build_category_page(await state.tree(), category))


@router.get(
    "/products/{product_id}",
    summary="One product with its breadcrumb, variations, images and rating",
    responses=answers(ProductDetails, examples.PRODUCT),
)
async def get_product(request: Request, product_id: UUID) -> Response:
    """A product that existed and is not shown any more answers 410."""
    read_parameters(NoParameters, request.scope["query_string"])
    state = shared(request)
    return json_response(await state.in_thread(state.products.get, ProductId(product_id)))


def build_category_page(tree: CategoryTree, category: Category) -> CategoryPage:
    """Only shown categories; a category is not its own sibling."""
    siblings = tree.shown_children(category.parent_id)
    return CategoryPage(
        category.slug,
        category.name,
        path=_links(tree.path(category.id)),
        children=_links(tree.shown_children(category.id)),
        siblings=_links(other for other in siblings if other.id != category.id),
    )


def _links(categories: Iterable[Category]) -> tuple[CategoryLink, ...]:
    return tuple(CategoryLink(each.slug, each.name) for each in categories)


def _branches(tree: CategoryTree, parent: CategoryId | None) -> tuple[CategoryBranch, ...]:
    return tuple(CategoryBranch(each.slug, each.name, _branches(tree, each.id)) for each in tree.shown_children(parent))
