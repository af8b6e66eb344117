"""Children that die are started again, but not for ever; all end with their parent."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cli import supervisor as module
from cli.supervisor import Supervisor
from core.errors import StartFailed
from stack.process import is_running
from tests.stack.conftest import PROJECT, Transcript, wait_for


@pytest.fixture
def transcript() -> Transcript:
    return Transcript()


@pytest.fixture
def supervisor(tmp_path: Path, transcript: Transcript, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """Its children are small Python programs instead of `tanaban` commands."""
    monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c"))
    return Supervisor({}, tmp_path, transcript)


def test_a_child_that_dies_is_started_again(supervisor: Supervisor, transcript: Transcript, tmp_path: Path) -> None:
    child = supervisor.start("API", ["import time; time.sleep(600)"], tmp_path / "api.log")
    assert child.process is not None
    first = child.process
    first.kill()
    supervisor.run(until=lambda: child.process != first)
    assert is_running(child.process)
    assert transcript.lines[1:] == [f"API: ended unexpectedly, starting it again (log {tmp_path / 'api.log'}.1)"]
    supervisor.stop()
    assert not is_running(child.process)


def test_a_child_that_dies_again_and_again_ends_it_all(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start("API", ["raise SystemExit('no luck')"], tmp_path / "api.log")
    with pytest.raises(StartFailed, match=r"API ended 6 times.*api\.log"):
        supervisor.run(until=lambda: False)
    assert (tmp_path / "api.log").read_text() == "no luck\n"


def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from cli import supervisor
from stack.reporter import Reporter
supervisor.COMMAND = (sys.executable, "-c")
child = supervisor.Supervisor({{}}, Path({str(tmp_path)!r}), Reporter()).start(
    "API", ["import time; time.sleep(600)"], Path({str(tmp_path / "api.log")!r}))
print(child.process.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    wait_for(lambda: not is_running(child))
