"""Debezium's PostgreSQL connector inside this process: WAL -> batches of JSON events -> a function of ours.

Its batch is the unit of acknowledgement (I6): the slot moves on when the function has returned, and only then. So
a function that takes long holds Debezium back, and one that raises leaves the batch to be read again. Offsets live
in memory: without any, the connector begins at the slot's own confirmed position, the single truth.
"""

import gc
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import CaptureFailed
from core.settings import Settings
from indexing.changes import CAPTURED_COLUMNS
from indexing.slot import PUBLICATION
from indexing.transport import OnBatch

_HEARTBEAT_MS = 5_000
_STOP_POLL_S = 0.1
_QUEUE_BYTES = 16 * 2**20
_POLL_MS = 20
"""How long Debezium looks for more events before it hands over what it has. It spins through the last millisecond of
each look, also when nothing comes (28 % of a core at 2 ms, 5 % at 20)."""
_COLLECT_S = 30.0
_JVM_OPTIONS = (
    "-Xrs",  # leaves the signals to Python
    "-Xms32m",
    "-Xmx56m",
    "-XX:+UseSerialGC",
    "-XX:+UseCompactObjectHeaders",
    "-XX:TrimNativeHeapInterval=5000",  # gives back what the better compiler (C2) took, some 35 MB
    "-XX:+ErrorFileToStderr",
    "--enable-native-access=ALL-UNNAMED",
)


def start_jvm(jvm_library: Path, class_path: Sequence[Path]) -> None:
    """Once per process; a second call finds it running."""
    import jpype

    if not jpype.isJVMStarted():
        jpype.startJVM(
            str(jvm_library), *_JVM_OPTIONS, classpath=[str(jar) for jar in class_path], convertStrings=False
        )
        threading.Thread(target=_collect_by_clock, name="collector", daemon=True).start()


def _collect_by_clock() -> None:
    """Has Python collect its garbage by the clock alone: JPype would have it collect whenever Java does, on which a
    storm may spend a fifth of this process's time."""
    gc.disable()
    while True:
        time.sleep(_COLLECT_S)
        gc.collect()


class Capture:
    """One run of the connector, from `start` to `stop`. The JVM must be running."""

    def __init__(self, settings: Settings, on_batch: OnBatch) -> None:
        self._properties = build_properties(settings)
        self._on_batch = on_batch
        self._engine: Any = None
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._message = ""

    def start(self) -> None:
        """Begin to read in a thread of its own."""
        self._engine = _build_engine(self._properties, self._handle, self._complete)
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """End the connector, after the batch at hand. Raises: CaptureFailed, or what `on_batch` raised, when it had
        ended by itself."""
        import jpype

        if self._thread is None:
            return
        if not self._thread.is_alive():
            raise self._error or CaptureFailed(f"Debezium ended: {self._message or 'it gives no reason'}")
        while self._thread.is_alive():  # Python must not end before it: its last call would meet no interpreter
            with suppress(jpype.JException):  # it refuses while it starts, and when it ends already
                self._engine.close()
            self._thread.join(_STOP_POLL_S)

    def _run(self) -> None:
        import jpype

        try:
            self._engine.run()
        except jpype.JException as error:
            self._message = self._message or str(error)

    def _handle(self, values: list[str]) -> None:
        try:
            self._on_batch(values)
        except BaseException as error:
            self._error = error
            raise

    def _complete(self, succeeded: bool, message: str, cause: str) -> None:
        if not succeeded:
            self._message = f"{message} {cause}".strip()


def build_properties(settings: Settings) -> dict[str, str]:
    """The connector's configuration.

    >>> found = build_properties(Settings(database_url="postgresql://me:p%40ss@db:5433/shop"))
    >>> [found[f"database.{name}"] for name in ("hostname", "port", "user", "password", "dbname")]
    ['db', '5433', 'me', 'p@ss', 'shop']
    """
    url = urlsplit(settings.database_url or "")
    columns = [f"{table}.{column}" for table, names in CAPTURED_COLUMNS.items() for column in names]
    tables = [*CAPTURED_COLUMNS, "tanaban.heartbeat"]
    return {
        "name": "tanaban",
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "topic.prefix": "tanaban",
        "database.hostname": url.hostname or "",
        "database.port": str(url.port or 5432),
        "database.user": unquote(url.username or ""),
        "database.password": unquote(url.password or ""),
        "database.dbname": url.path.removeprefix("/"),
        "plugin.name": "pgoutput",
        "slot.name": settings.capture_slot,
        "publication.name": PUBLICATION,
        "publication.autocreate.mode": "disabled",
        "table.include.list": ",".join(tables),
        "column.include.list": ",".join([*columns, "tanaban.heartbeat.only_row"]),
        "snapshot.mode": "no_data",
        "skipped.operations": "none",
        "tombstones.on.delete": "false",
        "heartbeat.interval.ms": str(_HEARTBEAT_MS),
        "heartbeat.action.query": "UPDATE tanaban.heartbeat SET beat_at = now()",
        "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
        "max.batch.size": str(settings.capture_batch_events),
        "max.queue.size": str(_count_queued(settings.capture_batch_events)),
        "max.queue.size.in.bytes": str(_QUEUE_BYTES),
        "poll.interval.ms": str(_POLL_MS),
        "key.converter.schemas.enable": "false",
        "value.converter.schemas.enable": "false",
        "errors.max.retries": "0",
    }


def _count_queued(batch_events: int) -> int:
    """Events that wait while a batch is written: the next batch, and what Debezium reads until it is taken."""
    return batch_events + max(1, batch_events // 4)


def _build_engine(
    properties: dict[str, str], handle: Callable[[list[str]], None], complete: Callable[[bool, str, str], None]
) -> Any:
    import jpype

    engine_class = jpype.JClass("io.debezium.engine.DebeziumEngine")
    join_values = _build_join()

    @jpype.JImplements("io.debezium.engine.DebeziumEngine$ChangeConsumer")
    class Consumer:
        @jpype.JOverride
        def handleBatch(self, records: Any, committer: Any) -> None:  # noqa: N802 - Java's name
            handle(join_values(records))
            if len(records):
                committer.markProcessed(records[len(records) - 1])  # its offset is the batch's
            committer.markBatchFinished()

        @jpype.JOverride
        def supportsTombstoneEvents(self) -> bool:  # noqa: N802
            return False

    @jpype.JImplements("io.debezium.engine.DebeziumEngine$CompletionCallback")
    class Completion:
        @jpype.JOverride
        def handle(self, success: bool, message: Any, error: Any) -> None:
            complete(bool(success), str(message or ""), str(error or ""))

    java_properties = jpype.JClass("java.util.Properties")()
    for name, value in properties.items():
        java_properties.setProperty(name, value)
    builder = engine_class.create(jpype.JClass("io.debezium.engine.format.Json")).using(java_properties)
    builder = builder.using(jpype.JClass("io.debezium.engine.spi.OffsetCommitPolicy").always()).using(Completion())
    return builder.notifying(Consumer()).build()


def _build_join() -> Callable[[Any], list[str]]:
    """The values of Java's records as texts, by one call into Java for all of them, which takes less than half of the
    time of one call each. JSON as Debezium writes it has no line breaks."""
    import jpype

    lookup = jpype.JClass("java.lang.invoke.MethodHandles").publicLookup()
    returns_object = jpype.JClass("java.lang.invoke.MethodType").methodType(jpype.JClass("java.lang.Object"))
    read_value = jpype.JClass("java.lang.invoke.MethodHandleProxies").asInterfaceInstance(
        jpype.JClass("java.util.function.Function"),
        lookup.findVirtual(jpype.JClass("io.debezium.engine.ChangeEvent"), "value", returns_object),
    )
    joining = jpype.JClass("java.util.stream.Collectors").joining("\n")

    def join(records: Any) -> list[str]:
        values = str(records.stream().map(read_value).collect(joining)).split("\n")
        return [value for value in values if value not in ("", "null")]

    return join
