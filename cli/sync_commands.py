"""`tanaban sync`: change capture, from PostgreSQL's WAL to the index."""

import signal
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from cli.output import JsonOption, Output
from cli.runtime import settings_for_command
from core.logging import configure_logging
from core.malloc import share_arenas
from core.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Change capture: run, capture, status.")


class Origin(StrEnum):
    """Where changes are read from."""

    SLOT = "slot"
    KINESIS = "kinesis"


@app.command("run")
def run_sync(
    origin: Annotated[
        Origin, typer.Option("--from", help="PostgreSQL's slot, or the Kinesis stream that `sync capture` fills.")
    ] = Origin.SLOT,
) -> None:
    """Read changes and index them until SIGTERM or Ctrl-C; from the slot, Debezium runs in this process.

    Killed at any moment it loses nothing: what was not durable is read again. Several may share a stream.
    """
    from indexing.sync import from_slot, run

    output, settings, stopping = _start()
    if origin is Origin.SLOT:
        _start_debezium(output)
        open_transport = from_slot
    else:
        from indexing.kinesis_source import from_kinesis

        open_transport = from_kinesis
    _stop_on_signals(stopping.set)
    run(settings, stopping.is_set, open_transport)


@app.command("capture")
def capture_changes() -> None:
    """Capture changes into the Kinesis stream, for `sync run --from kinesis`, until SIGTERM or Ctrl-C.

    Killed at any moment it loses nothing: what is not in the stream is read again.
    """
    from indexing.kinesis_capture import run

    output, settings, stopping = _start()
    _start_debezium(output)
    _stop_on_signals(stopping.set)
    run(settings, stopping.is_set)


def _start() -> tuple[Output, Settings, threading.Event]:
    output = Output()
    settings = settings_for_command(output)
    configure_logging(settings)
    share_arenas()
    return output, settings, threading.Event()


def _start_debezium(output: Output) -> None:
    """Start the JVM, with Debezium's jars."""
    from indexing.capture import start_jvm
    from stack.jars import DEBEZIUM, ensure_jars
    from stack.opensearch import find_jvm_library

    start_jvm(find_jvm_library(), ensure_jars(DEBEZIUM, output))


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """After the JVM's start, which sets handlers of its own."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


@app.command()
def status(json: JsonOption = False) -> None:
    """How far the index is behind PostgreSQL, and when it was last proved right; exit 1 when nobody captures."""
    from cli.sync_text import describe_sync
    from indexing.sync_status import fetch_sync_status

    output = Output(json)
    found = fetch_sync_status(settings_for_command(output))
    output.result(asdict(found), describe_sync(found, datetime.now(UTC)))
    raise typer.Exit(0 if found.is_running else 1)
