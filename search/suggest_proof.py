"""That a suggested text finds what it was made of, told without a search. Pure."""

from functools import lru_cache

from analyzers.normalizer import normalize_text
from analyzers.synonyms import SynonymTable
from analyzers.terms import TextTerms, build_terms
from analyzers.word import Atom, Kind, Word
from search.request import SearchRequest
from search.understanding import understand
from search.vocabulary import Vocabulary

_PLAIN = Vocabulary(SynonymTable(()))
"""Synonyms only find more."""


@lru_cache(maxsize=20_000)
def is_found(text: str, said: str) -> bool:
    """Whether the text, searched as it stands, finds a product that is said to be `said`.

    Not so when it is read as something else than words, such as a price or an exclusion.

    >>> is_found("ソニー イヤホン", "ソニー 家電 イヤホン"), is_found("1000円以下", "1000円以下")
    (True, False)
    """
    request = SearchRequest(normalize_text(text))
    reading = understand(request, _PLAIN)
    if reading.request != request or reading.excluded or reading.ignored or not reading.words:
        return False
    terms = build_terms(said)
    return all(_has(terms, word) for word in reading.words)


def _has(terms: TextTerms, part: Atom | Word) -> bool:
    if isinstance(part, Word):
        return any(all(_has(terms, each) for each in alternative.parts) for alternative in part.alternatives)
    match part.kind:
        case Kind.TERM:
            return part.value in terms.terms
        case Kind.READING:
            return part.value in terms.readings
        case Kind.CODE:
            return part.value in terms.codes
        case Kind.QUANTITY:
            return part.value in terms.quantities
