"""Jars are downloaded through jgo from a real HTTP server that has the layout of a Maven repository."""

import hashlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.errors import DownloadFailed
from stack import jars
from stack.jars import OPENSEARCH, ensure_jars, maven_cache, read_locked_jars
from stack.reporter import Reporter
from tests.stack.conftest import PROJECT, wait_for

pytestmark = pytest.mark.live


class Repository(SimpleHTTPRequestHandler):
    """Serves a folder. `broken` names a file whose transfer ends halfway: a lost connection, or one that hangs."""

    broken = ""
    hangs = threading.Event()
    lost = threading.Event()

    def do_GET(self) -> None:
        if not self.broken or not self.path.endswith(self.broken):
            super().do_GET()
            return
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        self.hangs.set()
        self.lost.wait(30)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Repository]]:
    """A mirror with all jars, put before the default repository by jgo's own configuration file."""
    ensure_jars(OPENSEARCH, Reporter())
    handler = type("Mirror", (Repository,), {"hangs": threading.Event(), "lost": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(maven_cache())))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    configuration = tmp_path / "jgo.conf"
    configuration.write_text(f"[repositories]\nmirror = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def few_jars(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first five of the list: enough to see what happens, and quick."""
    monkeypatch.setattr(jars, "read_locked_jars", lambda jar_list, cache: read_locked_jars(jar_list, cache)[:5])


@pytest.mark.slow
def test_a_fresh_machine_downloads_all_jars(repository: type[Repository], tmp_path: Path) -> None:
    del repository
    cache = tmp_path / "cache"
    paths = ensure_jars(OPENSEARCH, Reporter(), cache)
    assert len(paths) == len(set(paths)) > 100
    assert all(jar.is_sound() for jar in read_locked_jars(OPENSEARCH, cache))
    assert not list(cache.glob(".tanaban-*"))


@pytest.mark.usefixtures("repository", "few_jars")
def test_a_jar_that_a_killed_download_left_half_is_fetched_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    damaged = ensure_jars(OPENSEARCH, Reporter(), cache)[2]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:1_000])
    ensure_jars(OPENSEARCH, Reporter(), cache)
    assert damaged.read_bytes() == whole


@pytest.mark.usefixtures("few_jars")
def test_a_download_that_is_killed_halfway_blocks_nothing(repository: type[Repository], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    victim = read_locked_jars(OPENSEARCH, cache)[1]
    repository.broken = victim.path.name
    code = (
        f"from pathlib import Path; from stack.jars import *; ensure_jars(OPENSEARCH, Reporter(), Path({str(cache)!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT) as download:
        assert repository.hangs.wait(30)
        wait_for(lambda: list(cache.glob(".tanaban-*")))
        download.kill()
    repository.lost.set()
    assert not victim.path.exists()
    assert list(cache.glob(".tanaban-*"))

    repository.broken = ""
    assert victim.path in ensure_jars(OPENSEARCH, Reporter(), cache)
    assert hashlib.sha256(victim.path.read_bytes()).hexdigest() == victim.sha256
    assert not list(cache.glob(".tanaban-*"))


@pytest.mark.usefixtures("few_jars")
def test_a_lost_connection_names_the_jar_and_keeps_the_rest(repository: type[Repository], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    victim = read_locked_jars(OPENSEARCH, cache)[4]
    repository.broken = victim.path.name
    repository.lost.set()
    with pytest.raises(DownloadFailed, match=f"^{victim.coordinates} could not be downloaded.*start again"):
        ensure_jars(OPENSEARCH, Reporter(), cache)
    assert [jar.is_sound() for jar in read_locked_jars(OPENSEARCH, cache)[:5]] == [True, True, True, True, False]
    repository.broken = ""
    ensure_jars(OPENSEARCH, Reporter(), cache)


@pytest.mark.usefixtures("few_jars")
def test_a_jar_with_another_content_is_refused(
    repository: type[Repository], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del repository
    victim = read_locked_jars(OPENSEARCH, tmp_path / "cache")[0]
    false_mirror = tmp_path / "false"
    place = false_mirror / victim.path.relative_to(tmp_path / "cache")
    place.parent.mkdir(parents=True)
    shutil.copy(__file__, place)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Repository, directory=str(false_mirror)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    configuration = tmp_path / "false.conf"
    configuration.write_text(f"[repositories]\nfalse = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))
    try:
        with pytest.raises(DownloadFailed, match=r"does not have the locked hash"):
            jars._download(victim, tmp_path / "partial", "do without")
        assert not victim.path.exists()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
