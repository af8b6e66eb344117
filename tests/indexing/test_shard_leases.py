"""Leases of shards: who may read which, and that nobody moves another one's checkpoint."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from indexing.kinesis import Shard, Stream
from indexing.registry import Connection
from indexing.shard_leases import Lease, ShardLeases, choose_leases

pytestmark = pytest.mark.live

STREAM = Stream("stream", datetime(2026, 8, 1, tzinfo=UTC), 86_400)
CreateConsumer = Callable[..., ShardLeases]


@pytest.fixture
def consumer(database: Connection) -> CreateConsumer:
    def create(owner: str, lease_s: float = 60, stream: Stream = STREAM) -> ShardLeases:
        return ShardLeases(database, stream, owner, lease_s)

    return create


def take_all(leases: ShardLeases, owner: str) -> dict[str, Lease]:
    taken = [leases.take(row) for row in choose_leases(leases.fetch_open(), owner)]
    return {lease.shard: lease for lease in taken if lease}


def test_a_consumer_that_lost_its_lease_moves_no_checkpoint(consumer: CreateConsumer) -> None:
    paused, other = consumer("paused", lease_s=0), consumer("other")
    paused.add_shards([Shard("a", ())])
    lease = take_all(paused, "paused")["a"]
    assert paused.move_checkpoint(lease, "10", 0, False)
    theirs = take_all(other, "other")["a"]
    assert theirs.checkpoint == "10"
    assert other.move_checkpoint(theirs, "30", 0, False)
    assert not paused.move_checkpoint(lease, "20", 0, False)
    assert not paused.move_checkpoint(lease, "20", 0, True)
    other.release()
    again = take_all(paused, "paused")["a"]
    assert again.checkpoint == "30"
    assert not paused.move_checkpoint(lease, "20", 0, False), "its own lease of before is another one"


def test_a_lease_is_held_until_it_expires_or_is_let_go(consumer: CreateConsumer) -> None:
    one, other = consumer("one"), consumer("other")
    one.add_shards([Shard("a", ())])
    assert take_all(one, "one")
    assert not take_all(other, "other")
    one.release()
    assert take_all(other, "other")


def test_of_two_that_want_the_same_lease_one_gets_it(consumer: CreateConsumer) -> None:
    one, other = consumer("one"), consumer("other")
    one.add_shards([Shard("a", ())])
    (row,) = other.fetch_open()
    assert one.take(row)
    assert other.take(row) is None


def test_children_are_open_when_all_their_parents_are_finished(consumer: CreateConsumer) -> None:
    one = consumer("one")
    one.add_shards([Shard("a", ()), Shard("b", ()), Shard("c", ("a", "b"))])
    leases = take_all(one, "one")
    assert leases.keys() == {"a", "b"}
    one.move_checkpoint(leases["a"], "9", 0, True)
    assert [row.shard for row in one.fetch_open()] == ["b"]
    one.move_checkpoint(leases["b"], "9", 0, True)
    assert [row.shard for row in one.fetch_open()] == ["c"]


def test_a_child_is_as_old_as_its_parents(consumer: CreateConsumer, database: Connection) -> None:
    one = consumer("one")
    one.add_shards([Shard("a", ())])
    database.execute("UPDATE tanaban.stream_leases SET read_through_at = now() - interval '1 hour'")
    one.move_checkpoint(take_all(one, "one")["a"], "9", 0, True)
    one.add_shards([Shard("a", ()), Shard("b", ("a",))])
    assert take_all(one, "one")["b"].age_s >= 3_600


def test_a_loss_is_found_once(consumer: CreateConsumer) -> None:
    one = consumer("one")
    assert one.find_loss() == "this stream was never read before"
    one.add_shards([Shard("a", ())])
    assert one.find_loss() is None
    anew = consumer("one", stream=replace(STREAM, created_at=datetime(2026, 8, 2, tzinfo=UTC)))
    assert anew.find_loss() == "the stream was deleted and made anew"
    anew.forget_other_streams()
    anew.add_shards([Shard("a", ())])
    assert anew.find_loss() is None


def test_shards_that_the_stream_has_no_more_are_forgotten_and_unread_ones_told(consumer: CreateConsumer) -> None:
    one = consumer("one")
    one.add_shards([Shard("a", ()), Shard("b", ())])
    one.move_checkpoint(take_all(one, "one")["a"], "9", 0, True)
    assert one.find_trimmed([]) == ["b"]
    one.forget_trimmed([])
    assert one.fetch_open() == []
