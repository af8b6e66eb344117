"""Synonyms at query time: who asks for the source also finds the target.

A rule has a direction, and rules are never chained: a word that a rule has added is looked up in no other rule, so
rules that lead in a circle do no harm. Words are compared as a query's are, by the normal forms of their units joined:
a rule for ノートパソコン holds for ノート パソコン too.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from math import isfinite

from analyzers.kana import fold_length
from analyzers.normalizer import normalize_text
from analyzers.word import Alternative, Word
from analyzers.words import read_words
from core.errors import SynonymRefused
from core.limits import (
    SYNONYM_MAX_CHARS,
    SYNONYM_ROWS_MAX,
    SYNONYM_SOURCE_WORDS_MAX,
    SYNONYM_TARGET_WORDS_MAX,
    SYNONYM_TARGETS_MAX,
)

DEFAULT_WEIGHT = 0.7
DEFAULT_DOMAIN = "general"

_DOMAIN = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_ONE_SIGN = re.compile(r"[ぁ-ゖァ-ヺー・a-z0-9]")
_SHORT_KATAKANA = re.compile("[ァ-ヺ]{2}")
_SAYING_NOTHING = (
    "の は が を に へ と で や も から まで より だけ です ます この その あの "
    "用 向け 品 商品 製品 物 もの こと ため など 系 式 型 風 セット 個 点 枚 円 人気 おすすめ 送料無料"
)


@dataclass(frozen=True, slots=True)
class Synonym:
    """Who asks for `source` also finds `target`; that counts `weight` (over 0, at most 1) of a plain match."""

    source: str
    target: str
    weight: float = DEFAULT_WEIGHT
    domain: str = DEFAULT_DOMAIN


@dataclass(frozen=True, slots=True)
class Rule:
    """A synonym as it is looked up: by the joined terms of its source."""

    source_key: str
    target_key: str
    alternative: Alternative

    @property
    def pair(self) -> tuple[str, str]:
        return self.source_key, self.target_key

    @property
    def is_needless(self) -> bool:
        """Source and target are one word already."""
        return self.source_key == self.target_key


class SynonymTable:
    """Rules by source; immutable, so threads may share it."""

    def __init__(self, synonyms: Iterable[Synonym], domains: Collection[str] | None = None) -> None:
        """Of two rules for the same words, and beyond the limit of a source, the first stay.

        `domains` are the only ones wanted, None for all. A rule that this version has no use for, such as a stored
        one whose words are one word by now, is left out.
        """
        found: dict[str, dict[str, Alternative]] = {}
        for synonym in synonyms:
            rule = _read_if_sound(synonym) if domains is None or synonym.domain in domains else None
            if rule is not None and not rule.is_needless:
                found.setdefault(rule.source_key, {}).setdefault(rule.target_key, rule.alternative)
        self._alternatives = {key: tuple(targets.values())[:SYNONYM_TARGETS_MAX] for key, targets in found.items()}

    def __len__(self) -> int:
        """How many rules there are."""
        return sum(map(len, self._alternatives.values()))

    def find(self, key: str) -> tuple[Alternative, ...]:
        """What else satisfies a word, or several joined; at most SYNONYM_TARGETS_MAX."""
        return self._alternatives.get(key, ())


def join_terms(words: Iterable[Word]) -> str:
    """What words are compared by; a long compound is folded as one word, however it was cut."""
    return fold_length("".join(word.term for word in words))


def normalize_synonym(synonym: Synonym) -> Synonym:
    """
    >>> normalize_synonym(Synonym("ﾊﾟｿｺﾝ", " ＰＣ "))
    Synonym(source='パソコン', target='pc', weight=0.7, domain='general')
    """
    return replace(synonym, source=normalize_text(synonym.source), target=normalize_text(synonym.target))


@lru_cache(maxsize=2 * SYNONYM_ROWS_MAX)
def read_rule(synonym: Synonym) -> Rule:
    """The rule of a synonym; remembered, so that a changed table costs no more than its changed rows.

    >>> read_rule(Synonym("パソコン", "PC")).pair
    ('パソコン', 'pc')

    Raises: SynonymRefused, with the reason.
    """
    _check_numbers(synonym)
    source = _read_side("source", synonym.source, SYNONYM_SOURCE_WORDS_MAX)
    target = _read_side("target", synonym.target, SYNONYM_TARGET_WORDS_MAX)
    return Rule(join_terms(source), join_terms(target), Alternative(tuple(map(_as_written, target)), synonym.weight))


def _as_written(word: Word) -> Word:
    """So short a word in katakana is not found by how it is said: ノリ may be 海苔, and is no 糊."""
    return replace(word, alternatives=word.alternatives[:1]) if _SHORT_KATAKANA.fullmatch(word.text) else word


def leave_out(synonyms: Iterable[Synonym], off: Iterable[Synonym]) -> Iterator[Synonym]:
    """Synonyms without those that have the words of one of `off`."""
    pairs = {rule.pair for rule in map(_read_if_sound, off) if rule is not None}
    for synonym in synonyms:
        rule = _read_if_sound(synonym)
        if rule is not None and rule.pair not in pairs:
            yield synonym


def expand_synonyms(words: Sequence[Word], table: SynonymTable) -> tuple[Word, ...]:
    """Words with what their synonyms would find as further alternatives; words without any stay as they are.

    A span of words that a rule is for becomes one word; its first alternative are these words.

    >>> table = SynonymTable([Synonym("ノートパソコン", "ラップトップ")])
    >>> words = expand_synonyms(read_words("軽い ノート パソコン"), table)
    >>> [word.text for word in words], words[1].alternatives[1].weight
    (['軽い', 'ノート パソコン'], 0.7)
    """
    return tuple(_expand(words, table))


def _expand(words: Sequence[Word], table: SynonymTable) -> Iterator[Word]:
    at = 0
    while at < len(words):
        for size in range(min(SYNONYM_SOURCE_WORDS_MAX, len(words) - at), 0, -1):
            span = words[at : at + size]
            found = table.find(join_terms(span))
            if found or size == 1:
                break
        alone = [_add(word, table.find(word.term)) for word in span]
        yield alone[0] if size == 1 else _add(_merge(alone), found)
        at += size


def _merge(words: Sequence[Word]) -> Word:
    text = words[0].text
    for before, word in pairwise(words):
        text += word.text if word.start == before.end else f" {word.text}"
    return Word(text, words[0].start, words[-1].end, join_terms(words), (Alternative(tuple(words)),))


def _add(word: Word, found: tuple[Alternative, ...]) -> Word:
    """Built anew by hand: `replace` takes four times as long, in every query."""
    return Word(word.text, word.start, word.end, word.term, word.alternatives + found) if found else word


@lru_cache(maxsize=2 * SYNONYM_ROWS_MAX)
def _read_once(text: str) -> tuple[Word, ...]:
    """Words that equal each other have n (n - 1) rules and n texts."""
    return read_words(text)


def _read_if_sound(synonym: Synonym) -> Rule | None:
    try:
        return read_rule(synonym)
    except SynonymRefused:
        return None


def _check_numbers(synonym: Synonym) -> None:
    if not (isfinite(synonym.weight) and 0 < synonym.weight <= 1):
        raise SynonymRefused(f"the weight is {synonym.weight:g}; allowed: over 0, up to 1")
    if not _DOMAIN.fullmatch(synonym.domain):
        raise SynonymRefused(f"the domain is {synonym.domain!r}; allowed: 1 to 30 of a-z, 0-9, - and _")


def _read_side(side: str, text: str, words_max: int) -> tuple[Word, ...]:
    if len(text) > SYNONYM_MAX_CHARS:
        raise SynonymRefused(f"the {side} has {len(text)} characters; allowed: {SYNONYM_MAX_CHARS}")
    normalized = normalize_text(text)
    if _ONE_SIGN.fullmatch(normalized):
        raise SynonymRefused(f"the {side} {text} is a single kana, letter or digit, which is found nearly everywhere")
    words = _read_once(normalized)
    if not words:
        raise SynonymRefused(f"the {side} {text!r} has no word that is searched for")
    if len(words) > words_max:
        shown = ", ".join(word.text for word in words)
        raise SynonymRefused(f"the {side} {text} is {len(words)} words ({shown}); allowed: {words_max}")
    if all(word.term in _terms_saying_nothing() for word in words):
        raise SynonymRefused(f"the {side} {text} says nothing of a product; nearly everything would match")
    return words


@cache
def _terms_saying_nothing() -> frozenset[str]:
    return frozenset(word.term for alone in _SAYING_NOTHING.split() for word in read_words(alone))
