"""A process of its own that reads a cache; its loads are counted by a sequence in PostgreSQL."""

import os
import signal
import time
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

import catalog.cache
from catalog.cache import ReadThroughCache
from core.clients import connect_database, create_redis
from core.settings import Settings

LOAD_S = 0.2


def text_cache(settings: Settings) -> ReadThroughCache[str]:
    return ReadThroughCache(create_redis(settings), settings, "texts-1", 60, str.encode, bytes.decode)


def load_and_count(settings: Settings) -> str:
    """Takes a moment, as a database may; answers with the number of the load."""
    with connect_database(settings, autocommit=True) as connection:
        row = connection.execute("SELECT nextval('loads')::text").fetchone()
    assert row is not None
    time.sleep(LOAD_S)
    return str(row[0])


def read_together(settings: Settings, start: Barrier, readings: "SimpleQueue[str]") -> None:
    """Reads when all are ready, and puts what it got into `readings`; patient, on a machine however busy."""
    catalog.cache.LOAD_WAIT_S = 30
    cache = text_cache(settings.model_copy(update={"redis_timeout_ms": 10_000}))
    start.wait(60)
    readings.put(cache.get("key", lambda: load_and_count(settings)))


def die_loading(settings: Settings) -> None:
    """A loader that is killed in the middle, with the lock in its hands."""

    def die() -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return "never"

    text_cache(settings).get("key", die)
