"""The raw `_bulk` ceiling: finished bodies into an empty index of the same settings and mapping, as fast as it goes."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from benchmarks.connection import Connection, UnexpectedAnswer, build_head
from benchmarks.documents import Bodies

INDEX = "benchmark-bulk"
_NOT_OURS = ("creation_date", "provided_name", "uuid", "version")
_SETTLE_S = 1.0
_PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Between tries of a body that the node has no room for."""


def measure_bulk(url: str, like: str, bodies: Bodies, connections: int) -> float:
    """Documents per second from the first send to the last answer; each answer is durable (translog `request`)."""
    with _empty_index(url, like), ThreadPoolExecutor(connections) as threads:
        todo = iter(bodies.parts)
        lock = threading.Lock()
        started = time.perf_counter()
        for worker in [threads.submit(_send_all, url, bodies, todo, lock) for _ in range(connections)]:
            worker.result()
        seconds = time.perf_counter() - started
        with Connection(url) as connection:
            _check_count(connection, bodies.documents)
    return bodies.documents / seconds


def _send_all(url: str, bodies: Bodies, todo: Iterator[tuple[int, int]], lock: threading.Lock) -> None:
    """One connection's work: the next body, until there is none. `filter_path` keeps the answer at a few bytes.

    A node whose heap is full says 429 until it has collected its garbage, so a body is sent again as any client would.
    """
    target = f"/{INDEX}/_bulk?filter_path=errors"
    with Connection(url) as connection, bodies.file.open("rb") as file:
        while part := _take(todo, lock):
            offset, size = part
            for pause_s in _PAUSES_S:
                status, answer = connection.exchange_file(build_head("POST", target, size), file, offset, size)
                if status != 429:
                    break
                time.sleep(pause_s)
            if status != 200 or answer != b'{"errors":false}':
                raise UnexpectedAnswer(f"_bulk answered {status}: {answer[:300]!r}")


def _take(todo: Iterator[tuple[int, int]], lock: threading.Lock) -> tuple[int, int] | None:
    with lock:
        return next(todo, None)


@contextmanager
def _empty_index(url: str, like: str) -> Iterator[None]:
    """A copy of `like` without its documents, set as a generation that is being built."""
    with Connection(url) as connection:
        (found,) = connection.fetch("GET", f"/{like}").values()
        connection.fetch("PUT", f"/{INDEX}", {"settings": _building(found["settings"]), "mappings": found["mappings"]})
        settle(connection)
        try:
            yield
        finally:
            connection.fetch("DELETE", f"/{INDEX}")


def _building(settings: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in settings["index"].items() if name not in _NOT_OURS}
    return {"index": own | {"refresh_interval": "-1", "number_of_replicas": 0}}


def settle(connection: Connection) -> None:
    """Wait until the node does nothing in the background that would be charged to what is measured next."""
    while True:
        indices = connection.fetch("GET", "/_nodes/stats/indices/merge?filter_path=nodes.*.indices")
        (node,) = indices["nodes"].values()
        time.sleep(_SETTLE_S)
        if node["indices"]["merges"]["current"] == 0:
            return


def _check_count(connection: Connection, expected: int) -> None:
    connection.fetch("POST", f"/{INDEX}/_refresh")
    found = connection.fetch("GET", f"/{INDEX}/_count")["count"]
    if found != expected:
        raise UnexpectedAnswer(f"{INDEX} holds {found} documents instead of {expected}")
