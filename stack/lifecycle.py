"""Start, adopt, look at and stop the embedded stack of one home.

A start goes through the servers in order: one that runs and answers is adopted; one that is dead or deaf is
replaced; strays (a starter killed before it could write stack.json) are ended first. A lock on
`<home>/stack.lock` makes starts and stops take turns; the system frees it when its holder dies.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from core.errors import StartFailed
from core.settings import Settings
from stack.opensearch import OpenSearch
from stack.ports import find_free_port
from stack.postgresql import PostgreSQL
from stack.process import find_strays, stop
from stack.reporter import Reporter
from stack.server import Place, Server
from stack.state import ServerRecord, StackState, load_state, resolve_home, save_state
from stack.valkey import Valkey

PORT_ATTEMPTS = 3
POLL_S = 0.1
LOG_TAIL_LINES = 15
STOP_PATIENCE_S = 20.0
URL_SETTINGS = {"postgresql": "database_url", "opensearch": "opensearch_url", "valkey": "redis_url"}


@dataclass(frozen=True)
class ServerStatus:
    """One embedded server as it is now. `problem` is None for one that answers."""

    name: str
    title: str
    url: str | None
    version: str | None
    problem: str | None
    log: Path
    folder: Path


def create_servers(settings: Settings, place: Place) -> list[Server]:
    """The servers that settings ask to embed: those without a URL of their own."""
    servers = [PostgreSQL(place), OpenSearch(place, settings.opensearch_heap_mb), Valkey(place)]
    return [server for server in servers if getattr(settings, URL_SETTINGS[server.name]) is None]


def start_stack(settings: Settings, reporter: Reporter, ends_with_parent: bool = False) -> Settings:
    """Bring up every server that has no URL in `settings`; return settings in which all have one.

    Raises: StartFailed, DownloadFailed, PortTaken, each saying what to do.
    """
    if all(getattr(settings, name) for name in URL_SETTINGS.values()):
        return settings
    home = resolve_home(settings)
    home.mkdir(parents=True, exist_ok=True)
    with _lock(home):
        state = load_state(home)
        save_state(home, state)  # the id must be on the disk before anything is created under its name
        place = Place(home, state.stack_id, ends_with_parent)
        for server in create_servers(settings, place):
            record = _adopt(server, state, reporter) or _start(server, state, reporter)
            state = state.with_server(server.name, record)
            save_state(home, state)
    return _with_urls(settings, state)


def attach_stack(settings: Settings) -> Settings | None:
    """Settings with the URLs of the running stack of this home; None if a server that is needed has died."""
    home = resolve_home(settings)
    state = load_state(home)
    for server in create_servers(settings, Place(home, state.stack_id)):
        record = state.servers.get(server.name)
        if record is None or record.process_id.process() is None:
            return None
    return _with_urls(settings, state)


def stop_stack(settings: Settings, reporter: Reporter) -> None:
    """End every embedded server of this home cleanly, all at a time; the data stays."""
    home = resolve_home(settings)
    if not home.exists():
        return
    with _lock(home):
        state = load_state(home)
        servers = create_servers(settings, Place(home, state.stack_id))
        if servers:
            with ThreadPoolExecutor(len(servers)) as pool:
                list(pool.map(lambda server: _stop(server, state, reporter), servers))


def _stop(server: Server, state: StackState, reporter: Reporter) -> None:
    record = state.servers.get(server.name)
    process = record.process_id.process() if record else None
    if process:
        reporter.say(f"{server.title}: stopping")
        stop(process, server.stop_signal, STOP_PATIENCE_S)
    _end_strays(server)


def fetch_stack_status(settings: Settings) -> list[ServerStatus]:
    """Ask each embedded server of this home."""
    home = resolve_home(settings)
    state = load_state(home)
    servers = create_servers(settings, Place(home, state.stack_id))
    return [_fetch_status(server, state.servers.get(server.name)) for server in servers]


def _fetch_status(server: Server, record: ServerRecord | None) -> ServerStatus:
    version, problem = None, None
    if record is None or record.process_id.process() is None:
        problem = "not running"
    else:
        try:
            version = server.fetch_version(record.url)
        except Exception as error:  # whatever the driver raises, it is the answer here
            problem = f"does not answer: {error}"
    url = record.url if record else None
    return ServerStatus(server.name, server.title, url, version, problem, server.log, server.folder)


def _lock(home: Path) -> FileLock:
    return FileLock(home / "stack.lock", timeout=600)


def _with_urls(settings: Settings, state: StackState) -> Settings:
    urls = {
        setting: state.servers[name].url for name, setting in URL_SETTINGS.items() if getattr(settings, setting) is None
    }
    return settings.model_copy(update=urls)


def _adopt(server: Server, state: StackState, reporter: Reporter) -> ServerRecord | None:
    """The server of an earlier start if it lives and comes to answer (it may still be starting); else end it."""
    record = state.servers.get(server.name)
    process = record.process_id.process() if record else None
    if record is None or process is None:
        return None
    try:
        return _wait_until_it_serves(server, record)
    except _NotServing as reason:
        reporter.say(f"{server.title}: runs but does not serve ({reason}), replacing it")
        stop(process, server.stop_signal, STOP_PATIENCE_S)
        return None


def _start(server: Server, state: StackState, reporter: Reporter) -> ServerRecord:
    """Launch on a free port, on another one if somebody else took it meanwhile; wait until it serves."""
    _end_strays(server)
    server.prepare(reporter)
    last = state.servers.get(server.name)
    preferred = last.port if last else None
    for attempt in range(1, PORT_ATTEMPTS + 1):
        port = find_free_port(*server.ports, preferred)
        reporter.say(f"{server.title}: starting")
        process = server.launch(port)
        record = ServerRecord(server.url(port), process.pid, process.create_time())
        save_state(server.place.home, state.with_server(server.name, record))
        try:
            return _wait_until_it_serves(server, record)
        except _NotServing as reason:
            stop(process, server.stop_signal, STOP_PATIENCE_S)
            if attempt == PORT_ATTEMPTS or not re.search("already in use", _log_tail(server), re.IGNORECASE):
                raise StartFailed(
                    f"{server.title} {reason}. Its log, {server.log}, ends:\n{_log_tail(server)}"
                ) from None
            preferred = None
    raise AssertionError("the last attempt returns or raises")


class _NotServing(Exception):
    """Why a process does not answer: it has ended, or its time is over."""


def _wait_until_it_serves(server: Server, record: ServerRecord) -> ServerRecord:
    """Poll until the server answers; return the record with the address that it really took."""
    deadline = time.monotonic() + server.start_limit_s
    problem = "did not answer"
    while time.monotonic() < deadline:
        if record.process_id.process() is None:
            raise _NotServing("ended while it started")
        record = replace(record, url=server.bound_url(record.url))
        try:
            server.fetch_version(record.url)
        except Exception as error:  # every driver has its own; all of them mean "not yet"
            problem = str(error)
            time.sleep(POLL_S)
        else:
            return record
    raise _NotServing(f"did not serve within {server.start_limit_s:.0f} s ({problem})")


def _end_strays(server: Server) -> None:
    for process in find_strays(server.process_name, server.folder):
        stop(process, server.stop_signal, STOP_PATIENCE_S)


def _log_tail(server: Server) -> str:
    return "\n".join(server.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
