"""A query's words, and for each the alternatives of which any will do.

The words of a query are needed together (AND); a word's alternatives are not (OR); an alternative's parts are (AND).
The same evaluation serves the index (search/ turns words into clauses) and highlighting.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analyzers.normalizer import normalize_text


class Kind(StrEnum):
    """In which kind of field an atom is asked; the values of `TextTerms` under the same name."""

    TERM = "term"
    READING = "reading"
    CODE = "code"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Atom:
    """One value that a document has or has not; `edits` > 0 allows that many differences."""

    kind: Kind
    value: str
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to satisfy a word: all `parts` are needed. `weight` is relative to the plain way's 1.0."""

    parts: tuple[Atom | Word, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the shopper wrote it, `text` at `start` to `end` of the normalised query."""

    text: str
    start: int
    end: int
    term: str
    alternatives: tuple[Alternative, ...]


def read_words(text: str) -> tuple[Word, ...]:
    """Words in order of appearance; empty when the text has none.

    >>> [word.text for word in read_words("赤い 靴下")]
    ['赤い', '靴下']
    """
    from analyzers.terms import scan_tokens

    return tuple(
        Word(surface, start, end, term, (Alternative((Atom(Kind.TERM, term),)),))
        for surface, start, end, term, _ in scan_tokens(normalize_text(text))
    )
