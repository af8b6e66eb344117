"""GET /v1/search and /v1/suggest."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import examples
from api.categories import CategoryMoved, find_category, with_category
from api.params import SearchParameters, SuggestParameters, build_request
from api.query_string import read_parameters
from api.responses import answers, json_response, query_parameters
from api.state import Shared, shared
from core.errors import InvalidParameter, NotFound
from core.types import CategoryId
from search.request import SearchRequest
from search.result import SearchResult
from search.suggest import Suggestions

router = APIRouter(prefix="/v1", tags=["search"])


@router.get(
    "/search",
    summary="Search and browse products, with facets",
    responses=answers(SearchResult, examples.SEARCH),
    openapi_extra=query_parameters(SearchParameters),
)
async def search(request: Request) -> Response:
    """Filters on one facet are OR, across facets AND; price, stock and attributes hold for one and the same
    variation. An empty value is as if the parameter was not given. A category whose slug has changed answers 301.
    """
    state, query_string = shared(request), request.scope["query_string"]
    parameters = read_parameters(SearchParameters, query_string)
    try:
        category_id = await _find_category_id(state, parameters.category)
    except CategoryMoved as moved:
        return RedirectResponse(f"{request.url.path}?{with_category(query_string, moved.slug)}", 301)
    result = await run_search(state, build_request(parameters, category_id), read_address(request))
    return json_response(build_search_answer(result))


@router.get(
    "/suggest",
    summary="Suggest queries, categories, brands and products for what was typed so far",
    responses=answers(Suggestions, examples.SUGGEST),
    openapi_extra=query_parameters(SuggestParameters),
)
async def suggest(request: Request) -> Response:
    """The text may be kanji, kana, latin, romaji that is not finished (`tosut`) or a composition that is not (`とs`).
    What begins like it is suggested; only when nothing does, what differs in one character, from four on. `ranked` has
    the best of all four lists in one order: `key` is a query's text, a category's slug, a brand's or a product's id.
    """
    state = shared(request)
    parameters = read_parameters(SuggestParameters, request.scope["query_string"])
    tree, vocabulary = await state.tree(), await state.vocabulary()
    found = await state.search.suggest(parameters.q, tree, vocabulary, parameters.limit, datetime.now(UTC))
    return json_response(found)


async def run_search(state: Shared, request: SearchRequest, address: str) -> SearchResult:
    """One search, as the API and the pages do it; `address` is who asks.

    Raises: BadRequest, SearchDown, NoLiveGeneration, DatabaseDown.
    """
    result = await state.search.search(request, await state.tree(), await state.vocabulary(), datetime.now(UTC))
    state.queries.note(request, result, address)
    return result


def read_address(request: Request) -> str:
    """Of the caller, or what a trusted proxy says it is (FORWARDED_ALLOW_IPS of uvicorn)."""
    return request.client.host if request.client else ""


def build_search_answer(result: SearchResult) -> dict[str, Any]:
    """The result without the facets that nobody asked for."""
    facets = {name: facet for name, facet in vars(result.facets).items() if facet is not None}
    return vars(result) | {"facets": facets}


async def _find_category_id(state: Shared, slug: str | None) -> CategoryId | None:
    if slug is None:
        return None
    try:
        return (await find_category(state, slug)).id
    except NotFound as error:
        raise InvalidParameter(f"category: {error}") from None
