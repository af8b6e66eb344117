"""Search text -> the query that matches and scores."""

from typing import Any

from analyzers.codes import is_code_like, normalize_code

Clause = dict[str, Any]

TEXT_FIELDS = ("name", "brand_text^0.8", "category_text^0.5", "attribute_text^0.4", "description^0.1")
"""Weights are relative to the name's. They keep a text score near 3 to 7 per word, the scale that
`popularity_boost` is meant for."""

CODE_BOOST = 20.0
"""Above any text score of a short query: who pastes a JAN wants that product first."""


def build_text_query(text: str) -> Clause:
    """Each word must be in some field, and scores by the field where it is worth most.

    `cross_fields` asks it word by word, so ソニー may stand in the brand and イヤホン in the name; that is sound
    because all five fields have one analyzer. A text without any word (only symbols or emoji) matches nothing:
    OpenSearch's `zero_terms_query` default. A code also finds the product whose SKU, JAN or model number it is.
    """
    words: Clause = {
        "multi_match": {"query": text, "type": "cross_fields", "operator": "and", "fields": list(TEXT_FIELDS)}
    }
    if not is_code_like(text):
        return words
    code = {"term": {"codes": {"value": normalize_code(text), "boost": CODE_BOOST}}}
    return {"bool": {"should": [words, code], "minimum_should_match": 1}}


def build_popularity_queries(boost: float, pivot: float | None) -> list[Clause]:
    """Adds boost * popularity / (popularity + pivot) to a score (I12); a product without popularity gets nothing.

    For a bool's `should`; empty when nothing has popularity or it is switched off.
    """
    if pivot is None or boost <= 0:
        return []
    return [{"rank_feature": {"field": "popularity", "boost": boost, "saturation": {"pivot": pivot}}}]
