"""Words that before some others are not what is sold: マスク of マスクメロン, ワイン of ワインレッド."""

from functools import cache
from pathlib import Path

from analyzers.dictionary import tokenize
from analyzers.morphemes import plain_term

HOMONYMS_FILE = Path(__file__).with_name("homonyms.tsv")


@cache
def load_homonyms() -> dict[str, frozenset[str]]:
    """Term -> terms of the words before which it is something else."""
    lines = HOMONYMS_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    found: dict[str, frozenset[str]] = {}
    for word, others in rows:
        found[_term_of(word)] = found.get(_term_of(word), frozenset()) | frozenset(map(_term_of, others.split(", ")))
    return found


def misleads(term: str, after: str) -> bool:
    """
    >>> misleads("マスク", "メロン"), misleads("マスク", "ケス")
    (True, False)
    """
    return after in load_homonyms().get(term, ())


def _term_of(word: str) -> str:
    return "".join(map(plain_term, tokenize(word)))
