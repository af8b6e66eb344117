"""I2: a version is never drawn twice, whatever PostgreSQL's crash loses. On a server of its own, which is crashed."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from catalog.migrate import migrate
from indexing.pairs import PairSource
from stack.lifecycle import start_stack
from stack.reporter import Reporter
from stack.state import load_state
from tests.faults.processes import wait_for
from tests.stack.conftest import home, only

__all__ = ["home"]

pytestmark = pytest.mark.live


def test_versions_go_on_after_a_crash(home: Path) -> None:
    """The first draw writes the log for 32 more, and nothing but its own commit would flush that log."""
    settings = start_stack(only("database_url", home), Reporter())
    migrate(settings)
    source = PairSource(settings)
    with pytest.raises(psycopg.OperationalError), source.take() as (pair, connection):  # noqa: PT012
        os.kill(load_state(home).servers["postgresql"].pid, signal.SIGQUIT)
        print("injected: PostgreSQL crashes while a pair is held")
        wait_for(lambda: is_gone(connection))
        connection.execute("SELECT 1")
    settings = start_stack(only("database_url", home), Reporter())
    source = PairSource(settings)
    with source.take() as (later, _):
        print(f"checked: version {later.version} comes after {pair.version}")
        assert later.version > pair.version
    source.close()


def is_gone(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False
