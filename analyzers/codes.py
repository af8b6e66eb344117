"""Codes that shoppers paste: JAN, SKU and model numbers, compared without hyphens, spaces, width or case."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzers.measures import ROMAN_NUMERALS
from analyzers.normalizer import fold

_NOT_CODE = re.compile(r"[^a-z0-9]+")
_RUN = re.compile(r"[a-z0-9]+(?:[-.‐‑‒–−_][a-z0-9]+)*(?:(?<=-[a-z]{2})-(?=\s|$))?")
_LETTERS_OR_DIGITS = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)?")

_DIGITS = re.compile("[0-9]+")

_JAN_LENGTHS = (8, 13)
_NUMBER_MIN_DIGITS = 5
"""Digits from which a number may be an article number and is a code as well as a term."""
_NAME_MIN_LETTERS = 4
"""Letters from which the beginning of a run is a name by itself: iphone15, but not wh1000xm5."""
_SERIES = re.compile(r"[0-9]{3,}(?=([a-z]+))")
"""Digits that a series ends with, and the letters that follow."""
_PACKING = re.compile(r"[^aeiou0-9]{3,}")
"""Consonants alone name colour and contents (td173drgx), a word may name another model (rtx4060super)."""
_JOINED_MAX_CHARS = 24
_JOINED_MAX_RUNS = 3


class Run(NamedTuple):
    """Latin letters and digits at `start` to `end`, hyphens and dots inside: `code` is the run without these.

    `is_model`: it has a letter and a digit. `is_taken`: the whole is asked for, none of its parts as a word.
    `is_spelt_apart`: it is letters with a hyphen, as wi-fi.
    """

    start: int
    end: int
    code: str
    parts: tuple[str, ...]
    is_model: bool
    is_taken: bool
    is_spelt_apart: bool

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Letters and numbers of a run that begins with a name: iphone15pro is iphone, 15, pro; wh1000xm5 has none."""
        parts = _LETTERS_OR_DIGITS.findall(self.code) if len(self.parts) == 1 and self.is_model else []
        return tuple(parts) if parts and parts[0].isalpha() and len(parts[0]) >= _NAME_MIN_LETTERS else ()


def normalize_code(text: str) -> str:
    """Letters and digits only.

    >>> normalize_code("ＷＨ－1000 XM5")
    'wh1000xm5'
    """
    code = fold(text).replace("-", "")
    # Nearly all are codes now, and a pass of the pattern costs more than the rest.
    return code if code.isascii() and code.isalnum() else _NOT_CODE.sub("", code)


def is_jan(code: str) -> bool:
    """Whether digits are a JAN: 13 or 8 of them, the last the check digit (GS1 General Specifications, 7.9).

    >>> is_jan("4901234567894"), is_jan("4901234567890"), is_jan("49123456"), is_jan("1234")
    (True, False, True, False)
    """
    if len(code) not in _JAN_LENGTHS or not (code.isascii() and code.isdigit()):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return weighted % 10 == 0


def scan_runs(text: str) -> list[Run]:
    """Latin runs of a normalised text in order.

    >>> [run.code for run in scan_runs("sony wh-1000xm5 ヘッドホン usb 3.0")]
    ['sony', 'wh1000xm5', 'usb', '30']
    """
    return [_build_run(match[0], match.start(), match.end()) for match in _RUN.finditer(text)]


def _build_run(text: str, start: int, end: int) -> Run:
    if text.isalpha():
        return Run(start, end, text, (text,), is_model=False, is_taken=False, is_spelt_apart=False)
    parts = tuple(_NOT_CODE.split(text))
    code = "".join(parts)
    is_model = _has_both(code)
    return Run(start, end, code, parts, is_model, is_model or is_jan(code), len(parts) > 1 and code.isalpha())


def build_codes(run: Run) -> list[str]:
    """What a document with a run is found by: the code, its parts that are one, and the beginnings that name its
    series.

    >>> build_codes(scan_runs("eh-na0j-w")[0])
    ['ehna0jw', 'na0j', 'ehna0j']
    >>> build_codes(scan_runs("dsc-rx100m7")[0]), build_codes(scan_runs("td173drg")[0])
    (['dscrx100m7', 'rx100m7', 'dscrx100', 'rx100'], ['td173drg', 'td173', 'td173d', 'td173dr'])
    """
    if run.code.isalpha():
        *first, last = run.parts
        return [f"{''.join(first)}{ROMAN_NUMERALS[last]}"] if first and last in ROMAN_NUMERALS else []
    jans = [digits for digits in _DIGITS.findall(run.code) if is_jan(digits)]
    if run.is_model:
        names = run.name_parts
        prefixes = ["".join(names[:count]) for count in range(2, len(names))]
        parts = list(dict.fromkeys((run.code, *filter(_has_both, run.parts))))
        series = [begin for part in parts for begin in _find_series(part)]
        return [*parts, *_find_beginnings(run), *prefixes, *series, *jans]
    return [run.code] if run.code.isdigit() and len(run.code) >= _NUMBER_MIN_DIGITS else []


def _find_beginnings(run: Run) -> Iterator[str]:
    """Without what stands at the end for a colour or a revision: ga-2100-1a1jf is a ga-2100."""
    for count in range(2, len(run.parts)):
        code = "".join(run.parts[:count])
        if _has_both(code):
            yield code


def _find_series(code: str) -> Iterator[str]:
    for found in _SERIES.finditer(code):
        if _has_both(code[: found.end()]):
            last = found.end(1) if _PACKING.fullmatch(found[1]) else found.end() + 1
            yield from (code[:end] for end in range(found.end(), last))


def join_runs(text: str, runs: Sequence[Run]) -> Iterator[tuple[str, int, int]]:
    """Codes that neighbouring runs make when the space between them is left out, with first and last run's place.

    >>> text = "wh 1000xm5 usb"
    >>> list(join_runs(text, scan_runs(text)))
    [('wh1000xm5', 0, 1), ('wh1000xm5usb', 0, 2), ('1000xm5usb', 1, 2)]
    """
    for first in range(len(runs)):
        code = runs[first].code
        for last in range(first + 1, min(first + _JOINED_MAX_RUNS, len(runs))):
            if text[runs[last - 1].end : runs[last].start] != " ":
                break
            code += runs[last].code
            if len(code) <= _JOINED_MAX_CHARS and (_has_both(code) or is_jan(code)):
                yield code, first, last


def _has_both(code: str) -> bool:
    return not (code.isalpha() or code.isdigit())
