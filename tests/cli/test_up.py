"""`tanaban up` as a newcomer runs it, on the servers of the tests."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from opensearchpy import OpenSearch

from cli.interrupt import Interrupt
from cli.output import Output
from cli.prepare import prepare_catalog_and_index
from core.settings import Settings
from indexing.status import fetch_status
from stack.local_http import fetch_json
from stack.ports import describe_holder, find_free_port
from tests.stack.conftest import PROJECT, wait_for

pytestmark = [pytest.mark.live, pytest.mark.slow]

START_LIMIT_S = 120.0


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    names = ("database_url", "opensearch_url", "redis_url", "opensearch_index_prefix", "home")
    given = {f"TANABAN_{name.upper()}": str(getattr(settings, name)) for name in names}
    return {**os.environ, **given, "TANABAN_API_PORT": str(find_free_port(17_000, 17_999))}


@contextmanager
def running_up(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`tanaban up --products 200` from its first line to the moment that it says it is ready."""
    with log.open("wb") as output:
        command = [sys.executable, "-m", "cli.main", "up", "--products", "200"]
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: process.poll() is not None or "Ctrl-C stops" in log.read_text(), START_LIMIT_S)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.kill()
        process.wait()


def test_up_serves_a_sample_shop_until_it_is_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{environment['TANABAN_API_PORT']}"
    log = tmp_path / "up.log"
    with running_up(environment, log) as up:
        text = log.read_text()
        assert "Sample catalog: 200 of 200 products" in text
        assert all(f"{url}{path}" in text for path in ("/", "/docs", "/admin/", "/v1/search"))
        token_file = Path(re.search(r"token: (\S+)", text)[1])  # type: ignore[index]
        assert token_file.stat().st_mode & 0o777 == 0o600
        assert len(token_file.read_text().strip()) >= 32
        status, found = fetch_json(f"{url}/v1/search", timeout_s=10)
        assert status == 200
        assert found["total"] > 100

        api, worker = (child_of(up, name) for name in ("serve", "worker"))
        api.kill()
        wait_for(lambda: "API: ended unexpectedly, starting it again" in log.read_text())
        wait_for(lambda: answers(f"{url}/healthz"))

        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0
        assert not answers(f"{url}/healthz")
        assert not worker.is_running()


def test_a_killed_up_leaves_nothing_that_blocks_the_next(environment: dict[str, str], tmp_path: Path) -> None:
    with running_up(environment, tmp_path / "first.log") as first:
        command = [sys.executable, "-m", "cli.main", "up"]
        another = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        assert another.returncode == 1
        assert "already runs" in another.stderr
        first.kill()
    with running_up(environment, tmp_path / "second.log"):
        text = (tmp_path / "second.log").read_text()
        assert "Sample catalog" not in text, "the second start is warm"
        assert "Writing" not in text


def test_a_taken_port_is_named_with_its_holder_and_the_setting(environment: dict[str, str]) -> None:
    port = environment["TANABAN_API_PORT"]
    holder = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", port], stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: describe_holder(int(port)))
        impatient = [sys.executable, "-c", "from cli import up; up.PORT_PATIENCE_S = 0.5; up.app()"]
        done = subprocess.run(impatient, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        assert f"Port {port} on 127.0.0.1 is taken by" in done.stderr
        assert f"(pid {holder.pid})" in done.stderr
        assert "TANABAN_API_PORT" in done.stderr
    finally:
        holder.kill()
        holder.wait()


def child_of(parent: subprocess.Popen[bytes], command: str) -> psutil.Process:
    return next(child for child in psutil.Process(parent.pid).children() if child.cmdline()[-1] == command)


def answers(url: str) -> bool:
    try:
        return fetch_json(url)[0] == 200
    except OSError:
        return False


def test_up_builds_the_index_again_when_it_was_lost(settings: Settings, opensearch: OpenSearch) -> None:
    interrupt = Interrupt()
    prepare_catalog_and_index(settings, 50, Output(), interrupt)
    first = fetch_status(settings).searched_index
    assert first is not None
    opensearch.indices.delete(index=f"{settings.opensearch_index_prefix}products*")

    prepare_catalog_and_index(settings, 50, Output(), interrupt)

    assert fetch_status(settings).searched_index not in (None, first)
