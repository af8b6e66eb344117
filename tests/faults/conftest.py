"""The fixtures of the indexing tests, and a stream."""

from collections.abc import Iterator

import pytest

from core.settings import Settings
from indexing.registry import Connection
from tests.faults.stream import KinesisServer, StreamUnderTest, kinesis_server
from tests.indexing.conftest import add_generation, building, live, pairs, shop, small

__all__ = ["add_generation", "building", "live", "pairs", "shop", "small"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KinesisServer]:
    with kinesis_server(tmp_path_factory.mktemp("kinesis")) as started:
        yield started


@pytest.fixture
def stream(
    small: Settings, database: Connection, server: KinesisServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StreamUnderTest]:
    """Two shards; leases are short. Nothing runs yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    changes = {"kinesis_url": server.url, "kinesis_stream": small.capture_slot, "kinesis_lease_s": 3}
    with StreamUnderTest(small.model_copy(update=changes | {"kinesis_shards": 2}), database) as stream:
        yield stream
