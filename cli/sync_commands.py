"""`tanaban sync`: change capture, from PostgreSQL's WAL to the index."""

import signal
import threading
from dataclasses import asdict
from datetime import UTC, datetime

import typer

from cli.output import JsonOption, Output
from cli.runtime import settings_for_command
from core.logging import configure_logging

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Change capture: run, status.")


@app.command("run")
def run_sync() -> None:
    """Capture changes and index them, in this process, until SIGTERM or Ctrl-C.

    Killed at any moment it loses nothing: what was not durable is read again.
    """
    from indexing.capture import start_jvm
    from indexing.sync import run
    from stack.jars import DEBEZIUM, ensure_jars
    from stack.opensearch import find_jvm_library

    output = Output()
    settings = settings_for_command(output)
    configure_logging(settings)
    stopping = threading.Event()
    start_jvm(find_jvm_library(), ensure_jars(DEBEZIUM, output))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    run(settings, stopping.is_set)


@app.command()
def status(json: JsonOption = False) -> None:
    """How far the index is behind PostgreSQL, and when it was last proved right; exit 1 when nobody captures."""
    from cli.sync_text import describe_sync
    from indexing.sync_status import fetch_sync_status

    output = Output(json)
    found = fetch_sync_status(settings_for_command(output))
    output.result(asdict(found), describe_sync(found, datetime.now(UTC)))
    raise typer.Exit(0 if found.is_running else 1)
