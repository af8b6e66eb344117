"""Words -> the clauses that find them and score them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from analyzers.headwords import head_term
from analyzers.word import Alternative, Atom, Kind, Word, list_atoms
from core.limits import QUERY_CLAUSES_MAX
from search.traits import Trait
from search.weights import (
    BRAND_BOOST,
    CATEGORY_BOOST,
    CODE_WEIGHT,
    DESCRIPTION_WEIGHT,
    FRESHNESS_BOOST,
    FRESHNESS_PIVOT_DAYS,
    HEAD_BOOST,
    IN_STOCK_BOOST,
    NAME_SHARE_BOOST,
    QUANTITY_WEIGHT,
    READING_WEIGHT,
    TERM_FIELDS,
    TRAIT_BOOST,
)

Clause = dict[str, Any]
Weighed = tuple[Word, float]

NOTHING: Clause = {"match_none": {}}

_EXPANSIONS_MAX = 50
"""Indexed words within an edit distance that one word may become (I11)."""

_TYPO_FIELDS = {
    Kind.READING: {"readings": READING_WEIGHT},
    Kind.TERM: {field: TERM_FIELDS[field] for field in ("name_terms", "brand_terms")},
}


def build_words(words: Sequence[Word]) -> list[Clause]:
    """For a bool's `must`: each word is found, and scores by the alternative and field where it is worth most."""
    if sum(map(_count_clauses, words)) > QUERY_CLAUSES_MAX:
        words = [_limit_alternatives(word, QUERY_CLAUSES_MAX // len(words)) for word in words]
    return [_build_word(word) for word in words]


def build_weighed(needed: Sequence[Weighed], others: Sequence[Weighed], least: int) -> Clause:
    """All of the needed words and `least` of the others; each scores what it does in `build_words`, by its weight."""
    words = build_words([word for word, _ in (*needed, *others)])
    clauses = [
        {"bool": {"must": [clause], "boost": round(weight, 4)}}
        for clause, (_, weight) in zip(words, (*needed, *others), strict=True)
    ]
    at = len(needed)
    return {"bool": {"must": clauses[:at], "should": clauses[at:], "minimum_should_match": least}}


def build_exclusions(words: Sequence[Word]) -> list[Clause]:
    """For a bool's `must_not`: what a product may not be called, looked for as written only.

    Not in descriptions: ケースは付属しません makes no product a case.
    """
    return [
        {"bool": {"filter": [_build_excluded(part) for part in word.alternatives[0].parts]}}
        for word in words
        if word.alternatives
    ]


def build_phrase(text: str) -> Clause:
    """The whole text, letter pair by letter pair, in a name: for what no dictionary divides rightly."""
    return {"match_phrase": {"name.bigram": {"query": text, "slop": 1}}}


def build_kuromoji_words(text: str) -> Clause:
    """For a generation without term fields, until it is rebuilt (I13)."""
    return {
        "multi_match": {"query": text, "type": "cross_fields", "operator": "and", "fields": ["name", "description^0.1"]}
    }


def build_boosts(
    words: Sequence[Word],
    brand_ids: Sequence[str],
    category_ids: Sequence[str],
    traits: Sequence[Trait],
    now: datetime,
) -> list[Clause]:
    """For a bool's `should`, beside `build_popularity_queries`: how much of a name the words are, and whether they are
    what it says the product is, recognised names, colours and sizes, stock, and how new a product is.
    """
    fresh = {
        "field": "published_at",
        "origin": int(now.timestamp() * 1_000),
        "pivot": f"{FRESHNESS_PIVOT_DAYS}d",
        "boost": FRESHNESS_BOOST,
    }
    return [
        *({"term": {"name_terms": {"value": word.term, "boost": NAME_SHARE_BOOST}}} for word in words),
        *_build_heads([word for word in words if not any(word in trait.words for trait in traits)]),
        *([_constant("brand_id", list(brand_ids), BRAND_BOOST)] if brand_ids else []),
        *([_constant("category_ids", list(category_ids), CATEGORY_BOOST)] if category_ids else []),
        *map(_build_trait, traits),
        _constant("in_stock", True, IN_STOCK_BOOST),
        {"distance_feature": fresh},
    ]


def _build_heads(words: Sequence[Word]) -> Iterator[Clause]:
    """In a name that ends a phrase with a word, or with a synonym of it, the word is what the product is."""
    for word in words:
        heads = [head_term(atom.value) for atom in dict.fromkeys(list_atoms(word)) if atom.kind is Kind.TERM]
        if heads:
            yield _constant("name_terms", heads, HEAD_BOOST)


def _build_trait(trait: Trait) -> Clause:
    """Sizes in letters are quantities; they are said of nothing but the product itself."""
    fields = {Kind.TERM: "attribute_terms", Kind.QUANTITY: "quantities"}
    values = [{"terms": {fields[atoms[0].kind]: [atom.value for atom in atoms]}} for atoms in trait.values if atoms]
    return {"constant_score": {"filter": {"bool": {"filter": values}}, "boost": TRAIT_BOOST}}


def build_popularity_queries(boost: float, pivot: float | None) -> list[Clause]:
    """Adds boost * popularity / (popularity + pivot) to a score (I12); a product without popularity gets nothing.

    For a bool's `should`; empty when nothing has popularity or it is switched off.
    """
    if pivot is None or boost <= 0:
        return []
    return [{"rank_feature": {"field": "popularity", "boost": boost, "saturation": {"pivot": pivot}}}]


def _limit_alternatives(word: Word, most: int) -> Word:
    """The first one always, and of the others as many as there is room for."""
    kept: list[Alternative] = []
    for alternative in word.alternatives:
        most -= sum(map(_count_clauses, alternative.parts))
        if kept and most < 0:
            break
        kept.append(alternative)
    return replace(word, alternatives=tuple(kept))


def _count_clauses(part: Atom | Word) -> int:
    if isinstance(part, Word):
        return sum(_count_clauses(each) for alternative in part.alternatives for each in alternative.parts)
    return len(TERM_FIELDS) if part.kind is Kind.TERM else 1


def _build_word(word: Word) -> Clause:
    clauses = [clause for alternative in word.alternatives for clause in _build_alternative(alternative)]
    if len(word.text) > 1:
        clauses.append(_in_description(word.text))
    return clauses[0] if len(clauses) == 1 else {"dis_max": {"queries": clauses}} if clauses else NOTHING


def _build_alternative(alternative: Alternative) -> list[Clause]:
    """Clauses of which the best counts."""
    if len(alternative.parts) == 1:
        return _build_part(alternative.parts[0], alternative.weight)
    parts = [_any_of(_build_part(part, 1.0)) for part in alternative.parts]
    # Several parts are one word: their average, so that a word that falls into parts is worth no more than others.
    return [{"bool": {"must": parts, "boost": alternative.weight / len(parts)}}]


def _build_part(part: Atom | Word, weight: float) -> list[Clause]:
    if isinstance(part, Word):
        clause = _build_word(part)
        return [clause] if weight == 1 else [{"bool": {"must": [clause], "boost": weight}}]
    if part.edits:
        return [_fuzzy(field, part, weight * each) for field, each in _TYPO_FIELDS[part.kind].items()]
    match part.kind:
        case Kind.TERM:
            return [_constant(field, part.value, weight * each) for field, each in TERM_FIELDS.items()]
        case Kind.READING:
            return [_constant("readings", part.value, weight * READING_WEIGHT)]
        case Kind.CODE:
            return [_constant("codes", part.value, weight * CODE_WEIGHT)]
        case Kind.QUANTITY:
            return [_constant("quantities", part.value, weight * QUANTITY_WEIGHT)]


def _build_excluded(part: Atom | Word) -> Clause:
    if isinstance(part, Word):
        return {"bool": {"filter": [_build_excluded(each) for each in part.alternatives[0].parts]}}
    fields = {Kind.TERM: tuple(TERM_FIELDS), Kind.READING: ("readings",), Kind.CODE: ("codes",)}
    return _any_of([{"term": {field: part.value}} for field in fields.get(part.kind, ("quantities",))])


def _in_description(text: str) -> Clause:
    """Kuromoji's tokens side by side. One character is no word there: 水 is a token of 化粧水."""
    return {"constant_score": {"filter": {"match_phrase": {"description": text}}, "boost": DESCRIPTION_WEIGHT}}


def _fuzzy(field: str, atom: Atom, boost: float) -> Clause:
    limits = {"prefix_length": 1, "max_expansions": _EXPANSIONS_MAX}
    fuzzy = {"fuzzy": {field: {"value": atom.value, "fuzziness": atom.edits, **limits}}}
    return {"constant_score": {"filter": fuzzy, "boost": round(boost, 4)}}


def _constant(field: str, value: Any, boost: float) -> Clause:
    kind = "terms" if isinstance(value, list) else "term"
    return {"constant_score": {"filter": {kind: {field: value}}, "boost": round(boost, 4)}}


def _any_of(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"dis_max": {"queries": clauses}}
