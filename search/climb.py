"""The way up the zero-hit ladder (search/ladder.py): which rung answers. It asks through functions that it is given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalog.tree import CategoryTree
from core.settings import Settings
from search.body import build_body, build_probe, build_tally, finds_unfiltered
from search.choice import (
    ENOUGH_HITS,
    Worth,
    choose_partial,
    choose_rungs,
    keeps_kind,
    may_widen,
    parse_tally,
    weigh_words,
)
from search.ladder import Rung, Stage, build_counts, build_rungs, build_shorter_rungs, build_strict
from search.query import Clause
from search.request import Filters
from search.serving import ServingIndex
from search.understanding import Understanding

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Climb:
    """Of one request. `search` asks the index `serving` one body, `search_many` several in one call."""

    understanding: Understanding
    serving: ServingIndex
    tree: CategoryTree
    now: datetime
    settings: Settings
    search: Callable[[Raw], Awaitable[Raw]]
    search_many: Callable[[list[Raw]], Awaitable[list[Raw]]]

    async def climb(self) -> tuple[Raw, Rung]:
        """The first rung that finds something, with what it finds."""
        strict = build_strict(self.understanding, self.serving)
        raw = await self._ask(strict)
        if count_hits(raw) or not self.understanding.request.text:
            return raw, strict
        if self.understanding.is_restricted and (finds_unfiltered(raw) or await self._finds_unrestricted(strict)):
            return raw, strict
        for rung in await self._choose():
            raw = await self._ask(rung)
            if count_hits(raw):
                break
        return raw, rung

    async def _ask(self, rung: Rung) -> Raw:
        return await self.search(build_body(self.understanding, rung, self.tree, self.serving, self.now, self.settings))

    async def _finds_unrestricted(self, strict: Rung) -> bool:
        """Whether what the shopper restricts is what leaves nothing: then other words would not be what they want."""
        request = replace(self.understanding.request, filters=Filters())
        free = replace(self.understanding, request=request, excluded=())
        return count_hits(await self.search(build_probe(free, strict.must, self.now, self.settings))) > 0

    async def _choose(self) -> tuple[Rung, ...]:
        """The rungs above the strict one that are worth a search, by one call that returns no products."""
        rungs = build_rungs(self.understanding)
        counts = build_counts(self.understanding)
        probes = [self._probe(rung.must) for rung in rungs]
        answers = await self.search_many([*probes, *(self._tally(count.clause) for count in counts)])
        totals = list(map(count_hits, answers[: len(rungs)]))
        worths = weigh_words(counts, list(map(parse_tally, answers[len(rungs) :])))
        chosen = choose_rungs(rungs, totals, worths, may_widen(self.understanding))
        is_last = chosen[0].stage in (Stage.BIGRAM, Stage.POPULAR)
        if is_last or not keeps_kind(chosen[0], worths):
            shorter = await self._choose_shorter(worths)
            chosen = (*(rung for rung in shorter if is_last or keeps_kind(rung, worths)), *chosen)
        return chosen

    async def _choose_shorter(self, worths: Sequence[Worth]) -> tuple[Rung, ...]:
        """With two words left out: for when one is not enough, or is the one that says what is wanted."""
        rungs = build_shorter_rungs(self.understanding)
        if not rungs:
            return ()
        totals = list(map(count_hits, await self.search_many([self._probe(rung.must) for rung in rungs])))
        return (choose_partial(rungs, totals, worths, may_widen(self.understanding)),) if any(totals) else ()

    def _probe(self, must: Sequence[Clause]) -> Raw:
        return build_probe(self.understanding, must, self.now, self.settings, ENOUGH_HITS)

    def _tally(self, clause: Clause) -> Raw:
        return build_tally(self.understanding, clause, self.now, self.settings)


def count_hits(raw: Raw) -> int:
    found: int = raw["hits"]["total"]["value"]
    return found
