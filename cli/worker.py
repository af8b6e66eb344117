"""`tanaban worker`: does what others ask for, until SIGTERM or Ctrl-C."""

import signal
import threading

import typer

from cli.output import Output
from cli.runtime import settings_for_command
from core.logging import configure_logging
from core.malloc import share_arenas

app = typer.Typer(add_completion=False)


@app.command()
def worker() -> None:
    """Run reindex jobs, and fold new orders, favourites and reviews into popularity."""
    from indexing.worker import run

    settings = settings_for_command(Output())
    configure_logging(settings)
    share_arenas()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    run(settings, stopping.is_set)
