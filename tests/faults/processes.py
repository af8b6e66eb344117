"""Real processes of this service, started with a test's settings."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.clients import connect_database
from core.errors import DatabaseDown
from core.settings import Settings
from indexing.slot import fetch_slot

PROJECT = Path(__file__).resolve().parents[2]

_PASSED_ON = (
    "home",
    "database_url",
    "opensearch_url",
    "redis_url",
    "opensearch_index_prefix",
    "rebuild_page_products",
    "capture_slot",
    "capture_batch_events",
    "bulk_request_bytes",
    "bulk_timeout_s",
    "bulk_retries",
    "kinesis_url",
    "kinesis_stream",
    "kinesis_shards",
    "kinesis_lease_s",
)


def environment_of(settings: Settings) -> dict[str, str]:
    """Environment variables from which a process reads these settings."""
    passed_on = {name: getattr(settings, name) for name in _PASSED_ON}
    return os.environ | {
        f"TANABAN_{name.upper()}": str(value) for name, value in passed_on.items() if value is not None
    }


def start_worker(settings: Settings) -> "subprocess.Popen[bytes]":
    """`tanaban worker`."""
    command = [sys.executable, "-m", "cli.main", "worker"]
    return subprocess.Popen(command, cwd=PROJECT, env=environment_of(settings))


def start_sync(settings: Settings, kill_at: str = "", nth: int = 1) -> "subprocess.Popen[bytes]":
    """`tanaban sync run`; with `kill_at`, one that kills itself at that point (sync_process.py). Its log is a file."""
    if kill_at:
        return _start(settings, "tests.faults.sync_process", kill_at, str(nth))
    return _start(settings, "cli.main", "sync", "run")


def start_capture(settings: Settings) -> "subprocess.Popen[bytes]":
    """`tanaban sync capture`; same log."""
    return _start(settings, "cli.main", "sync", "capture")


def start_consumer(settings: Settings) -> "subprocess.Popen[bytes]":
    """`tanaban sync run --from kinesis`; same log."""
    return _start(settings, "cli.main", "sync", "run", "--from", "kinesis")


def start_stock_debezium(settings: Settings) -> "subprocess.Popen[bytes]":
    """What others may fill a stream with; same log."""
    return _start(settings, "tests.faults.stock_debezium")


def _start(settings: Settings, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", *arguments]
    with sync_log(settings).open("ab") as log:
        return subprocess.Popen(command, cwd=PROJECT, env=environment_of(settings), stdout=log, stderr=log)


def sync_log(settings: Settings) -> Path:
    """What every `start_sync` of a test said."""
    settings.home.mkdir(exist_ok=True)
    return settings.home / "sync.log"


def wait_for_line(settings: Settings, text: str) -> None:
    """Until some `start_sync` of this test has said so."""
    wait_for(lambda: text in sync_log(settings).read_text())


@contextmanager
def syncing(settings: Settings) -> "Iterator[subprocess.Popen[bytes]]":
    """`tanaban sync run` until the block ends; a failing test shows the end of its log."""
    process = start_sync(settings)
    try:
        with showing_log(settings):
            yield process
    finally:
        process.kill()
        process.wait()
        wait_until_released(settings)


@contextmanager
def showing_log(settings: Settings) -> Iterator[None]:
    """A block that fails shows the end of `sync_log`."""
    try:
        yield
    except BaseException:
        print("".join(sync_log(settings).read_text().splitlines(keepends=True)[-40:]))
        raise


def wait_until_released(settings: Settings) -> None:
    """PostgreSQL notices within milliseconds that the reader of the slot has died; then the database may be dropped."""
    with suppress(DatabaseDown), connect_database(settings, autocommit=True) as connection:
        wait_for(lambda: not (slot := fetch_slot(connection, settings)) or not slot.is_active)


def wait_for(condition: Callable[[], object], limit_s: float = 60) -> None:
    deadline_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.01)
