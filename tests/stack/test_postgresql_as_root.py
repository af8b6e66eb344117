"""PostgreSQL does not run as root, so root's runs as a user that must reach its data and its programs."""

import shutil
import subprocess
from pathlib import Path

import pytest

from core.clients import connect_database
from stack import postgresql
from stack.lifecycle import start_stack, stop_stack
from stack.postgresql import ROOTS_FOLDER, ROOTS_USER, ensure_system_user, find_binaries, is_root
from stack.process import as_user
from stack.state import load_state
from tests.stack.conftest import Transcript, only

pytestmark = [pytest.mark.live, pytest.mark.skipif(not is_root(), reason="only root has this problem")]


def test_data_goes_where_its_user_can_reach_it_and_the_path_is_said(tmp_path: Path, transcript: Transcript) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    settings = only("database_url", closed / "home")
    try:
        with connect_database(start_stack(settings, transcript)) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        folder = ROOTS_FOLDER / load_state(closed / "home").stack_id
        assert row == (str(folder / "data"),)
        assert any(str(folder) in line and ROOTS_USER in line for line in transcript.lines)
    finally:
        stop_stack(settings, transcript)
        shutil.rmtree(ROOTS_FOLDER / load_state(closed / "home").stack_id)


def test_programs_in_a_closed_environment_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_system_user(ROOTS_USER)
    home.mkdir()
    monkeypatch.setattr(postgresql, "ROOTS_FOLDER", home)
    monkeypatch.setattr(postgresql, "is_reachable_for_others", lambda _: False)
    program = find_binaries(ROOTS_USER) / "postgres"
    assert program.is_relative_to(home)
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True, **as_user(ROOTS_USER))
    assert said.stdout.startswith("postgres (PostgreSQL) 18")
