"""Real servers for the tests: those of the environment, else Docker's, else an embedded stack of this run.

A live test gets a fresh, migrated database, an index prefix and an empty cache of its own through `settings`.
"""

import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import psycopg
import pytest
import structlog
from opensearchpy import OpenSearch
from psycopg.rows import TupleRow

from core.clients import connect_database, create_opensearch, create_redis
from core.settings import Settings
from stack.lifecycle import start_stack, stop_stack
from stack.reporter import Reporter
from tests.containers import is_docker_there, run_servers

EMBEDDED_HEAP_MB = 1024
REQUIRE_BROWSER = bool(os.environ.get("TANABAN_REQUIRE_BROWSER"))
"""Set by .ci/run: a browser test that is skipped fails."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRE_BROWSER and report.skipped and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"TANABAN_REQUIRE_BROWSER is set, and this browser test was skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """A command that a test runs in this process configures logging for itself, not for the tests after it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def servers() -> Iterator[Settings]:
    """Settings with the URLs of running servers."""
    given = Settings()
    if given.database_url and given.opensearch_url and given.redis_url:
        yield given
        return
    with run_servers(given) if is_docker_there() else _embedded(given) as settings:
        yield settings


@contextmanager
def _embedded(given: Settings) -> Iterator[Settings]:
    """A stack that ends with this process, even a killed one."""
    with tempfile.TemporaryDirectory(prefix="tanaban-tests-") as folder:
        os.chmod(folder, 0o755)  # started by root, PostgreSQL runs as another user and must get in
        home = Path(folder) / "home"
        settings = given.model_copy(update={"home": home, "opensearch_heap_mb": EMBEDDED_HEAP_MB})
        try:
            yield start_stack(settings, Reporter(), ends_with_parent=True)
        finally:
            stop_stack(settings, Reporter())


@pytest.fixture(scope="session")
def _migrated_database(servers: Settings) -> Iterator[str]:
    """Name of a database that has been migrated once; each test's own is a copy."""
    from catalog.migrate import migrate

    name = f"tanaban_template_{token_hex(4)}"
    with connect_database(servers, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            migrate(_at_database(servers, name))
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _at_database(settings: Settings, name: str) -> Settings:
    assert settings.database_url is not None
    url = urlsplit(settings.database_url)._replace(path=f"/{name}").geturl()
    return settings.model_copy(update={"database_url": url})


@pytest.fixture
def settings(servers: Settings, _migrated_database: str, tmp_path: Path) -> Iterator[Settings]:
    """The servers with a database, an index prefix and an emptied cache of this test's own."""
    with fresh_settings(servers, _migrated_database, tmp_path) as own:
        yield own


@contextmanager
def fresh_settings(servers: Settings, template: str, home: Path) -> Iterator[Settings]:
    """What `settings` gives, for fixtures that live longer than one test."""
    token = token_hex(4)
    changes = {"opensearch_index_prefix": f"t{token}-", "home": home, "capture_slot": f"tanaban_test_{token}"}
    own = _at_database(servers, f"tanaban_test_{token}").model_copy(update=changes)
    with connect_database(servers, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE tanaban_test_{token} TEMPLATE {template}")
        with create_redis(own) as cache:
            cache.flushdb()
        try:
            yield own
        finally:
            connection.execute(f"DROP DATABASE tanaban_test_{token} WITH (FORCE)")
            with create_opensearch(own) as client:
                client.indices.delete(index=f"{own.opensearch_index_prefix}*")


@pytest.fixture
def database(settings: Settings) -> Iterator[psycopg.Connection[TupleRow]]:
    """An autocommit connection to this test's database."""
    with connect_database(settings, autocommit=True) as connection:
        yield connection


@pytest.fixture
def opensearch(settings: Settings) -> Iterator[OpenSearch]:
    """The indexer's client; use `settings.opensearch_index_prefix` in every name."""
    with create_opensearch(settings) as client:
        yield client
