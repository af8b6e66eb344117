"""The command line as a person or a script meets it: help, exit codes, errors, --json."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from catalog.migrate import downgrade, migrate
from cli.main import ENTRIES, Entry, main
from cli.output import Output, describe_amount, exit_code
from cli.runtime import build_environment
from core import errors
from core.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


def tanaban(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell would, with no setting but the given ones."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TANABAN_")}
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env={**clean, **environment}, capture_output=True, text=True, check=False, timeout=120
    )


def test_help_lists_every_command() -> None:
    done = tanaban("--help")
    assert done.returncode == 0
    assert all(f" {entry.name} " in done.stdout for entry in ENTRIES)


def test_help_is_fast_because_it_loads_no_command() -> None:
    code = "import sys; from cli.main import main\ntry: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    loaded = set(done.stderr.split())
    assert "cli.output" in loaded
    assert not loaded & {entry.module for entry in ENTRIES} | loaded & {
        "psycopg",
        "opensearchpy",
        "sqlalchemy",
        "redis",
    }


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_listed_command_exists(entry: Entry) -> None:
    assert isinstance(import_module(entry.module).app, typer.Typer)
    with pytest.raises(SystemExit) as ended:
        main([entry.name, "--help"])
    assert ended.value.code == 0


@pytest.mark.parametrize(
    "arguments", [["fly"], ["stack", "fly"], ["up", "--products", "-1"], ["stack", "env", "--xml"]]
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    done = tanaban(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_used_is_named() -> None:
    done = tanaban("stack", "status", TANABAN_API_PORT="many")
    assert done.returncode == 2
    assert "TANABAN_API_PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_dependency_that_is_down_is_3_in_one_line(tmp_path: Path) -> None:
    done = tanaban("stack", "env", TANABAN_HOME=str(tmp_path))
    assert done.returncode == 3
    assert done.stderr == "error: The stack is not running. Start it with `tanaban stack start`. [stack]\n"


def test_json_is_one_object_also_for_an_error(tmp_path: Path) -> None:
    done = tanaban("stack", "env", "--json", TANABAN_HOME=str(tmp_path))
    assert done.returncode == 3
    assert json.loads(done.stdout)["code"] == "stack"


def test_status_of_a_stack_that_is_down_is_1(tmp_path: Path) -> None:
    done = tanaban("stack", "status", "--json", TANABAN_HOME=str(tmp_path))
    assert done.returncode == 1
    assert [server["problem"] for server in json.loads(done.stdout)["servers"]] == ["not running"] * 3


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InvalidParameter(), 2),
        (errors.DatabaseDown(), 3),
        (errors.PortTaken(), 3),
        (errors.GateRefused(), 1),
        (errors.NotFound(), 1),
    ],
)
def test_exit_codes(error: errors.TanabanError, code: int) -> None:
    assert exit_code(error) == code


def test_an_error_that_nobody_expects_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.stack_commands.load_settings", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["stack", "env"])


def test_progress_off_a_terminal_is_plain_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.output.LINE_EVERY_S", 0.0)
    with Output().progress("Index", "products") as advance:
        advance(0, 100)
        advance(100, 100)
    assert capsys.readouterr().out.splitlines() == ["Index: 0 of 100 products", "Index: 100 of 100 products"]


def test_progress_is_silent_between_lines_but_never_hides_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("Index", "products") as advance:
        for done in range(0, 101, 10):
            advance(done, 100)
    assert capsys.readouterr().out.splitlines() == ["Index: 100 of 100 products"]


def test_with_json_progress_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=True)
    output.say("working")
    with output.progress("Index") as advance:
        advance(1, 1)
    output.result({"done": 1}, "unused")
    captured = capsys.readouterr()
    assert captured.out == '{"done": 1}\n'
    assert captured.err == "working\nIndex: 1 of 1\n"


def test_an_unknown_total_shows_what_is_done() -> None:
    assert describe_amount(1_234, None, "lines", 1.0) == "1,234 lines, 1,234/s"


@pytest.mark.live
def test_the_doctor_tells_what_is_wrong_and_what_to_do(settings: Settings) -> None:
    environment = {
        f"TANABAN_{name.upper()}": str(getattr(settings, name))
        for name in ("database_url", "opensearch_url", "redis_url", "home")
    }
    empty = tanaban("doctor", TANABAN_API_PORT="0", **environment)
    assert empty.returncode == 1
    assert [line for line in empty.stdout.splitlines() if not line.startswith("ok   ")] == [
        "FAIL Index: none -> Run `tanaban index rebuild`"
    ]
    assert "ok   kuromoji: installed" in empty.stdout
    assert str(settings.home / "logs") in empty.stdout

    down = tanaban("doctor", TANABAN_API_PORT="0", **environment | {"TANABAN_REDIS_URL": "redis://127.0.0.1:1/0"})
    assert down.returncode == 1
    assert "FAIL Redis: " in down.stdout
    assert "TANABAN_REDIS_URL" in down.stdout


@pytest.mark.live
def test_a_database_of_another_version_says_what_to_run(settings: Settings) -> None:
    downgrade(settings, "base")

    done = tanaban("index", "status", **build_environment(settings))

    assert done.returncode == 3
    assert "tanaban catalog migrate" in done.stderr
    assert "Traceback" not in done.stderr

    migrate(settings)
    downgrade(settings, "0002_service")
    seen = tanaban("doctor", **build_environment(settings))

    assert seen.returncode == 1
    assert "FAIL Schema: 0002_service -> Run `tanaban catalog migrate`" in seen.stdout
