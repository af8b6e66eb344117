"""Readings: how a name is said, for sorting by 五十音 and for slugs. SudachiPy's core dictionary gives them."""

import re

import jaconv
from sudachipy import Morpheme

from analyzers.dictionary import tokenize
from analyzers.normalizer import fold

_READ_MAX_CHARS = 80
"""Longest text that is read: the order of names is decided before (and SudachiPy takes 49,149 bytes)."""

_KANA = re.compile(r"[ぁ-ゖァ-ヺー]+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")

_PLAIN = str.maketrans(
    "ぁぃぅぇぉっゃゅょゎゕゖがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔ",
    "あいうえおつやゆよわかけかきくけこさしすせそたちつてとはひふへほはひふへほう",
)
_VOWELS = {
    kana: vowel
    for vowel, row in {
        "あ": "あかさたなはまやらわ",
        "い": "いきしちにひみりゐ",
        "う": "うくすつぬふむゆる",
        "え": "えけせてねへめれゑ",
        "お": "おこそとのほもよろを",
    }.items()
    for kana in row
}


def reading_of(text: str) -> str:
    """Hiragana of what can be read; latin, digits and symbols stay as they are, folded.

    >>> reading_of("東京 ワイヤレスイヤホン 2個")
    'とうきょう わいやれすいやほん 2こ'
    """
    return "".join(map(_read_token, tokenize(fold(text[:_READ_MAX_CHARS]))))


def _read_token(token: Morpheme) -> str:
    surface: str = token.surface()
    if surface.isascii():
        return surface
    reading = token.reading_form()
    return jaconv.kata2hira(reading) if _KANA.fullmatch(reading) else surface


def gojuon_key(text: str) -> str:
    """Sort key of a Japanese dictionary (after JIS X 4061): small, voiced and long kana count as plain ones first.

    >>> names = ["ばら", "はり", "カーテン", "かい", "かあさん"]
    >>> sorted(names, key=gojuon_key)
    ['かあさん', 'カーテン', 'かい', 'ばら', 'はり']
    """
    return sort_key(reading_of(text))


def sort_key(reading: str) -> str:
    """The key of a reading that is known already, of which the first 80 characters count."""
    reading = reading[:_READ_MAX_CHARS]
    return f"{_lengthen(reading.translate(_PLAIN))} {reading}"


def _lengthen(reading: str) -> str:
    """A long mark counts as the vowel before it: かーてん -> かあてん."""
    out, *rest = reading.split("ー")
    for part in rest:
        out += _VOWELS.get(out[-1:], "ー") + part
    return out


def romaji_slug(name: str) -> str:
    """A URL part from a name; empty when nothing of it can be read.

    >>> romaji_slug("ワイヤレスイヤホン"), romaji_slug("本・雑誌")
    ('waiyaresu-iyahon', 'hon-zasshi')
    """
    words = (_read_token(token) for token in tokenize(fold(name[:_READ_MAX_CHARS])))
    return _NOT_SLUG.sub("-", "-".join(jaconv.kana2alphabet(word) for word in words)).strip("-")
