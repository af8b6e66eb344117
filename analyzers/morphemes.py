"""What we take of one of SudachiPy's morphemes: what it is for, its term, its sound, and how else it is written."""

import re
from enum import Enum, auto

import jaconv
from sudachipy import Morpheme

from analyzers.kana import fold_kana, fold_sounds, is_hiragana, is_kana, unvoice
from analyzers.normalizer import fold

_PURPOSES = ("用", "向け", "向き", "サイズ")
NEGATING = frozenset("無不非未")
"""Before a word: what is 無香料 has no 香料."""
WITHOUT = frozenset(("ナシ", "無シ", "不要"))
"""After a word, by their terms: 肩ひもなし."""
_LATIN_MIN = 5
"""Letters of a latin word that may be misspelt."""

_GAPS = re.compile(r"\s+|(?<=[a-z])-(?=[a-z])")


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


def role_of(token: Morpheme) -> Role:
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


def plain_term(token: Morpheme) -> str:
    """The dictionary's normal form, folded, without the spaces and hyphens that the index would part it by."""
    return fold_kana(_GAPS.sub("", fold(token.normalized_form())) or fold(token.surface()))


def latin_of(token: Morpheme) -> str:
    """A latin word as it is spelt, for who misspells it: panasonik is near to panasonic, not to パナソニック."""
    surface = _GAPS.sub("", token.surface())
    return surface if len(surface) >= _LATIN_MIN and surface.isascii() and surface.isalpha() else ""


def sound_of(token: Morpheme, role: Role) -> str:
    """Katakana. A numeral has none (15 would read イチゴ), nor has a latin letter or two (m reads メートル)."""
    surface: str = token.surface()
    if role in (Role.NUMERAL, Role.SYMBOL) or (surface.isascii() and len(surface) <= 2):
        return ""
    reading = _reading_of(token)
    return fold_sounds(reading) if is_kana(reading) else ""


def _reading_of(token: Morpheme) -> str:
    """The dictionary's, but of 持込, which it reads モチコメ."""
    reading: str = token.reading_form()
    return f"{reading[:-1]}ミ" if reading.endswith("コメ") and token.surface().endswith("込") else reading


def spoken_of(token: Morpheme) -> str:
    surface: str = token.surface()
    if surface.isascii():
        return surface
    reading = _reading_of(token)
    return jaconv.kata2hira(reading) if is_kana(reading) and "・" not in reading else surface


def split_latin(surface: str) -> list[str]:
    """Parts of what the dictionary has as one word: new balance, type-c."""
    return _GAPS.split(surface)


def stem_of(token: Morpheme) -> str:
    """Kanji and sound of a word with okurigana: 取付け, 取り付け and 取付 are one word; empty when there is none."""
    surface = token.surface()
    has_kana = any("ぁ" <= char <= "ゖ" for char in surface + token.normalized_form())
    return build_stem(surface, _reading_of(token)) if has_kana and not token.is_oov() else ""


def build_stem(surface: str, sound: str) -> str:
    """Kanji, and how the whole is said without voicing, since 袋 in 手提げ袋 is said ぶくろ.

    >>> build_stem("取り付け", "トリツケ") == build_stem("取付", "トリツケ"), build_stem("かばん", "カバン")
    (True, '')
    """
    kanji = kanji_of(surface)
    return f"{kanji}{unvoice(fold_sounds(sound))}" if kanji and is_kana(sound) else ""


def kanji_of(surface: str) -> str:
    return "".join(char for char in surface if "一" <= char <= "龠")
