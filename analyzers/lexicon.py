"""What SudachiPy's dictionary says of a word, in the form in which we compare words; computed once a word.

A word's entry depends on nothing but the word, so entries are kept by the dictionary's word id (unknown words by their
text), which makes a token as cheap as a look-up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

import jaconv
from sudachipy import Morpheme, SplitMode

from analyzers.brands import Brand, load_brands
from analyzers.dictionary import tokenize
from analyzers.kana import fold_kana, fold_length, fold_sounds, is_kana
from analyzers.normalizer import fold

_ENTRIES_MAX = 300_000
"""Entries that are kept, some 500 bytes each; a shop's vocabulary is a tenth of it."""

_UNKNOWN = 0xF << 28
"""Word ids from here on are of no dictionary, and several unknown words share one."""


class Role(Enum):
    """What a token is for: only some can be asked for."""

    WORD = auto()
    NUMERAL = auto()
    PARTICLE = auto()
    AUXILIARY = auto()
    HONORIFIC = auto()
    """お and ご before a noun."""
    PURPOSE = auto()
    """用 and 向け after a noun."""
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """`terms` and `readings` are all that a document with this word is found by, the word's own first.

    `sound` is katakana from which readings are joined, empty when there is none; `spoken` is for people: hiragana, or
    the surface.
    `pieces` are the A units' (length in characters, term); empty when the word is one unit.
    """

    role: Role
    known: bool
    term: str
    sound: str
    spoken: str
    pieces: tuple[tuple[int, str], ...]
    terms: tuple[str, ...]
    readings: tuple[str, ...]


_GAPS = re.compile(r"\s+|(?<=[a-z])-(?=[a-z])")
_entries: dict[int | str, Entry] = {}


def look_up(token: Morpheme) -> Entry:
    """The entry of a token."""
    word_id: int = token.word_id()
    key = token.surface() if word_id >= _UNKNOWN else word_id
    entry = _entries.get(key)
    if entry is None:
        if len(_entries) >= _ENTRIES_MAX:
            _entries.clear()
        entry = _entries[key] = _build_entry(token)
    return entry


def _build_entry(token: Morpheme) -> Entry:
    role = _role_of(token)
    brand = brands_by_term().get((_plain_term(token),)) if role is Role.WORD else None
    term = brand.term if brand else _plain_term(token)
    spellings = brand.readings if brand else ()
    sound = _sound_of(token, role)
    units = list(token.split(SplitMode.A)) if role is Role.WORD and brand is None else []
    lengths = [len(unit.surface()) for unit in units]
    plain = [_plain_term(unit) for unit in units]
    sounds = [_sound_of(unit, _role_of(unit)) for unit in units]
    return Entry(
        role=role,
        known=not token.is_oov(),
        term=term,
        sound=sound,
        spoken=_spoken(token),
        pieces=tuple(zip(lengths, plain, strict=True)),
        terms=_unique([term, *_join_neighbours(plain, lengths)]),
        readings=_unique([*map(fold_length, [sound, *_join_neighbours(sounds, lengths)]), *spellings]),
    )


def _join_neighbours(values: list[str], lengths: list[int]) -> Iterator[str]:
    """Each unit's value, and the joins of neighbours short of all: 空気, 清浄, 空気清浄 and 清浄機 of 空気清浄機.

    A unit of one character has none by itself: 水 must not find 化粧水.
    """
    count = len(values)
    for first in range(count):
        for last in range(first, count):
            if sum(lengths[first : last + 1]) > 1 and last - first + 1 < count and all(values[first : last + 1]):
                yield "".join(values[first : last + 1])


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def _role_of(token: Morpheme) -> Role:
    match token.part_of_speech()[:2]:
        case ("助詞", _):
            return Role.PARTICLE
        case ("助動詞", _):
            return Role.AUXILIARY
        case ("名詞", "数詞"):
            return Role.NUMERAL
        case ("接頭辞", _) if token.normalized_form() == "御":
            return Role.HONORIFIC
        case ("接尾辞", _) if token.normalized_form() in ("用", "向け", "向き"):
            return Role.PURPOSE
    return Role.WORD if any(map(str.isalnum, token.surface())) else Role.SYMBOL


def _plain_term(token: Morpheme) -> str:
    """The dictionary's normal form, folded, without the spaces and hyphens that the index would part it by."""
    return fold_kana(_GAPS.sub("", fold(token.normalized_form())) or fold(token.surface()))


def _sound_of(token: Morpheme, role: Role) -> str:
    """Katakana. A numeral has none (15 would read イチゴ), nor has a latin letter or two (m reads メートル)."""
    surface: str = token.surface()
    if role in (Role.NUMERAL, Role.SYMBOL) or (surface.isascii() and len(surface) <= 2):
        return ""
    reading: str = token.reading_form()
    return fold_sounds(reading) if is_kana(reading) else ""


def _spoken(token: Morpheme) -> str:
    surface: str = token.surface()
    if surface.isascii():
        return surface
    reading = token.reading_form()
    return jaconv.kata2hira(reading) if is_kana(reading) and "・" not in reading else surface


@cache
def brands_by_term() -> dict[tuple[str, ...], Brand]:
    """Brands by the plain terms of each form: ("ザ", "ノース", "face") and ("ノースフェイス",) are one.

    A form of one character or of a numeral alone is left out, and so is what the dictionary takes for a symbol.
    """
    found: dict[tuple[str, ...], Brand] = {}
    for brand in load_brands():
        for form in brand.forms:
            tokens = [token for token in tokenize(form) if _role_of(token) is not Role.SYMBOL]
            key = tuple(map(_plain_term, tokens))
            if len("".join(key)) > 1:
                found.setdefault(key, brand)
    return found


@cache
def brand_lengths() -> dict[str, tuple[int, ...]]:
    """How many words the forms of several words have that begin with a term, longest first."""
    lengths: dict[str, set[int]] = {}
    for key in brands_by_term():
        if len(key) > 1:
            lengths.setdefault(key[0], set()).add(len(key))
    return {term: tuple(sorted(counts, reverse=True)) for term, counts in lengths.items()}
