"""The rules of OpenSearch's `mapping` char filter that do what `normalizer.fold` does.

There is no ICU plugin to be had as a Maven artifact, so the NFKC case fold is a table. It covers the scripts of a
Japanese shop's catalog: Latin, Greek, Cyrillic, kana in every width, compatibility kanji and symbols. The table is
written to mappings/nfkc_casefold.json by `python -m analyzers.char_filter mappings/nfkc_casefold.json`; a test keeps
the two equal.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from analyzers.normalizer import fold

_BLOCKS = (
    range(0x0041, 0x005B),  # basic Latin, upper case
    range(0x00A0, 0x0250),  # Latin-1 supplement, Latin extended A and B
    range(0x0370, 0x0530),  # Greek, Cyrillic
    range(0x1E00, 0x1F00),  # Latin extended additional
    range(0x2000, 0x2190),  # punctuation, superscripts, letterlike, number forms
    range(0x2460, 0x2500),  # enclosed alphanumerics
    range(0x2E80, 0x3100),  # radicals, CJK symbols, kana
    range(0x3130, 0x3400),  # enclosed CJK letters and months, CJK compatibility (㍑ ㎖ ㈱)
    range(0xF900, 0xFB07),  # compatibility ideographs, Latin ligatures
    range(0xFE10, 0xFE70),  # vertical and small forms
    range(0xFF00, 0xFFF0),  # half width and full width forms
)
_VOICING_MARKS = "\u3099\u309a\uff9e\uff9f"
_ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327"


def build_rules() -> list[str]:
    """Rules `from => to` in code point order, every character written as an escape.

    >>> r"\\uff76\\uff9e => \\u30ac" in build_rules()
    True
    """
    return [f"{_escape(source)} => {_escape(target)}" for source, target in build_table().items()]


def build_table() -> dict[str, str]:
    """Source text of one or two characters -> what it folds to.

    >>> build_table()["Ａ"], build_table()["㍑"]
    ('a', 'リットル')
    """
    return {source: fold(source) for source in _sources() if fold(source) != source}


def _sources() -> Iterator[str]:
    for block in _BLOCKS:
        yield from (char for char in map(chr, block) if not _leaves_a_mark_alone(char))
    kana = [chr(code) for code in (*range(0x3041, 0x3100), *range(0xFF66, 0xFF9E))]
    letters = [chr(code) for code in (*range(0x41, 0x5B), *range(0x61, 0x7B))]
    for bases, marks in ((kana, _VOICING_MARKS), (letters, _ACCENTS)):
        yield from (base + mark for base in bases for mark in marks if len(fold(base + mark)) == 1)


def _leaves_a_mark_alone(char: str) -> bool:
    """NFKC turns a spacing mark such as ゛ into a space and a combining mark, which would split a word."""
    folded = fold(char)
    return len(folded) > 1 and folded[0] == " " and unicodedata.combining(folded[1]) > 0


def _escape(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(
        json.dumps({"type": "mapping", "mappings": build_rules()}, indent=1) + "\n", encoding="ascii"
    )
