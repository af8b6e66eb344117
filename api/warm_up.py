"""A first search that no shopper waits for: a new process else takes half a second for theirs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from api.state import Shared
from core.errors import TanabanError
from search.request import SearchRequest

_TEXT = "セール"


@asynccontextmanager
async def warming_up(state: Shared) -> AsyncIterator[None]:
    """Beside the first requests, which wait for the same loads. What is down is asked again by those who need it."""
    task = asyncio.create_task(_warm_up(state))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _warm_up(state: Shared) -> None:
    with suppress(TanabanError):
        tree, vocabulary = await state.tree(), await state.vocabulary()
        await state.search.search(SearchRequest(_TEXT), tree, vocabulary, datetime.now(UTC))
