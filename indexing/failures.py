"""What a server's error means for an indexing command, in words that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from opensearchpy import exceptions as opensearch

from core.clients import as_database_error
from core.errors import DatabaseDown, IndexingError, SearchDown, TanabanError, UnsafeCluster, WriteBlocked


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the errors of psycopg and opensearch-py into ours; also a decorator: `@clear_errors()`.

    Raises: DatabaseDown, SchemaBehind, SearchDown, WriteBlocked, UnsafeCluster, IndexingError.
    """
    try:
        yield
    except psycopg.OperationalError as error:
        raise DatabaseDown(
            f"PostgreSQL was lost: {_first_line(error)}. The old index serves on; run it again."
        ) from error
    except psycopg.Error as error:
        known = as_database_error(error)
        if known is None:
            raise
        raise known from error
    except opensearch.OpenSearchException as error:
        raise explain(error) from error


def explain(error: opensearch.OpenSearchException) -> TanabanError:
    """Our error for one of opensearch-py's."""
    if not isinstance(error, opensearch.TransportError) or not isinstance(error.status_code, int):
        return SearchDown(f"OpenSearch does not answer: {_first_line(error)}. Is it running?")
    if is_write_block(error.error):
        return write_blocked(str(error.info))
    if error.status_code in (401, 403):
        return UnsafeCluster(f"OpenSearch refuses this user: {error.error}. Give it rights on indices and aliases.")
    if error.status_code == 429 or error.status_code >= 500:
        return SearchDown(f"OpenSearch cannot answer now ({error.status_code} {error.error}). Try again later.")
    return IndexingError(f"OpenSearch refused a request ({error.status_code}): {_first_line(error)}")


def is_write_block(error_type: str | None) -> bool:
    """A block on purpose or a full disk; a flood-stage disk arrives as 429, read-only as 403."""
    return error_type in ("cluster_block_exception", "index_create_block_exception")


def write_blocked(reason: str) -> WriteBlocked:
    """The error for a block, naming the cure."""
    if "flood-stage" in reason:
        return WriteBlocked("OpenSearch's disk is full (flood-stage watermark). `tanaban index prune` or free space.")
    return WriteBlocked(f"The index or the cluster is read-only: {reason[:300]}. Remove that block and try again.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
