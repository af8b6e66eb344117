"""What a load test must hold: 95th percentiles per kind of request, and the share of errors.

Seen with 20 shoppers (25 requests a second) on a warm `make up` with 20,000 products, on two cores which the shoppers
share: 14 ms for product pages, 15 for suggestions, 17 for searches, 22 for category pages, 33 for browsing. The limits
are some times that, so that they tell of trouble and not of a slow day. A slower machine passes `--p95-scale 2`.
"""

from collections.abc import Iterator

from locust.stats import RequestStats

P95_MS = {
    "search": 100,
    "narrow by facets": 100,
    "browse": 120,
    "suggest": 60,
    "product page": 60,
    "category page": 120,
}
ERROR_SHARE_MAX = 0.005


def find_violations(stats: RequestStats, p95_scale: float) -> Iterator[str]:
    """A sentence for each limit that did not hold. What was never asked did not hold either."""
    if stats.total.fail_ratio > ERROR_SHARE_MAX:
        yield f"errors: {stats.total.fail_ratio:.1%} of all requests; the limit is {ERROR_SHARE_MAX:.1%}"
    for name, limit_ms in P95_MS.items():
        entry = stats.get(name, "GET")
        p95_ms = entry.get_response_time_percentile(0.95)
        if not entry.num_requests:
            yield f"{name}: never asked; let it run longer or with more users"
        elif p95_ms > limit_ms * p95_scale:
            yield f"{name}: p95 {p95_ms:g} ms; the limit is {limit_ms * p95_scale:g} ms"
