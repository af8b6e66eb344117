"""A value that many ask for is fetched once."""

import asyncio

import pytest

from search.memo import Memo


class Source:
    """Counts how often it is asked; takes a moment."""

    def __init__(self) -> None:
        self.asked = 0
        self.broken = False

    async def fetch(self) -> int:
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.broken:
            raise OSError("down")
        return self.asked


async def ask_together(memo: Memo[int], callers: int, max_age_s: float | None = None) -> list[int]:
    return await asyncio.gather(*(memo.get(max_age_s) for _ in range(callers)))


def test_callers_at_the_same_time_share_one_fetch() -> None:
    async def scenario() -> None:
        source = Source()
        memo = Memo(source.fetch, life_s=60)
        assert await ask_together(memo, 20) == [1] * 20
        assert await memo.get() == 1
        assert max(await ask_together(memo, 20, max_age_s=0)) <= 3

    asyncio.run(scenario())


def test_a_value_is_fetched_again_after_its_life() -> None:
    async def scenario() -> None:
        source = Source()
        memo = Memo(source.fetch, life_s=0.05)
        assert await memo.get() == 1
        await asyncio.sleep(0.06)
        assert await memo.get() == 2

    asyncio.run(scenario())


def test_a_failed_fetch_is_tried_again_by_the_next_caller() -> None:
    async def scenario() -> None:
        source = Source()
        memo = Memo(source.fetch, life_s=60)
        source.broken = True
        with pytest.raises(OSError, match="down"):
            await memo.get()
        source.broken = False
        assert await memo.get() == 2

    asyncio.run(scenario())
