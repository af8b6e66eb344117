"""A first search that no shopper waits for: a new process else takes half a second for theirs."""

from datetime import UTC, datetime

import structlog

from api.state import Shared
from core.errors import TanabanError
from search.request import SearchRequest

log = structlog.get_logger("api")

_TEXT = "セール"


async def warm_up(state: Shared) -> None:
    """Beside the first requests, which wait for the same loads. What is down is asked again by those who need it."""
    try:
        tree, vocabulary = await state.tree(), await state.vocabulary()
        await state.search.search(SearchRequest(_TEXT), tree, vocabulary, datetime.now(UTC))
    except TanabanError as error:
        log.info("Nothing was searched at the start: the first shopper waits longer", error=str(error))
