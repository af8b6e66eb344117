"""Documents -> the bodies of `_bulk` requests. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from catalog.product import ProductRow
from core.types import IndexVersion
from indexing.dead_letters import Built, Rejection, try_build
from indexing.documents import Document

Item = tuple[str, bytes]
"""A product id, and the two NDJSON lines that write its document."""


@dataclass
class Packed:
    """Items, those of one request each, and what made no document."""

    requests: list[list[Item]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


def pack_rows(
    rows: Sequence[ProductRow], fields: frozenset[str], version: IndexVersion, now_ms: int, size_bytes: int
) -> Packed:
    """What the rows make, without tombstones: for an index that has nothing of them yet. Else as `pack`."""
    built = (it for it in map(try_build, rows) if isinstance(it, Rejection) or "tombstone" not in it)
    return pack(built, fields, version, now_ms, size_bytes)


def pack(built: Iterable[Built], fields: frozenset[str], version: IndexVersion, now_ms: int, size_bytes: int) -> Packed:
    """Requests of at most `size_bytes`, or of one document that is larger alone; of its fields, those in `fields`."""
    packed = Packed()
    items: list[Item] = []
    size = 0
    for document in _project(built, fields, packed.rejections):
        item = build_item(document, version, now_ms)
        if items and size + len(item[1]) > size_bytes:
            packed.requests.append(items)
            items, size = [], 0
        items.append(item)
        size += len(item[1])
    if items:
        packed.requests.append(items)
    return packed


def _project(built: Iterable[Built], fields: frozenset[str], rejections: list[Rejection]) -> Iterator[Document]:
    """The documents, each with no more than these fields; what is none goes to `rejections`."""
    for each in built:
        if isinstance(each, Rejection):
            rejections.append(each)
        elif each.keys() <= fields:
            yield each
        else:
            yield {name: value for name, value in each.items() if name in fields}


def build_item(document: Document, version: IndexVersion, now_ms: int) -> Item:
    """Action and source line. The document gets its version (also as a field: `_version` can't be sorted by) and time.

    >>> build_item({"id": "a"}, IndexVersion(7), 5)[1].splitlines()
    [b'{"index":{"_id":"a","version":7,"version_type":"external_gte"}}', b'{"id":"a","doc_version":7,"indexed_at":5}']
    """
    id: str = document["id"]
    action = b'{"index":{"_id":"%s","version":%d,"version_type":"external_gte"}}\n' % (id.encode(), version)
    source = orjson.dumps(document | {"doc_version": version, "indexed_at": now_ms}, option=orjson.OPT_APPEND_NEWLINE)
    return id, action + source


def build_purge(id: str, version: int) -> Item:
    """The action line that deletes a document which has no newer version.

    >>> build_purge("a", 7)
    ('a', b'{"delete":{"_id":"a","version":7,"version_type":"external_gte"}}\\n')
    """
    return id, b'{"delete":{"_id":"%s","version":%d,"version_type":"external_gte"}}\n' % (id.encode(), version)
