"""Price words in a search text: 5000円以下, 1万円台, 3,000円〜5,000円, 安い. Pure."""

import re
from dataclasses import dataclass

from core.limits import PRICE_MAX_YEN
from core.types import Yen

_NUMBER = r"(?:[0-9][0-9,]*(?:\.[0-9]+)?)"
_MARK = r"(?:円|えん|yen)"
_TAX = r"(?:\s*\(?税込み?\)?)?"
_AMOUNT = rf"(?:[¥\\]?({_NUMBER})\s*(千|万)?\s*{_MARK}?)"
_YEN = rf"(?:(?:[¥\\]({_NUMBER})\s*(千|万)?{_MARK}?|({_NUMBER})\s*(千|万)?\s*{_MARK}){_TAX})"
_TO = r"\s*(?:〜|~|～|から|-)\s*"

_RANGE = re.compile(rf"{_AMOUNT}{_TO}{_YEN}(?:まで|以下|以内)?")
_BOUND = re.compile(rf"{_YEN}\s*(以下|以内|未満|まで|より安い|以上|から|より高い|台|前後|くらい|ぐらい|程度|〜|~|～)")
_CHEAP = re.compile(r"(?:^|(?<=\s))(?:激安|格安|低価格|安い)(?:の|順|(?=\s|$)|(?=[ァ-ヴ一-龠]))")
_TAX_WORD = re.compile(r"(?:^|(?<=\s))(?:税込み?|税抜き?)(?:価格)?(?=\s|$)")

_ABOUT = 0.2
"""前後, くらい: this share more or less."""


@dataclass(frozen=True, slots=True)
class PriceWord:
    """What stands at `start` to `end`: bounds in yen, both inclusive; `cheap` asks for the cheapest first.

    A price word without bounds that is not `cheap` (税込) says what holds anyway.
    """

    start: int
    end: int
    min_yen: Yen | None = None
    max_yen: Yen | None = None
    cheap: bool = False


def find_price_words(text: str) -> tuple[PriceWord, ...]:
    """In order, none over another. `text` is normalised (analyzers.normalizer).

    >>> [(word.min_yen, word.max_yen) for word in find_price_words("イヤホン 5000円以下")]
    [(None, 5000)]
    >>> [(word.min_yen, word.max_yen) for word in find_price_words("3,000円〜5,000円 1.5万円台")]
    [(3000, 5000), (15000, 15999)]
    >>> find_price_words("5000円 ギフト券 安い靴下")[0].cheap, find_price_words("目安いろいろ")
    (True, ())
    """
    found: list[PriceWord] = []
    for pattern, read in ((_RANGE, _read_range), (_BOUND, _read_bound), (_CHEAP, _read_cheap), (_TAX_WORD, _read_tax)):
        for match in pattern.finditer(text):
            word = read(match)
            if all(word.end <= other.start or other.end <= word.start for other in found):
                found.append(word)
    return tuple(sorted(found, key=lambda word: word.start))


def _read_range(match: re.Match[str]) -> PriceWord:
    low, low_unit, *high = match.groups()
    number, unit = _picked(high)
    low_yen = _yen(low, low_unit or (unit if "." in low or len(low) < 3 else None))
    high_yen = _yen(number, unit)
    return PriceWord(match.start(), match.end(), min(low_yen, high_yen), max(low_yen, high_yen))


def _read_bound(match: re.Match[str]) -> PriceWord:
    *amount, bound = match.groups()
    yen = _yen(*_picked(amount))
    low: int | None = None
    high: int | None = None
    match bound:
        case "以下" | "以内" | "まで":
            high = yen
        case "未満" | "より安い":
            high = max(0, yen - 1)
        case "台":
            low, high = yen, yen + _step(yen) - 1
        case "前後" | "くらい" | "ぐらい" | "程度":
            low, high = round(yen * (1 - _ABOUT)), round(yen * (1 + _ABOUT))
        case _:
            low = yen
    return PriceWord(match.start(), match.end(), _bounded(low), _bounded(high))


def _read_cheap(match: re.Match[str]) -> PriceWord:
    return PriceWord(match.start(), match.end(), cheap=True)


def _read_tax(match: re.Match[str]) -> PriceWord:
    return PriceWord(match.start(), match.end())


def _picked(groups: list[str | None]) -> tuple[str, str | None]:
    """Number and unit of the one of two forms that matched: ¥5000 or 5000円."""
    marked, marked_unit, plain, plain_unit = groups
    return (marked, marked_unit) if marked is not None else (plain or "0", plain_unit)


def _yen(number: str, unit: str | None) -> Yen:
    factor = {"千": 1_000, "万": 10_000, None: 1}[unit]
    return Yen(min(PRICE_MAX_YEN, round(float(number.replace(",", "")) * factor)))


def _bounded(yen: int | None) -> Yen | None:
    return None if yen is None else Yen(min(PRICE_MAX_YEN, yen))


def _step(yen: int) -> int:
    """The place of the last digit that is not zero: 5000 -> 1000, 15000 -> 1000, 20000 -> 10000."""
    step = 1
    while yen and yen % (step * 10) == 0:
        step *= 10
    return step
