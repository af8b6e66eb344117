"""A word of a query, and for each the alternatives of which any will do.

The words of a query are needed together (AND); a word's alternatives are not (OR); an alternative's parts are (AND).
The same evaluation serves the index (search/ turns words into clauses) and highlighting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


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


def plain(kind: Kind, *values: str, weight: float = 1.0) -> Alternative:
    """An alternative of atoms of one kind, all needed."""
    return Alternative(tuple(Atom(kind, value) for value in values), weight)


def list_atoms(word: Word) -> Iterator[Atom]:
    """What satisfies a word by itself, synonyms included.

    >>> from analyzers.words import read_words
    >>> [atom.value for atom in list_atoms(read_words("メガネ")[0])]
    ['眼鏡', 'メガネ']
    """
    for way in word.alternatives:
        if len(way.parts) == 1:
            [part] = way.parts
            yield from list_atoms(part) if isinstance(part, Word) else [part]
