"""The whole embedded stack, started, killed and stopped for real."""

import stat
from pathlib import Path

import psycopg
import pytest

from core.clients import connect_database, create_opensearch, create_redis
from core.settings import Settings
from stack.lifecycle import attach_stack, fetch_stack_status, start_stack, stop_stack
from stack.reporter import Reporter
from stack.state import load_state, state_file
from stack.versions import OPENSEARCH_VERSION, POSTGRESQL_MAJOR, VALKEY_MAJOR
from tests.stack.conftest import Transcript, all_embedded, processes_in, wait_for

pytestmark = [pytest.mark.live, pytest.mark.slow]


def pids(home: Path) -> dict[str, int]:
    return {name: record.pid for name, record in load_state(home).servers.items()}


def test_a_stack_starts_is_adopted_survives_sigkill_and_stops(home: Path, transcript: Transcript) -> None:
    settings = all_embedded(home)
    running = start_stack(settings, transcript)
    check_servers(running)
    assert stat.S_IMODE(state_file(home).stat().st_mode) == 0o600
    assert {server.name: server.problem for server in fetch_stack_status(settings)} == dict.fromkeys(pids(home))

    first = pids(home)
    write_something(running)
    assert start_stack(settings, transcript) == running == attach_stack(settings)
    assert pids(home) == first

    for process in processes_in(home):
        process.kill()
    wait_for(lambda: not processes_in(home))
    assert attach_stack(settings) is None
    again = start_stack(settings, transcript)
    assert again.database_url == running.database_url
    assert again.opensearch_url == running.opensearch_url
    assert set(pids(home).values()).isdisjoint(first.values())
    assert read_something(again) == ("kept", "kept", None)

    stop_stack(settings, transcript)
    assert processes_in(home) == []
    assert [server.problem for server in fetch_stack_status(settings)] == ["not running"] * 3


def check_servers(settings: Settings) -> None:
    """The versions and the properties that the rest of the project relies on."""
    with connect_database(settings, autocommit=True) as connection:
        assert connection.info.server_version // 10_000 == POSTGRESQL_MAJOR
        assert connection.execute("SHOW wal_level").fetchone() == ("logical",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.info.host == "127.0.0.1"
    with create_opensearch(settings) as client:
        assert client.info()["version"]["number"] == OPENSEARCH_VERSION
        tokens = client.indices.analyze(body={"tokenizer": "kuromoji_tokenizer", "text": "棚番を探す"})["tokens"]
        assert "探す" in [token["token"] for token in tokens]
        defaults = client.cluster.get_settings(include_defaults=True, flat_settings=True)["defaults"]
        assert defaults["cluster.routing.allocation.disk.watermark.flood_stage"] == "512mb"
    with create_redis(settings) as cache:
        assert str(cache.info("server")["valkey_version"]).split(".")[0] == str(VALKEY_MAJOR)


def write_something(settings: Settings) -> None:
    with connect_database(settings, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (note text)")
        connection.execute("INSERT INTO notes VALUES ('kept')")
    with create_opensearch(settings) as client:
        client.index(index="notes", id="1", body={"note": "kept"})
    with create_redis(settings) as cache:
        cache.set("note", "lost")


def read_something(settings: Settings) -> tuple[object, ...]:
    """What the truth, the index and the cache have of it. The cache may forget, and must start empty."""
    with connect_database(settings, autocommit=True) as connection:
        row = connection.execute("SELECT note FROM notes").fetchone() or (None,)
    with create_opensearch(settings) as client:
        document = client.get(index="notes", id="1")["_source"]["note"]
    with create_redis(settings) as cache:
        return row[0], document, cache.get("note")


def test_a_server_asks_for_its_password(home: Path) -> None:
    settings = all_embedded(home)
    running = start_stack(settings.model_copy(update={"opensearch_url": "http://elsewhere.invalid"}), Reporter())
    assert running.database_url is not None
    scheme, rest = running.database_url.split("//postgres:")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{scheme}//postgres:wrong{rest}")
    assert running.redis_url is not None
    assert "redis://:" in running.redis_url
