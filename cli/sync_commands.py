"""`tanaban sync`: change capture, from PostgreSQL's WAL to the index."""

import signal
import threading
from dataclasses import asdict

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
    """How far the index is behind PostgreSQL; exit 1 when nobody captures."""
    from indexing.sync_status import SyncStatus, fetch_sync_status

    def describe(found: SyncStatus) -> str:
        if found.slot is None:
            return "Capture never ran: start `tanaban sync run`."
        state = "running" if found.is_running else "NOT RUNNING: start `tanaban sync run`"
        lines = [
            f"Capture        {state}",
            f"WAL to read    {found.slot.lag_bytes / 2**20:,.1f} MB ({found.slot.wal_status})",
        ]
        lines += [f"Fan-out        {job.kind} {job.key or ''}, {job.done:,} products done" for job in found.fanouts]
        if found.freshness.p50_ms is not None and found.freshness.p99_ms is not None:
            p50, p99 = found.freshness.p50_ms, found.freshness.p99_ms
            lines.append(f"Freshness      p50 {p50:,.0f} ms, p99 {p99:,.0f} ms from commit to searchable")
        return "\n".join([*lines, f"Dead letters   {found.dead_letters:,}"])

    output = Output(json)
    found = fetch_sync_status(settings_for_command(output))
    output.result(asdict(found) | {"is_running": found.is_running}, describe(found))
    raise typer.Exit(0 if found.is_running else 1)
