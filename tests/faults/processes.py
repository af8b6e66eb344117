"""Real processes of this service, started with a test's settings."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]

_PASSED_ON = (
    "home",
    "database_url",
    "opensearch_url",
    "redis_url",
    "opensearch_index_prefix",
    "rebuild_page_products",
    "capture_slot",
)


def environment_of(settings: Settings) -> dict[str, str]:
    """Environment variables from which a process reads these settings."""
    return os.environ | {f"TANABAN_{name.upper()}": str(getattr(settings, name)) for name in _PASSED_ON}


def start_worker(settings: Settings) -> "subprocess.Popen[bytes]":
    """`tanaban worker`."""
    command = [sys.executable, "-m", "cli.main", "worker"]
    return subprocess.Popen(command, cwd=PROJECT, env=environment_of(settings))


def start_sync(settings: Settings) -> "subprocess.Popen[bytes]":
    """`tanaban sync run`."""
    command = [sys.executable, "-m", "cli.main", "sync", "run"]
    return subprocess.Popen(command, cwd=PROJECT, env=environment_of(settings))


def wait_for(condition: Callable[[], object], limit_s: float = 60) -> None:
    deadline_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.01)
