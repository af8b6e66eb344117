"""One round of searches: the API and raw OpenSearch, by the same client, one after the other."""

import itertools
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.bulk import settle
from benchmarks.connection import Connection, UnexpectedAnswer
from benchmarks.figures import percentile

CONNECTIONS = 4

WARM_SEARCHES = 50_000
"""OpenSearch's JVM compiles for that long: the CPU of a search fell from 4.3 to 1.8 ms over them (20,000 products).
Until then its compiler takes a share of the time that passes, and so more per search from the slower side."""

THROUGHPUT_PASSES = 3
"""Times that all requests are sent for one throughput: a single pass takes under a second, and swings by a tenth."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: where it listens, and its requests, in the order that both share."""

    url: str
    requests: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class SideRound:
    """What one side did. `again_p50_ms`: the same requests once more, answered from OpenSearch's request cache."""

    p50_ms: float
    p95_ms: float
    again_p50_ms: float
    per_s: float
    client_cpu_ms: float
    """CPU of the client itself per request, while `per_s` was measured."""


@dataclass(frozen=True, slots=True)
class Round:
    api: SideRound
    raw: SideRound


def warm_up(raw: Side) -> None:
    """Search until the JVM is at its speed, so that no round is measured against a slower one."""
    for _ in range(math.ceil(WARM_SEARCHES / len(raw.requests))):
        _measure_pass(raw, raw.url)


def measure_round(api: Side, raw: Side, api_first: bool) -> Round:
    """Both sides; who begins should alternate."""
    if api_first:
        first = _measure_side(api, raw.url)
        return Round(first, _measure_side(raw, raw.url))
    first = _measure_side(raw, raw.url)
    return Round(_measure_side(api, raw.url), first)


def _measure_side(side: Side, opensearch_url: str) -> SideRound:
    start_afresh(opensearch_url)
    seconds = measure_latencies(side)
    again = measure_latencies(side)
    start_afresh(opensearch_url)
    per_s, client_cpu_ms = _measure_throughput(side, opensearch_url)
    p50_ms, p95_ms, again_p50_ms = (
        percentile(values, percent) * 1e3 for values, percent in ((seconds, 50), (seconds, 95), (again, 50))
    )
    return SideRound(p50_ms, p95_ms, again_p50_ms, per_s, client_cpu_ms)


def start_afresh(opensearch_url: str) -> None:
    """Nothing cached, nothing under way."""
    _empty_request_cache(opensearch_url)
    with Connection(opensearch_url) as connection:
        settle(connection)


def _empty_request_cache(opensearch_url: str) -> None:
    """Else every answer after the first pass would come from it, and nothing but the cache would be measured."""
    with Connection(opensearch_url) as connection:
        connection.fetch("POST", "/_cache/clear?request=true")


def measure_latencies(side: Side) -> list[float]:
    """Seconds of each request, one after the other."""
    seconds = []
    with Connection(side.url) as connection:
        for request in side.requests:
            started = time.perf_counter()
            ask(connection, request)
            seconds.append(time.perf_counter() - started)
    return seconds


def _measure_throughput(side: Side, opensearch_url: str) -> tuple[float, float]:
    """All requests over all connections, some times: requests per second, and the client's CPU per request in ms."""
    passes = [_measure_pass(side, opensearch_url) for _ in range(THROUGHPUT_PASSES)]
    seconds, cpu = (sum(column) for column in zip(*passes, strict=True))
    requests = THROUGHPUT_PASSES * len(side.requests)
    return requests / seconds, cpu / requests * 1e3


def _measure_pass(side: Side, opensearch_url: str) -> tuple[float, float]:
    """Each request once, none from a cache: seconds, and seconds of the client's CPU."""
    _empty_request_cache(opensearch_url)
    turn = itertools.count()  # next() of it is one step under the interpreter's lock

    def work() -> None:
        with Connection(side.url) as connection:
            while (number := next(turn)) < len(side.requests):
                ask(connection, side.requests[number])

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        started, cpu = time.perf_counter(), time.process_time()
        for worker in [threads.submit(work) for _ in range(CONNECTIONS)]:
            worker.result()
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return seconds, cpu


def ask(connection: Connection, request: bytes) -> bytes:
    """Raises: UnexpectedAnswer unless it is a 200."""
    status, answer = connection.exchange(request)
    if status != 200:
        raise UnexpectedAnswer(f"{request[:200]!r} answered {status}: {answer[:300]!r}")
    return answer
