"""Every metric, declared once (docs/operations.md lists them, a test keeps it true)."""

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "tanaban_request_seconds",
    "Time to answer a request.",
    ["route", "method", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
CACHE_READS = Counter("tanaban_cache_reads", "Cache reads by what came of it.", ["cache", "outcome"])
DEPENDENCY_FAILURES = Counter("tanaban_dependency_failures", "Answers that had to do without a server.", ["dependency"])
DEPENDENCY_UP = Gauge("tanaban_dependency_up", "1 when the server answered the last health check.", ["dependency"])
NORMALIZER_MISMATCH = Gauge(
    "tanaban_normalizer_mismatch", "1 while the served index was built by another normaliser; rebuild it."
)
