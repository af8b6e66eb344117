"""What a document's text is found by: terms, readings, codes and quantities."""

from dataclasses import dataclass

from analyzers.normalizer import normalize_text
from analyzers.reading import tokenize


@dataclass(frozen=True, slots=True)
class TextTerms:
    """Each value once, in order of appearance."""

    terms: tuple[str, ...]
    readings: tuple[str, ...]
    codes: tuple[str, ...]
    quantities: tuple[str, ...]


def build_terms(text: str) -> TextTerms:
    """Terms of a text of any length; only its first part is read when it is very long.

    >>> build_terms("赤い靴下").terms
    ('赤い', '靴下')
    """
    tokens = scan_tokens(normalize_text(text))
    return TextTerms(
        terms=tuple(dict.fromkeys(term for _, _, _, term, _ in tokens)),
        readings=tuple(dict.fromkeys(reading for _, _, _, _, reading in tokens)),
        codes=(),
        quantities=(),
    )


def scan_tokens(text: str) -> list[tuple[str, int, int, str, str]]:
    found = []
    for token in tokenize(text[:4_000]):
        if token.part_of_speech()[0] not in ("空白", "補助記号", "助詞", "助動詞"):
            term = token.normalized_form().casefold()
            found.append((token.surface(), token.begin(), token.end(), term, token.reading_form()))
    return found
