"""Tokens of a text: the dictionary's words, and where they stand."""

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

from analyzers.dictionary import tokenize
from analyzers.lexicon import Entry, look_up

_PIECES = re.compile("【[^】]*】|[^ 【]+(?:(?<=[!-~]) (?=[!-~])[^ 【]+)*|【")
"""What is read apart: between spaces, but those within latin text (new balance), and between 【】."""
_MODEL_NUMBER = re.compile(r"(?=[a-z-]*\d)(?=[\d-]*[a-z])[a-z\d]+(?:-[a-z\d]+)+")
"""Letters, digits and a hyphen."""
_MODEL_PARTS = re.compile(r"[a-z]+|\d+|-")
_PIECES_MAX = 20_000
"""Pieces whose tokens are kept, some 0.5 KB each."""
_PIECE_MAX_CHARS = 40


@dataclass(slots=True, eq=False)
class Token:
    """A C unit of the scanned text, or an A unit where a quantity cuts a C unit.

    Never changed, and not frozen: a dozen are made of each name, and freezing takes three times as long.
    """

    start: int
    end: int
    entry: Entry


_pieces: dict[str, list[Token]] = {}


def read_tokens(text: str, pieces: re.Pattern[str] = _PIECES) -> list[Token]:
    """C units of a normalised text; of each piece apart, so that it is the same words wherever it stands.

    Beside dream cloud the dictionary cuts 掛け布団 カバー, alone 掛け 布団カバー, and a shopper asks for it alone.
    """
    tokens: list[Token] = []
    for found in pieces.finditer(text):
        start, piece = found.start(), _pieces.get(found[0]) or _read_piece(found[0])
        tokens += [Token(start + unit.start, start + unit.end, unit.entry) for unit in piece] if start else piece
    return tokens


def _read_piece(text: str) -> list[Token]:
    """Kept, for the same few stand in name after name: 送料無料. Each product has a model number of its own, so there
    the parts are kept: as, m and 4403 of as-m4403."""
    if _MODEL_NUMBER.fullmatch(text):
        return read_tokens(text, _MODEL_PARTS)
    piece = [Token(unit.begin(), unit.end(), look_up(unit)) for unit in tokenize(text)]
    if len(text) <= _PIECE_MAX_CHARS:
        if len(_pieces) >= _PIECES_MAX:
            _pieces.clear()
        _pieces[text] = piece
    return piece


def units_of(token: Token) -> list[Token]:
    """Its A units; none when it is one unit."""
    ends = accumulate([len(unit.surface) for unit in token.entry.units], initial=token.start)
    return [Token(start, end, unit) for (start, end), unit in zip(pairwise(ends), token.entry.units, strict=True)]
