"""No request waits for names that are renewed, and none gets fewer because a renewal failed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic

import pytest

from core.errors import SearchDown
from search import suggest_cache
from search.suggest_cache import FIRST_WAIT_S, NamesCache
from search.suggest_names import Names

OLD, NEW = Names(), Names()


def answers(names: Names, after_s: float = 0.0) -> Callable[[], AsyncIterator[Names]]:
    async def fetch() -> AsyncIterator[Names]:
        await asyncio.sleep(after_s)
        yield names

    return fetch


async def fails() -> AsyncIterator[Names]:
    raise SearchDown("OpenSearch does not answer")
    yield OLD


def test_the_first_request_waits_for_the_names() -> None:
    async def run() -> None:
        cache = NamesCache()
        assert await cache.get("products-1", answers(OLD)) is OLD
        assert await cache.get("products-1", fails) is OLD

    asyncio.run(run())


def test_a_slow_first_reading_holds_up_no_request_for_long() -> None:
    async def run() -> None:
        cache, started = NamesCache(), monotonic()
        slow = answers(OLD, after_s=1.2)
        assert await cache.get("products-1", slow) is not OLD
        assert FIRST_WAIT_S <= monotonic() - started < 1.0
        again = monotonic()
        assert await cache.get("products-1", slow) is not OLD
        assert monotonic() - again < 0.1
        await asyncio.sleep(1.0)
        assert await cache.get("products-1", fails) is OLD

    asyncio.run(run())


def test_names_of_another_index_or_of_a_minute_ago_serve_until_the_new_ones_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        cache = NamesCache()
        await cache.get("products-1", answers(OLD))
        assert await cache.get("products-2", answers(NEW, after_s=0.05)) is OLD
        await asyncio.sleep(0.1)
        assert await cache.get("products-2", fails) is NEW

        monkeypatch.setattr(suggest_cache, "monotonic", lambda: monotonic() + suggest_cache.LIFE_S)
        assert await cache.get("products-2", answers(OLD)) is NEW
        await asyncio.sleep(0.05)
        assert await cache.get("products-2", fails) is OLD

    asyncio.run(run())


def test_a_failed_renewal_leaves_the_names_and_is_not_repeated_at_once() -> None:
    async def run() -> None:
        cache = NamesCache()
        await cache.get("products-1", answers(OLD))
        assert await cache.get("products-2", fails) is OLD
        await asyncio.sleep(0.05)
        assert await cache.get("products-2", answers(NEW)) is OLD
        await asyncio.sleep(0.05)
        assert await cache.get("products-2", answers(NEW)) is OLD

    asyncio.run(run())
