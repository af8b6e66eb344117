"""Which rung of the zero-hit ladder is searched, by what the probes of all found. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyzers.word import Word
from search.ladder import NAMED, Counted, Rung, Stage, build_kept, has_measured, is_amount, is_exact, loses_head
from search.query import build_weighed
from search.request import Filters, Sort
from search.understanding import Understanding
from search.weights import weigh_information

ENOUGH_HITS = 10
"""Hits of a rung beyond which nobody looks for what has less of the text; probes of `partial` rungs count so far."""

_KIND_SHARE_MIN = 0.5
_KIND_PRODUCTS_MIN = 5
"""Products from which it says something that one category has most of them."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Products that have a word, and the greatest share of them that one category has."""

    products: int
    in_one_category: float = 0.0


def parse_tally(raw: Mapping[str, Any]) -> Tally:
    category = raw["aggregations"]["category"]
    most = sum(bucket["doc_count"] for bucket in category["buckets"])
    return Tally(raw["hits"]["total"]["value"], most / max(1, most + category["sum_other_doc_count"]))


@dataclass(frozen=True, slots=True)
class Worth:
    """What a word says: `frequency` products have it; most have what says least. `readiness` as `Counted` has it."""

    word: Word
    frequency: int
    readiness: int


def weigh_words(counted: Sequence[Counted], tallies: Sequence[Tally]) -> tuple[Worth, ...]:
    """Where no category was recognised, a word that most products of one category share says what is wanted: 水筒 is
    one, 軽量 is not. It is given up as a category is.
    """
    worths = [Worth(it.word, tally.products, it.readiness) for it, tally in zip(counted, tallies, strict=True)]
    if any(worth.readiness == NAMED and worth.frequency for worth in worths):
        return tuple(worths)
    kinds = [worth for worth, tally in zip(worths, tallies, strict=True) if _is_kind(worth, tally)]
    kind = max(kinds, key=lambda worth: worth.frequency, default=None)
    return tuple(replace(worth, readiness=NAMED) if worth is kind else worth for worth in worths)


def choose_rungs(
    rungs: Sequence[Rung], totals: Sequence[int], worths: Sequence[Worth], may_widen: bool
) -> tuple[Rung, ...]:
    """What to search, the first that finds something; only of the last one it is known.

    `totals` belong to `rungs`. When several words are known to no product, all these are left out.
    """
    first = next((rung for rung, total in zip(rungs, totals, strict=True) if total), rungs[-1])
    if first.stage is Stage.PARTIAL:
        return (choose_partial(rungs, totals, worths, may_widen),)
    if first.stage in (Stage.BIGRAM, Stage.POPULAR):
        return (*_known_words(worths), first)
    return (first,)


def choose_partial(rungs: Sequence[Rung], totals: Sequence[int], worths: Sequence[Worth], may_widen: bool) -> Rung:
    """Of those with hits the one whose words are given up most readily, and then say least: most products have them.

    What is no match is chosen last, and called `popular`.
    """
    by_word = {worth.word: worth for worth in worths}

    def read(rung: Rung) -> tuple[bool, bool, int, int]:
        dropped = [by_word[word] for word in rung.dropped]
        readiness = sum(worth.readiness for worth in dropped)
        return keeps_kind(rung, worths), _is_match(rung), readiness, sum(worth.frequency for worth in dropped)

    found = [(rung, total) for rung, total in zip(rungs, totals, strict=True) if total and rung.stage is Stage.PARTIAL]
    best, total = max(found, key=lambda pair: read(pair[0]))
    if not _is_match(best):
        return replace(best, stage=Stage.POPULAR)
    return _widen(best, worths) if may_widen and total < ENOUGH_HITS else best


def may_widen(understanding: Understanding) -> bool:
    """Not where the shopper narrows: a facet's count would not be what it leads to. Nor where price orders: what lacks
    more would come first. Nor a number without what it counts."""
    is_ranked = understanding.request.sort is Sort.RELEVANCE
    return understanding.given == Filters() and is_ranked and not has_measured(understanding)


def _is_match(rung: Rung) -> bool:
    """Not without a code or an amount that was asked for, or a compound's end, and not by an amount alone."""
    return not (any(map(is_exact, rung.dropped)) or all(map(is_amount, rung.words)) or loses_head(rung))


def keeps_kind(rung: Rung, worths: Sequence[Worth]) -> bool:
    """Whether a rung has all known words that say what is wanted."""
    return not any(worth.readiness == NAMED and worth.frequency and worth.word in rung.dropped for worth in worths)


def _widen(rung: Rung, worths: Sequence[Worth]) -> Rung:
    """For few hits: after the products that lack what is dropped those that lack other words, rare ones rather not.

    What says what is wanted stays needed, and of the rest at least half. One word alone would be anything.
    """
    known = [worth for worth in worths if worth.frequency]
    needed = [worth for worth in known if worth.readiness == NAMED and worth.word not in rung.dropped]
    others = [worth for worth in known if worth not in needed]
    least = min(math.ceil(len(others) / 2), sum(worth.word not in rung.dropped for worth in others))
    if not needed and least < 2:
        return rung
    must = build_weighed(_weigh(needed), _weigh(others), least)
    return replace(rung, must=(must,), words=tuple(worth.word for worth in known))


def _weigh(worths: Sequence[Worth]) -> list[tuple[Word, float]]:
    return [(worth.word, weigh_information(worth.frequency)) for worth in worths]


def _is_kind(worth: Worth, tally: Tally) -> bool:
    is_word = worth.readiness == NAMED + 1
    return is_word and tally.products >= _KIND_PRODUCTS_MIN and tally.in_one_category >= _KIND_SHARE_MIN


def _known_words(worths: Sequence[Worth]) -> list[Rung]:
    known = tuple(worth.word for worth in worths if worth.frequency)
    unknown = tuple(worth.word for worth in worths if not worth.frequency)
    return [build_kept(known, unknown)] if known and len(unknown) > 1 else []
