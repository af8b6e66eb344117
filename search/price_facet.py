"""The price facet: lowest and highest price, and ranges at the price points of Japanese shops."""

from itertools import pairwise

from core.types import Yen
from search.filters import VariationFilters
from search.request import Filters
from search.result import PriceFacet, PriceRange
from search.variation_aggs import Aggs, build_variation_aggs, count_products, read_variation_aggs

Bounds = tuple[Yen | None, Yen | None]
"""Lowest and highest whole yen of a range, both inclusive; None is open."""

_STEPS = (1_000, 3_000, 5_000, 10_000, 20_000, 30_000, 50_000, 100_000, 300_000, 1_000_000)
_LOW_STEPS = (100, 300, 500, 1_000, 2_000)
_LOW_MAX = 3_000
"""Where nothing costs more, the low steps tell more."""


def _ladder(steps: tuple[int, ...]) -> tuple[Bounds, ...]:
    """～999, 1,000～2,999, ..., 1,000,000～ of 1,000, 3,000, ..., 1,000,000."""
    between = [(Yen(low), Yen(high - 1)) for low, high in pairwise(steps)]
    return ((None, Yen(steps[0] - 1)), *between, (Yen(steps[-1]), None))


def _key(bounds: Bounds) -> str:
    low, high = bounds
    return f"{'' if low is None else low}-{'' if high is None else high}"


def _range(bounds: Bounds) -> Aggs:
    """A `range` aggregation's end is exclusive."""
    low, high = bounds
    return {"key": _key(bounds)} | ({} if low is None else {"from": low}) | ({} if high is None else {"to": high + 1})


_LADDER, _LOW_LADDER = _ladder(_STEPS), _ladder(_LOW_STEPS)
_KEYS = {bounds: _key(bounds) for bounds in _LADDER + _LOW_LADDER}
_RANGES = [_range(bounds) for bounds in _KEYS]


def choose_ladder(highest: Yen | None) -> tuple[Bounds, ...]:
    """The ranges to show for a result whose dearest price is `highest`; the same for every catalog.

    >>> choose_ladder(Yen(980))[:2], choose_ladder(Yen(9_800))[:2]
    (((None, 99), (100, 299)), ((None, 999), (1000, 2999)))
    """
    return _LADDER if highest is None or highest >= _LOW_MAX else _LOW_LADDER


def build_price_facet(others: VariationFilters) -> Aggs:
    """Over the prices of the variations that satisfy the `others`; the ranges of both ladders in one pass."""
    return build_variation_aggs(
        "price",
        "price_yen",
        others,
        lambda field, counter: {
            "price_stats": {"stats": {"field": field}},
            "price_ranges": {"range": {"field": field, "keyed": True, "ranges": _RANGES}} | counter,
        },
    )


def parse_price_facet(raw: Aggs, filters: Filters) -> PriceFacet:
    """Ranges that have products, or are chosen; a product counts in each range that has a matching variation."""
    inside = read_variation_aggs(raw, "price")
    stats = inside["price_stats"]
    lowest, highest = (Yen(int(stats[key])) if stats["count"] else None for key in ("min", "max"))
    chosen = (filters.price_min_yen, filters.price_max_yen)
    buckets = inside["price_ranges"]["buckets"]
    counts = ((bounds, count_products(buckets[_KEYS[bounds]])) for bounds in choose_ladder(highest))
    ranges = (PriceRange(*bounds, count, bounds == chosen) for bounds, count in counts if count or bounds == chosen)
    return PriceFacet(lowest, highest, tuple(ranges))
