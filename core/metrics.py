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
QUERIES_NOT_LOGGED = Counter("tanaban_queries_not_logged", "Search texts that were not counted for suggestions.")
NORMALIZER_MISMATCH = Gauge(
    "tanaban_normalizer_mismatch", "1 while the served index was built by another normaliser; rebuild it."
)
REBUILD_RUNNING = Gauge("tanaban_rebuild_running", "1 while a reindex job is running or checking.")
REBUILD_PRODUCTS_DONE = Gauge("tanaban_rebuild_products_done", "Products that the active job has done in its phase.")
REBUILD_PRODUCTS_TOTAL = Gauge("tanaban_rebuild_products_total", "Products that the active job has to do in its phase.")
REBUILD_PRODUCTS_PER_SECOND = Gauge("tanaban_rebuild_products_per_second", "Rate of the active job; 0 without one.")
REBUILD_SILENT_SECONDS = Gauge(
    "tanaban_rebuild_silent_seconds", "Time since the active job was heard of; it grows when no worker runs."
)
REBUILD_DEAD_LETTERS = Gauge("tanaban_rebuild_dead_letters", "Documents of the live generation that are parked.")
INDEX_LIVE_SINCE = Gauge(
    "tanaban_index_live_since_timestamp_seconds", "When the searched generation went live, in Unix time; 0: none."
)
DRIFT_DOCUMENTS = Gauge(
    "tanaban_drift_documents",
    "Documents that the last proof of a generation left wrong or missing, by the generation's state.",
    ["state"],
)
LAST_CLEAN_PROOF = Gauge(
    "tanaban_last_clean_proof_timestamp_seconds",
    "When a generation was last proved to be what PostgreSQL says, in Unix time; 0: never.",
    ["state"],
)
LAST_CLEAN_PROOF_PRODUCTS = Gauge(
    "tanaban_last_clean_proof_products", "Products that the last clean proof of a generation compared.", ["state"]
)
CAPTURE_RUNNING = Gauge("tanaban_capture_running", "1 while a process reads the replication slot.")
CAPTURE_STOPPED = Gauge(
    "tanaban_capture_stopped_timestamp_seconds",
    "When capture was last heard of, in Unix time; 0 while it runs, and when it never ran.",
)
CAPTURE_LAG_BYTES = Gauge("tanaban_capture_lag_bytes", "WAL that is not captured and written yet.")
LIVE_LANE_EVENTS = Gauge("tanaban_live_lane_events", "Events that are captured and not durable in the index yet.")
LIVE_LANE_OLDEST_SECONDS = Gauge("tanaban_live_lane_oldest_seconds", "How long the oldest of them has waited.")
LIVE_LANE_PRODUCTS_PER_SECOND = Gauge(
    "tanaban_live_lane_products_per_second", "Products that the live lane wrote over the last ten seconds."
)
FANOUT_JOBS = Gauge("tanaban_fanout_jobs", "Renames and moves whose products are not all written yet.")
FANOUT_PRODUCTS_DONE = Gauge("tanaban_fanout_products_done", "Products of these that are written.")
FANOUT_PRODUCTS_LEFT = Gauge("tanaban_fanout_products_left", "Products of these that are still to be written.")
FANOUT_PRODUCTS_PER_SECOND = Gauge("tanaban_fanout_products_per_second", "Pace of the one at work; 0 without one.")
FANOUT_ETA_SECONDS = Gauge("tanaban_fanout_eta_seconds", "Time until all are written at that pace; 0 when unknown.")
DEAD_LETTERS = Gauge("tanaban_dead_letters", "Documents that OpenSearch rejects, of all generations that are written.")
FRESHNESS_SECONDS = Gauge(
    "tanaban_freshness_seconds", "From a commit to a search that finds it, over the last samples.", ["quantile"]
)
