"""Words that before some others are not what is sold: マスク of マスクメロン, ワイン of ワインレッド."""

from functools import cache

from analyzers.dictionary import tokenize
from analyzers.morphemes import plain_term
from analyzers.word_table import read_word_table


@cache
def load_homonyms() -> dict[str, frozenset[str]]:
    """Term -> terms of the words before which it is something else. Raises: WordTableError."""
    found: dict[str, frozenset[str]] = {}
    for word, others in read_word_table("homonyms.tsv"):
        found[_term_of(word)] = found.get(_term_of(word), frozenset()) | frozenset(map(_term_of, others))
    return found


def misleads(term: str, after: str) -> bool:
    """
    >>> misleads("マスク", "メロン"), misleads("マスク", "ケス")
    (True, False)
    """
    return after in load_homonyms().get(term, ())


def _term_of(word: str) -> str:
    return "".join(map(plain_term, tokenize(word)))
