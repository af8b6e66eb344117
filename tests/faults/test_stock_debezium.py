"""A stock Debezium fills the stream: its records have schemas, all columns, tombstones and heartbeats."""

import orjson
import pytest

from indexing.registry import Connection
from indexing.slot import ensure_slot
from tests.catalog.factory import Shop
from tests.faults.oracle import prove
from tests.faults.processes import sync_log
from tests.faults.stream import StreamUnderTest

pytestmark = [pytest.mark.live, pytest.mark.slow_faults, pytest.mark.usefixtures("live")]


def test_a_stock_debezium_may_fill_the_stream(stream: StreamUnderTest, shop: Shop, database: Connection) -> None:
    for number in range(5):
        shop.product(f"商品{number}", sku=f"P{number}", brand="ソニー", images=["/a.svg"], variations=[{"stock": 1}])
    ensure_slot(database, stream.settings)
    stream.consume()
    stream.capture_with_stock_debezium()
    prove(stream.settings)
    database.execute("UPDATE products SET base_price = 777, description = repeat('長い説明', 1000) WHERE sku = 'P0'")
    database.execute("UPDATE brands SET name = 'ソニーグループ'")
    database.execute("UPDATE product_variations SET product_id = (SELECT id FROM products WHERE sku = 'P1')")
    database.execute("DELETE FROM product_images")
    database.execute("DELETE FROM products WHERE sku = 'P2'")
    database.execute("UPDATE products SET id = gen_random_uuid() WHERE sku = 'P3'")
    shop.product("新商品")
    prove(stream.settings)
    values = [record["Data"] for record in stream.read()]
    assert b"" in values, "no tombstone was seen"
    envelopes = [orjson.loads(value) for value in values if value]
    assert all("schema" in envelope for envelope in envelopes)
    assert any("op" not in envelope["payload"] for envelope in envelopes), "no heartbeat was seen"
    assert {"c", "u", "d", "r"} <= {envelope["payload"].get("op") for envelope in envelopes}
    assert "cannot be read" not in sync_log(stream.settings).read_text()
    assert "names no product" not in sync_log(stream.settings).read_text()
