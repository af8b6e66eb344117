"""`tanaban index` as a person or a script meets it."""

import json
from typing import Any

import pytest
from opensearchpy import OpenSearch

from catalog.migrate import downgrade
from cli.main import main
from core.settings import Settings
from indexing import lifecycle, proof
from indexing.rebuild import rebuild
from indexing.registry import Connection
from tests.catalog.factory import Shop
from tests.faults.processes import environment_of
from tests.indexing.truth import assert_index_is_right

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


def test_reconcile_says_what_differs_and_repairs_when_told(
    shop: Shop, database: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(proof, "PATIENCE_S", 0.0)
    renamed, gone = shop.product("イヤホン"), shop.product()
    rebuild(Settings())
    database.execute("UPDATE products SET name = 'ヘッドホン' WHERE id = %s", [renamed])
    database.execute("DELETE FROM products WHERE id = %s", [gone])
    assert tanaban("reconcile") == 1
    shown = capsys.readouterr().out
    assert "Checking: 1 of 1 products" in shown
    assert f"LEFT: 1 stale: {renamed}" in shown
    assert f"LEFT: 1 ghost: {gone}" in shown
    assert tanaban("reconcile", "--since", "2000-01-01", "--json") == 1
    (since,) = read(capsys)["generations"]
    assert (since["products"], list(since["left"])) == (1, ["stale"])
    assert tanaban("reconcile", "--repair", "--json") == 0
    found = read(capsys)
    (live,) = found["generations"]
    assert (found["clean"], live["state"], live["left"]) == (True, "live", {})
    assert live["repaired"] == {
        "stale": {"documents": 1, "ids": [str(renamed)]},
        "ghost": {"documents": 1, "ids": [str(gone)]},
    }
    assert tanaban("reconcile") == 0
    assert "1 products compared" in (shown := capsys.readouterr().out)
    assert "nothing differs" in shown


def test_a_time_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert tanaban("reconcile", "--since", "yesterday") == 2
    assert "2026-08-01T06:30:00+09:00" in capsys.readouterr().err


def test_replay_writes_what_was_mended_and_names_what_was_not(
    small: Settings,
    shop: Shop,
    database: Connection,
    opensearch: OpenSearch,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TANABAN_REBUILD_PAGE_PRODUCTS", "1")
    mended, hopeless, gone = (shop.product("毒", attributes={"名" * 12_000: ["値"]}) for _ in range(3))
    rebuild(small.model_copy(update={"rebuild_page_products": 1}), allow_dead_letters=3)
    standby = lifecycle.swap(small, lifecycle.open_generation(small))
    database.execute("UPDATE products SET attributes = '{}' WHERE id = %s", [mended])
    database.execute("DELETE FROM products WHERE id = %s", [gone])
    assert tanaban("replay", "--json") == 1
    assert read(capsys) == {"accepted": 1, "gone": 1, "rejected": 1, "dropped": 0}
    rows = database.execute(
        "SELECT product_id, attempts FROM tanaban.dead_letters WHERE generation_id <> %s", [standby.id]
    )
    assert rows.fetchall() == [(hopeless, 3)], "rejected by a page, by the gate, and now"
    database.execute("UPDATE products SET attributes = '{}'")
    lifecycle.prune(small.model_copy(update={"generations_kept": 0}))
    assert tanaban("replay") == 0
    assert "1 accepted, 0 gone, 0 rejected again. 1 belonged to" in capsys.readouterr().out
    assert_index_is_right(database, opensearch, small)


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


@pytest.mark.parametrize("command", ["rebuild", "status", "reconcile", "replay", "rollback", "prune"])
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


def test_nothing_is_proved_or_replayed_without_opensearch(
    small: Settings, database: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.swap(small, lifecycle.open_generation(small))
    database.execute(
        "INSERT INTO tanaban.dead_letters (generation_id, product_id, version, error_type, reason) "
        "SELECT id, gen_random_uuid(), 1, 'test', 'test' FROM tanaban.index_generations"
    )
    monkeypatch.setenv("TANABAN_OPENSEARCH_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("TANABAN_BULK_RETRIES", "0")
    for command in ("reconcile", "replay"):
        assert tanaban(command) == 3
        assert "[search_down]" in capsys.readouterr().err
    assert database.execute("SELECT count(*) FROM tanaban.dead_letters").fetchone() == (1,)
