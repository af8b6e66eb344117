"""What a generation has stored, for comparison with PostgreSQL: ids, hashes and versions, never whole documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

_SCAN_DOCUMENTS = 5_000


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored document, as far as comparing needs it."""

    doc_hash: str | None
    version: int
    is_tombstone: bool


def scan_stored(
    client: OpenSearch, index_name: str, after_id: str | None, through_id: str | None
) -> Iterator[tuple[str, Stored]]:
    """All searchable documents with after_id < id <= through_id, in id order (the order of PostgreSQL's uuid).

    `search_after` on the unique `id` finds each document that is there all the time, on any number of shards and
    whatever is refreshed meanwhile; sorting by `_doc` loses some (tried). Suspects are read again anyway.
    """
    bounds = {"gt": after_id, "lte": through_id}
    yield from _scan(client, index_name, {"range": {"id": {name: id for name, id in bounds.items() if id is not None}}})


def scan_tombstones(client: OpenSearch, index_name: str, through_version: int) -> Iterator[tuple[str, Stored]]:
    """The searchable tombstones with versions up to this one, in id order."""
    old = [{"term": {"tombstone": True}}, {"range": {"doc_version": {"lte": through_version}}}]
    yield from _scan(client, index_name, {"bool": {"filter": old}})


def _scan(client: OpenSearch, index_name: str, query: dict[str, Any]) -> Iterator[tuple[str, Stored]]:
    body: dict[str, Any] = {
        "size": _SCAN_DOCUMENTS,
        "query": query,
        "sort": [{"id": "asc"}],
        "_source": False,
        "docvalue_fields": ["doc_hash", "doc_version", "tombstone"],
        "track_total_hits": False,
    }
    parameters = {"filter_path": "hits.hits.sort,hits.hits.fields", "allow_partial_search_results": "false"}
    while True:
        answer = client.search(index=index_name, body=body, params=parameters)
        hits = answer.get("hits", {}).get("hits", [])
        for hit in hits:
            yield hit["sort"][0], _read_fields(hit["fields"])
        if len(hits) < _SCAN_DOCUMENTS:
            return
        body["search_after"] = hits[-1]["sort"]


def _read_fields(fields: dict[str, list[Any]]) -> Stored:
    first = {name: values[0] for name, values in fields.items()}
    return Stored(first.get("doc_hash"), first.get("doc_version", 0), first.get("tombstone", False))


def fetch_stored(client: OpenSearch, index_name: str, ids: Sequence[str]) -> dict[str, Stored]:
    """These documents as they are now, whether a search sees them yet or not (realtime `_mget`)."""
    if not ids:
        return {}
    answer = client.mget(
        index=index_name,
        body={"ids": list(ids)},
        params={"_source_includes": "doc_hash,tombstone", "realtime": "true"},
    )
    return {
        it["_id"]: Stored(it["_source"].get("doc_hash"), it["_version"], it["_source"].get("tombstone", False))
        for it in answer["docs"]
        if it.get("found")
    }


def count_strangers(client: OpenSearch, index_name: str) -> int:
    """Documents without our `id` or hash, which no range of ids would show: somebody else wrote them."""
    ours = [{"exists": {"field": "id"}}, {"exists": {"field": "doc_hash"}}]
    query = {"bool": {"must_not": [{"bool": {"filter": ours}}]}}
    return int(client.count(index=index_name, body={"query": query})["count"])
