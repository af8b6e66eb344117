"""The same plain documents for Tanaban and its peers: a few fields, no Japanese terms, no nested objects.

`python -m benchmarks.peers.plain` is `tanaban` with these documents instead of its own. Only builder and mapping are
exchanged, in this process alone; versions, hashes, tombstones, snapshots, proofs and all else work as ever.
"""

import hashlib
from typing import Any
from unittest.mock import patch

import orjson

from catalog.product import ProductRow
from cli.main import main
from indexing import compare, dead_letters, generations
from indexing.documents import Document

_KEYWORD, _TEXT, _LONG = {"type": "keyword"}, {"type": "text"}, {"type": "long"}
FIELDS: dict[str, Any] = {
    "id": _KEYWORD,
    "name": _TEXT,
    "description": _TEXT,
    "base_price": _LONG,
    "sale_price": _LONG,
    "brand": _KEYWORD,
    "category": _KEYWORD,
    "seller": _KEYWORD,
    "images": _KEYWORD,
    "variations": {"properties": {"id": _KEYWORD, "sku": _KEYWORD, "name": _KEYWORD, "stock_quantity": _LONG}},
}
"""The mapping's properties that both have."""

_OWN_FIELDS: dict[str, Any] = {
    "tombstone": {"type": "boolean"},
    "doc_version": _LONG,
    "doc_hash": {"type": "keyword", "index": False, "doc_values": True},
    "committed_at": {"type": "date"},
    "indexed_at": {"type": "date"},
}
"""What Tanaban's protocol keeps in each document; PGSync's counterpart is `_meta`."""


def build_plain_document(row: ProductRow) -> Document:
    """Of every product, shown or not, as PGSync writes them."""
    document: Document = {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "base_price": row.base_price_yen,
        "sale_price": row.sale_price_yen,
        "brand": row.brand_name,
        "category": row.path[-1][1],
        "seller": row.seller_name,
        "images": [url for url, _ in row.images],
        "variations": [
            {"id": id, "sku": sku, "name": name, "stock_quantity": stock}
            for id, sku, name, _, _, stock in row.variations
        ],
    }
    document["doc_hash"] = hashlib.blake2b(orjson.dumps(document), digest_size=16).hexdigest()
    return document


def build_index_body(fields: dict[str, Any], shards: int = 1, replicas: int = 0) -> dict[str, Any]:
    """Settings and mapping of an index of plain documents, `fields` beside those that both have."""
    return {
        "settings": {
            "index": {"refresh_interval": "1s", "number_of_shards": shards, "number_of_replicas": replicas},
        },
        "mappings": {"dynamic": "strict", "properties": {**FIELDS, **fields}},
    }


def _build_own_index_body(shards: int, replicas: int, meta: dict[str, Any]) -> dict[str, Any]:
    body = build_index_body(_OWN_FIELDS, shards, replicas)
    body["mappings"]["_meta"] = meta
    return body


if __name__ == "__main__":
    with (
        patch.object(dead_letters, "build_document", build_plain_document),
        patch.object(compare, "hash_document", lambda row: build_plain_document(row)["doc_hash"]),
        patch.object(generations, "build_index_body", _build_own_index_body),
    ):
        main()
