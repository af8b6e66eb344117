"""By what beginnings a name is suggested, and what a half-typed text may be the beginning of.

A name has keys from each of its words on: as it is written, in its dictionary form, as it is said in katakana, and in
one romaji (analyzers.romaji_key). A typed text is compared with them as a prefix, so the shopper may type kanji, kana,
latin, romaji without an input method, or be in the middle of a composition (とs).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from analyzers.dictionary import tokenize
from analyzers.kana import fold_sounds, is_kana, unify_dashes
from analyzers.lexicon import Entry, look_up
from analyzers.morphemes import Role
from analyzers.normalizer import normalize_text
from analyzers.romaji_key import join_keys, romaji_key, romaji_prefixes
from analyzers.tokens import Token, read_tokens

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

_KEPT_WORDS = 50_000

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
    """A piece of a name: as it is written, said, and in romaji; and whether a key starts here.

    `normal` is the dictionary form and `said` the romaji of what latin letters are called; empty when they say no more.
    """

    written: str
    sound: str
    romaji: str
    normal: str
    said: str
    is_start: bool


def build_suggest_keys(name: str) -> SuggestKeys:
    """Keys of a name of any length and content.

    >>> build_suggest_keys("電気トースター").first
    ('電気トースター', 'デンキトースター', 'denkitosuta')
    >>> build_suggest_keys("トートバッグ").inner
    ('バッグ', 'bagu')
    """
    text = unify_dashes(normalize_text(name[:_NAME_MAX_CHARS]))
    starts = keys_of(text, read_tokens(text))
    first = _unique(chain(*starts[:1]))
    return SuggestKeys(first, _unique(key for key in chain(*starts[1:]) if key not in first))


def keys_of(text: str, tokens: Iterable[Token]) -> list[list[str]]:
    """The keys of a normalised text that was read already: from its beginning, and from each later word on.

    Some may be empty.
    """
    units: list[_Unit] = []
    for token in tokens:
        if token.start >= _NAME_MAX_CHARS:
            break
        units += _inner_units(token.entry) if _is_inner(token, text) else _units_of(token.entry)
    found: list[list[str]] = []
    written = sound = romaji = ""
    for place in reversed(range(len(units))):
        own_written, own_sound, own_romaji, normal, said, is_start = units[place]
        if normal:
            normal = (normal + written)[:KEY_MAX_CHARS]
        if said:
            said = join_keys(said, romaji)[:KEY_MAX_CHARS]
        written = (own_written + written)[:KEY_MAX_CHARS]
        sound = (own_sound + sound)[:KEY_MAX_CHARS]
        romaji = join_keys(own_romaji, romaji)[:KEY_MAX_CHARS]
        if is_start or place == 0:
            found.append([written, normal, sound, romaji, said])
    found.reverse()
    return found[: 1 + _INNER_STARTS_MAX]


def _is_inner(token: Token, text: str) -> bool:
    """Whether it is written together with the latin letters and digits before it: m of 10m."""
    if not token.entry.surface.isascii():
        return False
    before = text[token.start - 1 : token.start]
    return before.isascii() and before.isalnum()


@lru_cache(maxsize=_KEPT_WORDS)
def _inner_units(entry: Entry) -> tuple[_Unit, ...]:
    """No key starts there."""
    return tuple(unit._replace(is_start=False) for unit in _units_of(entry))


@lru_cache(maxsize=_KEPT_WORDS)
def _units_of(entry: Entry) -> tuple[_Unit, ...]:
    if not entry.pieces:
        return tuple(_build_unit(entry, entry.role in (Role.WORD, Role.NUMERAL, Role.HONORIFIC)))
    # As in the index: one character within a word is no word, so 水 does not find 化粧水.
    parts = enumerate(entry.units)
    return tuple(unit for place, part in parts for unit in _build_unit(part, place == 0 or len(part.surface) > 1))


def _build_unit(entry: Entry, is_start: bool) -> Iterator[_Unit]:
    written = fold_spelling(entry.surface)
    if not written:
        return
    sound = entry.sound or written
    normal = fold_spelling(entry.term)
    is_latin = written.isascii()
    yield _Unit(
        written=written,
        sound=sound,
        romaji=romaji_key(written if is_latin else sound),
        normal=normal if normal != written else "",
        said=romaji_key(sound) if is_latin and sound != written else "",
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
        said = "".join(unit.sound for token in read_tokens(word) for unit in _units_of(token.entry))
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
