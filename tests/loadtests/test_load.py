"""`make load`, for a few seconds, against a real shop on this machine."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from core.settings import Settings
from tests.api.server import closed_port
from tests.benchmarks.small_shop import served_shop
from tests.conftest import fresh_settings

SHORT = ("--users=12", "--spawn-rate=12", "--run-time=8s")


def load(host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TANABAN_LOAD_HOST": host}
    command = [sys.executable, "-m", "loadtests", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def shop_url(servers: Settings, _migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    with fresh_settings(servers, _migrated_database, home) as settings, served_shop(settings) as url:
        yield url


@pytest.mark.live
@pytest.mark.slow
def test_a_shop_that_holds_its_limits_passes(shop_url: str) -> None:
    done = load(shop_url, *SHORT, "--p95-scale=40")

    assert done.returncode == 0, done.stderr
    assert "limit:" not in done.stderr


@pytest.mark.live
@pytest.mark.slow
def test_a_limit_that_does_not_hold_fails_the_run_and_is_named(shop_url: str) -> None:
    done = load(shop_url, *SHORT, "--p95-scale=0.0001")

    assert done.returncode == 1
    assert "limit: search: p95" in done.stderr


@pytest.mark.live
def test_what_was_never_asked_does_not_pass(shop_url: str) -> None:
    done = load(shop_url, "--users=1", "--run-time=1s", "--p95-scale=40")

    assert done.returncode == 1
    assert "never asked" in done.stderr


def test_errors_fail_the_run() -> None:
    """In a process of its own: Locust's import changes the standard library under the one that does it."""
    code = """
from locust.stats import RequestStats
from loadtests.limits import P95_MS, find_violations
stats = RequestStats()
for name in P95_MS:
    for _ in range(100):
        stats.log_request("GET", name, 5, 1)
assert not list(find_violations(stats, 1)), list(find_violations(stats, 1))
for _ in range(10):
    stats.log_request("GET", "search", 5, 1)
    stats.log_error("GET", "search", "500")
print(*find_violations(stats, 1), sep="; ")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "errors: 1.6% of all requests; the limit is 0.5%\n"


def test_a_shop_that_nobody_runs_is_named() -> None:
    host = f"http://127.0.0.1:{closed_port()}"

    done = load(host)

    assert done.returncode == 3
    assert done.stderr == f"error: nobody answers at {host}. Run `make up` first, or set TANABAN_LOAD_HOST.\n"
