"""I10: every count, total and hit set is what a full scan finds; on several shards and in slices too."""

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings

from catalog.product import ProductRow
from core.limits import FACET_VALUES_MAX
from search.request import Facet, SearchRequest
from search.result import CategoryNode, SearchResult
from tests.catalog.rows import product_row
from tests.search.oracle import Scan, scan
from tests.search.strategies import ATTRIBUTES, random_catalog, requests
from tests.search.workbench import NOW, Searcher, Workbench

pytestmark = pytest.mark.live


class Shop:
    """A plain class, because hypothesis prints a dataclass with all its rows."""

    def __init__(self, rows: list[ProductRow], searcher: Searcher) -> None:
        self.rows = rows
        self.searcher = searcher


@pytest.fixture(scope="module", params=[(1, 1), (2, 1), (3, 3)], ids=lambda param: f"seed{param[0]}-shards{param[1]}")
def shop(request: pytest.FixtureRequest, workbench: Workbench) -> Iterator[Shop]:
    seed, shards = request.param
    rows = random_catalog(seed)
    with workbench.searcher(rows, shards=shards, segments=3) as searcher:
        yield Shop(rows, searcher)


@given(request=requests())
@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_counts_totals_and_hits_are_those_of_a_full_scan(shop: Shop, request: SearchRequest) -> None:
    """Not shrunk when it fails: on a busy machine that takes longer than a test may."""
    result, truth = shop.searcher.run(request), scan(shop.rows, request, NOW)

    assert result.total == truth.total()
    assert {hit.id: hit.price for hit in result.hits} == truth.prices()
    check_names(result, truth)
    check_categories(result.facets.category or (), truth.category_counts())
    check_thresholds(result, truth)
    check_prices(result, truth)
    check_attributes(result, truth)


def check_names(result: SearchResult, truth: Scan) -> None:
    brands, sellers = result.facets.brand or (), result.facets.seller or ()
    assert counted((value.name, value.count) for value in brands) == truth.brand_counts()
    assert counted((value.name, value.count) for value in sellers) == truth.seller_counts()


def counted(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    return Counter({name: count for name, count in pairs if count})


def check_categories(nodes: tuple[CategoryNode, ...], counts: Counter[str]) -> None:
    for node in nodes:
        assert node.count == counts[node.slug], node
        check_categories(node.children, counts)


def check_thresholds(result: SearchResult, truth: Scan) -> None:
    for value in result.facets.rating or ():
        assert value.count == truth.rating_count(float(value.value)), value
    assert result.facets.in_stock is not None
    assert result.facets.in_stock.count == truth.stock_count()


def check_prices(result: SearchResult, truth: Scan) -> None:
    facet, sets = result.facets.price, truth.price_sets()
    assert facet is not None
    every = [price for prices in sets for price in prices]
    assert (facet.min, facet.max) == ((min(every), max(every)) if every else (None, None))
    assert bool(facet.ranges) >= bool(every)
    for each in facet.ranges:
        low, high = each.min or 0, each.max if each.max is not None else 10**9
        assert each.count == sum(any(low <= price <= high for price in prices) for prices in sets), each


def check_attributes(result: SearchResult, truth: Scan) -> None:
    shown = {facet.name: facet.values for facet in result.facets.attributes or ()}
    for name in ATTRIBUTES:
        values = counted((value.value, value.count) for value in shown.get(name, ()))
        assert values == truth.attribute_counts(name), name


def many_brands() -> list[ProductRow]:
    """A long tail of brands whose counts hardly differ: what is frequent in sum is rare on each shard or slice."""
    random = Random(7)
    numbers = [random.randrange(1_000) for _ in range(3_000)]
    return [
        product_row(id=str(UUID(int=n + 1)), sku=f"P-{n}", brand_id=str(UUID(int=number)), brand_name=f"B{number:04}")
        for n, number in enumerate(numbers)
    ]


def top_brands(searcher: Searcher) -> list[tuple[str, int]]:
    return [(value.name, value.count) for value in searcher.search(facets=(Facet.BRAND,)).facets.brand or ()]


def true_top_brands(rows: list[ProductRow]) -> list[tuple[str, int]]:
    counts = Counter(str(row.brand_name) for row in rows)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES_MAX]


def test_the_most_frequent_values_are_right_on_several_shards(workbench: Workbench) -> None:
    rows = many_brands()
    with workbench.searcher(rows, shards=3) as searcher:
        assert top_brands(searcher) == true_top_brands(rows)


def test_our_index_setting_keeps_counts_right_where_the_cluster_searches_in_slices(workbench: Workbench) -> None:
    """Without it they are wrong, which the second half shows: the cluster really searches in four slices."""
    rows = many_brands()
    with workbench.searcher(rows, segments=8) as searcher, workbench.slices(4):
        assert top_brands(searcher) == true_top_brands(rows)
        workbench.unprotect(searcher)
        assert top_brands(searcher) != true_top_brands(rows)
