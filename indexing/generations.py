"""The generations as OpenSearch has them: one index each, with its write alias, and what the cluster must forbid."""

import re
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from core.errors import UnsafeCluster
from core.settings import Settings
from core.types import GenerationId
from mappings.products import build_index_body

_NEVER_CREATED = "-*.tanaban-write"
"""No index springs up under a write alias's name: a late delete to a pruned generation would else create one (I3).
One entry for all prefixes of a cluster, so that two services never overwrite each other's."""

_GREEN_WAIT_S = 600


def serving_alias(settings: Settings) -> str:
    """What the API searches: `<prefix>products`."""
    return f"{settings.opensearch_index_prefix}products"


def name_index(settings: Settings, id: GenerationId, now: datetime) -> str:
    """Such as `products-20260801t061233-g12`: never used twice, also after PostgreSQL was restored."""
    return f"{serving_alias(settings)}-{now:%Y%m%dt%H%M%S}-g{id}"


def name_write_alias(index_name: str) -> str:
    """The only name that documents are written to, with `require_alias=true`."""
    return f"{index_name}.tanaban-write"


def ensure_safe_cluster(client: OpenSearch, settings: Settings) -> None:
    """Check and set what the protocol relies on, before anything is built.

    Raises: UnsafeCluster, saying what to change.
    """
    _ensure_no_auto_create(client)
    nodes = client.cluster.health()["number_of_data_nodes"]
    if nodes <= settings.index_replicas:
        raise UnsafeCluster(
            f"{settings.index_replicas} replicas need {settings.index_replicas + 1} data nodes, and the cluster has "
            f"{nodes}: a new generation would never be green. Lower TANABAN_INDEX_REPLICAS or add nodes."
        )


def ensure_alias_is_ours(client: OpenSearch, settings: Settings) -> None:
    """Check that nobody else's index is named as, or searched by, our alias. Raises: UnsafeCluster."""
    alias = serving_alias(settings)
    if not client.indices.exists(index=alias):
        return
    found = client.indices.get_mapping(index=alias)
    foreign = [name for name, it in found.items() if "generation_id" not in it["mappings"].get("_meta", {})]
    if foreign:
        raise UnsafeCluster(
            f"{alias} is the name or alias of {', '.join(foreign)}, which this service has not made. "
            "Choose another TANABAN_OPENSEARCH_INDEX_PREFIX, or remove it."
        )


def _ensure_no_auto_create(client: OpenSearch) -> None:
    """Put our entry before what an operator has set; the first entry that matches a name decides."""
    current = _auto_create_index(client)
    if forbids_auto_create(current):
        return
    wanted = f"{_NEVER_CREATED},{'+*' if current == 'true' else current}"
    client.cluster.put_settings(body={"persistent": {"action.auto_create_index": wanted}})
    if not forbids_auto_create(_auto_create_index(client)):
        raise UnsafeCluster(
            f"The cluster setting action.auto_create_index must begin with {_NEVER_CREATED}; a transient setting or a "
            "missing right prevents it. Set it as an administrator."
        )


def _auto_create_index(client: OpenSearch) -> str:
    """The setting in force: transient before persistent before the configuration file's, `true` by default."""
    name = "action.auto_create_index"
    answer = client.cluster.get_settings(params={"flat_settings": "true", "include_defaults": "true"})
    for level in ("transient", "persistent", "defaults"):
        if name in answer[level]:
            value = answer[level][name]
            return ",".join(value) if isinstance(value, list) else str(value)
    return "true"


def forbids_auto_create(setting: str) -> bool:
    """Whether no index is created under a write alias's name.

    >>> [forbids_auto_create(it) for it in ("true", "false", "-*.tanaban-write,+*", "-x*,-*.tanaban-write,+*")]
    [False, True, True, True]
    >>> [forbids_auto_create(it) for it in ("+*,-*.tanaban-write", "-logs*,+*")]
    [False, False]
    """
    if setting == "false":
        return True
    entries = [entry.strip() for entry in setting.split(",")]
    before = entries[: entries.index(_NEVER_CREATED)] if _NEVER_CREATED in entries else None
    return before is not None and all(entry.startswith("-") for entry in before)


def create_index(client: OpenSearch, settings: Settings, index_name: str, meta: dict[str, Any]) -> None:
    """An empty generation with its own write alias, without refresh or replicas while it is built.

    Each acknowledged write is durable (translog durability `request`): a page never repeats a worker's write (I6).
    """
    body = build_index_body(settings.index_shards, 0, meta)
    body["settings"]["index"] |= {"refresh_interval": "-1", "translog.durability": "request"}
    body["aliases"] = {name_write_alias(index_name): {}}
    client.indices.create(index=index_name, body=body)


def ensure_serving_settings(client: OpenSearch, settings: Settings, index_name: str) -> None:
    """Give a built generation its refresh interval and replicas, refresh it, and wait until it is green.

    Raises: UnsafeCluster if it doesn't become green.
    """
    serving = build_index_body(settings.index_shards, settings.index_replicas, {})["settings"]["index"]
    wanted = {name: serving[name] for name in ("refresh_interval", "number_of_replicas")}
    client.indices.put_settings(index=index_name, body={"index": wanted})
    refresh_index(client, index_name)
    health = client.cluster.health(
        index=index_name,
        params={"wait_for_status": "green", "timeout": f"{_GREEN_WAIT_S}s"},
        request_timeout=_GREEN_WAIT_S + 10,
    )
    if health["status"] != "green":
        raise UnsafeCluster(
            f"{index_name} is {health['status']} after {_GREEN_WAIT_S} s: {health['unassigned_shards']} shards have no "
            "node. See GET _cluster/allocation/explain, then run it again."
        )


def refresh_index(client: OpenSearch, index_name: str) -> None:
    """Let searches see everything that is written."""
    client.indices.refresh(index=index_name, request_timeout=_GREEN_WAIT_S)


def index_exists(client: OpenSearch, index_name: str) -> bool:
    return bool(client.indices.exists(index=index_name))


def fetch_size(client: OpenSearch, index_name: str) -> tuple[int | None, int | None]:
    """Searchable documents without nested ones, and bytes of all copies; None for an unreadable index."""
    count = client.count(index=index_name, ignore=(404, 503))
    stats = client.indices.stats(index=index_name, metric="store", ignore=(404, 503))
    store = stats.get("_all", {}).get("total", {}).get("store", {})
    return count.get("count"), store.get("size_in_bytes")


def fetch_meta(client: OpenSearch, index_name: str) -> dict[str, Any]:
    """The mapping's `_meta`, empty for an index that isn't ours."""
    mapping = client.indices.get_mapping(index=index_name)[index_name]["mappings"]
    meta: dict[str, Any] = mapping.get("_meta", {})
    return meta


def fetch_own_indices(client: OpenSearch, settings: Settings) -> list[str]:
    """Every generation's index under this prefix, told by its name and its write alias; another prefix's never."""
    shape = re.compile(re.escape(serving_alias(settings)) + r"-\d{8}t\d{6}-g\d+")
    found = client.indices.get_alias(index=f"{serving_alias(settings)}-*")
    return [name for name, it in found.items() if shape.fullmatch(name) and name_write_alias(name) in it["aliases"]]


def delete_index(client: OpenSearch, index_name: str) -> None:
    """Delete a retired or failed generation's index, if it is still there.

    A plain delete, which a full disk lets through; an `_aliases` call with remove_index is refused then (tried).
    The alias can't be on it: the life-cycle command that calls this has just fenced (lifecycle.py of the model:
    mutex and epoch are enough).
    """
    client.indices.delete(index=index_name, ignore_unavailable=True)


def fetch_highest_version(client: OpenSearch, index_name: str) -> int:
    """The largest `doc_version` that a search finds; exact, as a sort of size 1 is and a max is not.

    0 for an empty index, and for one that can't be searched: it must not keep a rollback from replacing it.
    """
    body = {"size": 1, "_source": False, "sort": [{"doc_version": "desc"}]}
    hits = client.search(index=index_name, body=body, ignore=503).get("hits", {"hits": []})["hits"]
    return max(0, int(hits[0]["sort"][0])) if hits else 0


def fetch_node_runs(client: OpenSearch) -> frozenset[str]:
    """One id for each start of each node: one that is missing later was lost or restarted meanwhile.

    Only the cluster state has it; `GET _nodes` does not (tried on 3.8).
    """
    answer = client.cluster.state(metric="nodes", params={"filter_path": "nodes.*.ephemeral_id"})
    return frozenset(node["ephemeral_id"] for node in answer["nodes"].values())


def fetch_searchable_version(client: OpenSearch, index: str, id: str) -> int | None:
    """The version of one document as a search sees it now; None when it sees none."""
    body = {"size": 1, "query": {"term": {"id": id}}, "_source": False, "docvalue_fields": ["doc_version"]}
    answer = client.search(index=index, body=body, params={"filter_path": "hits.hits.fields"})
    hits = answer.get("hits", {}).get("hits", [])
    return int(hits[0]["fields"]["doc_version"][0]) if hits else None


def fetch_fields(client: OpenSearch, index: str) -> frozenset[str]:
    """The fields that a document of this index may have."""
    return frozenset(client.indices.get_mapping(index=index)[index]["mappings"]["properties"])
