"""`tanaban` and `make` as processes, as a stranger runs them, on servers of this benchmark's own.

All live under one home (build/bench/home), never under the developer's. Whatever is started here is ended here, also
on Ctrl-C and SIGTERM; what a SIGKILL leaves running is adopted by the next run.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.connection import fetch_json
from benchmarks.machine import PROJECT
from benchmarks.memory import PeakMemory

_END_PATIENCE_S = 60
_EMBEDDED = ("TANABAN_DATABASE_URL", "TANABAN_OPENSEARCH_URL", "TANABAN_REDIS_URL")
TANABAN = (sys.executable, "-m", "cli.main")


class CommandFailed(Exception):
    """A command that the measurement needs; the message has its output."""


class Shop:
    """One Tanaban in a home of its own, `tanaban` is its command. commands.log gets what its processes print."""

    def __init__(self, folder: Path, tanaban: Sequence[str] = TANABAN) -> None:
        self.tanaban = tanaban
        self.home = folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self._log = folder / "commands.log"
        given = {name: value for name, value in os.environ.items() if name not in _EMBEDDED}
        self.environment = given | {"TANABAN_HOME": str(self.home)}

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Any:
        """What `tanaban <arguments> --json` printed. Raises: CommandFailed."""
        return self.run_measured(*arguments, environment=environment)[0]

    def run_measured(self, *arguments: str, environment: Mapping[str, str] | None = None) -> tuple[Any, float]:
        """As `run`, with the highest sum of PSS (MB) of the command's processes."""
        command = [*self.tanaban, *arguments, "--json"]
        with self.start(command, environment, stdout=subprocess.PIPE) as process, PeakMemory(process.pid) as peak:
            printed, _ = process.communicate()
        if process.returncode != 0:
            raise CommandFailed(f"tanaban {' '.join(arguments)} failed, see {self._log}: {printed.decode()}")
        return json.loads(printed), peak.pss_mb

    @contextmanager
    def start(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, stdout: int | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process in a group of its own, so that a Ctrl-C at us lets us end it in order."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**self.environment, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            _end(process)

    @contextmanager
    def serve(self, opensearch_url: str) -> Iterator[str]:
        """An API of its own on another address of OpenSearch; gives its URL before it answers."""
        port = find_free_port()
        environment = {"TANABAN_API_PORT": str(port), "TANABAN_OPENSEARCH_URL": opensearch_url}
        with self.start([*self.tanaban, "serve"], environment):
            yield f"http://127.0.0.1:{port}"

    @contextmanager
    def stack(self) -> Iterator[dict[str, str]]:
        """The servers, running; gives their URLs by the name of the setting."""
        try:
            yield self.run("stack", "start")
        finally:
            self.run("stack", "stop")

    def server_pids(self) -> dict[str, int]:
        """Of the running servers, from the file that the stack keeps."""
        servers = json.loads((self.home / "stack.json").read_text())["servers"]
        return {name: server["pid"] for name, server in servers.items()}


def find_free_port() -> int:
    """One that nobody listens on now, so that no other API is taken for ours."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C to the whole group, as a terminal does it; then patience; then force."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(_END_PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def empty_shop(urls: dict[str, str]) -> None:
    """Drop what the last run left in the servers, so that each size starts from nothing."""
    database = urlsplit(urls["TANABAN_DATABASE_URL"])
    name = database.path.removeprefix("/")
    with psycopg.connect(database._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    fetch_json(urls["TANABAN_OPENSEARCH_URL"], "DELETE", "/products*")
