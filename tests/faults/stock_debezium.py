"""A stock Debezium with a Kinesis sink, as Debezium Server is one: `python -m tests.faults.stock_debezium`.

The engine is the real one, as it comes but for the connection: schemas in the envelope, every column, the snapshot that
it takes first, tombstones after deletes, heartbeats. What its Kinesis sink does with a record is repeated here: the
value, or "" where there is none, under the record's key, or "default" where it has none
(debezium-server-kinesis, KinesisChangeConsumer.java).
"""

import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jpype

from core.settings import Settings
from indexing.capture import build_properties, start_jvm
from indexing.kinesis import create_kinesis
from stack.jars import DEBEZIUM, ensure_jars
from stack.opensearch import find_jvm_library
from stack.reporter import Reporter

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef as Entry

_OURS = (
    "column.include.list",
    "errors.max.retries",
    "heartbeat.action.query",
    "key.converter.schemas.enable",
    "snapshot.mode",
    "table.include.list",
    "tombstones.on.delete",
    "value.converter.schemas.enable",
)
"""What `sync capture` sets otherwise than Debezium does."""


def build_stock_properties(settings: Settings) -> dict[str, str]:
    ours = build_properties(settings)
    return {name: value for name, value in ours.items() if name not in _OURS} | {
        "heartbeat.interval.ms": "500",
        "offset.flush.interval.ms": "0",
    }


def run(settings: Settings, put: "Callable[[list[Entry]], object]") -> Any:
    """The engine, which calls `put` in a thread of its own until it is closed."""
    engine_class = jpype.JClass("io.debezium.engine.DebeziumEngine")

    @jpype.JImplements("io.debezium.engine.DebeziumEngine$ChangeConsumer")
    class Sink:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def handleBatch(self, records: Any, committer: Any) -> None:  # noqa: N802 - Java's name
            found = [(str(record.key() or "default"), record.value()) for record in records]
            for start in range(0, len(found), 500):
                put([_build_record(key, value) for key, value in found[start : start + 500]])
            for record in records:
                committer.markProcessed(record)
            committer.markBatchFinished()

        @jpype.JOverride  # type: ignore[untyped-decorator]
        def supportsTombstoneEvents(self) -> bool:  # noqa: N802
            return True

    properties = jpype.JClass("java.util.Properties")()
    for name, value in build_stock_properties(settings).items():
        properties.setProperty(name, value)
    json = jpype.JClass("io.debezium.engine.format.Json")
    engine = engine_class.create(json).using(properties).notifying(Sink()).build()
    threading.Thread(target=engine.run, daemon=True).start()
    return engine


def _build_record(key: str, value: Any) -> "Entry":
    return {"Data": "" if value is None else str(value).encode(), "PartitionKey": key[:256]}


def main() -> None:
    settings = Settings()
    start_jvm(find_jvm_library(), ensure_jars(DEBEZIUM, Reporter()))
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    client = create_kinesis(settings)
    engine = run(settings, lambda records: client.put_records(StreamName=settings.kinesis_stream, Records=records))
    stopping.wait()
    engine.close()


if __name__ == "__main__":
    main()
