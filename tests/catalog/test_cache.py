"""The read-through cache answers rightly whatever Redis holds or does, and one process loads for all."""

import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from typing import NoReturn

import psycopg
import pytest
import structlog
from psycopg.rows import TupleRow
from redis import Redis
from structlog.testing import LogCapture

import catalog.cache
import catalog.cache_outage
from catalog.cache import LOAD_WAIT_S, ReadThroughCache
from core.clients import create_redis
from core.errors import NotFound
from core.metrics import CACHE_READS, DEPENDENCY_FAILURES
from core.settings import Settings
from tests.catalog.cache_reader import LOAD_S, die_loading, load_and_count, read_together, text_cache
from tests.catalog.faults import closed_port, forward, silent_port, with_redis_at

pytestmark = pytest.mark.live

READERS = 4


@pytest.fixture
def redis(settings: Settings) -> Iterator["Redis"]:
    with create_redis(settings) as client:
        yield client


@pytest.fixture
def cache(redis: "Redis", settings: Settings) -> ReadThroughCache[str]:
    return ReadThroughCache(redis, settings, "texts-1", 60, str.encode, bytes.decode)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What is logged about outages."""
    capture = LogCapture()
    monkeypatch.setattr(catalog.cache_outage, "log", structlog.wrap_logger(None, processors=[capture]))
    return capture


def _reads(outcome: str) -> float:
    return float(CACHE_READS.labels("texts-1", outcome)._value.get())


def _entry_key(settings: Settings) -> str:
    return f"tanaban:{settings.opensearch_index_prefix}texts-1:entry:key"


def _never() -> NoReturn:
    raise AssertionError("loaded, although the entry is there")


def test_a_value_is_loaded_once_and_kept_for_its_life(
    cache: ReadThroughCache[str], redis: "Redis", settings: Settings
) -> None:
    hits, misses = _reads("hit"), _reads("miss")
    assert cache.get("key", lambda: "値") == "値"
    assert cache.get("key", _never) == "値"
    assert (_reads("hit") - hits, _reads("miss") - misses) == (1, 1)
    assert 50 < int(str(redis.ttl(_entry_key(settings)))) <= 60


def test_keys_and_deployments_are_apart(cache: ReadThroughCache[str], settings: Settings) -> None:
    cache.get("key", lambda: "ours")
    assert cache.get("other", lambda: "another key") == "another key"
    elsewhere = settings.model_copy(update={"opensearch_index_prefix": "elsewhere-"})
    assert text_cache(elsewhere).get("key", lambda: "theirs") == "theirs"


def test_an_invalidation_reaches_every_process(cache: ReadThroughCache[str], settings: Settings) -> None:
    cache.get("key", lambda: "old")
    assert text_cache(settings).invalidate()
    assert cache.get("key", lambda: "new") == "new"


def test_what_was_read_before_an_invalidation_is_not_believed_after_it(cache: ReadThroughCache[str]) -> None:
    def load_while_it_changes() -> str:
        cache.invalidate()
        return "old"

    assert cache.get("key", load_while_it_changes) == "old"
    assert cache.get("key", lambda: "new") == "new"


def test_a_key_is_forgotten_in_every_process_and_the_others_stay(
    cache: ReadThroughCache[str], settings: Settings
) -> None:
    cache.get("key", lambda: "old")
    cache.get("other", lambda: "kept")
    assert text_cache(settings).forget(["key", "never stored"])
    assert cache.get("key", lambda: "new") == "new"
    assert cache.get("other", _never) == "kept"


def test_what_was_read_before_its_key_was_forgotten_is_not_kept(cache: ReadThroughCache[str]) -> None:
    def load_while_it_changes() -> str:
        cache.forget(["key"])
        return "old"

    assert cache.get("key", load_while_it_changes) == "old"
    assert cache.get("key", lambda: "new") == "new"


def _flip(entry: bytes) -> bytes:
    return entry[:-1] + bytes([entry[-1] ^ 1])


GARBAGE: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda _: b"\xff\xfe\x00",
    lambda _: b"some words of another program",
    lambda _: b'{"value": "of another program"}',
    lambda _: b"0:0000000000000000\nvalue",
    lambda entry: entry[:-1],
    lambda entry: entry + b"x",
    _flip,
]


@pytest.mark.parametrize("spoil", GARBAGE)
def test_garbage_is_counted_and_replaced(
    cache: ReadThroughCache[str], redis: "Redis", settings: Settings, spoil: Callable[[bytes], bytes]
) -> None:
    cache.get("key", lambda: "right")
    entry = redis.get(_entry_key(settings))
    assert isinstance(entry, bytes)
    redis.set(_entry_key(settings), spoil(entry))
    corrupt = _reads("corrupt")
    assert cache.get("key", lambda: "loaded again") == "loaded again"
    assert _reads("corrupt") == corrupt + 1
    assert cache.get("key", _never) == "loaded again"


def test_keys_that_hold_another_type_are_replaced(
    cache: ReadThroughCache[str], redis: "Redis", settings: Settings
) -> None:
    redis.rpush(_entry_key(settings), "a list")
    redis.rpush(_entry_key(settings).replace("entry:key", "epoch"), "another")
    assert cache.get("key", lambda: "loaded") == "loaded"
    assert cache.get("key", _never) == "loaded"
    assert cache.invalidate()
    assert cache.get("key", lambda: "new") == "new"


def test_a_whole_entry_that_cannot_be_read_is_replaced(redis: "Redis", settings: Settings) -> None:
    """Written by another version of the code, under the same name."""
    text_cache(settings).get("key", lambda: "no number")
    numbers = ReadThroughCache(redis, settings, "texts-1", 60, lambda number: str(number).encode(), int)
    assert numbers.get("key", lambda: 5) == 5


def test_a_load_that_fails_is_told_and_keeps_nobody_waiting(cache: ReadThroughCache[str]) -> None:
    def fail() -> str:
        raise NotFound("there is none")

    for _ in range(3):
        with pytest.raises(NotFound):
            cache.get("key", fail)
    started = time.monotonic()
    assert cache.get("key", lambda: "now there is") == "now there is"
    assert time.monotonic() - started < LOAD_WAIT_S / 2


def test_one_of_several_processes_loads(settings: Settings, database: psycopg.Connection[TupleRow]) -> None:
    database.execute("CREATE SEQUENCE loads")
    spawn = get_context("spawn")
    start, readings = spawn.Barrier(READERS), spawn.SimpleQueue()
    readers = [spawn.Process(target=read_together, args=(settings, start, readings)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    assert [readings.get() for _ in readers] == ["1"] * READERS
    assert database.execute("SELECT last_value FROM loads").fetchone() == (1,)
    for reader in readers:
        reader.join(60)


def test_what_was_stored_before_the_lock_was_free_again_is_not_loaded_twice(
    cache: ReadThroughCache[str], redis: "Redis", settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process stores its value, and frees the lock, after this one looked and before it asks for the lock."""
    looks = cache._redis.mget

    def look(*keys: str) -> object:
        monkeypatch.undo()
        seen = looks(*keys)
        assert text_cache(settings).get("key", lambda: "theirs") == "theirs"
        return seen

    monkeypatch.setattr(cache._redis, "mget", look)
    assert cache.get("key", _never) == "theirs"
    assert redis.get(_entry_key(settings).replace("entry:", "lock:")) is None


def test_a_loader_that_was_killed_is_waited_for_a_bounded_time(
    settings: Settings, database: psycopg.Connection[TupleRow]
) -> None:
    database.execute("CREATE SEQUENCE loads")
    loader = get_context("spawn").Process(target=die_loading, args=(settings,))
    loader.start()
    loader.join(60)
    assert loader.exitcode == -9
    cache, started = text_cache(settings), time.monotonic()
    assert cache.get("key", lambda: load_and_count(settings)) == "1"
    assert LOAD_WAIT_S <= time.monotonic() - started < LOAD_WAIT_S + LOAD_S + 0.5
    assert cache.get("key", _never) == "1"


def test_a_redis_that_refuses_costs_nothing_and_one_line(settings: Settings, logged: LogCapture) -> None:
    with closed_port() as port:
        client = create_redis(with_redis_at(settings, port))
        caches = [ReadThroughCache(client, settings, name, 60, str.encode, bytes.decode) for name in ("a", "b")]
        failures, started = DEPENDENCY_FAILURES.labels("redis")._value.get(), time.monotonic()
        for number in range(40):
            assert caches[number % 2].get("key", lambda number=number: str(number)) == str(number)  # type: ignore[misc]
        assert time.monotonic() - started < 0.2
        assert not caches[0].invalidate()
    assert DEPENDENCY_FAILURES.labels("redis")._value.get() == failures + 40
    assert [(line["log_level"], line["event"]) for line in logged.entries] == [
        ("warning", "Redis does not answer; reading PostgreSQL instead")
    ]


def test_a_redis_that_hangs_costs_one_short_wait(settings: Settings, logged: LogCapture) -> None:
    with silent_port() as port:
        cache = text_cache(with_redis_at(settings, port))
        started = time.monotonic()
        assert cache.get("key", lambda: "from PostgreSQL") == "from PostgreSQL"
        assert settings.redis_timeout_ms / 1_000 <= time.monotonic() - started < 0.5
        started = time.monotonic()
        for _ in range(40):
            cache.get("key", lambda: "from PostgreSQL")
        assert time.monotonic() - started < 0.05
    assert len(logged.entries) == 1


def test_a_redis_that_comes_back_is_used_again(
    settings: Settings, logged: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog.cache_outage, "ASK_AGAIN_S", 0.05)
    with closed_port() as port:
        reserved = port
        cache = text_cache(with_redis_at(settings, port))
        cache.get("key", lambda: "from PostgreSQL")
    with forward(reserved, settings):
        time.sleep(0.06)
        assert cache.get("key", lambda: "stored") == "stored"
        assert cache.get("key", _never) == "stored"
    assert [line["log_level"] for line in logged.entries] == ["warning", "info"]
    time.sleep(0.06)
    assert cache.get("key", lambda: "down once more") == "down once more"
    assert [line["log_level"] for line in logged.entries] == ["warning", "info", "warning"]
