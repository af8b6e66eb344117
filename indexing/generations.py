"""The generations as OpenSearch has them: indices, the serving alias with its epoch, the mark of the past.

The mark index `<prefix>products.mark` holds one document (which PostgreSQL the indices were built from: past.py)
and carries the epoch alias `<prefix>products.eN`. Each alias action removes the epoch it expects and adds the next in
one atomic call, so the late action of a killed command is refused (I8). It stands on the mark index so that there is
an epoch before the first generation and after the loss of the live one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opensearchpy import NotFoundError, OpenSearch, TransportError

from core.errors import LifecycleBusy, UnsafeCluster
from core.settings import Settings
from core.types import GenerationId
from indexing.failures import is_write_block
from mappings.products import build_index_body

_NEVER_CREATED = "-*.tanaban-write"
"""No index springs up under a write alias's name: a late delete to a pruned generation would else create one (I3).
One entry for all prefixes of a cluster, so that two services never overwrite each other's."""

_GREEN_WAIT_S = 600


@dataclass(frozen=True, slots=True)
class AliasState:
    """Where the serving alias is, and its epoch."""

    epoch: int
    indices: tuple[str, ...]
    """The indices behind the alias: none before the first swap, else one."""


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
    return bool(client.indices.exists(index=index_name, params={"expand_wildcards": "none"}))


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


def fetch_alias_state(client: OpenSearch, settings: Settings) -> AliasState:
    """Read alias and epoch in one call; epoch 0 means that there is no mark index yet."""
    alias = serving_alias(settings)
    found = client.indices.get_alias(name=f"{alias},{alias}.e*", ignore=404)
    on = {name: set(it["aliases"]) for name, it in found.items() if isinstance(it, dict)}
    epochs = [int(epoch.rpartition(".e")[2]) for epoch in on.get(_mark_index(settings), ())]
    return AliasState(max(epochs, default=0), tuple(name for name, aliases in on.items() if alias in aliases))


def _mark_index(settings: Settings) -> str:
    return f"{serving_alias(settings)}.mark"


def create_mark_index(client: OpenSearch, settings: Settings) -> None:
    """The carrier of epoch and mark, at epoch 1; its creation is atomic, so there is one first epoch."""
    body = {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {"dynamic": False},
        "aliases": {f"{serving_alias(settings)}.e1": {}},
    }
    client.indices.create(index=_mark_index(settings), body=body)


def move_alias(client: OpenSearch, settings: Settings, state: AliasState, target: str | None) -> AliasState:
    """Put the alias on `target` (None: on nothing) in one atomic call that succeeds only at `state`'s epoch.

    Where the alias is right already only the epoch moves, which also works while the live index is blocked.

    Raises: LifecycleBusy if the epoch has moved: another command was here.
    """
    alias, mark = serving_alias(settings), _mark_index(settings)
    wanted = (target,) if target else ()
    actions: list[dict[str, Any]] = [
        {"remove": {"index": mark, "alias": f"{alias}.e{state.epoch}", "must_exist": True}},
        {"add": {"index": mark, "alias": f"{alias}.e{state.epoch + 1}"}},
    ]
    if state.indices != wanted:
        actions += [{"remove": {"index": index, "alias": alias, "must_exist": True}} for index in state.indices]
        actions += [{"add": {"index": index, "alias": alias}} for index in wanted]
    try:
        _update_aliases(client, mark, actions)
    except NotFoundError as error:
        raise LifecycleBusy(f"The alias moved under this command ({error.error}). Run it again.") from error
    return AliasState(state.epoch + 1, wanted)


def _update_aliases(client: OpenSearch, mark: str, actions: list[dict[str, Any]]) -> None:
    """A full disk blocks the mark index too; it is opened, so that `index prune` can free space."""
    try:
        client.indices.update_aliases(body={"actions": actions})
    except TransportError as error:
        if not is_write_block(error.error):
            raise
        client.indices.put_settings(index=mark, body={"index.blocks.read_only_allow_delete": None})
        client.indices.update_aliases(body={"actions": actions})


def fetch_mark(client: OpenSearch, settings: Settings) -> dict[str, Any] | None:
    """The past that was last written; None before the first."""
    found = client.get(index=_mark_index(settings), id="past", ignore=404)
    source: dict[str, Any] | None = found.get("_source")
    return source


def write_mark(client: OpenSearch, settings: Settings, past: dict[str, Any]) -> None:
    client.index(index=_mark_index(settings), id="past", body=past | {"written_at": datetime.now(UTC).isoformat()})


def fetch_highest_version(client: OpenSearch, index_name: str) -> int:
    """The largest `doc_version` that a search finds; exact, as a sort of size 1 is and a max is not.

    0 for an empty index, and for one that can't be searched: it must not keep a rollback from replacing it.
    """
    body = {"size": 1, "_source": False, "sort": [{"doc_version": "desc"}]}
    hits = client.search(index=index_name, body=body, ignore=503).get("hits", {"hits": []})["hits"]
    return max(0, int(hits[0]["sort"][0])) if hits else 0
