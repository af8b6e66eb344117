"""The zero-hit ladder: what is tried, in order, when no product has all words of a text. Pure.

Each rung finds more and means less than the one before, and says what it is: `strict`, `lookalike`, `typo`, `partial`
(a word was left out), `bigram`, `popular` (not a match). All rungs are probed at once, by searches that return no
products, so a text costs a handful of calls at most, whatever it is (I11).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from analyzers.loose import add_lookalikes, add_typos
from analyzers.words import Atom, Kind, Word
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
    dropped: tuple[Word, ...] = ()
    frequency: Clause | None = None
    """Of a `partial` rung: what counts the products that have the dropped word."""
    readiness: int = 0
    """How readily the dropped words are given up: 2 a quantity, 1 a word, 0 a brand or category that was recognised."""


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
        rungs += _build_partials(typos, 1, understanding.named)
    if words:
        rungs.append(Rung(Stage.BIGRAM, (build_phrase(" ".join(word.text for word in words)),)))
    if understanding.category_ids:
        rungs.append(Rung(Stage.POPULAR, ({"terms": {"category_ids": list(understanding.category_ids)}},)))
    return (*rungs, Rung(Stage.POPULAR, ()))


def build_shorter_rungs(understanding: Understanding) -> tuple[Rung, ...]:
    """Two words left out, each pair of them: for when leaving out one is not enough."""
    words = understanding.words
    if not 2 < len(words) <= PARTIAL_WORDS_MAX:
        return ()
    return tuple(_build_partials(add_typos(add_lookalikes(words)), 2, understanding.named))


def choose_rungs(rungs: Sequence[Rung], totals: Sequence[int], frequencies: Sequence[int]) -> tuple[Rung, ...]:
    """What to search, the first that finds something; only of the last one it is known.

    `totals` and `frequencies` belong to `rungs`; a frequency counts the products that have the dropped word, 0 where
    none is: most products have what says least. When several words are known to no product, all these are left out.
    """
    found = [n for n, total in enumerate(totals) if total]
    first = rungs[found[0]] if found else rungs[-1]
    if first.stage is Stage.PARTIAL:
        return (choose_partial(rungs, totals, frequencies),)
    if first.stage in (Stage.BIGRAM, Stage.POPULAR):
        return (*_known_words(rungs, frequencies), first)
    return (first,)


def choose_partial(rungs: Sequence[Rung], totals: Sequence[int], frequencies: Sequence[int]) -> Rung:
    """Of those with hits the one whose words are given up most readily, and then say least."""
    found = [n for n, total in enumerate(totals) if total and rungs[n].stage is Stage.PARTIAL]
    return rungs[max(found, key=lambda n: (rungs[n].readiness, frequencies[n]))]


def name_dropped(understanding: Understanding, rung: Rung) -> tuple[str, ...]:
    """What hits need not have, as it was written: neighbours as one."""
    spans: list[tuple[int, int]] = []
    for word in (*rung.dropped, *understanding.ignored):
        if spans and spans[-1][1] == word.start:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return tuple(understanding.request.text[start:end] for start, end in spans)


def _known_words(rungs: Sequence[Rung], frequencies: Sequence[int]) -> list[Rung]:
    counted = {rung.dropped[0]: n for rung, n in zip(rungs, frequencies, strict=True) if rung.dropped}
    known = tuple(word for word, n in counted.items() if n)
    unknown = tuple(word for word, n in counted.items() if not n)
    return [replace(_rung(Stage.PARTIAL, known), dropped=unknown)] if known and len(unknown) > 1 else []


def _rung(stage: Stage, words: tuple[Word, ...]) -> Rung:
    return Rung(stage, tuple(build_words(words)), words)


def _build_partials(words: tuple[Word, ...], left_out: int, named: frozenset[str]) -> Iterator[Rung]:
    for dropped in combinations(words, left_out):
        yield replace(
            _rung(Stage.PARTIAL, tuple(word for word in words if word not in dropped)),
            dropped=dropped,
            frequency=build_words(dropped)[0] if left_out == 1 else None,
            readiness=sum(0 if word.text in named else 2 if _is_quantity(word) else 1 for word in dropped),
        )


def _is_quantity(word: Word) -> bool:
    return any(isinstance(part, Atom) and part.kind is Kind.QUANTITY for part in word.alternatives[0].parts)
