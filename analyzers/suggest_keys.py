"""By what beginnings a name is suggested, and what a half-typed text may be the beginning of.

A name has keys from each of its words on: as it is written, in its dictionary form, as it is said in katakana, and in
one romaji (analyzers.romaji_key). A typed text is compared with them as a prefix, so the shopper may type kanji, kana,
latin, romaji without an input method, or be in the middle of a composition (とs).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import add
from typing import NamedTuple

from sudachipy import Morpheme, SplitMode

from analyzers.dictionary import tokenize
from analyzers.kana import fold_sounds, is_kana, unify_dashes
from analyzers.lexicon import look_up
from analyzers.morphemes import Role
from analyzers.normalizer import normalize_text
from analyzers.romaji_key import join_keys, romaji_key, romaji_prefixes

KEY_MAX_CHARS = 16
"""Characters of a key; what is typed beyond decides nothing."""

TYPO_MIN_CHARS = 4
"""Characters from which one of them may be wrong."""

TYPED_PARTS_MAX = 6
"""Words of a typed text that are compared; the rest is left out."""

_WORD_MAX_CHARS = 40
_NAME_MAX_CHARS = 80
"""Of a name that has keys: who types knows how it begins."""
_INNER_STARTS_MAX = 9
"""Words of a name after the first that it may be found from."""

_NOT_LETTER = re.compile(r"[^\wー]+|_")
_LATIN_END = re.compile(r"[a-z]+$")
_LATIN = re.compile("[a-z0-9]+")
_HALF_SOUND = re.compile("(?<=.)[ゔヴ]$")
"""ヴァ is compared as バ, so ヴ alone says no more than that a b follows."""


@dataclass(frozen=True, slots=True)
class SuggestKeys:
    """`first` are from the name's beginning on, `inner` from a later word on; each once."""

    first: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedPart:
    """A piece of a typed text: some key of a name must begin with one of `prefixes`.

    `loose` is tried when nothing has these: other prefixes, and `misspelt`, of which one character may be wrong.
    """

    prefixes: tuple[str, ...]
    loose: tuple[str, ...] = ()
    misspelt: tuple[str, ...] = ()


class _Unit(NamedTuple):
    """A piece of a name: as it is written, in dictionary form, said, and in romaji; and whether a key starts here."""

    written: str
    normal: str
    sound: str
    romaji: str
    is_start: bool


def build_suggest_keys(name: str) -> SuggestKeys:
    """Keys of a name of any length and content.

    >>> build_suggest_keys("電気トースター").first
    ('電気トースター', 'デンキトースター', 'denkitosuta')
    >>> build_suggest_keys("トートバッグ").inner
    ('バッグ', 'bagu')
    """
    text = unify_dashes(normalize_text(name[:_NAME_MAX_CHARS]))
    return keys_of(text, tokenize(text))


def keys_of(text: str, morphemes: Iterable[Morpheme]) -> SuggestKeys:
    """The keys of a normalised text that was read already."""
    beginning = takewhile(lambda morpheme: morpheme.begin() < _NAME_MAX_CHARS, morphemes)
    units = [unit for morpheme in beginning for unit in _units_of(morpheme, text)]
    if not units:
        return SuggestKeys()
    written = _tails([unit.written for unit in units])
    sounds = _tails([unit.sound for unit in units])
    romaji = _tails([unit.romaji for unit in units], join_keys)

    def keys_from(place: int) -> Iterator[str]:
        unit, after = units[place], place + 1
        yield written[place]
        if unit.normal != unit.written:
            yield (unit.normal + written[after])[:KEY_MAX_CHARS]
        yield sounds[place]
        yield romaji[place]
        if unit.sound != unit.written and unit.written.isascii():
            yield join_keys(romaji_key(unit.sound), romaji[after])[:KEY_MAX_CHARS]

    starts = [place for place, unit in enumerate(units) if unit.is_start and place][:_INNER_STARTS_MAX]
    first = _unique(keys_from(0))
    inner = _unique(key for place in starts for key in keys_from(place))
    return SuggestKeys(first, tuple(key for key in inner if key not in first))


def _tails(pieces: Sequence[str], join: Callable[[str, str], str] = add) -> list[str]:
    """What follows from each piece on, as far as a key goes; an empty one after the last."""
    tails = [""]
    for piece in reversed(pieces):
        tails.append(join(piece, tails[-1])[:KEY_MAX_CHARS])
    tails.reverse()
    return tails


_units: dict[tuple[int, str], tuple[_Unit, ...]] = {}
_UNITS_MAX = 50_000


def _units_of(morpheme: Morpheme, text: str) -> tuple[_Unit, ...]:
    """They depend on nothing but the word, so they are computed once a word.

    Except that no key starts within latin letters and digits that are written together: m of 10m.
    """
    key = (morpheme.word_id(), morpheme.surface())
    units = _units.get(key)
    if units is None:
        if len(_units) >= _UNITS_MAX:
            _units.clear()
        units = _units[key] = tuple(_build_units(morpheme))
    begin = morpheme.begin()
    if begin and key[1].isascii() and text[begin - 1].isascii() and text[begin - 1].isalnum():
        return tuple(unit._replace(is_start=False) for unit in units)
    return units


def _build_units(morpheme: Morpheme) -> Iterator[_Unit]:
    entry = look_up(morpheme)
    parts = list(morpheme.split(SplitMode.A)) if entry.pieces else []
    if len(parts) < 2:
        yield from _build_unit(morpheme, entry.role in (Role.WORD, Role.NUMERAL, Role.HONORIFIC))
        return
    for place, part in enumerate(parts):
        # As in the index: one character within a word is no word, so 水 does not find 化粧水.
        yield from _build_unit(part, place == 0 or len(part.surface()) > 1)


def _build_unit(morpheme: Morpheme, is_start: bool) -> Iterator[_Unit]:
    entry = look_up(morpheme)
    written = fold_spelling(morpheme.surface())
    if not written:
        return
    sound = fold_spelling(entry.sound) or written
    yield _Unit(
        written=written,
        normal=fold_spelling(entry.term) or written,
        sound=sound,
        romaji=romaji_key(written if written.isascii() else sound),
        is_start=is_start,
    )


def fold_spelling(text: str) -> str:
    """Kana in one script and without variants of one sound; letters and digits only.

    >>> fold_spelling("ルイ・ヴィトン てさげ"), fold_spelling("wh-1000xm5")
    ('ルイビトンテサゲ', 'wh1000xm5')
    """
    return fold_sounds(_NOT_LETTER.sub("", text))


def read_typed(text: str) -> tuple[TypedPart, ...]:
    """The pieces of a normalised text; all are needed. Empty when it has no letter or digit.

    >>> read_typed("ほんd")
    (TypedPart(prefixes=('ホンd', 'hond', 'honz'), loose=(), misspelt=('hond',)),)
    >>> [part.prefixes for part in read_typed("靴下 しr")]
    [('靴下',), ('シr', 'sir')]
    """
    words = [_HALF_SOUND.sub("", word)[:_WORD_MAX_CHARS] for word in unify_dashes(text).split()]
    pieces = [(piece, word) for word in words if (piece := fold_spelling(word)).strip("ー")]
    return tuple(part for piece, word in pieces[:TYPED_PARTS_MAX] for part in _read_piece(piece, word))


def _read_piece(piece: str, word: str) -> Iterator[TypedPart]:
    """`word` is what `piece` was before it was folded, for the dictionary."""
    pending = _LATIN_END.search(piece)
    before = piece[: pending.start()] if pending else piece
    if _LATIN.fullmatch(piece):
        yield _part([piece, *_romaji(piece, len(piece) // 2)])
    elif is_kana(piece):
        yield _part([piece], loose=_romaji(piece, len(piece)))
    elif pending is None:
        yield _part([piece, *_normal_forms(word)])
    elif is_kana(before):
        yield _part([piece, *romaji_prefixes(piece)])
    else:
        # Composed so far and a letter more (靴s): how it is said, but only of what is written like that.
        said = "".join(unit.sound for morpheme in tokenize(word) for unit in _units_of(morpheme, word))
        yield _part([before])
        yield _part([piece, *romaji_prefixes(said)])


def _romaji(piece: str, length: int) -> tuple[str, ...]:
    """Of this length at least, since doubled letters are one: xxxxxx is no x and んんん no ん."""
    return tuple(key for key in romaji_prefixes(piece) if len(key) >= length)


def _part(prefixes: Sequence[str], loose: Sequence[str] = ()) -> TypedPart:
    prefixes = _unique(prefixes)
    misspelt = [text for text in prefixes[:2] if len(text) >= TYPO_MIN_CHARS and not any(map(str.isdigit, text))]
    return TypedPart(prefixes, _unique(loose), tuple(misspelt))


def _normal_forms(word: str) -> list[str]:
    """The dictionary form, if it is one word: 引越し is 引っ越し."""
    morphemes = tokenize(word)
    return [fold_spelling(look_up(morphemes[0]).term)] if len(morphemes) == 1 else []


def _unique(keys: Iterable[str]) -> tuple[str, ...]:
    """Each once and of a key's length at most. っ alone has no romaji, and nothing is the beginning of everything."""
    return tuple(dict.fromkeys(key[:KEY_MAX_CHARS] for key in keys if key))
