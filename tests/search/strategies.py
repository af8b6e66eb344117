"""Random catalogs and random requests, small enough to collide everywhere."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from catalog.product import ProductRow
from core.types import Yen
from search.request import Filters, SearchRequest, Sort
from tests.catalog.rows import product_row
from tests.search.categories import HIDDEN, LEAVES, TREE, row_path
from tests.search.workbench import NOW

WORDS = ("alpha", "beta", "gamma")
BRANDS = ("Orion", "Vega", "ソニー")
SELLERS = ("North", "South")
ATTRIBUTES = {"色": ("red", "blue", "green"), "サイズ": ("S", "M", "L"), "素材": ("wool", "silk")}
PRICES = (0, 90, 100, 999, 1_000, 2_999, 3_000, 12_000)

_NOW_MS = int(NOW.timestamp()) * 1_000
_PUBLISHED = (_NOW_MS - 10**9, _NOW_MS - 30_000, _NOW_MS - 29_000, _NOW_MS + 10**9, None)
"""Long ago, at the beginning of this minute, within it (not yet shown), in the future, never."""


def name_id(name: str) -> str:
    """The id of a brand or seller by its name."""
    return str(UUID(bytes=name.encode().ljust(16, b"-")[:16]))


def attributes() -> st.SearchStrategy[dict[str, list[str]]]:
    names = st.sampled_from(sorted(ATTRIBUTES))
    return st.lists(names, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {name: st.lists(st.sampled_from(ATTRIBUTES[name]), min_size=1, max_size=2, unique=True) for name in chosen}
        )
    )


@st.composite
def rows(draw: st.DrawFn, number: int) -> ProductRow:
    id = str(UUID(int=number + 1))
    brand = draw(st.sampled_from((*BRANDS, None)))
    seller = draw(st.sampled_from(SELLERS))
    adjustments = sorted(draw(st.lists(st.sampled_from((0, 10, 2_000)), max_size=3)))
    reviews = draw(st.integers(0, 3))
    return product_row(
        id=id,
        sku=f"P-{number}",
        name=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))),
        description=draw(st.sampled_from(WORDS)),
        status=draw(st.sampled_from(("active", "active", "active", "out_of_stock", "draft"))),
        base_price_yen=draw(st.sampled_from(PRICES)),
        stock=draw(st.integers(0, 1)),
        attributes=draw(attributes()),
        published_at_ms=draw(st.sampled_from(_PUBLISHED[:1] * 4 + _PUBLISHED)),
        brand_id=brand and name_id(brand),
        brand_name=brand,
        brand_kana=None,
        seller_id=name_id(seller),
        seller_name=seller,
        path=row_path(draw(st.sampled_from((*LEAVES, *LEAVES, HIDDEN)))),
        variations=[
            [f"{id}-{n}", f"P-{number}-{n}", "", draw(attributes()), adjustment, draw(st.integers(0, 1))]
            for n, adjustment in enumerate(adjustments)
        ],
        review_count=reviews,
        rating_sum=sum(draw(st.lists(st.integers(1, 5), min_size=reviews, max_size=reviews))),
        popularity=draw(st.sampled_from((None, 1.0, 8.0, 1e6))),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> list[ProductRow]:
    return [draw(rows(number)) for number in range(draw(st.integers(1, 40)))]


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.just(()) | st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


def filters() -> st.SearchStrategy[Filters]:
    shown = [id for id in TREE.by_id if TREE.is_shown(id)]
    prices = st.none() | st.sampled_from(PRICES).map(Yen)
    return st.builds(
        Filters,
        category_id=st.none() | st.sampled_from(shown),
        brands=_some((*BRANDS, *map(name_id, BRANDS), "No such brand")),
        sellers=_some((*SELLERS, *map(name_id, SELLERS))),
        price_min_yen=prices,
        price_max_yen=prices,
        in_stock=st.booleans(),
        rating_min=st.sampled_from((None, None, 1.0, 3.0, 3.5, 4.0)),
        attributes=st.lists(st.sampled_from(sorted(ATTRIBUTES)), max_size=2, unique=True).flatmap(
            lambda names: st.tuples(*(st.tuples(st.just(name), _some(ATTRIBUTES[name]).filter(bool)) for name in names))
        ),
    )


def requests() -> st.SearchStrategy[SearchRequest]:
    return st.builds(
        SearchRequest,
        text=st.lists(st.sampled_from((*WORDS, "orion", "red")), max_size=2).map(" ".join),
        filters=filters(),
        sort=st.sampled_from(list(Sort)),
        per_page=st.just(100),
    )
