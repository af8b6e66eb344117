"""`tanaban sync capture`: from PostgreSQL's WAL into the stream, which `tanaban sync run --from kinesis` reads."""

import threading

import structlog

from core.settings import Settings
from indexing.capture import Capture
from indexing.insist import pause
from indexing.kinesis import create_kinesis, ensure_stream
from indexing.kinesis_sink import KinesisSink
from indexing.progress import ShouldStop
from indexing.registry import Connection
from indexing.sync import hold_slot, run_again

log = structlog.get_logger("indexing.kinesis")

_WATCH_S = 2.0


def run(settings: Settings, should_stop: ShouldStop) -> None:
    """Capture until `should_stop`. Servers that are down are waited for; a second process takes over when one ends.

    The JVM must be running (indexing.capture.start_jvm).
    """
    run_again(lambda: _run_once(settings, should_stop), should_stop)


def _run_once(settings: Settings, should_stop: ShouldStop) -> None:
    with hold_slot(settings, "sync capture") as connection:
        client = create_kinesis(settings)
        ensure_stream(client, settings)  # whoever reads it notices that it is new, and compares everything
        is_over = threading.Event()
        sink = KinesisSink(client, settings, lambda: is_over.is_set() or should_stop())
        capture = Capture(settings, sink.put_batch)
        capture.start()
        log.info("Capture is running", slot=settings.capture_slot, stream=settings.kinesis_stream)
        try:
            _watch(connection, capture, should_stop)
        finally:
            is_over.set()
            capture.stop()


def _watch(connection: Connection, capture: Capture, should_stop: ShouldStop) -> None:
    """Also notices that the lock is gone with its connection. Raises: psycopg's OperationalError."""
    while capture.is_running() and not should_stop():
        connection.execute("SELECT 1")
        pause(_WATCH_S, lambda: should_stop() or not capture.is_running())
