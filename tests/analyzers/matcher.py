"""Words against a document's terms in Python, exactly as the index answers them."""

from collections.abc import Iterable

from analyzers.edits import is_within_edits
from analyzers.terms import TextTerms
from analyzers.word import Atom, Kind, Word


def matches(words: Iterable[Word], terms: TextTerms) -> bool:
    """All words, any alternative of each, all its parts. No words match nothing."""
    words = tuple(words)
    return bool(words) and all(_is_satisfied(word, terms) for word in words)


def _is_satisfied(part: Atom | Word, terms: TextTerms) -> bool:
    if isinstance(part, Atom):
        return _has(part, terms)
    return any(all(_is_satisfied(inner, terms) for inner in way.parts) for way in part.alternatives)


def _has(atom: Atom, terms: TextTerms) -> bool:
    values = {
        Kind.TERM: terms.terms,
        Kind.READING: terms.readings,
        Kind.CODE: terms.codes,
        Kind.QUANTITY: terms.quantities,
    }[atom.kind]
    if not atom.edits:
        return atom.value in values
    return any(is_within_edits(atom.value, value, atom.edits) for value in values)
