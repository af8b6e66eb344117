"""`sync capture` -> stream -> `sync run --from kinesis`, as real processes."""

import signal
from collections.abc import Iterator

import pytest

from core.settings import Settings
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.stream import KinesisServer, StreamUnderTest, kinesis_server

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("live")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KinesisServer]:
    with kinesis_server(tmp_path_factory.mktemp("kinesis")) as started:
        yield started


@pytest.fixture
def stream(
    small: Settings, database: Connection, server: KinesisServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StreamUnderTest]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    changes = {"kinesis_url": server.url, "kinesis_stream": small.capture_slot, "kinesis_lease_s": 3}
    with StreamUnderTest(small.model_copy(update=changes | {"kinesis_shards": 2}), database) as stream:
        yield stream


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
    for process in (capture, consumer):
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert not stream.owners(), "a consumer that ends lets go of its shards"
