"""What may happen to a stream and to the processes at its ends; the oracle decides (oracle.py)."""

import random
import re
import signal
import time

import pytest

from core.settings import Settings
from indexing.locks import Lock, is_held
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.processes import sync_log, wait_for, wait_for_line
from tests.faults.proxy import Proxy
from tests.faults.stream import KinesisServer, StreamUnderTest

pytestmark = [pytest.mark.live, pytest.mark.slow_faults, pytest.mark.usefixtures("live")]

PRODUCTS = 40


@pytest.fixture(autouse=True)
def stocked(shop: Shop) -> Shop:
    for number in range(PRODUCTS):
        shop.product(f"商品{number}", sku=f"P{number}", brand="ソニー")
    return shop


def edit(shop: Shop, chance: random.Random) -> None:
    """Some products one by one, some in one transaction, one that goes and one that comes."""
    database = shop.database
    for number in chance.sample(range(PRODUCTS), 10):
        database.execute("UPDATE products SET base_price = %s WHERE sku = %s", [chance.randrange(9_999), f"P{number}"])
    database.execute("UPDATE products SET stock_quantity = %s", [chance.randrange(99)])
    database.execute("DELETE FROM products WHERE sku = %s", [f"P{chance.randrange(PRODUCTS)}"])
    shop.product(f"新商品{chance.random()}")


def test_records_come_twice_and_in_another_order(stream: StreamUnderTest, stocked: Shop) -> None:
    chance = random.Random(1)
    stream.run()
    for _ in range(3):
        edit(stocked, chance)
        prove(stream.settings)
        print(f"injected: {stream.put_again(chance)} records put again, in another order")
    edit(stocked, chance)
    prove(stream.settings)


def test_shards_are_split_and_merged_while_they_are_read(stream: StreamUnderTest, stocked: Shop) -> None:
    chance = random.Random(2)
    stream.run()
    prove(stream.settings)
    for reshard in (stream.split, stream.merge, stream.split):
        edit(stocked, chance)
        reshard()
        edit(stocked, chance)
    prove(stream.settings)
    closed = [shard["ShardId"] for shard in stream.shards(is_open=False)]
    assert len(closed) == 4
    wait_for(lambda: stream.finished() == set(closed))
    edit(stocked, chance)
    prove(stream.settings)
    assert_children_come_after_their_parents(stream)


def assert_children_come_after_their_parents(stream: StreamUnderTest) -> None:
    lines = sync_log(stream.settings).read_text().splitlines()
    for shard in stream.shards(is_open=False) + stream.shards():
        begun = next(n for n, line in enumerate(lines) if shard["ShardId"] in line and "is read here" in line)
        for parent in (shard.get("ParentShardId"), shard.get("AdjacentParentShardId")):
            if parent:
                ended = [n for n, line in enumerate(lines) if parent in line and "read to its end" in line]
                assert ended, f"{parent} was never finished"
                assert ended[0] < begun, f"{shard['ShardId']} was begun before {parent} was finished"
    print("checked: every closed shard is finished, and its children were begun afterwards")


def test_a_consumer_is_killed_and_the_other_one_takes_over(
    stream: StreamUnderTest, database: Connection, stocked: Shop
) -> None:
    chance = random.Random(3)
    _, first = stream.run()
    stream.consume()
    assert len(stream.owners()) == 2, "each has a shard"
    assert is_held(stocked.database, Lock.UPKEEP)
    edit(stocked, chance)
    first.kill()
    print("injected: SIGKILL of the consumer that also works off fan-outs")
    database.execute("UPDATE brands SET name = 'ソニーグループ'")
    edit(stocked, chance)
    wait_for(lambda: len(stream.owners()) == 1)
    prove(stream.settings)
    assert is_held(stocked.database, Lock.UPKEEP)
    assert sync_log(stream.settings).read_text().count("A fan-out is done") == 1


def test_a_consumer_is_paused_past_its_lease_and_goes_on(stream: StreamUnderTest, stocked: Shop) -> None:
    chance = random.Random(4)
    _, first = stream.run()
    second = stream.consume()
    prove(stream.settings)
    edit(stocked, chance)
    second.send_signal(signal.SIGSTOP)
    print("injected: a consumer is paused past its lease")
    wait_for(lambda: len(stream.owners()) == 1)
    edit(stocked, chance)
    prove(stream.settings)
    checkpoints = stream.checkpoints()
    second.send_signal(signal.SIGCONT)
    wait_for(lambda: len(stream.owners()) == 2)
    assert all(int(stream.checkpoints()[shard]) >= int(at) for shard, at in checkpoints.items())
    edit(stocked, chance)
    prove(stream.settings)
    assert first.poll() is None
    assert second.poll() is None


def test_what_is_not_written_moves_no_checkpoint(stream: StreamUnderTest, database: Connection) -> None:
    with Proxy(stream.settings.model_copy(update={"bulk_retries": 0})) as proxy:
        stream.settings = proxy.settings
        _, consumer = stream.run()
        prove(stream.settings)
        checkpoints = stream.checkpoints()
        proxy.always("_bulk", lambda _body, _forward: None)
        database.execute("UPDATE products SET base_price = 123")
        wait_for_line(stream.settings, "takes no changes")
        time.sleep(3)
        assert stream.checkpoints() == checkpoints
        consumer.kill()
        print("injected: SIGKILL of a consumer whose batch OpenSearch does not take")
        proxy.calm()
        stream.consume()
        prove(stream.settings)


def test_part_of_each_put_is_refused_and_only_that_is_put_again(
    stream: StreamUnderTest, server: KinesisServer, database: Connection
) -> None:
    stream.run()
    prove(stream.settings)
    before = len(stream.read())
    server.refuse(0.5)
    try:
        database.execute("UPDATE products SET base_price = 456")
        prove(stream.settings)
    finally:
        server.refuse(0)
    assert len(stream.read()) - before == PRODUCTS, "each event is in the stream once"
    assert "The stream takes no records" in sync_log(stream.settings).read_text()


def test_capture_is_killed_amid_a_storm(stream: StreamUnderTest, database: Connection) -> None:
    capture, _ = stream.run()
    prove(stream.settings)
    for price in range(100, 120):
        database.execute("UPDATE products SET base_price = %s", [price])
    capture.kill()
    capture.wait()
    print("injected: SIGKILL of capture while it puts records")
    stream.capture()
    prove(stream.settings)


def test_records_are_trimmed_before_they_are_read(stream: StreamUnderTest, database: Connection) -> None:
    _, consumer = stream.run()
    prove(stream.settings)
    consumer.kill()
    consumer.wait()
    database.execute("UPDATE products SET base_price = 789")
    wait_for(lambda: len(stream.read()) >= PRODUCTS)
    stream.skip_unread()  # Kinesis goes on behind trimmed records without a word
    print("injected: the checkpoint is older than the stream keeps records; those behind it are gone")
    stream.consume()
    prove(stream.settings)
    assert re.search("was not read in time", sync_log(stream.settings).read_text())


def test_the_stream_is_deleted_with_records_that_nobody_has_read(stream: StreamUnderTest, database: Connection) -> None:
    _, consumer = stream.run()
    prove(stream.settings)
    consumer.kill()
    consumer.wait()
    database.execute("UPDATE products SET base_price = 987")
    wait_for(lambda: len(stream.read()) >= PRODUCTS)
    stream.delete()
    stream.consume()
    prove(stream.settings)
    database.execute("UPDATE products SET base_price = 988")
    prove(stream.settings)


def test_the_stream_is_deleted_while_it_is_used(stream: StreamUnderTest, stocked: Shop) -> None:
    chance = random.Random(5)
    stream.run()
    prove(stream.settings)
    edit(stocked, chance)
    stream.delete()
    edit(stocked, chance)
    wait_for_line(stream.settings, "was deleted and made anew")
    edit(stocked, chance)
    prove(stream.settings)


def test_the_slot_is_lost_under_capture(stream: StreamUnderTest, database: Connection, small: Settings) -> None:
    capture, _ = stream.run()
    prove(stream.settings)
    capture.kill()
    capture.wait()
    wait_for(lambda: not is_active(database, small))
    database.execute("SELECT pg_drop_replication_slot(%s)", [small.capture_slot])
    database.execute("UPDATE products SET base_price = 654")
    print("injected: the slot is dropped, and a change passes by while there is none")
    stream.capture()
    prove(stream.settings)


def is_active(database: Connection, settings: Settings) -> bool:
    sql = "SELECT active FROM pg_replication_slots WHERE slot_name = %s"
    return database.execute(sql, [settings.capture_slot]).fetchone() == (True,)
