"""The one text normaliser, used when a document is built and when a query is read (I13).

OpenSearch applies the same function to the text fields: mappings/nfkc_casefold.json is generated from it by
analyzers/char_filter.py, so text that was not normalised in Python meets the same tokens.
"""

import hashlib
import re
import unicodedata
from importlib.metadata import version
from pathlib import Path

_CODE_VERSION = "7"
"""Any change of this package that changes an output raises it."""

_TABLES = sorted(Path(__file__).parent.glob("[bh]*.tsv"))
"""Brands, heads of compounds and homonyms, which change terms; synonyms do not, they are a query's alone."""

NORMALIZER_VERSION = "-".join(
    (
        _CODE_VERSION,
        version("sudachidict_core"),
        hashlib.sha256(b"".join(table.read_bytes() for table in _TABLES)).hexdigest()[:8],
    )
)
"""Stored with each generation: the code, the dictionary and the brands that made its terms."""

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufff0-\uffff\ud800-\udfff]"
)
"""Controls, zero-width and direction marks, lone surrogates: invisible, so never part of a word."""

_SPACING_MARKS = re.compile(
    "(?<=[かきくけこさしすせそたちつてとはひふへほウカキクケコサシスセソタチツテトハヒフヘホ])[゛゜]"
)


def fold(text: str) -> str:
    """NFKC and case fold: width, compatibility forms and case disappear, nothing else does.

    >>> fold("ＳＯＮＹ ﾜｲﾔﾚｽ ㍑ ①")
    'sony ワイヤレス リットル 1'
    >>> fold("が") == "が"
    True
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def normalize_text(text: str) -> str:
    r"""Fold, drop what cannot be seen, collapse white space.

    >>> normalize_text("ハ゜ン ホ゛トル")
    'パン ボトル'
    >>> normalize_text("  Ｔシャツ\u3000\u200bﾚﾃﾞｨｰｽ\n")
    'tシャツ レディース'
    """
    if "゛" in text or "゜" in text:
        text = _SPACING_MARKS.sub(_combine, text)
    return " ".join(fold(_UNWANTED.sub("", text)).split())


def _combine(mark: re.Match[str]) -> str:
    """ハ゜ as two signs is パ; NFKC would make a space of the second."""
    return "\u3099" if mark[0] == "゛" else "\u309a"
