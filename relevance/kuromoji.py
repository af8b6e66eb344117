"""The baseline: the source design's plain mapping, as who installs OpenSearch with kuromoji has it on the first day."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

import orjson
from opensearchpy import OpenSearch

from relevance.metrics import DEPTH

MAPPING: dict[str, Any] = {
    "properties": {
        "id": {"type": "keyword"},
        "name": {"type": "text", "analyzer": "kuromoji", "fields": {"keyword": {"type": "keyword"}}},
        "description": {"type": "text", "analyzer": "kuromoji"},
        "category_path": {"type": "keyword"},
        "brand": {"type": "keyword"},
        "price": {"type": "float"},
        "attributes": {"type": "nested"},
        "seller_id": {"type": "keyword"},
        "status": {"type": "keyword"},
        "created_at": {"type": "date"},
        "popularity_score": {"type": "float"},
    }
}
FIELDS = ["name", "description"]
BATCH_PRODUCTS = 2_000


class PlainSearch:
    """Searches name and description with multi_match and its defaults: any word will do, the best field counts."""

    def __init__(self, client: OpenSearch, index: str) -> None:
        self._client = client
        self._index = index

    def search(self, query: str) -> tuple[str, ...]:
        """Skus, the best first."""
        body = {"size": DEPTH, "_source": False, "query": {"multi_match": {"query": query, "fields": FIELDS}}}
        answer = self._client.search(index=self._index, body=body)
        return tuple(hit["_id"] for hit in answer["hits"]["hits"])


@contextmanager
def plain_search(client: OpenSearch, lines: Iterable[dict[str, Any]]) -> Iterator[PlainSearch]:
    """An index of its own over the products of these lines of a catalog file; deleted afterwards."""
    index = f"plain-{token_hex(4)}"
    settings = {"index": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}}
    client.indices.create(index=index, body={"settings": settings, "mappings": MAPPING})
    try:
        _write(client, index, lines)
        client.indices.refresh(index=index)
        yield PlainSearch(client, index)
    finally:
        client.indices.delete(index=index)


def _write(client: OpenSearch, index: str, lines: Iterable[dict[str, Any]]) -> None:
    batch: list[bytes] = []
    for line in lines:
        batch += [orjson.dumps({"index": {"_id": line["sku"]}}), orjson.dumps(build_plain_document(line))]
        if len(batch) >= 2 * BATCH_PRODUCTS:
            _write_batch(client, index, batch)
            batch = []
    if batch:
        _write_batch(client, index, batch)


def _write_batch(client: OpenSearch, index: str, batch: list[bytes]) -> None:
    answer = client.bulk(index=index, body=b"\n".join([*batch, b""]))
    assert not answer["errors"], answer


def build_plain_document(line: dict[str, Any]) -> dict[str, Any]:
    """The fields of the source design that a search could use."""
    attributes = line.get("attributes") or {}
    return {
        "id": line["sku"],
        "name": line["name"],
        "description": line.get("description"),
        "category_path": " > ".join(line["category"]),
        "brand": line.get("brand"),
        "price": line["price"],
        "attributes": [{"name": name, "value": value} for name, values in attributes.items() for value in values],
        "status": line.get("status", "active"),
    }
