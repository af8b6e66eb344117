"""Life-cycle commands: open, swap, roll back, prune, discard and fail generations (I3, I8).

Each holds the one life-cycle lock, and first fences: it puts the alias on the registry's live generation and moves
the epoch, so that nothing a killed command sent can succeed any more. Then the alias moves, then the registry.
The model of it (lifecycle.py, guards mutex and epoch) has no counterexample.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from opensearchpy import OpenSearch

from analyzers.normalizer import NORMALIZER_VERSION
from catalog.popularity import pivot_at_landmark
from catalog.popularity_fold import fetch_pivot
from core.clients import create_opensearch
from core.errors import GenerationGone, NoLiveGeneration
from core.settings import Settings
from core.types import GenerationId
from indexing import alias, generations, past, registry
from indexing.alias import AliasState
from indexing.documents import BUILDER_VERSION
from indexing.failures import clear_errors
from indexing.locks import Lock, hold
from indexing.registry import Connection, Generation, State

_LOCK_WAIT_S = 10
"""Life-cycle commands take a second or so; one that holds the lock for longer is named and not waited for."""

_RESTORED = "built before PostgreSQL was restored or replaced"


@dataclass
class Command:
    """One life-cycle command, which holds the lock and has fenced."""

    settings: Settings
    connection: Connection
    client: OpenSearch
    alias: AliasState

    def move_alias(self, target: Generation) -> None:
        self.alias = alias.move_alias(self.client, self.settings, self.alias, target.index_name)


@contextmanager
def fenced(settings: Settings, name: str) -> Iterator[Command]:
    """Hold the lock, compare the past, fence. Raises: LifecycleBusy, naming who holds the lock."""
    with (
        clear_errors(),
        hold(settings, Lock.LIFECYCLE, name, _LOCK_WAIT_S) as connection,
        create_opensearch(settings) as client,
    ):
        yield Command(settings, connection, client, _fence(settings, connection, client))


def _fence(settings: Settings, connection: Connection, client: OpenSearch) -> AliasState:
    generations.ensure_alias_is_ours(client, settings)
    state = alias.fetch_alias_state(client, settings)
    if state.epoch == 0:
        alias.create_mark_index(client, settings)
        state = replace(state, epoch=1)
    highest = max((generations.fetch_highest_version(client, name) for name in state.indices), default=0)
    known = alias.fetch_mark(client, settings)
    change = past.find_change(past.fetch_past(connection), known, highest, past.fetch_drawn_version(connection))
    if change:
        past.jump_versions(connection, highest)
        _adopt_alias(connection, client, state, change)
    _fail_lost_indices(connection, client)
    live = registry.fetch_one_in(connection, State.LIVE) or _finish_first_swap(connection, state)
    state = alias.move_alias(client, settings, state, live.index_name if live else None)
    if live and live.state is not State.LIVE:
        registry.set_state(connection, live.id, State.LIVE)
    past.draw_mark(connection)
    alias.write_mark(client, settings, past.fetch_past(connection).to_json())
    return state


def _adopt_alias(connection: Connection, client: OpenSearch, state: AliasState, change: str) -> None:
    """After a restore the registry is of another time: only what the alias serves is kept, until a rebuild."""
    with connection.transaction():
        for generation in registry.fetch_generations(connection, registry.WRITTEN_STATES):
            registry.set_state(connection, generation.id, State.FAILED, f"{_RESTORED}: {change}")
        for index_name in sorted(state.indices)[-1:]:
            id = _find_or_register(connection, client, index_name)
            registry.set_state(connection, id, State.LIVE, f"{_RESTORED}: {change}")


def _find_or_register(connection: Connection, client: OpenSearch, index_name: str) -> GenerationId:
    for generation in registry.fetch_generations(connection):
        if generation.index_name == index_name:
            return generation.id
    meta = generations.fetch_meta(client, index_name)
    generation = Generation(
        id=registry.draw_generation_id(connection),
        index_name=index_name,
        write_alias=generations.name_write_alias(index_name),
        state=State.FAILED,
        builder_version=meta["builder_version"],
        normalizer_version=meta["normalizer_version"],
        landmark=datetime.fromisoformat(meta["landmark"]),
        pivot=meta["pivot"],
        half_life_days=meta["half_life_days"],
        created_at=datetime.now(UTC),
    )
    registry.insert_generation(connection, generation)
    return generation.id


def _fail_lost_indices(connection: Connection, client: OpenSearch) -> None:
    for generation in registry.fetch_generations(connection, registry.WRITTEN_STATES):
        if not generations.index_exists(client, generation.index_name):
            registry.set_state(connection, generation.id, State.FAILED, "its index is gone from OpenSearch")


def _finish_first_swap(connection: Connection, state: AliasState) -> Generation | None:
    """The first swap died between alias and registry: its generation has passed the gate and serves already."""
    building = registry.fetch_one_in(connection, State.BUILDING)
    return building if building and building.index_name in state.indices else None


def open_generation(settings: Settings, fresh: bool = False) -> Generation:
    """The generation to build: the interrupted one if its documents would come out the same, else a new one.

    Order of I3: index with its own write alias, then the committed row, then the first page.
    """
    with fenced(settings, "index rebuild") as command:
        generations.ensure_safe_cluster(command.client, settings)
        building = registry.fetch_one_in(command.connection, State.BUILDING)
        if building and not fresh and _is_current(command, building):
            return building
        if building:
            registry.set_state(command.connection, building.id, State.RETIRED, "a rebuild started over")
        _delete_unwritten(command)
        return _create_generation(command)


def _is_current(command: Command, generation: Generation) -> bool:
    landmark, _ = fetch_pivot(command.connection)
    return (
        generation.builder_version == BUILDER_VERSION
        and generation.normalizer_version == NORMALIZER_VERSION
        and generation.half_life_days == command.settings.popularity_half_life_days
        and generation.landmark == landmark
    )


def _create_generation(command: Command) -> Generation:
    connection, settings = command.connection, command.settings
    id, now = registry.draw_generation_id(connection), datetime.now(UTC)
    index_name = generations.name_index(settings, id, now)
    landmark, median = fetch_pivot(connection)
    half_life_days = settings.popularity_half_life_days
    generation = Generation(
        id=id,
        index_name=index_name,
        write_alias=generations.name_write_alias(index_name),
        state=State.BUILDING,
        builder_version=BUILDER_VERSION,
        normalizer_version=NORMALIZER_VERSION,
        landmark=landmark,
        pivot=None if median is None else pivot_at_landmark(median, now, landmark, half_life_days),
        half_life_days=half_life_days,
        created_at=now,
    )
    generations.create_index(command.client, settings, index_name, generation.to_meta())
    with connection.transaction():
        registry.insert_generation(connection, generation)
        products = registry.plan_pages(connection, id, settings.rebuild_page_products)
        registry.set_products_total(connection, id, products)
    return replace(generation, products_total=products)


def swap(settings: Settings, generation: Generation) -> Generation:
    """Serve a generation that has passed the gate; the one before stays standby.

    Raises: GenerationGone if it is not the building one any more.
    """
    with fenced(settings, "index rebuild") as command:
        building = registry.fetch_one_in(command.connection, State.BUILDING)
        if building is None or building.id != generation.id:
            raise GenerationGone(f"{generation.index_name} was discarded or failed meanwhile. Run the rebuild again.")
        return _serve(command, building)


def rollback(settings: Settings) -> Generation:
    """Serve the generation that was live before; the live one becomes standby. Returns what is live now.

    Raises: NoLiveGeneration when no standby is kept.
    """
    with fenced(settings, "index rollback") as command:
        standby = registry.fetch_generations(command.connection, [State.STANDBY])
        if not standby:
            raise NoLiveGeneration("No earlier generation is kept to roll back to; `tanaban index status` lists them.")
        return _serve(command, max(standby, key=_served_last))


def _served_last(generation: Generation) -> datetime:
    return generation.live_at or generation.created_at


def _serve(command: Command, chosen: Generation) -> Generation:
    """The alias first, then the registry: a kill between them is undone by the next command's fence."""
    live = registry.fetch_one_in(command.connection, State.LIVE)
    command.move_alias(chosen)
    with command.connection.transaction():
        if live:
            after = State.FAILED if live.reason else State.STANDBY
            registry.set_state(command.connection, live.id, after, live.reason)
        registry.set_state(command.connection, chosen.id, State.LIVE)
    return replace(chosen, state=State.LIVE)


def prune(settings: Settings) -> list[str]:
    """Retire standby generations beyond `generations_kept`, delete every index that is not written any more.

    Works on a full disk too. Returns the names of the deleted indices.
    """
    with fenced(settings, "index prune") as command:
        standby = registry.fetch_generations(command.connection, [State.STANDBY])
        standby.sort(key=_served_last, reverse=True)
        for generation in standby[settings.generations_kept :]:
            registry.set_state(command.connection, generation.id, State.RETIRED, "pruned")
        return _delete_unwritten(command)


def _delete_unwritten(command: Command) -> list[str]:
    """Indices of retired and failed generations, and of commands killed before they registered theirs."""
    written = registry.fetch_generations(command.connection, registry.WRITTEN_STATES)
    kept = {generation.index_name for generation in written} | set(command.alias.indices)
    unwritten = [name for name in generations.fetch_own_indices(command.client, command.settings) if name not in kept]
    for index_name in unwritten:
        generations.delete_index(command.client, index_name)
    return sorted(unwritten)


def discard(settings: Settings, reason: str) -> Generation | None:
    """Give up the building generation and free its disk. Returns it, or None if there was none."""
    with fenced(settings, "index discard") as command:
        building = registry.fetch_one_in(command.connection, State.BUILDING)
        if building:
            registry.set_state(command.connection, building.id, State.RETIRED, reason)
            _delete_unwritten(command)
        return building


def find_need_to_rebuild(settings: Settings) -> str | None:
    """Why every document must be written anew, with versions that have jumped already; None when none must (I2).

    Whichever command noticed that the past had changed: the live generation says so until a rebuild replaces it.
    """
    with fenced(settings, "sync") as command:
        live = registry.fetch_one_in(command.connection, State.LIVE)
        return live.reason if live and live.reason and live.reason.startswith(_RESTORED) else None


def fail_building(settings: Settings, reason: str) -> None:
    """Void a rebuild under way: changes may have passed it by (I3)."""
    with fenced(settings, "index fail") as command:
        building = registry.fetch_one_in(command.connection, State.BUILDING)
        if building:
            registry.set_state(command.connection, building.id, State.FAILED, reason)


def fail(settings: Settings, id: GenerationId, reason: str) -> None:
    """Stop writing a building or standby generation that can't be kept right; it never blocks the live one (I3)."""
    with fenced(settings, "index fail") as command:
        for generation in registry.fetch_generations(command.connection, [State.BUILDING, State.STANDBY]):
            if generation.id == id:
                registry.set_state(command.connection, id, State.FAILED, reason)
