"""`tanaban index` as a person or a script meets it."""

import json
from typing import Any

import pytest

from catalog.migrate import downgrade
from cli.main import main
from core.settings import Settings
from indexing import lifecycle
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.processes import environment_of

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def _environment(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment_of(small).items():
        monkeypatch.setenv(name, value)


def tanaban(*arguments: str) -> int:
    """The exit code."""
    with pytest.raises(SystemExit) as ended:
        main(["index", *arguments])
    return int(ended.value.code or 0)


def read(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_rebuild_status_rollback_and_prune(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(7):
        shop.product()
    assert tanaban("status") == 1
    assert "run `tanaban index rebuild`" in capsys.readouterr().out
    assert tanaban("rebuild", "--json") == 0
    first = read(capsys)
    assert (first["documents"], first["gate"]) == (7, {"products": 7, "repaired": {}, "parked": 0})
    assert tanaban("rebuild") == 0
    shown = capsys.readouterr().out
    assert "Writing: 7 of 7 products" in shown
    assert "serves now" in shown
    assert tanaban("rollback", "--json") == 0
    assert read(capsys)["index"] == first["index"]
    assert tanaban("status", "--json") == 0
    status = read(capsys)
    assert status["searched_index"] == first["index"]
    assert [(it["state"], it["documents"]) for it in status["generations"]] == [("standby", 7), ("live", 7)]
    assert tanaban("prune", "--json") == 0
    assert read(capsys) == {"deleted": []}


def test_a_refused_rebuild_says_why_and_exits_with_1(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.product("毒", attributes={"名" * 12_000: ["値"]})
    assert tanaban("rebuild") == 1
    assert "[gate_refused]" in capsys.readouterr().err
    assert tanaban("status") == 1
    assert "1 dead letters" in capsys.readouterr().out
    assert tanaban("rebuild", "--allow-dead-letters", "1") == 0
    assert "1 documents are missing" in capsys.readouterr().out


def test_status_tells_when_the_alias_is_not_on_the_live_generation(
    small: Settings, database: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    first = lifecycle.swap(small, lifecycle.open_generation(small))
    lifecycle.swap(small, lifecycle.open_generation(small))
    database.execute("UPDATE tanaban.index_generations SET state = 'failed' WHERE state = 'live'")
    database.execute("UPDATE tanaban.index_generations SET state = 'live' WHERE id = %s", [first.id])
    assert tanaban("status") == 1
    assert "not on the live generation" in capsys.readouterr().out
    assert tanaban("prune") == 0
    assert tanaban("status") == 0


@pytest.mark.parametrize("command", ["rebuild", "status", "rollback", "prune"])
def test_a_database_without_our_schema_is_named(
    small: Settings, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    downgrade(small, "base")
    assert tanaban(command) == 3
    assert "tanaban catalog migrate" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["rebuild", "status", "rollback", "prune"])
def test_opensearch_that_does_not_answer_is_exit_3(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANABAN_OPENSEARCH_URL", "http://127.0.0.1:1")
    assert tanaban(command) == 3
    assert "OpenSearch does not answer" in capsys.readouterr().err
