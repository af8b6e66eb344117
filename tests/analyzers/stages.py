"""Which rung of the ladder finds a title with a query: read, matched and bent as the search does, without an index."""

from analyzers.loose import add_lookalikes, add_typos
from analyzers.normalizer import normalize_text
from analyzers.synonyms import SynonymTable, expand_synonyms
from analyzers.terms import build_terms
from analyzers.words import read_words
from tests.analyzers.matcher import matches

NO_SYNONYMS = SynonymTable([])


def stage_of(query: str, title: str, synonyms: SynonymTable = NO_SYNONYMS) -> str:
    """strict, lookalike, typo, or none."""
    terms = build_terms(title)
    words = expand_synonyms(read_words(normalize_text(query)), synonyms)
    for stage in ("strict", "lookalike", "typo"):
        if matches(words, terms):
            return stage
        words = add_lookalikes(words) if stage == "strict" else add_typos(words)
    return "none"
