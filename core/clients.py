"""One factory per server. A caller owns what it is given, and closes it."""

from typing import Any

import orjson
import psycopg
import redis
from opensearchpy import AsyncOpenSearch, JSONSerializer, OpenSearch
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from sqlalchemy import Engine
from sqlalchemy import create_engine as sqlalchemy_create_engine

from core.errors import DatabaseDown, SchemaBehind, TanabanError
from core.search_connection import SearchConnection
from core.settings import Settings


class OrjsonSerializer(JSONSerializer):
    """opensearch-py's serializer on orjson: several times faster on result pages."""

    def dumps(self, data: Any) -> Any:
        """Text and bytes pass through, so a body that is already JSON or NDJSON is sent as it is."""
        return data if isinstance(data, str | bytes) else orjson.dumps(data, default=self.default)

    def loads(self, data: Any) -> Any:
        return orjson.loads(data)


def _required(url: str | None, name: str) -> str:
    if url is None:
        raise ValueError(f"TANABAN_{name} is not set and no embedded server was attached")
    return url


def connect_database(settings: Settings, **options: Any) -> psycopg.Connection[TupleRow]:
    """A psycopg connection, in transactions unless `autocommit=True`.

    Raises: DatabaseDown, naming host and reason (never the password).
    """
    url = _required(settings.database_url, "DATABASE_URL")
    try:
        return psycopg.connect(url, connect_timeout=5, application_name="tanaban", **options)
    except psycopg.OperationalError as error:
        raise DatabaseDown(f"PostgreSQL does not answer: {str(error).strip()}. Is it running?") from error


def as_database_error(error: Exception) -> TanabanError | None:
    """A driver's error as ours, where it is the server's state and not a bug of ours."""
    match error:
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn() | psycopg.errors.UndefinedFunction():
            return SchemaBehind("The database has the schema of another version. Run `tanaban catalog migrate`.")
        case psycopg.OperationalError():
            return DatabaseDown(f"PostgreSQL does not answer ({type(error).__name__}). Run `tanaban doctor`.")
    return None


def create_database_pool(settings: Settings) -> ConnectionPool[psycopg.Connection[TupleRow]]:
    """The API's pool: each statement ends after `database_timeout_ms`; opened by the caller."""
    options = f"-c statement_timeout={settings.database_timeout_ms}"
    return ConnectionPool(
        _required(settings.database_url, "DATABASE_URL"),
        kwargs={"options": options, "connect_timeout": 5, "application_name": "tanaban-api"},
        min_size=1,
        max_size=settings.database_pool_connections,
        timeout=settings.database_timeout_ms / 1_000,
        open=False,
    )


def create_engine(settings: Settings) -> Engine:
    """SQLAlchemy's engine, for Alembic and the models."""
    url = _required(settings.database_url, "DATABASE_URL")
    return sqlalchemy_create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))


def _opensearch_options(settings: Settings) -> dict[str, Any]:
    password = settings.opensearch_password
    return {
        "hosts": [_required(settings.opensearch_url, "OPENSEARCH_URL")],
        "http_auth": (settings.opensearch_user, password.get_secret_value() if password else "")
        if settings.opensearch_user
        else None,
        "ca_certs": str(settings.opensearch_ca_file) if settings.opensearch_ca_file else None,
        "serializer": OrjsonSerializer(),
        "max_retries": 0,
    }


_OTHER_THREADS = 4
"""Of change capture, which write fan-outs, follow edits and refresh: each keeps a connection."""


def create_opensearch(settings: Settings) -> OpenSearch:
    """The indexer's client: no hidden retries (the writer decides), requests end after D plus a margin."""
    options = _opensearch_options(settings)
    return OpenSearch(
        **options, timeout=settings.bulk_timeout_s + 5, pool_maxsize=settings.rebuild_workers + _OTHER_THREADS
    )


def create_async_opensearch(settings: Settings) -> AsyncOpenSearch:
    """The API's client: one bounded wait, no hidden retries."""
    options = _opensearch_options(settings)
    limit_s = settings.search_timeout_ms / 1_000 + 0.5
    return AsyncOpenSearch(**options, timeout=limit_s, maxsize=64, connection_class=SearchConnection)


def create_redis(settings: Settings) -> "redis.Redis":
    """Raw bytes in and out, bounded waits; errors are the caller's to degrade (I14)."""
    timeout_s = settings.redis_timeout_ms / 1_000
    return redis.Redis.from_url(
        _required(settings.redis_url, "REDIS_URL"),
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        protocol=2,
    )
