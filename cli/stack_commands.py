"""`tanaban stack`: the embedded servers of this home."""

import sys
from dataclasses import asdict

import typer

from cli.output import JsonOption, Output
from cli.runtime import load_settings
from core.errors import StackError
from core.settings import Settings
from stack.lifecycle import URL_SETTINGS, ServerStatus, attach_stack, fetch_stack_status, start_stack, stop_stack

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The embedded PostgreSQL, OpenSearch and Valkey.")


@app.command()
def start(json: JsonOption = False) -> None:
    """Start what is not running; servers whose TANABAN_..._URL is set are left alone."""
    output = Output(json)
    output.result(
        _urls(start_stack(load_settings(), output)), "The stack is running. `tanaban stack env` prints its URLs."
    )


@app.command()
def stop(json: JsonOption = False) -> None:
    """Stop the embedded servers. Their data stays."""
    output = Output(json)
    stop_stack(load_settings(), output)
    output.result({"stopped": True}, "The stack is stopped.")


@app.command()
def status(json: JsonOption = False) -> None:
    """Ask each embedded server; exit 1 if one does not answer."""
    output = Output(json)
    servers = fetch_stack_status(load_settings())
    text = "\n".join(_describe(server) for server in servers) or "No embedded servers: all URLs are set."
    output.result({"servers": [asdict(server) for server in servers]}, text)
    sys.exit(1 if any(server.problem for server in servers) else 0)


@app.command()
def env(json: JsonOption = False) -> None:
    """Print the URLs of the running servers as KEY=VALUE lines: `export $(tanaban stack env)`."""
    settings = attach_stack(load_settings())
    if settings is None:
        raise StackError("The stack is not running. Start it with `tanaban stack start`.")
    urls = _urls(settings)
    Output(json).result(urls, "\n".join(f"{name}={url}" for name, url in urls.items()))


def _urls(settings: Settings) -> dict[str, str]:
    return {f"TANABAN_{name.upper()}": str(getattr(settings, name)) for name in URL_SETTINGS.values()}


def _describe(server: ServerStatus) -> str:
    state = server.problem or f"{server.version} at {_without_password(server.url)}"
    return f"{server.title}: {state} (data {server.folder}, log {server.log})"


def _without_password(url: str | None) -> str:
    return "" if url is None else url.rsplit("@", 1)[-1].removeprefix("http://")
