"""`/v1/search` beside raw `_search` with the same bodies, in rounds."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import orjson

from benchmarks.connection import Connection, UnexpectedAnswer, build_request
from benchmarks.figures import summarize
from benchmarks.processes import Shop
from benchmarks.queries import build_requests, fetch_shelves
from benchmarks.recorder import Recorder, recording
from benchmarks.search_round import Round, Side, SideRound, ask, measure_round, warm_up
from benchmarks.up import wait_for_search

_START_LIMIT_S = 60


def measure_searches(
    shop: Shop, api_url: str, opensearch_url: str, searches: int, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """`rounds` rounds, after a check that both sides find the same, and a warm-up."""
    targets = build_requests(fetch_shelves(api_url), searches)
    api = Side(api_url, [build_request("GET", target) for target in targets])
    found = []
    with _recorded_api(shop, opensearch_url) as (recorded_url, recorder):
        raw = Side(opensearch_url, _record(recorded_url, recorder, targets))
        without_hits = _check_same_totals(api, raw)
        say(f"{searches} searches, {without_hits} of them without hits, find the same on both sides; warming up")
        warm_up(raw)
        for number in range(rounds):
            raw = Side(opensearch_url, _record(recorded_url, recorder, targets))
            found.append(measure_round(api, raw, api_first=number % 2 == 0))
            say(f"round {number + 1} of {rounds}: API {_describe(found[-1].api)}; raw {_describe(found[-1].raw)}")
    return _summarize(found) | {"searches": searches, "without_hits": without_hits}


@contextmanager
def _recorded_api(shop: Shop, opensearch_url: str) -> Iterator[tuple[str, Recorder]]:
    """A second API whose OpenSearch is the recorder; it is idle while a round is measured."""
    with (
        recording(opensearch_url) as recorder,
        shop.serve(recorder.url) as url,
    ):
        wait_for_search(url, time.monotonic() + _START_LIMIT_S)
        recorder.forget_start()
        yield url, recorder


def _record(recorded_url: str, recorder: Recorder, targets: Sequence[str]) -> list[bytes]:
    """What the API asks for each target. Anew for each round, because its bodies move with the minute."""
    searches = []
    with Connection(recorded_url) as connection:
        for target in targets:
            ask(connection, build_request("GET", target))
            searches.append(recorder.take())
    return searches


def _check_same_totals(api: Side, raw: Side) -> int:
    """How many requests find nothing. Raises: UnexpectedAnswer when the sides don't find equally many."""
    without_hits = 0
    with Connection(api.url) as api_connection, Connection(raw.url) as raw_connection:
        for asked, search in zip(api.requests, raw.requests, strict=True):
            total = orjson.loads(ask(api_connection, asked))["total"]
            raw_total = orjson.loads(ask(raw_connection, search))["hits"]["total"]["value"]
            if total != raw_total:
                raise UnexpectedAnswer(f"{asked!r} finds {total}, its own _search {raw_total}")
            without_hits += total == 0
    return without_hits


def _describe(side: SideRound) -> str:
    return f"p50 {side.p50_ms:.2f} ms, p95 {side.p95_ms:.2f} ms, {side.per_s:.0f} q/s"


def _summarize(rounds: list[Round]) -> dict[str, Any]:
    return {
        "api": _summarize_side([round.api for round in rounds]),
        "raw": _summarize_side([round.raw for round in rounds]),
        "throughput_ratio": summarize([round.api.per_s / round.raw.per_s for round in rounds]),
    }


def _summarize_side(rounds: list[SideRound]) -> dict[str, Any]:
    return {field.name: summarize([getattr(it, field.name) for it in rounds]) for field in fields(SideRound)}
