"""Words of the dictionary that a shopper may have meant by what it does not know: エヤコン, 抱枕, 炊飯機.

Guesses, as analyzers/lookalikes.py has them, but checked: only real words come out, so short ones may be tried too.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sudachipy import Morpheme

from analyzers.dictionary import load_dictionary
from analyzers.kana import fold_length, is_kana, to_katakana
from analyzers.lexicon import Entry
from analyzers.morphemes import kanji_of
from analyzers.scan import scan_text

SPELLINGS_MAX = 4
"""Spellings of one text that are tried, the likeliest first."""

_MIN_KANA = 3
_SWAP_MIN_KANA = 4
"""Kana of a word in which one may stand for another: アカン is no やかん."""
_SAID_ALIKE_MIN_KANA = 4
"""Kana from which kanji that are no word stand for a word that is said so: 洗濯器 is センタクキ."""
_KNOWN_ALIKE_MIN_KANA = 6
"""Kana from which hardly two known words that end in a single kanji are said alike: 哺乳瓶 is written 哺乳びん too."""

_MIXED_UP = (
    *("カガ", "キギ", "クグ", "ケゲ", "コゴ", "サザ", "シジ", "スズ", "セゼ", "ソゾ", "タダ", "テデ", "トド", "ツッ"),
    *("ハバパ", "ヒビピ", "フブプ", "ヘベペ", "ホボポ"),
    *("アヤァ", "ヤアャ", "イィ", "ウゥ", "エェ", "オォ", "ユュ", "ヨョ"),
    *("ソン", "シツ"),
)
"""Sounds said or heard for each other: voiced and not, ア and ヤ (ピヤノ), large and small; signs that look alike."""
_OTHERS = {
    one: [other for family in _MIXED_UP if one in family for other in family if other != one]
    for one in "".join(_MIXED_UP)
}
_SLURRED = "ーッュャョ"
"""Sounds that are left out, or put in."""
_KATAKANA = re.compile("[ァ-ヺー]+")
_LONG_IN_JAPANESE = re.compile("[オコソトノホモヨロゴゾドボポョウクスツヌフムユルグズブプュ](?!ウ)")
"""Sounds that Japanese words, not loanwords, lengthen by ウ."""
_OKURIGANA = "きりしいみちびげけえれせてめべね"
_NAMES = (("固有名詞", "人名"), ("固有名詞", "地名"))
"""Of people and places: that リュク is somebody's name says nothing in a shop."""


def respell_sounds(text: str) -> tuple[str, ...]:
    """A text with an ordinary word in katakana for what sounds like it but for one sound; what is known stays.

    >>> respell_sounds("エヤコン"), respell_sounds("とれなー"), respell_sounds("ピアノ"), respell_sounds("スケジュル帳")
    (('エアコン',), ('トレーナー',), (), ('スケジュール帳',))
    """
    if is_kana(text):
        return _find_near(to_katakana(text), text)
    return tuple(
        f"{text[: run.start()]}{near}{text[run.end() :]}"
        for run in _KATAKANA.finditer(text)
        for near in _find_near(run[0], run[0])
    )


def _find_near(katakana: str, written: str) -> tuple[str, ...]:
    if len(katakana) < _MIN_KANA or _is_known(written):
        return ()
    return tuple(islice(filter(is_ordinary, dict.fromkeys(_change_each(katakana))), SPELLINGS_MAX))


def respell_okurigana(text: str) -> tuple[str, ...]:
    """A text with the kana at the end of a verb in it: shops write 抱き枕, and shoppers 抱枕.

    >>> "抱き枕" in respell_okurigana("抱枕"), "水切りかご" in respell_okurigana("水切かご"), respell_okurigana("枕")
    (True, True, ())
    """
    if _is_known(text):
        return ()
    return tuple(sorted(_insert_okurigana(text), key=lambda spelling: not _is_known(spelling))[:SPELLINGS_MAX])


def lengthen(sound: str) -> tuple[str, ...]:
    """Katakana of romaji with the long vowel that Hepburn leaves out.

    >>> lengthen("ショユ"), lengthen("ラメン"), lengthen("レイゾコ"), lengthen("カキ")
    (('ショウユ', 'ショーユ'), ('ラーメン',), ('レイゾウコ', 'レイゾコウ'), ())
    """
    written = [f"{sound[: end.end()]}ウ{sound[end.end() :]}" for end in _LONG_IN_JAPANESE.finditer(sound)]
    if is_ordinary(sound):
        return tuple(filter(is_ordinary, written))[:SPELLINGS_MAX]
    spoken = (f"{sound[:at]}ー{sound[at:]}" for at in range(1, len(sound) + 1) if not sound[:at].endswith("ッ"))
    return (tuple(filter(is_ordinary, (*written, *spoken))) or tuple(written))[:SPELLINGS_MAX]


def read_alike(text: str) -> str | None:
    """How a compound with kanji is said that is no word of the dictionary; of one that is, when its end may be in kana.

    >>> read_alike("炊飯機"), read_alike("炊飯器"), read_alike("哺乳瓶"), read_alike("生理用品")
    ('スイハンキ', None, 'ホニュウビン', None)
    """
    entries = [token.entry for token in scan_text(text).read]
    if len(kanji_of(text)) < 2 or not all(map(_is_said, entries)):
        return None
    sound = fold_length("".join(entry.sound for entry in entries))
    if len(entries) > 1:
        return sound if len(sound) >= _SAID_ALIKE_MIN_KANA else None
    ends_short = len(entries[0].pieces) > 1 and entries[0].pieces[-1][0] == 1
    return sound if ends_short and len(sound) >= _KNOWN_ALIKE_MIN_KANA else None


def _is_said(entry: Entry) -> bool:
    return bool(entry.sound)


def _change_each(text: str) -> Iterator[str]:
    for at, sound in enumerate(text if len(text) >= _SWAP_MIN_KANA else ""):
        before, after = text[:at], text[at + 1 :]
        yield from (f"{before}{other}{after}" for other in _OTHERS.get(sound, ()))
    for at, sound in enumerate(text, 1):
        if sound in _SLURRED:
            yield f"{text[: at - 1]}{text[at:]}"
        yield from (f"{text[:at]}{slurred}{text[at:]}" for slurred in _SLURRED)


def _insert_okurigana(text: str) -> Iterator[str]:
    for at, char in enumerate(text, 1):
        if not kanji_of(char) or not _goes_on(text[at:]):
            continue
        for kana in _OKURIGANA:
            spelling = f"{text[:at]}{kana}{text[at:]}"
            if any(map(_is_stem, load_dictionary().lookup(char + kana))) and (at < len(text) or is_ordinary(spelling)):
                yield spelling


def _goes_on(rest: str) -> bool:
    """Okurigana may stand at a text's end too, when that makes a noun of it: 縄跳び."""
    return not rest or bool(kanji_of(rest[0])) or is_kana(rest[0])


def _is_known(text: str) -> bool:
    return any(word.part_of_speech()[1:3] not in _NAMES for word in load_dictionary().lookup(text))


def is_ordinary(text: str) -> bool:
    """Whether a text is a common noun of the dictionary.

    >>> is_ordinary("バス"), is_ordinary("ブータン")
    (True, False)
    """
    return any(word.part_of_speech()[1] == "普通名詞" for word in load_dictionary().lookup(text))


def _is_stem(word: Morpheme) -> bool:
    """A verb as it stands before a noun: 抱き of 抱く."""
    return bool(word.part_of_speech()[5].startswith("連用形"))
