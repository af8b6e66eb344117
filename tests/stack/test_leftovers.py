"""What a run that was ended by SIGKILL leaves behind, and that the next start gets over it."""

import json
import subprocess
from pathlib import Path

import psutil
import pytest

from core.clients import connect_database, create_opensearch
from core.errors import StackError, StartFailed
from stack.lifecycle import start_stack, stop_stack
from stack.postgresql import ROOTS_USER, PostgreSQL, is_root
from stack.process import as_user, find_strays
from stack.reporter import Reporter
from stack.server import Place
from stack.state import StackState, load_state, save_state, state_file
from stack.valkey import Valkey
from tests.stack.conftest import (
    Transcript,
    only,
    processes_in,
    start_in_another_process,
    wait_for,
)

pytestmark = pytest.mark.live


def test_a_killed_initdb_is_begun_anew(home: Path) -> None:
    starter = start_in_another_process("database_url", home)
    wait_for(lambda: list(home.glob("postgresql/unfinished-*/PG_VERSION")))
    starter.kill()
    starter.wait()

    running = start_stack(only("database_url", home), Reporter())
    with connect_database(running, autocommit=True) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert (home / "postgresql" / "data" / "PG_VERSION").exists()


def test_a_stale_postmaster_pid_of_a_recycled_pid_blocks_nothing(home: Path) -> None:
    settings = only("database_url", home)
    start_stack(settings, Reporter())
    for process in processes_in(home):
        process.kill()
    wait_for(lambda: not processes_in(home))
    pid_file = home / "postgresql" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    bystander = subprocess.Popen(["sleep", "600"], **as_user(ROOTS_USER if is_root() else None))
    try:
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        start_stack(settings, Reporter())
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_server_without_a_record_is_replaced(home: Path) -> None:
    """The starter was killed after it launched the server and before it wrote stack.json."""
    settings = only("database_url", home)
    start_stack(settings, Reporter())
    lost = load_state(home).servers["postgresql"].pid
    save_state(home, StackState(load_state(home).stack_id))

    start_stack(settings, Reporter())
    wait_for(lambda: not psutil.pid_exists(lost))
    data = home / "postgresql" / "data"
    assert load_state(home).servers["postgresql"].pid in {process.pid for process in find_strays("postgres", data)}


@pytest.mark.slow
def test_a_start_killed_while_opensearch_comes_up_is_taken_over(home: Path, transcript: Transcript) -> None:
    starter = start_in_another_process("opensearch_url", home)
    wait_for(lambda: "opensearch" in load_state(home).servers if state_file(home).exists() else False)
    starter.kill()
    starter.wait()
    launched = load_state(home).servers["opensearch"].pid

    running = start_stack(only("opensearch_url", home), transcript)
    assert load_state(home).servers["opensearch"].pid == launched
    assert transcript.lines == [], "nothing was started"
    with create_opensearch(running) as client:
        assert client.cluster.health()["status"] == "green"


def test_the_pid_of_somebody_else_is_never_signalled(home: Path) -> None:
    settings = only("redis_url", home)
    start_stack(settings, Reporter())
    record = load_state(home).servers["valkey"]
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        state = json.loads(state_file(home).read_text())
        state["servers"]["valkey"]["pid"] = bystander.pid
        state_file(home).write_text(json.dumps(state))
        stop_stack(settings, Reporter())
        assert bystander.poll() is None
        assert not psutil.pid_exists(record.pid), "the real one is found by its folder"
    finally:
        bystander.kill()
        bystander.wait()


def test_a_server_that_hangs_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch, transcript: Transcript) -> None:
    monkeypatch.setattr(Valkey, "start_limit_s", 1.0)
    settings = only("redis_url", home)
    start_stack(settings, Reporter())
    hanging = psutil.Process(load_state(home).servers["valkey"].pid)
    hanging.suspend()
    monkeypatch.setattr("stack.lifecycle.STOP_PATIENCE_S", 1.0)

    start_stack(settings, transcript)
    assert not hanging.is_running()
    assert "runs but does not serve" in transcript.lines[0]


def test_two_starts_at_once_make_one_stack(home: Path) -> None:
    starters = [start_in_another_process("redis_url", home) for _ in range(3)]
    try:
        wait_for(lambda: state_file(home).exists() and "valkey" in load_state(home).servers)
        start_stack(only("redis_url", home), Reporter())
        assert len(processes_in(home)) == 1
    finally:
        for starter in starters:
            starter.kill()
            starter.wait()


@pytest.mark.parametrize("setting", ["redis_url", "database_url"])
def test_a_stack_of_a_test_run_ends_with_it_even_by_sigkill(home: Path, setting: str) -> None:
    starter = start_in_another_process(setting, home, ends_with_parent=True)
    wait_for(lambda: state_file(home).exists() and load_state(home).servers)
    starter.kill()
    starter.wait()
    wait_for(lambda: not processes_in(home))


def test_a_damaged_state_file_is_named(home: Path) -> None:
    home.mkdir(parents=True)
    state_file(home).write_text('{"stack_id": "x", "servers"')
    with pytest.raises(StackError, match=r"stack.json is damaged"):
        start_stack(only("redis_url", home), Reporter())
    state_file(home).unlink()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(home: Path) -> None:
    settings = only("database_url", home)
    start_stack(settings, Reporter())
    stop_stack(settings, Reporter())
    place = Place(home, load_state(home).stack_id)
    (PostgreSQL(place).folder / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StartFailed, match=r"(?s)postgresql.log.*no_such_setting"):
        start_stack(settings, Reporter())
