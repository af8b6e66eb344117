"""What a shopper has typed so far of a name: as it is written, in kana, in romaji, in the middle of a composition, and
with a slip. The same names give the same texts.
"""

import random
import re
from collections.abc import Sequence

from sudachipy import Dictionary, Tokenizer

from analyzers.kana import KANA_ROWS

SEED = 5
_LENGTH_MAX = 10
"""Letters of a beginning: who has typed more finds little else."""
_TYPO_MIN_LENGTH = 4

_ROWS = KANA_ROWS | {"x": "ァィゥェォ"}
_ROMAJI = {kana: row + vowel for row, kanas in _ROWS.items() for kana, vowel in zip(kanas, "aiueo", strict=True)}
_ROMAJI |= {"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "wo", "ン": "nn", "ヴ": "vu", "ー": "-"}
_CONTRACTED = {
    kana + small: _ROMAJI[kana][:-1] + sound
    for kana in "キシチニヒミリギジビピ"
    for small, sound in (("ャ", "ya"), ("ュ", "yu"), ("ョ", "yo"))
}
_FOREIGN = {
    "ファ": "fa",
    "フィ": "fi",
    "フェ": "fe",
    "フォ": "fo",
    "ティ": "thi",
    "ディ": "dhi",
    "ウィ": "wi",
    "ウェ": "we",
    "シェ": "sye",
    "チェ": "tye",
    "ジェ": "zye",
}
_SYLLABLES = _CONTRACTED | _FOREIGN | _ROMAJI
_SYLLABLE = re.compile("|".join(_SYLLABLES))
_KANA = re.compile("[ァ-ヴー ]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヴ") + 1)}


def build_inputs(names: Sequence[str], count: int) -> list[str]:
    """`count` different beginnings, each kind as often as the others. `names` have enough of them."""
    choose = random.Random(SEED)
    tokenizer = Dictionary(dict="core").tokenizer()
    found: dict[str, None] = {}
    while len(found) < count:
        name = choose.choice(names)
        reading = " ".join(_read(word, tokenizer) for word in name.split())
        kind = len(found) % 5
        reading = reading if _KANA.fullmatch(reading) else ""
        if text := _type(kind, name, reading.strip(), choose):
            found[text] = None
    return list(found)


def _read(word: str, tokenizer: Tokenizer) -> str:
    """Nothing for a number, which is read digit by digit."""
    if any(map(str.isdigit, word)):
        return ""
    return "".join(morpheme.reading_form() for morpheme in tokenizer.tokenize(word))


def _type(kind: int, name: str, reading: str, choose: random.Random) -> str:
    """Nothing where a name cannot be typed that way, such as a number in kana."""
    length = choose.randint(1, _LENGTH_MAX)
    match kind:
        case 0:
            return name[:length].strip()
        case 1:
            return to_hiragana(reading)[:length].strip()
        case 2:
            return to_romaji(reading)[:length].strip()
        case 3:
            return compose(reading, min(length, len(reading) - 1)) if len(reading) > 1 else ""
        case _:
            typed = choose.choice((to_hiragana(reading), to_romaji(reading)))
            return misspell(typed[: max(length, _TYPO_MIN_LENGTH)], choose)


def to_hiragana(katakana: str) -> str:
    """
    >>> to_hiragana("クツシタ"), to_hiragana("トースター")
    ('くつした', 'とーすたー')
    """
    return katakana.translate(_TO_HIRAGANA)


def to_romaji(katakana: str) -> str:
    """As an input method takes it.

    >>> to_romaji("クツシタ"), to_romaji("マッチャ"), to_romaji("トースター"), to_romaji("ホンダナ")
    ('kutusita', 'mattya', 'to-suta-', 'honndana')
    """
    spelt = _SYLLABLE.sub(lambda match: _SYLLABLES[match[0]], katakana)
    return re.sub("ッ(.?)", r"\1\1", spelt)


def compose(katakana: str, length: int) -> str:
    """So many kana, and of the next one what is typed of it before it is one.

    >>> compose("クツシタ", 2), compose("ホンダナ", 2), compose("トイレ", 1)
    ('くつs', 'ほんd', 'とi')
    """
    typed = to_romaji(katakana[length:])[:1]
    return to_hiragana(katakana[:length]) + typed if typed.isascii() and typed.isalpha() else ""


def misspell(text: str, choose: random.Random) -> str:
    """One letter after the first is another one of the text, or missing; short texts are not misspelt.

    >>> misspell("kutusita", random.Random(1)), misspell("くつ", random.Random(1))
    ('kuuusita', '')
    """
    if len(text) < _TYPO_MIN_LENGTH:
        return ""
    place = choose.randrange(1, len(text))
    misspelt = text[:place] + choose.choice(("", choose.choice(text))) + text[place + 1 :]
    return misspelt if misspelt != text else ""
