"""What a search may be asked for over HTTP, and how it becomes a SearchRequest and back."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from analyzers.normalizer import normalize_text
from api.query_string import ATTRIBUTE_PREFIX
from catalog.tree import CategoryTree
from core.limits import (
    ATTRIBUTE_FILTERS_MAX,
    CURSOR_MAX_CHARS,
    FILTER_VALUE_MAX_CHARS,
    FILTER_VALUES_MAX,
    LITERALS_MAX,
    PAGE_WINDOW_MAX,
    PER_PAGE_DEFAULT,
    PER_PAGE_MAX,
    PRICE_MAX_YEN,
    QUERY_MAX_CHARS,
    SUGGEST_MAX,
)
from core.types import CategoryId, Yen
from search.request import Facet, Filters, SearchRequest, Sort

NO_FACETS = "none"
_FACET_NAMES = frozenset(Facet)


def _matching(pattern: str, allowed: str, convert: Callable[[str], Any]) -> BeforeValidator:
    """ASCII only and nothing around it: Python's own int() and float() take "１２", "1_000" and " 12 "."""

    def read(value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise ValueError(f"must be {allowed}")
        return convert(value) if isinstance(value, str) else value

    return BeforeValidator(read)


def _read_text(text: str) -> str:
    normalized = normalize_text(text)
    if len(normalized) > QUERY_MAX_CHARS:
        raise ValueError(f"has {len(normalized)} characters; at most {QUERY_MAX_CHARS} are allowed")
    return normalized


def _read_facets(given: object) -> object:
    """`brand,price`, in one parameter or several; or `none` alone."""
    if not isinstance(given, list):
        return given
    names = [name for text in given for name in text.split(",")]
    if names == [NO_FACETS]:
        return ()
    if not _FACET_NAMES.issuperset(names):
        raise ValueError(f"must be {NO_FACETS}, or some of {', '.join(Facet)} with commas between")
    return tuple(dict.fromkeys(Facet(name) for name in names))


WholeNumber = Annotated[int, _matching("[0-9]{1,15}", "a whole number of at most 15 digits 0-9", int)]
Decimal = Annotated[float, _matching(r"[0-9](\.[0-9]{1,3})?", "a number such as 4 or 3.5", float)]
Price = Annotated[WholeNumber, Field(le=PRICE_MAX_YEN)]
Rating = Annotated[Decimal, Field(le=5)]
Truth = Annotated[bool, _matching("true|false|1|0", "true, false, 1 or 0", lambda text: text in ("true", "1"))]
Text = Annotated[str, BeforeValidator(_read_text)]
Value = Annotated[str, StringConstraints(max_length=FILTER_VALUE_MAX_CHARS)]
Values = Annotated[tuple[Value, ...], Field(max_length=FILTER_VALUES_MAX)]


class SearchParameters(BaseModel):
    """Query parameters of `GET /v1/search`. Filters on one facet are OR, across facets AND."""

    model_config = ConfigDict(frozen=True)

    q: Text = Field("", description=f"Search text, at most {QUERY_MAX_CHARS} characters; empty browses.")
    literal: Annotated[tuple[Value, ...], Field(max_length=LITERALS_MAX)] = Field(
        (), description="Part of `q` that is taken as written: undoes what `applied` says it was recognised as."
    )
    category: Value | None = Field(None, description="Slug of a category; its whole subtree is searched.")
    brand: Values = Field((), description="Id or exact name of a brand.")
    seller: Values = Field((), description="Id or exact name of a seller.")
    price_min: Price | None = Field(None, description="Lowest price in yen, tax included.")
    price_max: Price | None = Field(None, description="Highest price in yen, tax included.")
    in_stock: Truth = Field(False, description="Only what can be bought now.")
    rating_min: Rating | None = Field(None, description="Lowest average rating, 0 to 5.")
    attr: Annotated[dict[Value, Values], Field(max_length=ATTRIBUTE_FILTERS_MAX)] = Field(
        {}, description="A value of the attribute `<name>`, such as `attr.色=赤`; an unknown name is a 400."
    )
    sort: Sort = Field(Sort.RELEVANCE, description="Order of the hits.")
    page: WholeNumber = Field(1, ge=1, le=PAGE_WINDOW_MAX, description="Page, from 1.")
    per_page: WholeNumber = Field(
        PER_PAGE_DEFAULT,
        ge=1,
        le=PER_PAGE_MAX,
        description=f"Hits on a page; page x per_page is at most {PAGE_WINDOW_MAX}, beyond it use `cursor`.",
    )
    cursor: Annotated[str, StringConstraints(max_length=CURSOR_MAX_CHARS)] | None = Field(
        None, description="`cursor` of the answer before, for deep walks; not together with `page`."
    )
    facets: Annotated[tuple[Facet, ...], BeforeValidator(_read_facets)] = Field(
        tuple(Facet), description=f"Facets to answer with, commas between, or `{NO_FACETS}`; default all."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.page * self.per_page > PAGE_WINDOW_MAX:
            raise ValueError(f"page x per_page is at most {PAGE_WINDOW_MAX}; beyond it follow the cursor")
        if self.cursor is not None and "page" in self.model_fields_set:
            raise ValueError("cursor: not together with page; give one of them")
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise ValueError(f"price_min: must be at most price_max; {self.price_min} > {self.price_max}")
        return self


class SuggestParameters(BaseModel):
    """Query parameters of `GET /v1/suggest`."""

    model_config = ConfigDict(frozen=True)

    q: Text = Field("", description="What was typed so far; empty suggests nothing.")
    limit: WholeNumber = Field(SUGGEST_MAX, ge=1, le=SUGGEST_MAX, description="Most suggestions of each kind.")


class NoParameters(BaseModel):
    """Of an address that takes none."""


def build_request(parameters: SearchParameters, category_id: CategoryId | None) -> SearchRequest:
    """`category_id` is what the tree has for `parameters.category` (api/categories.py)."""
    return SearchRequest(
        text=parameters.q,
        filters=Filters(
            category_id=category_id,
            brands=_distinct(parameters.brand),
            sellers=_distinct(parameters.seller),
            price_min_yen=None if parameters.price_min is None else Yen(parameters.price_min),
            price_max_yen=None if parameters.price_max is None else Yen(parameters.price_max),
            in_stock=parameters.in_stock,
            rating_min=parameters.rating_min,
            attributes=tuple((name, _distinct(values)) for name, values in parameters.attr.items()),
        ),
        sort=parameters.sort,
        page=parameters.page,
        per_page=parameters.per_page,
        cursor=parameters.cursor,
        facets=parameters.facets,
        literal=_distinct(parameters.literal),
    )


def build_query(request: SearchRequest, tree: CategoryTree) -> list[tuple[str, str]]:
    """The parameters that ask for this request, defaults left out: the inverse of reading them."""
    filters, default = request.filters, SearchRequest()
    singles: dict[str, object] = {
        "q": request.text or None,
        "category": tree.by_id[filters.category_id].slug if filters.category_id else None,
        "price_min": filters.price_min_yen,
        "price_max": filters.price_max_yen,
        "in_stock": "true" if filters.in_stock else None,
        "rating_min": None if filters.rating_min is None else f"{filters.rating_min:g}",
        "sort": request.sort if request.sort != default.sort else None,
        "page": request.page if request.page != default.page else None,
        "per_page": request.per_page if request.per_page != default.per_page else None,
        "cursor": request.cursor,
        "facets": (",".join(request.facets) or NO_FACETS) if request.facets != default.facets else None,
    }
    pairs = [(name, str(value)) for name, value in singles.items() if value is not None]
    pairs += [("literal", literal) for literal in request.literal]
    pairs += [("brand", brand) for brand in filters.brands]
    pairs += [("seller", seller) for seller in filters.sellers]
    return pairs + [(f"{ATTRIBUTE_PREFIX}{name}", value) for name, values in filters.attributes for value in values]


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
