"""`tanaban up`: from nothing to a working shop search, and back on Ctrl-C.

Killed with SIGKILL, it leaves nothing that blocks the next one: its processes end with it, the servers go on and
are adopted, locks are freed by the system.
"""

import time
from http.client import HTTPException
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout

from cli.example import print_example_search
from cli.interrupt import Interrupt
from cli.output import Output
from cli.prepare import prepare_catalog_and_index
from cli.runtime import build_environment, ensure_admin_token, load_settings
from cli.supervisor import Supervisor
from core.errors import Conflict, PortTaken, StartFailed
from core.logging import configure_logging
from core.settings import Settings
from stack.jars import DEBEZIUM, ensure_jars
from stack.lifecycle import start_stack, stop_stack
from stack.local_http import fetch_json
from stack.ports import describe_holder, find_free_port, is_free
from stack.state import resolve_home

app = typer.Typer(add_completion=False)

PORT_PATIENCE_S = 10.0
"""An API whose `tanaban up` was killed needs a moment to end."""

READY_LIMIT_S = 60.0
PORTS_FOR_ZERO = (8000, 8999)


@app.command()
def up(
    products: Annotated[int, typer.Option(min=0, help="Products of the sample for an empty database.")] = 20_000,
    setup_only: Annotated[bool, typer.Option("--setup-only", help="Prepare servers, catalog and index; end.")] = False,
) -> None:
    """Start the servers, load a sample catalog into an empty database, build the index, run all processes."""
    interrupt = Interrupt()
    output = Output()
    settings = load_settings()
    configure_logging(settings.model_copy(update={"log_level": "WARNING"}))
    home = resolve_home(settings)
    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / "up.lock", blocking=False):
            _run(settings if setup_only else _claim_port(settings), products, setup_only, output, interrupt)
    except Timeout:
        raise Conflict(f"`tanaban up` already runs for {home}. Use it, or end it there with Ctrl-C.") from None


def _run(settings: Settings, products: int, setup_only: bool, output: Output, interrupt: Interrupt) -> None:
    try:
        running = start_stack(settings, output)
        prepare_catalog_and_index(running, products, output, interrupt)
        if not setup_only:
            _serve_until_interrupted(running, output)
    except KeyboardInterrupt:
        output.say("")
    finally:
        stop_stack(settings, output)


def _claim_port(settings: Settings) -> Settings:
    """Settings with a port that is free; 0 asks for any.

    Raises: PortTaken, naming the port, its holder where that can be seen, and the setting.
    """
    port = settings.api_port or find_free_port(*PORTS_FOR_ZERO)
    deadline = time.monotonic() + PORT_PATIENCE_S
    while not is_free(port, settings.api_host):
        if time.monotonic() > deadline:
            raise PortTaken(
                f"Port {port} on {settings.api_host} is taken{describe_holder(port)}. End that process, or choose "
                "another port: TANABAN_API_PORT=8080 make up (0 takes any free one)."
            )
        time.sleep(0.1)
    changes: dict[str, object] = {"api_port": port}
    if "public_url" not in settings.model_fields_set:
        changes["public_url"] = f"http://{settings.api_host}:{port}"
    return settings.model_copy(update=changes)


def _serve_until_interrupted(settings: Settings, output: Output) -> None:
    settings, token_file = ensure_admin_token(settings)
    ensure_jars(DEBEZIUM, output)  # here, where its progress is seen
    logs = resolve_home(settings) / "logs"
    supervisor = Supervisor(build_environment(settings), resolve_home(settings), output)
    try:
        supervisor.start("API", ["serve"], logs / "api.log")
        supervisor.start("Worker", ["worker"], logs / "worker.log")
        supervisor.start("Sync", ["sync", "run"], logs / "sync.log")
        url = f"http://{settings.api_host}:{settings.api_port}"
        _wait_until_ready(supervisor, url, logs / "api.log")
        _print_addresses(url, token_file, logs, output)
        print_example_search(url, output)
        output.say("\nCtrl-C stops everything.")
        supervisor.run(until=lambda: False)
    finally:
        supervisor.stop()


def _wait_until_ready(supervisor: Supervisor, url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_LIMIT_S

    def is_ready() -> bool:
        if time.monotonic() > deadline:
            raise StartFailed(f"The API was not ready within {READY_LIMIT_S:.0f} s. Its log is {log}.")
        try:
            return fetch_json(f"{url}/readyz", timeout_s=5)[0] == 200
        except (OSError, HTTPException):
            return False

    supervisor.run(until=is_ready)


def _print_addresses(url: str, token_file: Path | None, logs: Path, output: Output) -> None:
    output.say(f"""
Storefront   {url}/
API          {url}/docs
Admin        {url}/admin/   token: {token_file or "TANABAN_ADMIN_TOKEN"}
Logs         {logs}
""")
