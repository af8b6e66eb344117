"""I10: every count, total and hit set is what a full scan finds. Also checked on several shards and slices."""

from collections import Counter
from collections.abc import Iterable
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.product import ProductRow, effective_variations, is_searchable
from core.limits import FACET_VALUES_MAX
from search.request import Facet, SearchRequest
from search.result import CategoryNode, SearchResult
from tests.catalog.rows import product_row
from tests.search.oracle import Scan, scan
from tests.search.strategies import ATTRIBUTES, catalogs, requests
from tests.search.workbench import NOW, Searcher, Workbench

pytestmark = pytest.mark.live


@pytest.mark.parametrize("shards", [1, 3])
@given(catalog=catalogs(), asked=st.lists(requests(), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_counts_totals_and_hits_are_those_of_a_full_scan(
    workbench: Workbench, shards: int, catalog: list[ProductRow], asked: list[SearchRequest]
) -> None:
    with workbench.searcher(catalog, shards=shards) as searcher:
        known = [request for request in asked if _is_known(request, catalog)]
        for request, result in zip(known, searcher.run_all(known), strict=True):
            check(result, scan(catalog, request, NOW))


def _is_known(request: SearchRequest, catalog: list[ProductRow]) -> bool:
    """A filter on an attribute that no product has is refused (test_service.py)."""
    indexed = [row for row in catalog if is_searchable(row)]
    names = {name for row in indexed for variation in effective_variations(row) for name in variation.attributes}
    return {name for name, _ in request.filters.attributes} <= names


def check(result: SearchResult, truth: Scan) -> None:
    assert result.total == truth.total()
    assert {hit.id: hit.price for hit in result.hits} == truth.prices()
    facets = result.facets
    assert facets.brand is not None
    assert facets.seller is not None
    assert _counted((value.name, value.count) for value in facets.brand) == truth.brand_counts()
    assert _counted((value.name, value.count) for value in facets.seller) == truth.seller_counts()
    check_categories(facets.category or (), truth.category_counts())
    for value in facets.rating or ():
        assert value.count == truth.rating_count(float(value.value)), value
    assert facets.in_stock is not None
    assert facets.in_stock.count == truth.stock_count()
    check_prices(result, truth)
    check_attributes(result, truth)


def _counted(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    return Counter({name: count for name, count in pairs if count})


def check_categories(nodes: tuple[CategoryNode, ...], counts: Counter[str]) -> None:
    for node in nodes:
        assert node.count == counts[node.slug], node
        check_categories(node.children, counts)


def check_prices(result: SearchResult, truth: Scan) -> None:
    facet, sets = result.facets.price, truth.price_sets()
    assert facet is not None
    every = [price for prices in sets for price in prices]
    assert (facet.min, facet.max) == ((min(every), max(every)) if every else (None, None))
    for each in facet.ranges:
        low, high = each.min or 0, each.max if each.max is not None else 10**9
        assert each.count == sum(any(low <= price <= high for price in prices) for prices in sets), each
    assert bool(facet.ranges) >= bool(every)


def check_attributes(result: SearchResult, truth: Scan) -> None:
    shown = {facet.name: facet for facet in result.facets.attributes or ()}
    for name in ATTRIBUTES:
        counted = _counted((value.value, value.count) for value in shown[name].values) if name in shown else Counter()
        assert counted == truth.attribute_counts(name), name


BRAND_COUNT = 1_500


def many_brands() -> list[ProductRow]:
    """A long tail of brands whose counts hardly differ: what is frequent in sum is rare on each shard or slice."""
    random = Random(7)
    numbers = [random.randrange(BRAND_COUNT) for _ in range(6_000)]
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
    """Without it counts are wrong, which the second half shows: the cluster really searches in four slices."""
    rows = many_brands()
    sliced = {"search.concurrent_segment_search.mode": "all", "search.concurrent.max_slice_count": 4}
    cluster = workbench.opensearch.cluster
    with workbench.searcher(rows, segments=8) as searcher:
        cluster.put_settings(body={"transient": sliced})
        try:
            assert top_brands(searcher) == true_top_brands(rows)
            workbench.allow_slices(searcher)
            assert top_brands(searcher) != true_top_brands(rows)
        finally:
            cluster.put_settings(body={"transient": dict.fromkeys(sliced)})
