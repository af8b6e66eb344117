"""One romaji for what is typed and what is read, so that the beginning of a word keys to the beginning of its key.

Kunrei, Hepburn and what input methods take (shi, si; tsu, tu; nn, n) become the same letters; long vowels and doubled
consonants become single ones. A key is for comparing and never shown.
"""

import re
from functools import cache, lru_cache
from string import ascii_lowercase

from analyzers.kana import KANA_ROWS, VOWELS

_ROWS = KANA_ROWS | {"d": "ダ..デド", "y": "ヤ.ユ.ヨ", "w": "ワ...."}
_SOUNDS = {
    kana: (consonant, vowel)
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row, VOWELS, strict=True)
    if kana != "."
}
_SMALLVOWELS = dict(zip("ァィゥェォ", VOWELS, strict=True))
_SMALL_Y = dict(zip("ャュョ", ("ya", "yu", "yo"), strict=True))
_SINGLE = _SMALLVOWELS | _SMALL_Y | {"ヮ": "wa", "ン": "n", "ッ": "", "ー": ""}
_FOREIGN = {"フ": "f", "ツ": "ts", "テ": "t", "ト": "t", "デ": "d"}
"""ファ is fa and ティ ti, where クォ stays kuo."""

_LATIN = re.compile("[a-z]")
_KANA = re.compile("[ァ-ヴ][ァィゥェォャュョ]|[ァ-ヶー]")

_LATIN_SPELLINGS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("l", "r"),
        ("v", "b"),
        ("c(?=[auo])", "k"),
        ("tch", "ch"),
        ("shi", "si"),
        ("sh(?=[aueo])", "sy"),
        ("chi", "ti"),
        ("ch(?=[aueo])", "ty"),
        ("ji", "zi"),
        ("jy?(?=[aueo])", "zy"),
        ("f(?=[uy])", "h"),
        ("tsu", "tu"),
        ("dz|d(?=u)", "z"),
        ("(?<=[td])h(?=i)", ""),
        ("(?<=[td])h(?=u)", "y"),
        ("w(?=[ieo])", "u"),
        ("m(?=[bp])", "n"),
    )
]
_LONG_O = re.compile("o[ou]+")
_MERGED = {letter: letter for letter in ascii_lowercase} | {"o": "ou"}
"""Letter -> those that say no more after it."""
_REPEATED = re.compile(r"([a-z])\1+")

_PENDING = {
    "tc": ("ti", "ty"),
    "ch": ("ti", "ty"),
    "sh": ("si", "sy"),
    "ts": ("tu", "ts"),
    "th": ("ti", "ty"),
    "dh": ("di", "dy"),
    "jy": ("zy",),
    "fy": ("hy",),
    "c": ("k", "ti", "ty"),
    "j": ("z",),
    "f": ("hu", "hy", "f"),
    "d": ("d", "z"),
    "w": ("w", "u"),
    "m": ("m", "n"),
}
"""Letters that may be half of a syllable, and what a key may have in their place."""
_PENDING_END = re.compile("(?:tc|ch|sh|ts|th|dh|jy|fy|[cjfdwm])$")


@lru_cache(maxsize=20_000)
def romaji_key(text: str) -> str:
    """Of lower-case latin and of katakana as `analyzers.kana.fold_sounds` gives it; other characters pass.

    >>> romaji_key("トースター"), romaji_key("クツシタ"), romaji_key("マッチャ"), romaji_key("ウイスキー")
    ('tosuta', 'kutusita', 'matya', 'uisuki')
    >>> {romaji_key(spelling) for spelling in ("クツシタ", "kutsushita", "kutusita")}
    {'kutusita'}
    >>> {romaji_key(spelling) for spelling in ("ソウジキ", "soujiki", "sojiki", "souziki")}
    {'soziki'}
    """
    is_latin = _LATIN.search(text) is not None
    text = _REPEATED.sub(r"\1", _KANA.sub(lambda match: _syllable(match[0]), text))
    text = _unify_latin(text) if is_latin else text
    return _REPEATED.sub(r"\1", _LONG_O.sub("o", text))


def _unify_latin(text: str) -> str:
    for pattern, replacement in _LATIN_SPELLINGS:
        text = pattern.sub(replacement, text)
    return text


def join_keys(key: str, after: str) -> str:
    """The key of two words together, from theirs: a long vowel or a doubled letter may lie where they meet.

    >>> join_keys("mono", "uri"), join_keys("hon", "no"), romaji_key("モノウリ"), romaji_key("ホンノ")
    ('monori', 'hono', 'monori', 'hono')
    """
    return key + after.lstrip(_MERGED.get(key[-1:], ""))


def romaji_prefixes(typed: str) -> tuple[str, ...]:
    """The keys that what was typed so far may be the beginning of: a last syllable may be half.

    >>> romaji_prefixes("kutsus"), romaji_prefixes("kuts"), romaji_prefixes("トs")
    (('kutus',), ('kutu', 'kuts'), ('tos',))
    """
    key = romaji_key(typed)
    pending = _PENDING_END.search(key)
    if pending is None:
        return (key,)
    whole = key[: pending.start()]
    return tuple(dict.fromkeys([*(whole + syllable for syllable in _PENDING[pending[0]]), key]))


@cache
def _syllable(kana: str) -> str:
    """In the one spelling already, for no other looks beyond a syllable.

    >>> [_syllable(kana) for kana in ("シ", "シャ", "ファ", "フュ", "ティ", "クォ", "ー")]
    ['si', 'sya', 'fa', 'hyu', 'ti', 'kuo', '']
    """
    return _unify_latin(_spell(kana))


def _spell(kana: str) -> str:
    first, small = kana[0], kana[1:]
    if first not in _SOUNDS:
        return _SINGLE.get(first, first) + _SINGLE.get(small, small)
    consonant, vowel = _SOUNDS[first]
    if small in _SMALL_Y:
        return consonant + _SMALL_Y[small]
    if small not in _SMALLVOWELS:
        return consonant + vowel
    if first in _FOREIGN:
        return _FOREIGN[first] + _SMALLVOWELS[small]
    return (f"{consonant}y" if vowel == "i" else consonant + vowel) + _SMALLVOWELS[small]
