"""Other spellings that a shopper may have meant: signs that look alike, kana of the wrong size, sounds mixed up.

Every spelling is a guess. They are tried only when what was typed finds nothing, and the shopper is told.
"""

import re
from collections.abc import Iterator
from itertools import islice

from analyzers.kana import enlarge_kana, is_kana, to_katakana

SPELLINGS_MAX = 8
"""Spellings of one text that are tried, the likeliest first."""

_KATAKANA_SHAPES = {
    **dict(zip("二八力口夕工卜千才三一へべぺり", "ニハカロタエトチオミーヘベペリ", strict=True)),
    "日": "ロ",
}
_AFTER_KATAKANA = re.compile(rf"(?<=[ァ-ヺー])[{''.join(_KATAKANA_SHAPES)}]|[{''.join(_KATAKANA_SHAPES)}](?=[ァ-ヺー])")
_KANJI_SHAPES = dict(zip("ニハカロタエトチオミー", "二八力口夕工卜千才三一", strict=True))
_AMONG_KANJI = re.compile(
    r"(?<![ァ-ヺー])[ニハカロタエトチオミー](?=[一-龠])|(?<=[一-龠])[ニハカロタエトチオミー](?![ァ-ヺー])"
)
_HIRAGANA_SHAPES = dict(zip("ヘベペリ", "へべぺり", strict=True))
_AMONG_HIRAGANA = re.compile(r"(?<=[ぁ-ゖ])[ヘベペリ](?![ァ-ヺー])|(?<![ァ-ヺー])[ヘベペリ](?=[ぁ-ゖ])")

_UNFINISHED = re.compile("(?<=[ぁ-ゖー])n(?![a-z])")
"""The n of ふらいぱn, with which an input method waits."""

_SMALL = dict(zip("やゆよつヤユヨツアイウエオ", "ゃゅょっャュョッァィゥェォ", strict=True))
_SHOULD_BE_SMALL = re.compile(
    "(?<=[きぎしじちぢにひびぴみりキギシジチヂニヒビピミリ])[やゆよヤユヨ]"
    "|つ(?=[かきくけこさしすせそたちつてとぱぴぷぺぽ])|ツ(?=[カキクケコガギグゲゴサシスセソザジズゼゾタチツテトダヂヅデドパピプペポ])"
    "|(?<=[フヴ])[アイエオ]|(?<=[テデ])イ|(?<=[シジチ])エ|(?<=[トド])ウ(?=[ァ-ヺー])"
)

_VOICED = {"ク": "グ", "ト": "ド", "プ": "ブ", "く": "ぐ", "と": "ど", "ぷ": "ぶ"}
_SWAPPED = _VOICED | {voiced: plain for plain, voiced in _VOICED.items()}
_AFTER_STOP = re.compile(f"(?<=[ッっ])[{''.join(_SWAPPED)}]")
_PLAIN_AT_END = re.compile(f"(?<=[ッっ])[{''.join(_VOICED)}]$")

_ROWS = {
    "ア": "アカガサザタダナハバパマヤラワャァ",
    "イ": "イキギシジチヂニヒビピミリィ",
    "ウ": "ウクグスズツヅヌフブプムユルュゥ",
    "エ": "エケゲセゼテデネヘベペメレェ",
    "オ": "オコゴソゾトドノホボポモヨロョォ",
}
_VOWEL_OF = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
_LENGTHENERS = {"ア": "アァ", "イ": "イィ", "ウ": "ウゥ", "エ": "エイェィ", "オ": "オウォゥ"}
_LONG_VOWEL = re.compile("|".join(f"(?<=[{row}])[{_LENGTHENERS[vowel]}]" for vowel, row in _ROWS.items()))
_WRITTEN_LONG = {"エ": "イ", "オ": "ウ"}
"""How Japanese words write the long vowels that their sound would write エ and オ: ケイ, コウ."""

_MIXED_UP = (
    ("ティ", "チ"),
    ("ディ", "デ"),
    ("ディ", "ジ"),
    ("フォ", "ホ"),
    ("フィ", "ヒ"),
    ("ジェ", "ゼ"),
    ("シェ", "セ"),
    ("トゥ", "ツ"),
)


def respell(text: str, is_known: bool = False) -> tuple[str, ...]:
    """Up to eight other spellings, the likeliest first; of a known word fewer, since ボウル is not meant as ボール.

    >>> respell("二ット帽")[0], respell("シヨルダー")[0], "ドッグフード" in respell("ドックフード")
    ('ニット帽', 'ショルダー', True)
    >>> respell("ベット", is_known=True), respell("レッド", is_known=True)
    (('ベッド',), ())
    >>> respell("ふらいぱn")[0]
    'ふらいぱん'
    >>> respell("靴下")
    ()
    """
    found = (spelling for spelling in dict.fromkeys(_respell(text, is_known)) if spelling != text)
    return tuple(islice(found, SPELLINGS_MAX))


def _respell(text: str, is_known: bool) -> Iterator[str]:
    yield _UNFINISHED.sub("ん", text)
    yield _AFTER_KATAKANA.sub(lambda match: _KATAKANA_SHAPES[match[0]], text)
    yield _AMONG_KANJI.sub(lambda match: _KANJI_SHAPES[match[0]], text)
    yield _AMONG_HIRAGANA.sub(lambda match: _HIRAGANA_SHAPES[match[0]], text)
    if is_known:
        yield from _swap_each(_PLAIN_AT_END, text)
        return
    yield _SHOULD_BE_SMALL.sub(lambda match: _SMALL[match[0]], text)
    yield from _swap_each(_AFTER_STOP, text)
    if is_kana(text):
        yield from _respell_kana(to_katakana(text))


def _swap_each(places: re.Pattern[str], text: str) -> Iterator[str]:
    """ベッド for ベット, バッグ for バック: the sound after ッ, one place at a time."""
    for match in places.finditer(text):
        yield f"{text[: match.start()]}{_SWAPPED[match[0]]}{text[match.end() :]}"


def _respell_kana(text: str) -> Iterator[str]:
    yield from respell_long(text)
    for one, other in _MIXED_UP:
        yield text.replace(one, other)
    for one, other in _MIXED_UP:
        yield text.replace(other, one)
    yield enlarge_kana(text)


def respell_long(text: str) -> tuple[str, ...]:
    """Katakana with its long vowels written as ー, as Japanese words write them, and as they sound.

    >>> respell_long("ボオシ")
    ('ボーシ', 'ボウシ', 'ボオシ')
    """
    long = _LONG_VOWEL.sub("ー", text)
    return long, _write_long(long, _WRITTEN_LONG), _write_long(long, {})


def _write_long(text: str, written: dict[str, str]) -> str:
    """ー as a vowel: ブドー is ブドウ, オーサカ is オオサカ."""
    out: list[str] = []
    for char in text:
        vowel = _VOWEL_OF.get(out[-1], char) if char == "ー" and out else char
        out.append(written.get(vowel, vowel) if char == "ー" else char)
    return "".join(out)
