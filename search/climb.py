"""The way up the zero-hit ladder (search/ladder.py): which rung answers. It asks through functions that it is given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from analyzers.words import Word
from catalog.tree import CategoryTree
from core.settings import Settings
from search.body import build_body, build_probe
from search.ladder import Rung, Stage, build_rungs, build_shorter_rungs, build_strict, choose_partial, choose_rungs
from search.query import Clause
from search.request import Filters
from search.serving import ServingIndex
from search.understanding import Understanding

Raw = dict[str, Any]

FREQUENCY_MAX = 10_000
"""Products that a word is counted in, to find the least informative one; beyond it words are equally common."""


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
        if self.understanding.is_restricted and await self._finds_unrestricted(strict):
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
        counted = {n: rung.frequency for n, rung in enumerate(rungs) if rung.frequency}
        probes = [*(self._probe(rung.must) for rung in rungs), *map(self._count, counted.values())]
        totals = await self._totals(probes)
        by_rung = dict(zip(counted, totals[len(rungs) :], strict=True))
        frequencies = [by_rung.get(n, 0) for n in range(len(rungs))]
        chosen = choose_rungs(rungs, totals[: len(rungs)], frequencies)
        if chosen[0].stage in (Stage.BIGRAM, Stage.POPULAR):
            by_word = {rungs[n].dropped[0]: frequencies[n] for n in counted}
            chosen = (*await self._choose_shorter(by_word), *chosen)
        return chosen

    async def _choose_shorter(self, frequencies: dict[Word, int]) -> tuple[Rung, ...]:
        rungs = build_shorter_rungs(self.understanding)
        if not rungs:
            return ()
        totals = await self._totals([self._probe(rung.must) for rung in rungs])
        known = [sum(frequencies.get(word, 0) for word in rung.dropped) for rung in rungs]
        return (choose_partial(rungs, totals, known),) if any(totals) else ()

    def _probe(self, must: Sequence[Clause]) -> Raw:
        return build_probe(self.understanding, must, self.now, self.settings)

    def _count(self, frequency: Clause) -> Raw:
        return build_probe(self.understanding, [frequency], self.now, self.settings, FREQUENCY_MAX)

    async def _totals(self, bodies: list[Raw]) -> list[int]:
        return [count_hits(answer) for answer in await self.search_many(bodies)]


def count_hits(raw: Raw) -> int:
    found: int = raw["hits"]["total"]["value"]
    return found
