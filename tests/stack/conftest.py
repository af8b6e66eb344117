"""Stacks of their own: these tests kill servers, so none of them touches the servers of the other tests."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.settings import Settings
from stack.lifecycle import stop_stack
from stack.reporter import Reporter

PROJECT = Path(__file__).resolve().parents[2]
UNUSED_URL = "postgresql://nowhere.invalid/x"


class Transcript(Reporter):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def transcript() -> Transcript:
    return Transcript()


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that another OS user can reach; what is still running in it is stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="tanaban-stack-") as folder:
        os.chmod(folder, 0o755)
        home = Path(folder).resolve() / "home"
        yield home
        stop_stack(all_embedded(home), Reporter())


def all_embedded(home: Path) -> Settings:
    """Settings whose three servers are embedded, whatever the environment says."""
    urls = dict.fromkeys(("database_url", "opensearch_url", "redis_url"))
    return Settings().model_copy(update={**urls, "home": home, "opensearch_heap_mb": 512})


def only(setting: str, home: Path) -> Settings:
    """Settings of which one server is embedded; the other two are said to be elsewhere."""
    elsewhere = dict.fromkeys({"database_url", "opensearch_url", "redis_url"} - {setting}, UNUSED_URL)
    return all_embedded(home).model_copy(update=elsewhere)


def start_in_another_process(setting: str, home: Path, ends_with_parent: bool = False) -> subprocess.Popen[bytes]:
    """A starter that can be killed. It waits for ever once its server runs."""
    code = f"""
import time
from pathlib import Path
from stack.lifecycle import start_stack
from stack.reporter import Reporter
from tests.stack.conftest import only
start_stack(only({setting!r}, Path({str(home)!r})), Reporter(), ends_with_parent={ends_with_parent})
time.sleep(600)
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT)


def wait_for(condition: Callable[[], object], limit_s: float = 30.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.005)


def processes_in(home: Path) -> list[psutil.Process]:
    """Every process that works somewhere in `home`."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(home):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
