"""Why a search finds what it finds: its tokens, its body, and what each hit's score is made of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ANALYZERS = ("kuromoji", "prefix_query")
"""What a search text and a suggestion's prefix go through."""

_WEIGHT = re.compile(r"weight\((.+) in \d+\)")
_POPULARITY = "Saturation function on the _feature field for the popularity feature"


@dataclass(frozen=True, slots=True)
class ScorePart:
    """`term` is `field:token`, such as `name:イヤホン`; each word of the text once, where it is worth most."""

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
    tokens: dict[str, tuple[str, ...]]
    """Analyzer -> the tokens that it makes of the text."""
    pivot: float | None
    """Popularity that scores half of `popularity_boost` now (I12)."""
    body: dict[str, Any]
    total: int
    hits: tuple[ExplainedHit, ...]


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
    elif weight := _WEIGHT.match(description):
        yield ScorePart(weight[1], account["value"])
    elif description.startswith("max"):
        yield from _score_parts(max(details, key=lambda part: part["value"]))
    else:
        for part in details:
            yield from _score_parts(part)
