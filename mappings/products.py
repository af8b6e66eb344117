"""The products index as OpenSearch receives it: products.json with the char filter of nfkc_casefold.json."""

from importlib.resources import files
from typing import Any

import orjson


def build_index_body(shards: int, replicas: int, meta: dict[str, Any]) -> dict[str, Any]:
    """Settings and mapping of a new generation.

    `meta` becomes the mapping's `_meta`: what the API must know to query this index (I12, I13).

    >>> body = build_index_body(1, 0, {"generation_id": 7})
    >>> body["mappings"]["_meta"], body["settings"]["index"]["number_of_shards"]
    ({'generation_id': 7}, 1)
    """
    body: dict[str, Any] = _load("products.json")
    body["settings"]["analysis"]["char_filter"] = {"nfkc_casefold": _load("nfkc_casefold.json")}
    body["settings"]["index"] |= {"number_of_shards": shards, "number_of_replicas": replicas}
    body["mappings"]["_meta"] = meta
    return body


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(files("mappings").joinpath(name).read_bytes())
    return loaded
