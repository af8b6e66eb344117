"""The zero-hit ladder: what is tried, in order, when no product has all words of a text. Pure.

Each rung finds more and means less than the one before, and says what it is: `strict`, `lookalike`, `typo`, `partial`
(a word was left out), `bigram`, `popular` (not a match; what lacks a code or a quantity is none either). All rungs are
probed at once, by searches that return no products, so a text costs a handful of calls at most, whatever it is (I11).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations, pairwise

from analyzers.loose import add_lookalikes, add_typos, is_divided_rightly
from analyzers.word import Atom, Kind, Word
from core.limits import PARTIAL_WORDS_MAX
from search.query import NOTHING, Clause, build_kuromoji_words, build_phrase, build_words
from search.serving import ServingIndex
from search.understanding import Understanding

NAMED = 0
"""Readiness of what was recognised."""

_PHRASE_MIN_CHARS = 4
"""Letters that stand in a name by no chance: マス is in マスク."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


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


@dataclass(frozen=True, slots=True)
class Counted:
    """A word whose products are counted by `clause`, to know what it says.

    `readiness` is how readily it is given up: 2 a quantity, 1 a word, `NAMED` a brand or category.
    """

    word: Word
    clause: Clause
    readiness: int


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
        rungs += _build_partials(understanding, 1)
    written = " ".join(word.text for word in words)
    if len(written) >= _PHRASE_MIN_CHARS and not is_divided_rightly(written):
        rungs.append(Rung(Stage.BIGRAM, (build_phrase(written),)))
    if understanding.category_ids:
        rungs.append(Rung(Stage.POPULAR, ({"terms": {"category_ids": list(understanding.category_ids)}},)))
    return (*rungs, Rung(Stage.POPULAR, ()))


def build_shorter_rungs(understanding: Understanding) -> tuple[Rung, ...]:
    """Two words left out, each pair of them: for when leaving out one is not enough."""
    if not 2 < len(understanding.words) <= PARTIAL_WORDS_MAX:
        return ()
    return tuple(_build_partials(understanding, 2))


def build_counts(understanding: Understanding) -> tuple[Counted, ...]:
    """Of each word that may be left out."""
    if not 1 < len(understanding.words) <= PARTIAL_WORDS_MAX:
        return ()
    words = _bend(understanding.words)
    return tuple(
        Counted(word, clause, NAMED if word.text in understanding.named else 2 if _is_quantity(word) else 1)
        for word, clause in zip(words, build_words(words), strict=True)
    )


def build_kept(kept: tuple[Word, ...], dropped: tuple[Word, ...]) -> Rung:
    return replace(_rung(Stage.PARTIAL, kept), dropped=dropped)


def name_dropped(understanding: Understanding, rung: Rung) -> tuple[str, ...]:
    """What hits need not have, as it was written: neighbours as one."""
    spans: list[tuple[int, int]] = []
    for word in (*rung.dropped, *understanding.ignored):
        if spans and spans[-1][1] == word.start:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return tuple(understanding.request.text[start:end] for start, end in spans)


def _rung(stage: Stage, words: tuple[Word, ...]) -> Rung:
    return Rung(stage, tuple(build_words(words)), words)


def _bend(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return add_typos(add_lookalikes(words))


def _build_partials(understanding: Understanding, left_out: int) -> Iterator[Rung]:
    words = _bend(understanding.words)
    wholes = list(_list_measured(understanding.request.text, words))
    for dropped in combinations(words, left_out):
        if not any(sum(word in dropped for word in whole) == 1 for whole in wholes):
            yield build_kept(tuple(word for word in words if word not in dropped), dropped)


def has_measured(understanding: Understanding) -> bool:
    """Whether words are in the text that one another need."""
    return any(_list_measured(understanding.request.text, understanding.words))


def _list_measured(text: str, words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    """Of a number and what it is written together with none is left without the other: 4人掛け, 10w-30."""
    for one, other in pairwise(words):
        if " " not in text[one.end : other.start] and (is_amount(one) or is_amount(other)):
            yield one, other


def loses_head(rung: Rung) -> bool:
    """Whether a compound stays without its end, which says what the thing is: サッカーボール is no サッカーゴール."""
    ends = {word.end for word in rung.words}
    starts = {word.start for word in (*rung.words, *rung.dropped)}
    return any(word.start in ends and word.end not in starts for word in rung.dropped)


def is_exact(word: Word) -> bool:
    """A code, a quantity or a number: what lacks it is another thing, as an M4 screw is for an M3 one."""
    return is_amount(word) or _has_plainly(word, Kind.CODE)


def is_amount(word: Word) -> bool:
    """A quantity, or a number alone."""
    return _is_quantity(word) or _NUMBER.fullmatch(word.term) is not None


def _is_quantity(word: Word) -> bool:
    return _has_plainly(word, Kind.QUANTITY)


def _has_plainly(word: Word, kind: Kind) -> bool:
    return any(isinstance(part, Atom) and part.kind is kind for part in word.alternatives[0].parts)
