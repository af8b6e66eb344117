"""The rungs of the zero-hit ladder that only rewrite words: look-alikes first, then edit distance."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import jaconv

from analyzers.kana import fold_kana, fold_length, is_kana
from analyzers.lookalikes import respell, respell_long
from analyzers.morphemes import kanji_of
from analyzers.near_sounds import is_ordinary, lengthen, read_alike, respell_okurigana, respell_sounds
from analyzers.quantities import scan_quantities
from analyzers.romaji import read_romaji
from analyzers.scan import scan_text
from analyzers.tokens import Token
from analyzers.word import Alternative, Atom, Kind, Word, plain
from analyzers.words import read_words

LOOKALIKE_WEIGHT = 0.5
TYPO_WEIGHT = 0.4

_SPAN_MAX_CHARS = 24
"""Longest text that is respelt or may have typos; a word of more letters is a sentence."""
_ONE_EDIT_MIN_KANA = 5
_TWO_EDITS_MIN_KANA = 8
_FIRST_PART_MIN_KANA = 3
_LAST_PART_MIN_KANA = 2
_ONE_EDIT_MIN_LETTERS = 5
_TWO_EDITS_MIN_LETTERS = 9
_KEPT_WORDS = 4_096
_NUMBER = re.compile(r"\d{2,}(?:\.\d+)?|\d\.\d+")
"""Not of one digit: そば 8 may be of anything."""
_UNSAID_UNITS = ("cm", "mm", "ml", "l", "インチ")


def add_lookalikes(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words with look-alike spellings as further alternatives; a word without any stays equal.

    >>> [word] = add_lookalikes(read_words("senzai"))
    >>> word.alternatives[-1].parts
    (Atom(kind=<Kind.READING: 'reading'>, value='センザイ', edits=0),)
    """
    return _add_by_span(words, _build_lookalikes)


def add_typos(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words whose readings and latin terms may differ by an edit or two; short words stay equal.

    >>> [word] = add_typos(read_words("panasonik"))
    >>> word.alternatives[-1].parts
    (Atom(kind=<Kind.TERM: 'term'>, value='panasonik', edits=2),)
    """
    return _add_by_span(words, _build_typos)


def _add_by_span(words: Sequence[Word], build: Callable[[str], tuple[Alternative, ...]]) -> tuple[Word, ...]:
    """What a span of words that touch each other may mean is added to each of its words."""
    added: list[Word] = []
    for span in _touching(words):
        more = build("".join(word.text for word in span)) if all(map(_may_be_loose, span)) else ()
        for word in span:
            alone = build(word.text) if len(span) > 1 and _may_be_loose(word) else ()
            ways = tuple(dict.fromkeys((*word.alternatives, *more, *alone)))
            added.append(word if ways == word.alternatives else replace(word, alternatives=ways))
    return tuple(added)


def _touching(words: Sequence[Word]) -> Iterator[list[Word]]:
    span: list[Word] = []
    for word in words:
        if span and span[-1].end != word.start:
            yield span
            span = []
        span.append(word)
    if span:
        yield span


def _may_be_loose(word: Word) -> bool:
    """Codes and quantities are exact: CR2025 is never meant as CR2032."""
    first = word.alternatives[0].parts[0]
    return isinstance(first, Word) or first.kind is Kind.TERM


@lru_cache(maxsize=_KEPT_WORDS)
def _build_lookalikes(text: str) -> tuple[Alternative, ...]:
    if len(text) > _SPAN_MAX_CHARS:
        return ()
    if _NUMBER.fullmatch(text):
        return tuple(_build_measures(text))
    if text.isascii() or not (any(map(is_kana, text)) or kanji_of(text)):
        return tuple(_build_sounds(text))
    near = (*respell(text, is_known(text)), *respell_sounds(text), *respell_okurigana(text))
    loose = _count_loose(text)
    ways = [way for spelling in dict.fromkeys(near) for way in _read_spelling(spelling, loose)]
    alike = read_alike(text)
    return (*ways, plain(Kind.READING, alike, weight=LOOKALIKE_WEIGHT)) if alike else tuple(ways)


def _build_measures(number: str) -> Iterator[Alternative]:
    """What goes without saying: フライパン 26 is one of 26cm, 水筒 500 one of 500ml."""
    for unit in _UNSAID_UNITS:
        for found in scan_quantities(number + unit):
            yield plain(Kind.QUANTITY, found.value, weight=LOOKALIKE_WEIGHT)


def _build_sounds(text: str) -> Iterator[Alternative]:
    """Of latin letters: as romaji, and as a loanword that the dictionary knows. NAS may be a ナス, never a 茄子.

    Romaji as a word too: in 羽毛布団 a futon is said ぶとん.
    """
    entries = [token.entry for token in scan_text(text).tokens] if is_known(text) else []
    sound = None if _is_english(text) else read_romaji(text)
    spoken = (sound, *respell_long(sound), *lengthen(sound)) if sound else ()
    hiragana = map(jaconv.kata2hira, spoken)
    yield from (Alternative(read_words(said), LOOKALIKE_WEIGHT) for said in hiragana if is_known(said))
    yield from (plain(Kind.READING, said, weight=LOOKALIKE_WEIGHT) for said in dict.fromkeys(map(fold_kana, spoken)))
    yield from (plain(Kind.TERM, fold_length(it.sound), weight=LOOKALIKE_WEIGHT) for it in entries if it.sound)


def _read_spelling(spelling: str, loose: int) -> Iterator[Alternative]:
    """A spelling as words when the dictionary knows them all, and as a reading when it is kana.

    It may make no word an ending: 修正しなし would be found by 修正 alone.
    """
    if all(token.entry.known for token in scan_text(spelling).tokens) and _count_loose(spelling) <= loose:
        yield Alternative(read_words(spelling), LOOKALIKE_WEIGHT)
    if is_kana(spelling):
        yield plain(Kind.READING, fold_kana(spelling), weight=LOOKALIKE_WEIGHT)


def _count_loose(text: str) -> int:
    """Particles and endings."""
    return sum(token.entry.is_loose for token in scan_text(text).read)


@lru_cache(maxsize=_KEPT_WORDS)
def _build_typos(text: str) -> tuple[Alternative, ...]:
    if len(text) > _SPAN_MAX_CHARS:
        return ()
    if text.isascii() and text.isalpha():
        return () if is_known(text) else tuple(_build_latin_typos(text))
    if not is_kana(text):
        return ()
    reading = fold_kana(text)
    edits = _count_edits(len(reading), _ONE_EDIT_MIN_KANA, _TWO_EDITS_MIN_KANA)
    return (_fuzzy(Kind.READING, reading, edits),) if edits and not _is_spelt_well(text) else ()


def _build_latin_typos(text: str) -> Iterator[Alternative]:
    edits = _count_edits(len(text), _ONE_EDIT_MIN_LETTERS, _TWO_EDITS_MIN_LETTERS)
    if edits:
        yield _fuzzy(Kind.TERM, text, edits)
    reading = fold_kana(read_romaji(text) or "")
    edits = _count_edits(len(reading), _ONE_EDIT_MIN_KANA, _TWO_EDITS_MIN_KANA)
    if edits:
        yield _fuzzy(Kind.READING, reading, edits)


def _fuzzy(kind: Kind, value: str, edits: int) -> Alternative:
    return Alternative((Atom(kind, value, edits),), TYPO_WEIGHT)


def _count_edits(length: int, one: int, two: int) -> int:
    return 0 if length < one else 1 if length < two else 2


def is_known(text: str) -> bool:
    """Whether a text is one word of the dictionary: what is known is seldom meant as something else (make as 負け)."""
    tokens = scan_text(text).tokens
    return len(tokens) == 1 and tokens[0].entry.known


def _is_spelt_well(text: str) -> bool:
    """Whether a text is words of the dictionary, none a single kana: スカート is never meant as スケート."""
    return all(map(_is_sure, scan_text(text).tokens))


def _is_sure(token: Token) -> bool:
    """ベビーバス is not in the dictionary, but ベビー and バス are."""
    word = token.entry.surface
    return len(word) > 1 and (token.entry.known or (is_kana(word) and _is_made_of_two(word)))


def _is_made_of_two(word: str) -> bool:
    cuts = range(_FIRST_PART_MIN_KANA, len(word) - _LAST_PART_MIN_KANA + 1)
    return any(is_ordinary(word[:at]) and is_ordinary(word[at:]) for at in cuts)


def is_divided_rightly(text: str) -> bool:
    """Whether the dictionary knows all that it divided a text into; latin words and numbers it need not divide.

    >>> is_divided_rightly("シャープ"), is_divided_rightly("30cm"), is_divided_rightly("ちいかわ")
    (True, True, False)
    """
    tokens = scan_text(text).tokens
    return all(
        token.entry.surface.isascii() or (token.entry.known and len(token.entry.surface) > 1) for token in tokens
    )


def _is_english(text: str) -> bool:
    """Whether the dictionary knows a latin word as a loanword, so that make is no 負け; isu may still be a chair."""
    return any(is_kana(token.entry.term) and token.entry.known for token in scan_text(text).tokens)
