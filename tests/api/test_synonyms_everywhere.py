"""A changed synonym is used by every API process within seconds, without a restart or a rebuild."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from psycopg.rows import TupleRow

from cli.main import main
from core.settings import Settings
from indexing.rebuild import rebuild
from stack.ports import find_free_port
from tests.catalog.factory import Shop
from tests.faults.processes import PROJECT, environment_of, wait_for

pytestmark = [pytest.mark.live, pytest.mark.slow]

LIMIT_S = 5.0
PROCESSES = 2


@pytest.fixture
def apis(settings: Settings, database: psycopg.Connection[TupleRow]) -> Iterator[list[httpx.Client]]:
    """Two API processes on one shop."""
    Shop(database).product("折りたたみ自転車 20インチ", category="乗り物")
    rebuild(settings)
    with _api(settings) as first, _api(settings) as second:
        yield [first, second]


@contextmanager
def _api(settings: Settings) -> Iterator[httpx.Client]:
    port = find_free_port(18_000, 18_999)
    environment = environment_of(settings) | {"TANABAN_API_PORT": str(port), "TANABAN_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen([sys.executable, "-m", "cli.main", "serve"], cwd=PROJECT, env=environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            wait_for(lambda: process.poll() is not None or _answers(client))
            yield client
    finally:
        process.terminate()
        process.wait(30)


def _answers(client: httpx.Client) -> bool:
    try:
        return bool(client.get("/v1/search").json()["total"] == 1)
    except httpx.TransportError:
        return False


def _finds(client: httpx.Client, text: str) -> bool:
    found = client.get("/v1/search", params={"q": text}).json()
    return bool(found["query"]["stage"] == "strict" and found["total"] == 1)


def test_a_change_by_command_or_by_sql_is_live_on_all_processes_within_five_seconds(
    settings: Settings,
    apis: list[httpx.Client],
    database: psycopg.Connection[TupleRow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("database_url", "opensearch_url", "redis_url"):
        monkeypatch.setenv(f"TANABAN_{name.upper()}", getattr(settings, name))

    def command(*arguments: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["synonyms", *arguments])
        assert not ended.value.code

    changes: list[tuple[str, Callable[[], object], str, bool]] = [
        ("added by command", lambda: command("add", "チャリ", "自転車"), "チャリ", True),
        (
            "added by SQL",
            lambda: database.execute("INSERT INTO tanaban.synonyms (source, target) VALUES ('輪行', '自転車')"),
            "輪行",
            True,
        ),
        (
            "changed by SQL",
            lambda: database.execute("UPDATE tanaban.synonyms SET source = 'ポタリング' WHERE source = '輪行'"),
            "ポタリング",
            True,
        ),
        ("deleted by SQL", lambda: database.execute("DELETE FROM tanaban.synonyms"), "チャリ", False),
        ("added again", lambda: command("add", "チャリ", "自転車"), "チャリ", True),
        ("removed by command", lambda: command("remove", "チャリ", "自転車"), "チャリ", False),
    ]
    for what, change, text, finds in changes:
        assert [_finds(api, text) for api in apis] == [not finds] * PROCESSES
        started_s = time.monotonic()
        change()
        waits_s = _wait_everywhere(apis, text, finds, started_s)
        print(f"{what}: live after {', '.join(f'{wait_s:.2f} s' for wait_s in waits_s)}")
        assert max(waits_s) < LIMIT_S, what


def _wait_everywhere(apis: list[httpx.Client], text: str, finds: bool, started_s: float) -> list[float]:
    """Seconds of each process from the change on, asked all the time as by shoppers."""

    def wait(api: httpx.Client) -> float:
        wait_for(lambda: _finds(api, text) is finds, limit_s=4 * LIMIT_S)
        return time.monotonic() - started_s

    with ThreadPoolExecutor(PROCESSES) as threads:
        return list(threads.map(wait, apis))
