"""The oracle: an index is right if it holds build_document of every searchable product, and nothing else (I1)."""

from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.helpers import scan

from catalog.product_rows import fetch_product_rows
from core.settings import Settings
from indexing.documents import build_document
from indexing.generations import serving_alias
from indexing.registry import Connection

_ADDED = ("doc_version", "indexed_at", "committed_at")


def fetch_documents(client: OpenSearch, index: str) -> dict[str, dict[str, Any]]:
    """Every document that is no tombstone, by id, without what the writer adds."""
    client.indices.refresh(index=index)
    hits = scan(client, index=index, size=5_000)
    documents = {hit["_id"]: hit["_source"] for hit in hits if not hit["_source"].get("tombstone")}
    return {id: {name: it for name, it in source.items() if name not in _ADDED} for id, source in documents.items()}


def assert_index_is_right(connection: Connection, client: OpenSearch, settings: Settings, index: str = "") -> None:
    """Compare whole documents, field by field, of what is searched (or of `index`) with PostgreSQL."""
    expected = build_expected(connection)
    assert fetch_documents(client, index or serving_alias(settings)) == expected
    print(f"checked: {len(expected)} documents are what PostgreSQL makes of its rows, no others are")


def build_expected(connection: Connection) -> dict[str, dict[str, Any]]:
    """What an index should hold now, by id."""
    built = map(build_document, fetch_product_rows(connection, None, None))
    return {document["id"]: document for document in built if "tombstone" not in document}
