"""All settings: environment variables `TANABAN_<NAME>`, read once in a composition root and passed down.

>>> Settings(api_port=8080).api_port
8080
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen; each field has its unit in its name, a default and one sentence."""

    model_config = SettingsConfigDict(env_prefix="TANABAN_", frozen=True, extra="ignore")

    # Where the servers are. Not set: the embedded one under `home`.
    home: Path = Field(Path(".tanaban"), description="Folder of the embedded servers' data, logs and keys.")
    database_url: str | None = Field(
        None, description="PostgreSQL as postgresql://user:password@host:port/name; unset: embedded."
    )
    opensearch_url: str | None = Field(None, description="OpenSearch as http(s)://host:port; unset: embedded.")
    opensearch_user: str | None = Field(None, description="User name for OpenSearch.")
    opensearch_password: SecretStr | None = Field(None, description="Password for OpenSearch.")
    opensearch_ca_file: Path | None = Field(
        None, description="CA certificate (PEM) that OpenSearch's certificate is checked against."
    )
    opensearch_index_prefix: str = Field(
        "", pattern=r"^[a-z0-9_-]*$", description="Put before every index and alias name."
    )
    redis_url: str | None = Field(None, description="Redis or Valkey as redis://host:port/db; unset: embedded.")
    opensearch_heap_mb: int | None = Field(
        None, ge=256, description="Heap of the embedded OpenSearch; unset: an eighth of memory, 512 to 4096."
    )

    # The API process.
    api_host: str = Field("127.0.0.1", description="Address that the API listens on.")
    api_port: int = Field(8000, ge=0, le=65535, description="Port that the API listens on.")
    admin_token: SecretStr | None = Field(
        None, description="Bearer token of /admin; unset: made by the first `make up` and kept in `home`."
    )
    cors_origins: tuple[str, ...] = Field(
        (), description='Origins that browsers may call /v1 from, as a JSON list, or ["*"].'
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="Address that shoppers see; canonical links are built on it."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level logged.")

    # Bounded waits.
    database_timeout_ms: int = Field(5_000, ge=1, description="Longest statement of an API request.")
    database_pool_connections: int = Field(8, ge=1, description="Connections that the API keeps open.")
    search_timeout_ms: int = Field(3_000, ge=1, description="Longest wait for one search in OpenSearch.")
    redis_timeout_ms: int = Field(100, ge=1, description="Longest wait for Redis before PostgreSQL is asked.")

    # Caches.
    category_cache_ttl_s: int = Field(86_400, ge=1, description="Life of the category hierarchy in Redis.")
    product_cache_ttl_s: int = Field(3_600, ge=1, description="Life of a product's details in Redis.")
    category_memo_s: float = Field(
        1.0, ge=0, description="How long a process uses its own copy of the tree without asking Redis."
    )

    # Ranking.
    popularity_half_life_days: float = Field(14.0, gt=0, description="Time in which an event loses half.")
    popularity_purchase_weight: float = Field(10.0, ge=0, description="Weight of a bought item.")
    popularity_favorite_weight: float = Field(3.0, ge=0, description="Weight of a favourite.")
    popularity_review_weight: float = Field(2.0, ge=0, description="Weight of a review.")
    popularity_boost: float = Field(
        2.0, ge=0, description="Most that popularity adds to a text score; 0 ranks by text alone."
    )

    # What shoppers search for.
    query_log: bool = Field(True, description="Whether search texts are counted, and those of many are suggested.")
    query_log_callers: int = Field(
        5, ge=1, le=40, description="Callers that must have searched for a text before it is suggested to others."
    )

    # Indexing.
    rebuild_workers: int = Field(3, ge=1, le=64, description="Pages that a rebuild works on at a time.")
    rebuild_processes: int | None = Field(
        None,
        ge=0,
        le=64,
        description="Processes that build a rebuild's documents, 0: threads do; unset: one a core from the third on.",
    )
    rebuild_page_products: int = Field(1_000, ge=1, le=10_000, description="Products read by one SQL.")
    bulk_request_bytes: int = Field(4 * 2**20, ge=1_024, description="Size at which a `_bulk` body is sent.")
    bulk_timeout_s: int = Field(
        60, ge=1, description="D of I2: longest life of a bulk request, and of a (version, snapshot) pair."
    )
    bulk_retries: int = Field(8, ge=0, description="Times that work refused with 429 is sent again.")
    generations_kept: int = Field(1, ge=0, description="Standby generations kept for `index rollback`.")
    reconcile_every_s: int = Field(
        21_600, ge=0, description="Time after which the worker compares the indices with PostgreSQL again; 0: never."
    )
    index_shards: int = Field(1, ge=1, description="Primary shards of a new generation.")
    index_replicas: int = Field(0, ge=0, description="Replicas of a generation once it is built.")

    # Change capture.
    capture_slot: str = Field(
        "tanaban", pattern=r"^[a-z0-9_]{1,63}$", description="Replication slot in PostgreSQL; one per service."
    )
    capture_batch_events: int = Field(4_096, ge=1, description="Most change events that are acknowledged together.")

    # Change events through Kinesis, where capture and indexing are processes apart.
    kinesis_url: str | None = Field(
        None, description="Kinesis, or what speaks its protocol, as http(s)://host:port; unset: AWS by its environment."
    )
    kinesis_stream: str = Field(
        "tanaban",
        pattern=r"^[a-zA-Z0-9_.-]{1,128}$",
        description="Stream that change events go through; made when it does not exist.",
    )
    kinesis_shards: int = Field(1, ge=1, description="Shards of a stream that is made; afterwards it is resharded.")
    kinesis_lease_s: int = Field(
        20, ge=2, description="Silence after which a consumer's shards are taken over by the others."
    )
