"""The serving alias with its epoch, and the mark of the past.

The mark index `<prefix>products.mark` holds one document (which PostgreSQL the indices were built from: past.py)
and carries the epoch alias `<prefix>products.eN`. Each alias action removes the epoch it expects and adds the next in
one atomic call, so the late action of a killed command is refused (I8). It stands on the mark index so that there is
an epoch before the first generation and after the loss of the live one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opensearchpy import NotFoundError, OpenSearch, TransportError

from core.errors import LifecycleBusy
from core.settings import Settings
from indexing.failures import is_write_block
from indexing.generations import serving_alias


@dataclass(frozen=True, slots=True)
class AliasState:
    """Where the serving alias is, and its epoch."""

    epoch: int
    indices: tuple[str, ...]
    """The indices behind the alias: none before the first swap, else one."""


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
