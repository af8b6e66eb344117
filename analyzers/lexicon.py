"""What SudachiPy's dictionary says of a word, in the form in which we compare words; computed once a word.

An entry depends on nothing but the word, so entries are kept by the dictionary's word id and the text (ー and ーー
have one id), which makes a token as cheap as a look-up.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

import jaconv
from sudachipy import Morpheme, SplitMode

from analyzers.brands import Brand, load_brands
from analyzers.compounds import split_head
from analyzers.dictionary import load_dictionary, tokenize
from analyzers.kana import fold_kana, fold_length, fold_sounds, is_hiragana, is_kana, unvoice
from analyzers.normalizer import fold

_ENTRIES_MAX = 60_000
"""Entries that are kept, some 1 KB each; a shop's vocabulary is half of it."""

SPELT_MIN_KANA = 3
"""Kana of a word that who writes it in kanji finds too: shorter ones are said like too many others."""
_PURPOSES = ("用", "向け", "向き", "サイズ")
_COMPOUND_MIN_KANA = 4
_LATIN_MIN = 5
"""Letters of a latin word that may be misspelt."""


class Role(Enum):
    """What a token is for: only some can be asked for."""

    WORD = auto()
    NUMERAL = auto()
    PARTICLE = auto()
    AUXILIARY = auto()
    HONORIFIC = auto()
    """お and ご before a noun."""
    PURPOSE = auto()
    """用, 向け and サイズ after a word: 犬用, シングルサイズ."""
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """`terms` and `readings` are all that a document with this word is found by, the word's own first.

    `sound` is katakana from which readings are joined, empty when there is none; `spoken` is for people: hiragana, or
    the surface.
    `pieces` are the A units' (length in characters, term); empty when the word is one unit. `stem` see `build_stem`.
    `is_loose`: a particle or an ending, which alone says nothing.
    """

    role: Role
    known: bool
    term: str
    sound: str
    spoken: str
    pieces: tuple[tuple[int, str], ...]
    kanji: str
    stem: str
    is_loose: bool
    is_hiragana: bool
    is_kana: bool
    terms: tuple[str, ...]
    readings: tuple[str, ...]


_GAPS = re.compile(r"\s+|(?<=[a-z])-(?=[a-z])")
_entries: dict[tuple[int, str], Entry] = {}


def look_up(token: Morpheme) -> Entry:
    """The entry of a token."""
    key = (token.word_id(), token.surface())
    return _entries.get(key) or _keep(key, _build_entry(token))


def _keep(key: tuple[int, str], entry: Entry) -> Entry:
    if len(_entries) >= _ENTRIES_MAX:
        _entries.clear()
    _entries[key] = entry
    return entry


def _build_entry(token: Morpheme) -> Entry:
    role = _role_of(token)
    plain = _plain_term(token)
    brand = brands_by_term().get((plain,)) if role is Role.WORD else None
    units = list(token.split(SplitMode.A)) if role is Role.WORD and brand is None else []
    pieces = tuple((len(unit.surface()), _plain_term(unit)) for unit in units)
    sound = _sound_of(token, role)
    head = _head_of(token, plain, is_one=not units) if role is Role.WORD else ""
    return Entry(
        role=role,
        known=not token.is_oov(),
        term=brand.term if brand else plain,
        sound=sound,
        spoken=_spoken(token),
        pieces=pieces,
        kanji=_kanji_of(token.surface()) if role is Role.WORD else "",
        stem=_stem_of(token),
        is_hiragana=is_hiragana(token.surface()),
        is_kana=is_kana(token.surface()),
        is_loose=role in (Role.PARTICLE, Role.AUXILIARY),
        terms=_unique([brand.term if brand else plain, *_join_neighbours(pieces), head, *_spellings(token)]),
        readings=_unique(
            filter(_is_audible, (*_readings(token, sound, units, head), *(brand.readings if brand else ())))
        ),
    )


def _readings(token: Morpheme, sound: str, units: list[Morpheme], head: str) -> Iterator[str]:
    yield from map(fold_length, (sound, *_join_neighbours(_sound_pieces(units)), *_other_sounds(token)))
    if is_kana(head):
        yield head


def _is_audible(reading: str) -> bool:
    """Nobody asks for one kana."""
    return len(reading) > 1


def _sound_pieces(units: list[Morpheme]) -> tuple[tuple[int, str], ...]:
    return tuple((len(unit.surface()), _sound_of(unit, _role_of(unit))) for unit in units)


def _spellings(token: Morpheme) -> Iterator[str]:
    """Terms for those who write the word otherwise: its stem, its kana when it is written in kana, its letters."""
    surface = token.surface()
    yield _stem_of(token)
    if len(surface) >= SPELT_MIN_KANA and is_kana(surface):
        yield fold_kana(surface)
    yield _latin_of(token)
    if surface.isascii():
        parts = _GAPS.split(surface)
        yield from (_plain_term(unit) for part in parts if len(parts) > 1 for unit in tokenize(part))


def _stem_of(token: Morpheme) -> str:
    """Kanji and sound of a word with okurigana: 取付け, 取り付け and 取付 are one word; empty when there is none."""
    surface = token.surface()
    has_kana = any("ぁ" <= char <= "ゖ" for char in surface + token.normalized_form())
    return build_stem(surface, token.reading_form()) if has_kana and not token.is_oov() else ""


def build_stem(surface: str, sound: str) -> str:
    """Kanji, and how the whole is said without voicing, since 袋 in 手提げ袋 is said ぶくろ.

    >>> build_stem("取り付け", "トリツケ") == build_stem("取付", "トリツケ"), build_stem("かばん", "カバン")
    (True, '')
    """
    kanji = _kanji_of(surface)
    return f"{kanji}{unvoice(fold_sounds(sound))}" if kanji and is_kana(sound) else ""


def _kanji_of(surface: str) -> str:
    return "".join(char for char in surface if "一" <= char <= "龠")


def _other_sounds(token: Morpheme) -> list[str]:
    """Of a single kanji that was taken for a name what it is called as a noun: 栗 alone is read as the surname リツ."""
    surface = token.surface()
    if len(surface) != 1 or not _kanji_of(surface) or token.part_of_speech()[1] != "固有名詞":
        return []
    nouns = (other for other in load_dictionary().lookup(surface) if other.part_of_speech()[1] == "普通名詞")
    return [_sound_of(other, Role.WORD) for other in nouns][:1]


def _head_of(token: Morpheme, plain: str, is_one: bool) -> str:
    """The head of a compound, folded; empty when there is none. One in katakana is a unit already, unless `is_one`."""
    found = split_head(token.normalized_form())
    if found is None:
        return ""
    if not is_kana(plain):
        return found[1] if token.part_of_speech()[1] == "普通名詞" and not token.is_oov() else ""
    if not is_one or len(plain) < _COMPOUND_MIN_KANA or not any(map(_is_noun, load_dictionary().lookup(found[0]))):
        return ""
    return fold_kana(found[1])


def _is_noun(token: Morpheme) -> bool:
    return token.part_of_speech()[0] in ("名詞", "形状詞")


def _join_neighbours(pieces: tuple[tuple[int, str], ...]) -> Iterator[str]:
    """Each unit's value, and the joins of neighbours short of all: 空気, 清浄, 空気清浄 and 清浄機 of 空気清浄機.

    A unit of one character has none by itself: 水 must not find 化粧水.
    """
    count = len(pieces)
    for first in range(count):
        for last in range(first, count):
            span = pieces[first : last + 1]
            if len(span) < count and sum(length for length, _ in span) > 1 and all(value for _, value in span):
                yield "".join(value for _, value in span)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def _role_of(token: Morpheme) -> Role:
    match token.part_of_speech()[:2]:
        case ("助詞", _) if is_hiragana(token.surface()):
            return Role.PARTICLE
        case ("助動詞", _) if is_hiragana(token.surface()):
            return Role.AUXILIARY
        case ("動詞", "非自立可能") if is_hiragana(token.surface()):
            return Role.AUXILIARY
        case ("名詞", "数詞"):
            return Role.NUMERAL
        case ("接頭辞", _) if token.normalized_form() == "御":
            return Role.HONORIFIC
    if token.surface() in _PURPOSES:
        return Role.PURPOSE
    return Role.WORD if any(map(str.isalnum, token.surface())) else Role.SYMBOL


def _plain_term(token: Morpheme) -> str:
    """The dictionary's normal form, folded, without the spaces and hyphens that the index would part it by."""
    return fold_kana(_GAPS.sub("", fold(token.normalized_form())) or fold(token.surface()))


def _latin_of(token: Morpheme) -> str:
    """A latin word as it is spelt, for who misspells it: panasonik is near to panasonic, not to パナソニック."""
    surface = _GAPS.sub("", token.surface())
    return surface if len(surface) >= _LATIN_MIN and surface.isascii() and surface.isalpha() else ""


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
