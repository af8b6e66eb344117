"""The Makefile, the installer and what CI adds, as far as they can be tried without installing twice."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
TARGETS = ("help", "up", "test", "faults", "mutations", "check", "bench", "bench-peers", "load", "relevance", "ci")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_help_lists_the_targets() -> None:
    listed = [line.split()[0] for line in run("make", "help").stdout.splitlines()]
    assert set(TARGETS) <= set(listed)


def test_an_old_or_missing_python_is_told_what_to_do(tmp_path: Path) -> None:
    done = run("./install.sh", "/bin/false", str(tmp_path / "venv"), "requirements.txt", str(tmp_path / "stamp"))
    assert done.returncode == 1
    assert "Install Python 3.11 or newer" in done.stderr


def test_a_failed_download_names_the_package_and_leaves_no_stamp(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    done = run("./install.sh", sys.executable, str(environment), str(requirements), str(tmp_path / "stamp"), **offline)
    assert done.returncode == 1
    assert "no-such-package" in done.stderr
    assert "Check the network" in done.stderr
    assert not (tmp_path / "stamp").exists()


@pytest.mark.parametrize(("required", "status"), [("1", 1), ("", 0)])
def test_ci_fails_on_a_browser_test_that_is_skipped(tmp_path: Path, required: str, status: int) -> None:
    test = tmp_path / "test_page.py"
    test.write_text("import pytest\n\n@pytest.mark.browser\ndef test_page():\n    pytest.skip('no Chromium')\n")
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "tests.conftest", str(test)]
    done = run(*command, TANABAN_REQUIRE_BROWSER=required)
    assert done.returncode == status, done.stdout
    assert "no Chromium" in done.stdout


def test_the_scripts_are_sound() -> None:
    for script, shell in {"install.sh": "sh", ".ci/run": "bash"}.items():
        assert os.access(PROJECT / script, os.X_OK)
        assert run(shell, "-n", script).returncode == 0
