"""Colours and sizes that a text asks for: products that have them as a value of an attribute rank higher. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from analyzers.normalizer import normalize_text
from analyzers.synonyms import join_terms
from analyzers.word import Atom, Kind, Word, list_atoms
from analyzers.word_table import read_word_table
from analyzers.words import read_words

SIZE = "サイズ"

_SPAN_WORDS_MAX = 2


@dataclass(frozen=True, slots=True)
class Trait:
    """`kind` is 色 or サイズ. A product has it when its attributes have one value of each of the words."""

    kind: str
    words: tuple[Word, ...]
    values: tuple[tuple[Atom, ...], ...]
    """Of each word, synonyms included."""


def find_traits(words: Sequence[Word]) -> Iterator[Trait]:
    """Of words with their synonyms, the longest first from the left.

    >>> [(trait.kind, *(word.text for word in trait.words)) for trait in find_traits(read_words("赤い 靴 mサイズ"))]
    [('色', '赤い'), ('サイズ', 'mサイズ')]
    """
    start = 0
    while start < len(words):
        for size in range(min(_SPAN_WORDS_MAX, len(words) - start), 0, -1):
            span = tuple(words[start : start + size])
            kind = _find_kind(span)
            if kind is not None:
                yield Trait(kind, span, tuple(_list_sizes(word) or _list_terms(word) for word in span))
                break
        start += size


@cache
def load_trait_kinds() -> dict[str, str]:
    """Kinds of analyzers/traits.tsv by the words' normal forms, joined as synonyms join them.

    Raises: WordTableError.
    """
    rows = read_word_table("traits.tsv")
    return {join_terms(read_words(normalize_text(text))): kind for kind, texts in rows for text in texts}


def _find_kind(span: Sequence[Word]) -> str | None:
    return SIZE if len(span) == 1 and _list_sizes(span[0]) else load_trait_kinds().get(join_terms(span))


def _list_sizes(word: Word) -> tuple[Atom, ...]:
    """In letters. An m is much else as a term."""
    return tuple(atom for atom in list_atoms(word) if atom.kind is Kind.QUANTITY and atom.value.startswith("size:"))


def _list_terms(word: Word) -> tuple[Atom, ...]:
    return tuple(atom for atom in list_atoms(word) if atom.kind is Kind.TERM)
