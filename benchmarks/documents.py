"""The documents of the served index, read back and written as finished `_bulk` bodies into a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.connection import Connection

_READ_PRODUCTS = 1_000


@dataclass(frozen=True, slots=True)
class Bodies:
    """`_bulk` bodies one after the other in `file`; `parts` are (offset, bytes) of each."""

    file: Path
    parts: tuple[tuple[int, int], ...]
    documents: int

    @property
    def size_bytes(self) -> int:
        return sum(size for _, size in self.parts)


def write_bodies(url: str, index: str, file: Path, request_bytes: int) -> Bodies:
    """Every document of `index` with the version that it was written with, in bodies of about `request_bytes`."""
    parts: list[tuple[int, int]] = []
    documents, start = 0, 0
    with file.open("wb") as out, Connection(url) as connection:
        for hit in _scan(connection, index):
            out.write(_build_lines(hit))
            documents += 1
            if out.tell() - start >= request_bytes:
                parts.append((start, out.tell() - start))
                start = out.tell()
        if out.tell() > start:
            parts.append((start, out.tell() - start))
    return Bodies(file, tuple(parts), documents)


def _build_lines(hit: dict[str, Any]) -> bytes:
    """As the indexer writes them: the whole document under its external version."""
    action = {"_id": hit["_id"], "version": hit["_version"], "version_type": "external_gte"}
    append_newline = orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({"index": action}, option=append_newline) + orjson.dumps(hit["_source"], option=append_newline)


def _scan(connection: Connection, index: str) -> Iterator[dict[str, Any]]:
    """Every document of one point in time."""
    pit = connection.fetch("POST", f"/{index}/_search/point_in_time?keep_alive=5m")["pit_id"]
    body = {"size": _READ_PRODUCTS, "version": True, "pit": {"id": pit, "keep_alive": "5m"}, "sort": ["_shard_doc"]}
    try:
        while hits := connection.fetch("GET", "/_search", body)["hits"]["hits"]:
            yield from hits
            body["search_after"] = hits[-1]["sort"]
    finally:
        connection.fetch("DELETE", "/_search/point_in_time", {"pit_id": pit})
