"""Why a search finds what it finds: its tokens, its body, and what each hit's score is made of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analyzers.word import Alternative, Atom, Word

_WEIGHT = re.compile(r"weight\((.+) in \d+\)|ConstantScore\((.+)\)(?:\^[\d.]+)?$")
_FRESHNESS = "Distance score"
_POPULARITY = "Saturation function on the _feature field for the popularity feature"


@dataclass(frozen=True, slots=True)
class ScorePart:
    """`term` is `field:token`, such as `name_terms:イヤホン`: each word where it is worth most, and each boost."""

    term: str
    score: float


@dataclass(frozen=True, slots=True)
class ExplainedHit:
    """`score` = `text` + `popularity`."""

    id: str
    name: str
    score: float
    text: float
    popularity: float
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    index: str
    stage: str
    """Rung of the zero-hit ladder (search/ladder.py)."""
    words: dict[str, tuple[str, ...]]
    """Each word -> its alternatives, such as "term:靴", "synonym or lookalike + other part ×0.7"."""
    recognised: dict[str, str]
    """Part of the text -> what it was taken for."""
    dropped: tuple[str, ...]
    pivot: float | None
    """Popularity that scores half of `popularity_boost` now (I12)."""
    body: dict[str, Any]
    total: int
    hits: tuple[ExplainedHit, ...]


def explain_words(words: Sequence[Word]) -> dict[str, tuple[str, ...]]:
    return {word.text: tuple(map(_describe, word.alternatives)) for word in words}


def _describe(alternative: Alternative) -> str:
    parts = " + ".join(_describe_part(part) for part in alternative.parts)
    return parts if alternative.weight == 1 else f"{parts} ×{alternative.weight:g}"


def _describe_part(part: Atom | Word) -> str:
    if isinstance(part, Word):
        return f"({' | '.join(map(_describe, part.alternatives))})"
    return f"{part.kind}:{part.value}" + (f"~{part.edits}" if part.edits else "")


def build_explain_body(body: dict[str, Any]) -> dict[str, Any]:
    """The hits alone, each with Lucene's own account of its score."""
    counted = {name: part for name, part in body.items() if name not in ("aggs", "highlight")}
    return counted | {"explain": True, "_source": ["id", "name"]}


def parse_explained_hits(raw: dict[str, Any]) -> tuple[ExplainedHit, ...]:
    return tuple(map(_parse_hit, raw["hits"]["hits"]))


def _parse_hit(hit: dict[str, Any]) -> ExplainedHit:
    account = hit["_explanation"]
    parts = tuple(_score_parts(account))
    popularity = sum(part.score for part in parts if part.term == "popularity")
    return ExplainedHit(
        id=hit["_source"]["id"],
        name=hit["_source"]["name"],
        score=account["value"],
        text=account["value"] - popularity,
        popularity=popularity,
        parts=tuple(part for part in parts if part.term != "popularity"),
    )


def _score_parts(account: dict[str, Any]) -> Iterator[ScorePart]:
    """Walk the tree of sums down to the terms; of a maximum only the winner counts."""
    description, details = account["description"], account["details"]
    if description.startswith(_POPULARITY):
        yield ScorePart("popularity", account["value"])
    elif description.startswith(_FRESHNESS):
        yield ScorePart("published_at", account["value"])
    elif weight := _WEIGHT.match(description):
        yield ScorePart(weight[1] or weight[2], account["value"])
    elif description.startswith("max"):
        yield from _score_parts(max(details, key=lambda part: part["value"]))
    else:
        for part in details:
            yield from _score_parts(part)
