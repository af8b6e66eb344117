"""The names that are suggested from memory, renewed behind the shopper's back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic

import structlog

from core.errors import TanabanError
from search.suggest_names import Names

log = structlog.get_logger("search.suggest")

LIFE_S = 60.0
RETRY_S = 5.0
"""After a failed renewal the next one."""

FIRST_WAIT_S = 0.5
"""How long after a process began to read its first names requests wait for them; then they get products alone."""


class NamesCache:
    """One per process. Names are known for one index; of another one they are renewed at once.

    A request never waits for a renewal, and one whose renewal fails gets the names that were known before.
    """

    def __init__(self) -> None:
        self._held: Names | None = None
        self._index = ""
        self._until = 0.0
        self._wait_until = 0.0
        self._renewal: asyncio.Task[None] | None = None

    async def get(self, index: str, fetch: Callable[[], AsyncIterator[Names]]) -> Names:
        """`fetch` is of `index`, and is called when it is time; the last names that it gives are the complete ones."""
        is_due = index != self._index or monotonic() >= self._until
        if is_due and (self._renewal is None or self._renewal.done()):
            self._wait_until = monotonic() + FIRST_WAIT_S
            self._renewal = asyncio.create_task(self._renew(index, fetch))
        if self._held is None and self._renewal is not None and not self._renewal.done():
            await asyncio.wait([self._renewal], timeout=max(self._wait_until - monotonic(), 0.0))
        return self._held or Names()

    async def _renew(self, index: str, fetch: Callable[[], AsyncIterator[Names]]) -> None:
        self._index, self._until = index, monotonic() + RETRY_S
        try:
            async for names in fetch():
                self._held = names
            self._until = monotonic() + LIFE_S
        except TanabanError as error:
            log.warning("Suggested names could not be renewed", error=str(error))
