"""Quantities in one unit each: 1.5L and 1500ml are "ml:1500", 2本セット and 二本入り are "本:2", Mサイズ is "size:m".

They are compared exactly, so 2m never finds 20m. A range (5〜10kg) is no quantity of either end and is left
alone; one without a lower end (〜6畳) is that of its upper end.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from analyzers.measures import COUNTERS, JAPANESE_UNITS, LATIN_UNITS, OTHER_WORDS, SIZES

_KANJI_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}


class Quantity(NamedTuple):
    """`value` such as "ml:1500" at `start` to `end` of the text that was scanned; `is_kanji`: 二本, not 2本."""

    value: str
    start: int
    end: int
    is_kanji: bool = False


def _alternation(names: Iterable[str]) -> str:
    return "|".join(map(_guard, sorted(names, key=len, reverse=True)))


def _guard(name: str) -> str:
    """The name as a pattern that does not match the beginning of a longer word: 2ミリオン, 1人気."""
    return f"{re.escape(name)}(?!{OTHER_WORDS[name]})" if name in OTHER_WORDS else re.escape(name)


_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,4})?万?"
_TIMES = r"\s?[x×*✕✖]\s?"
_BEFORE = r"(?<![\d.,準])(?<!\d[〜~–―-])(?<![^\s(\[/][〜~])(?<![a-z]-)(?<![a-wyz])(?<!\bx)"
"""No rest of a number, no end of a range, no part of a model number; 準2級 is no 2級. A 0W-20 is no watt either."""
_MEASURED = re.compile(
    rf"{_BEFORE}(?P<numbers>{_NUMBER}(?:{_TIMES}{_NUMBER}){{0,2}})"
    rf"(?:\s?(?P<latin>{_alternation(LATIN_UNITS)})(?![a-wyz0-9]|x(?!\d)|-\d)"
    rf"|\s?(?P<japanese>{_alternation(JAPANESE_UNITS)}))(?!\s?[〜~–]\s?\d)"
)
_COUNTED = re.compile(
    rf"(?:{_BEFORE}(?P<digits>{_NUMBER})|(?P<kanji>[一二三四五六七八九]?十?[一二三四五六七八九]|十))"
    rf"(?P<counter>{_alternation(COUNTERS)})(?!\s?[〜~–]\s?\d)"
)
_DIMENSIONS = re.compile(rf"{_BEFORE}(?P<numbers>{_NUMBER}(?:{_TIMES}{_NUMBER}){{1,2}})(?![a-z0-9.])")
_SCREEN = re.compile(rf"{_BEFORE}(?P<inches>\d{{2,3}}(?:\.\d)?)v?型")
_BATTERY = re.compile(r"単(?P<cell>[1-6一二三四五六])(?:形|型)?(?![a-z0-9])")
_PURITY = re.compile(r"(?<![a-z0-9])(?:k(?P<after>1[048]|2[24])|(?P<before>1[048]|2[24])(?:k|金))(?![a-z0-9])")
_SIZE_NAMES = "|".join(sorted(SIZES, key=len, reverse=True))
_SIZE = re.compile(
    rf"(?<![a-z0-9.&'-])(?P<sized>{_SIZE_NAMES})\s?サイズ|サイズ\s?[:/]?\s?(?P<size>{_SIZE_NAMES})(?![a-z0-9.&'-])"
)
_LITRES_OR_SIZE = re.compile(r"(?<![a-z0-9.&'-])[2-6]l(?![a-z0-9])")
"""3L is three litres or a size of clothes: it counts as both."""
_CALENDAR_YEAR = re.compile(r"年:\d{4}")
"""2026年 is a year and no length of time: it stays two words, so that 2026 finds it."""
_NUMERALS = "一二三四五六七八九十"
_ANY_NUMBER = re.compile(rf"[\d{_NUMERALS}]")
_NUMBER_START = re.compile(rf"[\d{_NUMERALS}](?<![\d.,]\d)(?<![{_NUMERALS}][{_NUMERALS}])")
"""What a number begins with comes first in the pattern: so the places without one are passed over in one go."""
_TIMES_SIGN = re.compile(_TIMES)


def scan_quantities(text: str) -> list[Quantity]:
    """Quantities of a normalised text, in order and not overlapping.

    >>> [found.value for found in scan_quantities("保存水 1.5l×8本 26.0cm 6畳用 二段")]
    ['ml:1500', '本:8', 'mm:260', '畳:6', '段:2']
    >>> scan_quantities("5〜10kg wh-1000xm5")
    []
    """
    if "サイズ" not in text and _ANY_NUMBER.search(text) is None:
        return []
    found = list(_scan_all(text))
    if len(found) < 2:
        return found
    kept: list[Quantity] = []
    for quantity in sorted(found, key=lambda found: (found.start, -found.end)):
        if not kept or quantity.start >= kept[-1].end or _shares_place(quantity, kept[-1]):
            kept.append(quantity)
    return list(dict.fromkeys(kept))


def _shares_place(one: Quantity, other: Quantity) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _scan_all(text: str) -> Iterator[Quantity]:
    for start in _NUMBER_START.finditer(text):
        yield from _read_measured(text, start.start())
        yield from _read_counted(text, start.start())
        if "型" in text:
            yield from _read_screen(text, start.start())
    if "単" in text:
        for match in _BATTERY.finditer(text):
            yield Quantity(f"単:{_KANJI_DIGITS.get(match['cell'], match['cell'])}", match.start(), match.end())
    if "金" in text or "k" in text:
        for match in _PURITY.finditer(text):
            yield Quantity(f"金:{match['after'] or match['before']}", match.start(), match.end())
    if "サイズ" in text:
        for match in _SIZE.finditer(text):
            yield Quantity(f"size:{SIZES[match['sized'] or match['size']]}", match.start(), match.end())
    if "l" in text:
        for match in _LITRES_OR_SIZE.finditer(text):
            yield Quantity(f"size:{SIZES[match[0]]}", match.start(), match.end())


def _read_measured(text: str, start: int) -> Iterator[Quantity]:
    if match := _MEASURED.match(text, start):
        units, factor = LATIN_UNITS[match["latin"]] if match["latin"] else JAPANESE_UNITS[match["japanese"]]
        numbers = _TIMES_SIGN.split(match["numbers"])
        for unit, number in product(units.split(), numbers):
            yield Quantity(f"{unit}:{_canonical(number, factor)}", start, match.end())
        if len(numbers) > 1:
            yield _build_dimensions(numbers, start, match.end())
    elif match := _DIMENSIONS.match(text, start):
        yield _build_dimensions(_TIMES_SIGN.split(match["numbers"]), start, match.end())


def _build_dimensions(numbers: list[str], start: int, end: int) -> Quantity:
    """100×200 with or without a unit, since shops leave it out as often as not."""
    return Quantity(f"x:{'x'.join(map(_canonical, numbers))}", start, end)


def _read_counted(text: str, start: int) -> Iterator[Quantity]:
    if match := _COUNTED.match(text, start):
        number = _canonical(match["digits"] or str(_read_kanji(match["kanji"])))
        value = f"{COUNTERS[match['counter']]}:{number}"
        if not _CALENDAR_YEAR.fullmatch(value):
            yield Quantity(value, start, match.end(), is_kanji=bool(match["kanji"]))


def _read_screen(text: str, start: int) -> Iterator[Quantity]:
    if match := _SCREEN.match(text, start):
        yield Quantity(f"in:{_canonical(match['inches'])}", start, match.end())


def _canonical(number: str, factor: str = "1") -> str:
    if factor == "1" and number.isdecimal():
        return number.lstrip("0") or "0"
    value = Decimal(number.replace(",", "").rstrip("万")) * Decimal(factor) * (10_000 if number.endswith("万") else 1)
    return f"{value.normalize():f}"


def _read_kanji(text: str) -> int:
    """十二 is 12, 二十 is 20, 三 is 3."""
    tens, ten, ones = text.rpartition("十")
    return (_KANJI_DIGITS.get(tens, 1) * 10 if ten else 0) + _KANJI_DIGITS.get(ones, 0)
