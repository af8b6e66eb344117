"""`tanaban catalog` as a person calls it: what it prints, what it leaves, how it exits."""

from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg
import pytest
from psycopg.rows import TupleRow

from cli.main import main
from core.settings import Settings

pytestmark = pytest.mark.live

GOOD = b'{"sku": "A", "name": "\xe9\x9d\xb4", "category": ["\xe9\x9d\xb4"], "price": 100}\n'
BAD = b'{"sku": "B", "prise": 1}\n'

Call = Callable[..., int]


@pytest.fixture
def call(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Runs a command on this test's servers, in a folder of its own; returns its exit code."""
    monkeypatch.chdir(tmp_path)
    for name in ("database_url", "opensearch_url", "redis_url"):
        monkeypatch.setenv(f"TANABAN_{name.upper()}", getattr(settings, name))

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["catalog", *arguments])
        return int(ended.value.code or 0)

    return run


def test_a_good_file_is_loaded_and_leaves_no_rejects(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.jsonl").write_bytes(GOOD)
    assert call("import", "shop.jsonl") == 0
    assert "1 products created" in capsys.readouterr().out
    assert not Path("shop.jsonl.rejects.jsonl").exists()


def test_bad_lines_are_named_and_kept_for_mending(
    call: Call, capsys: pytest.CaptureFixture[str], database: psycopg.Connection[TupleRow]
) -> None:
    Path("shop.jsonl").write_bytes(GOOD + BAD)
    assert call("import", "shop.jsonl") == 1
    assert "line 2: name: is required" in capsys.readouterr().out
    assert Path("shop.jsonl.rejects.jsonl").read_bytes() == BAD
    assert database.execute("SELECT sku FROM products").fetchall() == [("A",)]
    assert call("import", "shop.jsonl", "--skip-bad") == 0


def test_json_is_one_object_on_stdout(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.jsonl").write_bytes(GOOD + BAD)
    assert call("import", "shop.jsonl", "--json", "--rejects", "bad.jsonl") == 1
    answer = orjson.loads(capsys.readouterr().out)
    assert (answer["created"], answer["bad_lines"], answer["bad"][0]["line"]) == (1, 1, 2)
    assert Path("bad.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "nowhere.jsonl"], 1),
        (["import", "shop.jsonl", "--rejects", "shop.jsonl"], 2),
        (["import", "shop.jsonl", "--partial", "--prune-missing"], 2),
        (["import", "shop.jsonl", "--rejects", "no/such/folder"], 1),
        (["export", "no/such/folder"], 1),
        (["sample", "--products", "0"], 2),
    ],
)
def test_wrong_usage_exits_with_a_code_and_leaves_the_file(call: Call, arguments: list[str], code: int) -> None:
    Path("shop.jsonl").write_bytes(BAD)
    assert call(*arguments) == code
    assert Path("shop.jsonl").read_bytes() == BAD


def test_a_refused_prune_exits_1_even_if_bad_lines_are_skipped(call: Call) -> None:
    Path("shop.jsonl").write_bytes(GOOD + b"{\n")
    assert call("import", "shop.jsonl", "--prune-missing", "--skip-bad") == 1


def test_an_export_is_whole_or_not_there(call: Call, database: psycopg.Connection[TupleRow]) -> None:
    Path("shop.jsonl").write_bytes(GOOD)
    call("import", "shop.jsonl")
    assert call("export", "out.jsonl") == 0
    whole = Path("out.jsonl").read_bytes()
    assert orjson.loads(whole)["sku"] == "A"
    database.execute("DROP TABLE product_images")
    assert call("export", "out.jsonl") == 3
    assert Path("out.jsonl").read_bytes() == whole
    assert not Path("out.jsonl.part").exists()


def test_the_sample_fills_an_empty_database_once(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("migrate") == 0
    assert call("sample", "--products", "50") == 0
    assert "50 products are loaded" in capsys.readouterr().out
    assert call("sample", "--products", "50") == 1
    assert "already has rows" in capsys.readouterr().err
