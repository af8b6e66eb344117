"""Words against a document's terms in Python, exactly as the index answers them."""

from collections.abc import Iterable

from analyzers.terms import TextTerms
from analyzers.words import Atom, Kind, Word


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


def is_within_edits(wanted: str, found: str, edits: int) -> bool:
    """Optimal string alignment, the first character fixed: OpenSearch's fuzzy query with prefix_length 1."""
    if wanted[:1] != found[:1] or abs(len(wanted) - len(found)) > edits:
        return False
    rows = [list(range(len(found) + 1))]
    for i, a in enumerate(wanted, start=1):
        row = [i]
        for j, b in enumerate(found, start=1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and (a, wanted[i - 2]) == (found[j - 2], b):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1] <= edits
