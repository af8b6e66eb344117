"""Random catalogs and random requests, of few names and values so that they collide everywhere."""

from random import Random
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
_LONG_AGO = _NOW_MS - 10**9
_PUBLISHED = (_LONG_AGO,) * 12 + (_NOW_MS - 30_000, _NOW_MS - 29_000, _NOW_MS + 10**9, None)
"""Mostly long ago; at the beginning of this minute (shown), within it (not yet), in the future, never."""


def name_id(name: str) -> str:
    """The id of a brand or seller by its name."""
    return str(UUID(bytes=name.encode().ljust(16, b"-")[:16]))


def random_catalog(seed: int, products: int = 100) -> list[ProductRow]:
    """No more than a page holds, so that a test sees every hit."""
    random = Random(seed)
    return [_random_row(random, number) for number in range(products)]


def _random_row(random: Random, number: int) -> ProductRow:
    brand, seller = random.choice((*BRANDS, None)), random.choice(SELLERS)
    ratings = [random.randint(1, 5) for _ in range(random.randint(0, 3))]
    return product_row(
        id=str(UUID(int=number + 1)),
        sku=f"P-{number}",
        name=" ".join(random.sample(WORDS, random.randint(1, 2))),
        description=random.choice(WORDS),
        status=random.choice(("active",) * 4 + ("out_of_stock", "draft")),
        base_price_yen=random.choice(PRICES),
        stock=random.randint(0, 1),
        attributes=_random_attributes(random),
        published_at_ms=random.choice(_PUBLISHED),
        brand_id=brand and name_id(brand),
        brand_name=brand,
        brand_kana=None,
        seller_id=name_id(seller),
        seller_name=seller,
        path=row_path(random.choice((*LEAVES, *LEAVES, HIDDEN))),
        variations=_random_variations(random, f"P-{number}"),
        review_count=len(ratings),
        rating_sum=sum(ratings),
        popularity=random.choice((None, 1.0, 8.0, 1e6)),
    )


def _random_variations(random: Random, sku: str) -> list[list[Any]]:
    adjustments = sorted(random.choice((0, 10, 2_000)) for _ in range(random.randint(0, 4)))
    return [
        [f"{sku}-{n}", f"{sku}-{n}", "", _random_attributes(random), adjustment, random.randint(0, 1)]
        for n, adjustment in enumerate(adjustments)
    ]


def _random_attributes(random: Random) -> dict[str, list[str]]:
    names = random.sample(sorted(ATTRIBUTES), random.randint(0, 3))
    return {name: random.sample(ATTRIBUTES[name], random.randint(1, 2)) for name in names}


def requests() -> st.SearchStrategy[SearchRequest]:
    return st.builds(
        SearchRequest,
        text=st.lists(st.sampled_from((*WORDS, "orion", "red")), max_size=2).map(" ".join),
        filters=_filters(),
        sort=st.sampled_from(list(Sort)),
        per_page=st.just(100),
    )


def _filters() -> st.SearchStrategy[Filters]:
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
            lambda names: st.tuples(*(st.tuples(st.just(name), _chosen(ATTRIBUTES[name])) for name in names))
        ),
    )


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | _chosen(values)


def _chosen(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
