"""A warm `make up`: how soon it answers, and what its processes hold."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import orjson
import psutil

from benchmarks.connection import Connection, UnexpectedAnswer, build_request
from benchmarks.memory import Memory, fetch_memory
from benchmarks.processes import CommandFailed, Shop, find_free_port

_FIRST_SEARCH = build_request("GET", f"/v1/search?q={quote('ワイヤレスイヤホン')}")
_LIMIT_S = 300
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Up:
    """A running `make up`."""

    url: str
    first_search_s: float
    pid: int


@contextmanager
def running_up(shop: Shop) -> Iterator[Up]:
    """`make up` on the shop's home, from the command to its end by Ctrl-C."""
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    with shop.start(["make", "--assume-old=.venv/.installed", "up"], {"TANABAN_API_PORT": str(port)}) as process:
        wait_for_search(url, started + _LIMIT_S)
        yield Up(url, time.monotonic() - started, process.pid)


def wait_for_search(url: str, deadline: float) -> None:
    """Until a search finds something. Raises: CommandFailed when that is not before `deadline` (monotonic)."""
    while not _finds_something(url):
        if time.monotonic() > deadline:
            raise CommandFailed(f"{url} did not answer its first search in time")
        time.sleep(_POLL_S)


def _finds_something(url: str) -> bool:
    try:
        with Connection(url) as connection:
            status, answer = connection.exchange(_FIRST_SEARCH)
        return status == 200 and orjson.loads(answer)["total"] > 0
    except (OSError, UnexpectedAnswer):
        return False


def fetch_memory_by_server(shop: Shop, up: Up) -> dict[str, Memory]:
    """Of everything that `make up` runs."""
    children = psutil.Process(up.pid).children(recursive=True)
    by_command = {command[-1]: process.pid for process in children if (command := _fetch_command(process))}
    ours = {"api": "serve", "worker": "worker", "sync": "run"}
    pids = shop.server_pids() | {name: by_command[command] for name, command in ours.items()}
    return {name: fetch_memory(pid) for name, pid in sorted(pids.items())}


def _fetch_command(process: psutil.Process) -> list[str]:
    """Empty when it has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
