"""What SudachiPy's dictionary says of a word, in the form in which we compare words; computed once a word.

An entry depends on nothing but the word, so entries are kept by the dictionary's word id and the text (ー and ーー
have one id), which makes a token as cheap as a look-up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sudachipy import Morpheme, SplitMode

from analyzers.brand_words import brands_by_term
from analyzers.compounds import split_head
from analyzers.dictionary import load_dictionary, tokenize
from analyzers.homonyms import load_homonyms, misleads
from analyzers.kana import fold_kana, fold_length, is_hiragana, is_kana
from analyzers.measures import ROMAN_NUMERALS
from analyzers.morphemes import (
    NEGATING,
    WITHOUT,
    Role,
    kanji_of,
    latin_of,
    plain_term,
    role_of,
    sound_of,
    split_latin,
    spoken_of,
    stem_of,
)
from analyzers.unknown_words import split_unknown

_ENTRIES_MAX = 60_000
"""Entries that are kept, some 1 KB each; a shop's vocabulary is half of it."""

SPELT_MIN_KANA = 3
"""Kana of a word that who writes it in kanji finds too: shorter ones are said like too many others."""
_COMPOUND_MIN_KANA = 4

ALSO = {"付": "付キ"} | ROMAN_NUMERALS
"""What else a word is: フタ付 is フタ付き, which the dictionary takes for フタ付け, and Mark II is Mark 2."""

Pieces = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """`terms` and `readings` are all that a document with this word is found by, the word's own first.
    `surface` is the word as written, `plain` its term before brands are known. `units` are its A units' entries, none
    when it is one unit, a brand, or begins with a 無.

    `sound` is katakana from which readings are joined, empty when there is none; `spoken` is for people: hiragana, or
    the surface.
    `pieces` are the A units' (length in characters, term); empty when the word is one unit. `stem` see `build_stem`.
    `is_loose`: a particle or an ending, which alone says nothing.
    `may_bind`: beside some words one of the two is not itself, as `is_bound` says (analyzers/bound_words.py).
    Entries are compared by identity, so that what depends on a word alone may be kept by its entry.
    """

    surface: str
    role: Role
    known: bool
    plain: str
    term: str
    units: "tuple[Entry, ...]"
    sound: str
    spoken: str
    pieces: Pieces
    kanji: str
    stem: str
    is_loose: bool
    is_hiragana: bool
    is_kana: bool
    terms: tuple[str, ...]
    readings: tuple[str, ...]
    may_bind: bool
    is_bound: bool = False


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
    role = role_of(token)
    plain = plain_term(token)
    brand = brands_by_term().get((plain,)) if role is Role.WORD else None
    units = _units_of(token) if role is Role.WORD and brand is None else ()
    pieces = _blank_homonym(tuple((len(unit.surface), unit.plain) for unit in units))
    sound = sound_of(token, role)
    stem = stem_of(token)
    head = _head_of(token, plain, is_one=not units) if role is Role.WORD else ""
    return Entry(
        surface=token.surface(),
        role=role,
        known=not token.is_oov(),
        plain=plain,
        term=brand.term if brand else plain,
        units=units,
        sound=sound,
        spoken=spoken_of(token),
        pieces=pieces,
        kanji=kanji_of(token.surface()) if role is Role.WORD else "",
        stem=stem,
        is_hiragana=is_hiragana(token.surface()),
        is_kana=is_kana(token.surface()),
        is_loose=role in (Role.PARTICLE, Role.AUXILIARY),
        terms=_unique(
            [brand.term if brand else plain, *_join_neighbours(pieces), head, stem, *_spellings(token, units)]
        ),
        readings=_unique(
            filter(_is_audible, (*_readings(token, sound, units, pieces, head), *(brand.readings if brand else ())))
        ),
        may_bind=plain in NEGATING or plain in WITHOUT or plain in load_homonyms(),
    )


def _units_of(token: Morpheme) -> tuple[Entry, ...]:
    units = tuple(map(look_up, token.split(SplitMode.A)))
    if units and units[0].surface in NEGATING:
        return ()
    surface = token.surface()
    if units or not token.is_oov() or is_hiragana(surface) or not is_kana(surface):
        return units
    parts = [tokenize(part) for part in split_unknown(surface)]
    return tuple(look_up(part[0]) for part in parts) if all(len(part) == 1 for part in parts) else ()


def _blank_homonym(pieces: Pieces) -> Pieces:
    """A マスクメロン is found by メロン, and not by マスク."""
    is_homonym = len(pieces) > 1 and misleads(pieces[0][1], pieces[1][1])
    return ((pieces[0][0], ""), *pieces[1:]) if is_homonym else pieces


def _readings(token: Morpheme, sound: str, units: tuple[Entry, ...], pieces: Pieces, head: str) -> Iterator[str]:
    yield from map(fold_length, (sound, *_join_neighbours(_sound_pieces(units, pieces)), *_other_sounds(token)))
    if is_kana(head):
        yield head


def _is_audible(reading: str) -> bool:
    """Nobody asks for one kana."""
    return len(reading) > 1


def _sound_pieces(units: tuple[Entry, ...], pieces: Pieces) -> Pieces:
    return tuple((length, unit.sound if term else "") for unit, (length, term) in zip(units, pieces, strict=True))


def _spellings(token: Morpheme, units: tuple[Entry, ...]) -> Iterator[str]:
    """Terms for those who write the word otherwise: its kana when it is written in kana or a compound with kanji, where
    it may stand in pieces elsewhere, and its letters."""
    surface = token.surface()
    if units or (len(surface) >= SPELT_MIN_KANA and is_kana(surface)):
        yield fold_kana(surface)
    if surface in ALSO:
        yield ALSO[surface]
    yield latin_of(token)
    if surface.isascii():
        yield fold_length(sound_of(token, role_of(token)))
        parts = split_latin(surface)
        yield from (plain_term(unit) for part in parts if len(parts) > 1 for unit in tokenize(part))


def _other_sounds(token: Morpheme) -> list[str]:
    """Of a single kanji that was taken for a name what it is called as a noun: 栗 alone is read as the surname リツ."""
    surface = token.surface()
    if len(surface) != 1 or not kanji_of(surface) or token.part_of_speech()[1] != "固有名詞":
        return []
    nouns = (other for other in load_dictionary().lookup(surface) if other.part_of_speech()[1] == "普通名詞")
    return [sound_of(other, Role.WORD) for other in nouns][:1]


def _head_of(token: Morpheme, plain: str, is_one: bool) -> str:
    """The term of a compound's head; empty when there is none. One in katakana is a unit already, unless `is_one`."""
    found = split_head(token.normalized_form())
    if found is None:
        return ""
    if not is_kana(plain):
        is_sure = token.part_of_speech()[1] == "普通名詞" and not token.is_oov()
        return plain_term(tokenize(found[1])[0]) if is_sure else ""
    if not is_one or len(plain) < _COMPOUND_MIN_KANA or not any(map(_is_noun, load_dictionary().lookup(found[0]))):
        return ""
    return fold_kana(found[1])


def _is_noun(token: Morpheme) -> bool:
    return token.part_of_speech()[0] in ("名詞", "形状詞")


def _join_neighbours(pieces: Pieces) -> Iterator[str]:
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
