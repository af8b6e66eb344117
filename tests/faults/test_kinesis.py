"""`sync capture` -> stream -> `sync run --from kinesis`, as real processes."""

import signal

import pytest

from indexing.registry import Connection
from indexing.sync_status import fetch_sync_status
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.stream import StreamUnderTest

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("live")]


def test_an_edit_goes_through_the_stream_into_the_index(
    stream: StreamUnderTest, shop: Shop, database: Connection
) -> None:
    shop.product("イヤホン", sku="A", brand="ソニー")
    capture, consumer = stream.run()
    prove(stream.settings)
    database.execute("UPDATE products SET base_price = 777")
    database.execute("UPDATE brands SET name = 'ソニーグループ'")
    shop.product("スピーカー", sku="B")
    prove(stream.settings)
    lag = fetch_sync_status(stream.settings).stream
    assert lag
    assert (lag.shards, lag.consumers) == (2, 1)
    for process in (capture, consumer):
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert not stream.owners(), "a consumer that ends lets go of its shards"
