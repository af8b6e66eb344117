"""The zero-hit ladder: what is tried, in order, when no product has all words of a text. Pure.

Each rung finds more and means less than the one before, and says what it is: `strict`, `lookalike`, `typo`, `partial`
(a word was left out), `bigram`, `popular` (not a match). All rungs are probed at once, by searches that return no
products, so a text costs three calls at most, whatever it is (I11).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from analyzers.loose import add_lookalikes, add_typos
from analyzers.words import Word
from core.limits import PARTIAL_WORDS_MAX
from search.query import NOTHING, Clause, build_kuromoji_words, build_phrase, build_words
from search.serving import ServingIndex
from search.understanding import Understanding


class Stage(StrEnum):
    STRICT = "strict"
    LOOKALIKE = "lookalike"
    TYPO = "typo"
    PARTIAL = "partial"
    BIGRAM = "bigram"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True)
class Rung:
    """`must` is what finds products; `words` are what is marked in their names."""

    stage: Stage
    must: tuple[Clause, ...]
    words: tuple[Word, ...] = ()
    dropped: tuple[str, ...] = ()
    frequency: Clause | None = field(default=None)
    """Of a `partial` rung: what counts the products that have the dropped word."""


def build_strict(understanding: Understanding, serving: ServingIndex) -> Rung:
    """The text as it was understood; one of nothing but filters browses."""
    if understanding.finds_nothing:
        return Rung(Stage.STRICT, (NOTHING,))
    if understanding.words and not serving.has_terms:
        return Rung(Stage.STRICT, (build_kuromoji_words(understanding.request.text),), understanding.words)
    return _rung(Stage.STRICT, understanding.words)


def build_rungs(understanding: Understanding) -> tuple[Rung, ...]:
    """What follows the strict one, in order; the last one, which is not a match, always finds something."""
    words = understanding.words
    lookalikes = add_lookalikes(words)
    typos = add_typos(lookalikes)
    rungs = [_rung(Stage.LOOKALIKE, lookalikes)] if lookalikes != words else []
    rungs += [_rung(Stage.TYPO, typos)] if typos != lookalikes else []
    if 1 < len(words) <= PARTIAL_WORDS_MAX:
        rungs += [_partial(typos, n) for n in range(len(words))]
    if words:
        rungs.append(Rung(Stage.BIGRAM, (build_phrase(" ".join(word.text for word in words)),)))
    if understanding.category_ids:
        rungs.append(Rung(Stage.POPULAR, ({"terms": {"category_ids": list(understanding.category_ids)}},)))
    return (*rungs, Rung(Stage.POPULAR, ()))


def choose_rungs(rungs: Sequence[Rung], totals: Sequence[int], frequencies: Sequence[int]) -> tuple[Rung, ...]:
    """What to search, the first that finds something; only of the last one it is known.

    `totals` and `frequencies` belong to `rungs`; a frequency is that of the dropped word, 0 where none is. Of the rungs
    that leave a word out, the one is taken whose word says least: which most products have. When several words are
    known to no product, all of these are left out.
    """
    found = [n for n, total in enumerate(totals) if total]
    first = rungs[found[0]] if found else rungs[-1]
    if first.stage is Stage.PARTIAL:
        partial = [n for n in found if rungs[n].stage is Stage.PARTIAL]
        return (rungs[max(partial, key=lambda n: frequencies[n])],)
    if first.stage in (Stage.BIGRAM, Stage.POPULAR):
        return (*_known_words(rungs, frequencies), first)
    return (first,)


def _known_words(rungs: Sequence[Rung], frequencies: Sequence[int]) -> list[Rung]:
    partial = [(rung, frequency) for rung, frequency in zip(rungs, frequencies, strict=True) if rung.dropped]
    unknown = tuple(rung.dropped[0] for rung, frequency in partial if not frequency)
    if not 1 < len(unknown) < len(partial):
        return []
    words = {word: None for rung, _ in partial for word in rung.words if word.text not in unknown}
    ordered = tuple(sorted(words, key=lambda word: word.start))
    return [replace(_rung(Stage.PARTIAL, ordered), dropped=unknown)]


def _rung(stage: Stage, words: tuple[Word, ...]) -> Rung:
    return Rung(stage, tuple(build_words(words)), words)


def _partial(words: tuple[Word, ...], left_out: int) -> Rung:
    rest = words[:left_out] + words[left_out + 1 :]
    dropped = words[left_out]
    return replace(_rung(Stage.PARTIAL, rest), dropped=(dropped.text,), frequency=build_words([dropped])[0])
