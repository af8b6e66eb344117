"""Kana from latin letters: who forgot to switch the input method on types kutsushita and means 靴下.

Hepburn, Kunrei and what input methods take on top of both are read alike.
"""

import re
from itertools import product

from analyzers.kana import KANA_ROWS, VOWELS

_CONTRACTED = {
    "ky": "キ",
    "sy": "シ",
    "sh": "シ",
    "ty": "チ",
    "ch": "チ",
    "cy": "チ",
    "ny": "ニ",
    "hy": "ヒ",
    "my": "ミ",
    "ry": "リ",
    "gy": "ギ",
    "zy": "ジ",
    "j": "ジ",
    "jy": "ジ",
    "dy": "ヂ",
    "by": "ビ",
    "py": "ピ",
}
_FOREIGN = {"f": "フ", "v": "ヴ", "ts": "ツ", "w": "ウ", "th": "テ", "dh": "デ"}
_SINGLE = {
    "ya": "ヤ",
    "yu": "ユ",
    "yo": "ヨ",
    "wa": "ワ",
    "wo": "ヲ",
    "fu": "フ",
    "vu": "ヴ",
    "tsu": "ツ",
    "chi": "チ",
    "shi": "シ",
    "ji": "ジ",
    "n'": "ン",
    "-": "ー",
    "ー": "ー",
    "wi": "ウィ",
    "we": "ウェ",
    "thi": "ティ",
    "dhi": "ディ",
    "xtu": "ッ",
    "ltu": "ッ",
    "xtsu": "ッ",
    "twu": "トゥ",
    "dwu": "ドゥ",
}
_MACRONS = {
    "ā": "aa",
    "ī": "ii",
    "ū": "uu",
    "ē": "ee",
    "ō": "ou",
    "â": "aa",
    "î": "ii",
    "û": "uu",
    "ê": "ee",
    "ô": "ou",
}
_ROMAJI = re.compile(r"[a-zāīūēōâîûêô'-]+")
_MIN_SOUNDS = 2
_MIN_LETTERS = 4
"""Letters of a word that ends in n: san and kan are how half the kanji are read."""


def _build_syllables() -> dict[str, str]:
    syllables: dict[str, str] = {}
    for (consonant, row), (place, vowel) in product(KANA_ROWS.items(), enumerate(VOWELS)):
        syllables[consonant + vowel] = row[place]
    for (consonant, kana), (vowel, small) in product(_CONTRACTED.items(), zip(VOWELS, "ァィュェョ", strict=True)):
        syllables[consonant + vowel] = kana + ("ャ" if vowel == "a" else small)
    for (consonant, kana), (vowel, small) in product(_FOREIGN.items(), zip(VOWELS, "ァィゥェォ", strict=True)):
        syllables.setdefault(consonant + vowel, kana + small)
    return syllables | _SINGLE


_SYLLABLES = _build_syllables()
_LONGEST = max(map(len, _SYLLABLES))


def read_romaji(text: str) -> str | None:
    """Katakana of a normalised latin word; None when it is no romaji through and through.

    >>> read_romaji("kutsushita"), read_romaji("kutusita"), read_romaji("to-suta-"), read_romaji("shimbun")
    ('クツシタ', 'クツシタ', 'トースター', 'シンブン')
    >>> read_romaji("annai"), read_romaji("koppu"), read_romaji("matcha"), read_romaji("sony"), read_romaji("print")
    ('アンナイ', 'コップ', 'マッチャ', None, None)
    """
    if not _ROMAJI.fullmatch(text) or (len(text) < _MIN_LETTERS and text.endswith("n")):
        return None
    text = "".join(_MACRONS.get(char, char) for char in text)
    kana: list[str] = []
    at = 0
    while at < len(text):
        length, sound = _read_syllable(text, at)
        if not length:
            return None
        kana.append(sound)
        at += length
    return "".join(kana) if len(kana) >= _MIN_SOUNDS else None


def _read_syllable(text: str, at: int) -> tuple[int, str]:
    """How many letters the sound at a place takes, and the sound; 0 when there is none."""
    for length in range(_LONGEST, 0, -1):
        sound = _SYLLABLES.get(text[at : at + length])
        if sound and at + length <= len(text):
            return length, sound
    letter, after = text[at], text[at + 1 : at + 2]
    if letter == "n" and after not in ("y", *VOWELS):
        return 1, "ン"
    if letter == "m" and after in ("b", "p", "m"):
        return 1, "ン"
    if after and letter not in "aiueon" and (letter == after or text[at : at + 3] == "tch"):
        return 1, "ッ"
    return 0, ""
