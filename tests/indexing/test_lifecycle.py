"""I8: rollback, and an alias that no killed command can move. I3: order of creation."""

from typing import Any

import pytest
from opensearchpy import OpenSearch

from core.errors import GenerationGone, LifecycleBusy, NoLiveGeneration, UnsafeCluster
from core.settings import Settings
from indexing import alias, generations, lifecycle, registry
from indexing.locks import Lock, hold
from indexing.pairs import PairSource
from indexing.registry import Connection, Generation
from indexing.status import fetch_status
from tests.indexing.conftest import AddGeneration, fetch_searched, fetch_states

pytestmark = pytest.mark.live


def test_swap_and_rollback_move_alias_and_registry_together(
    opensearch: OpenSearch,
    database: Connection,
    small: Settings,
    live: Generation,
    add_generation: AddGeneration,
) -> None:
    second = add_generation()
    assert fetch_searched(opensearch, small) == [second.index_name]
    assert fetch_states(database) == {live.id: "standby", second.id: "live"}
    assert lifecycle.rollback(small).id == live.id
    assert fetch_searched(opensearch, small) == [live.index_name]
    assert fetch_states(database) == {live.id: "live", second.id: "standby"}
    assert lifecycle.rollback(small).id == second.id


def test_rollback_without_a_standby_generation_says_so(small: Settings, live: Generation) -> None:
    with pytest.raises(NoLiveGeneration, match="index status"):
        lifecycle.rollback(small)
    assert fetch_status(small).searched_index == live.index_name


def test_a_late_alias_action_of_a_killed_command_is_refused(
    opensearch: OpenSearch, small: Settings, live: Generation, add_generation: AddGeneration
) -> None:
    seen_by_the_killed = alias.fetch_alias_state(opensearch, small)
    second = add_generation()
    with pytest.raises(LifecycleBusy):
        alias.move_alias(opensearch, small, seen_by_the_killed, live.index_name)
    assert fetch_searched(opensearch, small) == [second.index_name]


def test_even_a_command_that_changes_nothing_fences_what_was_sent_before_it(
    opensearch: OpenSearch, small: Settings, live: Generation, building: Generation
) -> None:
    assert building.id == live.id
    other = lifecycle.open_generation(small)
    seen_by_the_killed = alias.fetch_alias_state(opensearch, small)
    lifecycle.prune(small)
    with pytest.raises(LifecycleBusy):
        alias.move_alias(opensearch, small, seen_by_the_killed, other.index_name)
    assert fetch_searched(opensearch, small) == [live.index_name]


def test_a_swap_killed_between_alias_and_registry_is_undone_by_the_next_command(
    opensearch: OpenSearch, database: Connection, small: Settings, live: Generation
) -> None:
    building = lifecycle.open_generation(small)
    alias.move_alias(opensearch, small, alias.fetch_alias_state(opensearch, small), building.index_name)
    assert not fetch_status(small).is_consistent
    lifecycle.prune(small)
    assert fetch_searched(opensearch, small) == [live.index_name]
    assert fetch_states(database) == {live.id: "live", building.id: "building"}


def test_the_very_first_swap_killed_between_alias_and_registry_is_finished(
    opensearch: OpenSearch, database: Connection, small: Settings, building: Generation
) -> None:
    """There is nothing to go back to, and the generation has passed its gate."""
    alias.move_alias(opensearch, small, alias.fetch_alias_state(opensearch, small), building.index_name)
    lifecycle.prune(small)
    assert fetch_searched(opensearch, small) == [building.index_name]
    assert fetch_states(database) == {building.id: "live"}


def test_a_second_command_is_told_who_holds_the_lock(small: Settings, live: Generation, monkeypatch: Any) -> None:
    monkeypatch.setattr(lifecycle, "_LOCK_WAIT_S", 0.05)
    with (
        hold(small, Lock.LIFECYCLE, "index prune"),
        pytest.raises(LifecycleBusy, match=r"tanaban index prune \(server process \d+"),
    ):
        lifecycle.rollback(small)
    assert fetch_status(small).searched_index == live.index_name


def test_the_index_exists_before_its_row_and_both_before_the_first_page(
    opensearch: OpenSearch, database: Connection, small: Settings, monkeypatch: Any
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(registry, "insert_generation", die)
    with pytest.raises(KeyboardInterrupt):
        lifecycle.open_generation(small)
    monkeypatch.undo()
    (orphan,) = generations.fetch_own_indices(opensearch, small)
    assert fetch_states(database) == {}
    registered = lifecycle.open_generation(small)
    assert generations.fetch_own_indices(opensearch, small) == [registered.index_name]
    assert orphan != registered.index_name


def test_prune_keeps_as_many_as_the_setting_says_and_deletes_the_rest(
    opensearch: OpenSearch,
    database: Connection,
    small: Settings,
    live: Generation,
    add_generation: AddGeneration,
) -> None:
    second, third = add_generation(), add_generation()
    assert lifecycle.prune(small) == [live.index_name]
    assert fetch_states(database) == {live.id: "retired", second.id: "standby", third.id: "live"}
    none_kept = small.model_copy(update={"generations_kept": 0})
    assert lifecycle.prune(none_kept) == [second.index_name]
    assert generations.fetch_own_indices(opensearch, small) == [third.index_name]
    assert fetch_searched(opensearch, small) == [third.index_name]


def test_prune_frees_a_full_disk(
    opensearch: OpenSearch, small: Settings, live: Generation, add_generation: AddGeneration
) -> None:
    add_generation()
    everything = f"{small.opensearch_index_prefix}*"
    opensearch.indices.put_settings(index=everything, body={"index.blocks.read_only_allow_delete": True})
    assert lifecycle.prune(small.model_copy(update={"generations_kept": 0})) == [live.index_name]


def test_indices_of_another_prefix_are_left_alone(opensearch: OpenSearch, small: Settings, live: Generation) -> None:
    longer = small.model_copy(update={"opensearch_index_prefix": f"{generations.serving_alias(small)}-"})
    theirs = f"{generations.serving_alias(longer)}-20200101t000000-g1"
    generations.create_index(opensearch, longer, theirs, {})
    lifecycle.prune(small)
    assert opensearch.indices.exists(index=theirs)
    assert fetch_searched(opensearch, small) == [live.index_name]


@pytest.mark.parametrize("is_alias", [True, False])
def test_what_somebody_else_has_under_our_name_is_left_alone(
    opensearch: OpenSearch, small: Settings, is_alias: bool
) -> None:
    name = generations.serving_alias(small)
    theirs = f"{small.opensearch_index_prefix}theirs" if is_alias else name
    opensearch.indices.create(index=theirs, body={"aliases": {name: {}}} if is_alias else {})
    for command in (lifecycle.open_generation, lifecycle.rollback, lifecycle.prune):
        with pytest.raises(UnsafeCluster, match="TANABAN_OPENSEARCH_INDEX_PREFIX"):
            command(small)
    assert opensearch.indices.exists(index=theirs)
    assert fetch_searched(opensearch, small) == ([theirs] if is_alias else [])


def test_a_discarded_generation_cannot_be_swapped_in(
    opensearch: OpenSearch, database: Connection, small: Settings, live: Generation
) -> None:
    building = lifecycle.open_generation(small)
    assert lifecycle.discard(small, "a test").id == building.id  # type: ignore[union-attr]
    assert fetch_states(database) == {live.id: "live", building.id: "retired"}
    for _ in range(2):
        with pytest.raises(GenerationGone):
            lifecycle.swap(small, building)
        lifecycle.open_generation(small)
    assert fetch_searched(opensearch, small) == [live.index_name]
    assert not opensearch.indices.exists(index=building.index_name)


def test_a_standby_generation_that_cannot_be_kept_right_is_failed_and_no_target_any_more(
    small: Settings, pairs: PairSource, live: Generation, add_generation: AddGeneration
) -> None:
    second = add_generation()
    lifecycle.fail(small, live.id, "its node is lost")
    with pairs.take() as (pair, _):
        assert [it.id for it in pair.targets] == [second.id]
    lifecycle.fail(small, second.id, "the live one is never failed")
    with pairs.take() as (pair, _):
        assert [it.id for it in pair.targets] == [second.id]


def test_a_generation_whose_index_is_gone_is_not_served_or_resumed(
    opensearch: OpenSearch, database: Connection, small: Settings, live: Generation
) -> None:
    building = lifecycle.open_generation(small)
    opensearch.indices.delete(index=f"{building.index_name},{live.index_name}")
    again = lifecycle.open_generation(small)
    assert fetch_states(database) == {live.id: "failed", building.id: "failed", again.id: "building"}
    lifecycle.swap(small, again)
    assert fetch_searched(opensearch, small) == [again.index_name]
