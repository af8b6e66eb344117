"""A value that is fetched when somebody needs it, by one caller at a time, and kept for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memo(Generic[Value]):
    """Without a background task: an idle process asks nobody, a busy one asks once per `life_s`.

    A fetch that fails raises to whoever waits for it and leaves the next caller to try again.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Value]], life_s: float) -> None:
        self._fetch = fetch
        self._life_s = life_s
        self._lock = asyncio.Lock()
        self._held: tuple[float, Value] | None = None

    async def get(self, max_age_s: float | None = None) -> Value:
        """The value as it was at most `max_age_s` (default `life_s`) before this call."""
        oldest = time.monotonic() - (self._life_s if max_age_s is None else max_age_s)
        if self._held is None or self._held[0] < oldest:
            async with self._lock:
                if self._held is None or self._held[0] < oldest:
                    asked_at = time.monotonic()
                    self._held = (asked_at, await self._fetch())
        return self._held[1]
