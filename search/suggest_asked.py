"""What shoppers ask for, as suggested queries: only what finds something, weighed by how often lately. Pure."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.search_queries import PopularQuery
from core.settings import Settings
from search.body import build_probe
from search.ladder import build_strict
from search.request import SearchRequest
from search.serving import ServingIndex
from search.understanding import understand
from search.vocabulary import Vocabulary

CHECKED_AT_ONCE = 50
"""Texts of one call, which is over in a few milliseconds."""

_MUCH_ASKED = 100.0
"""A shop with fewer asks has no query that weighs as much as its largest category."""


def build_checks(
    queries: Sequence[PopularQuery], vocabulary: Vocabulary, serving: ServingIndex, now: datetime, settings: Settings
) -> list[dict[str, Any]]:
    """For each text, whether a search for it would find any product that has all its words."""
    readings = [understand(SearchRequest(query.text), vocabulary) for query in queries]
    return [build_probe(each, build_strict(each, serving).must, now, settings) for each in readings]


def weigh_asked(queries: Sequence[PopularQuery]) -> dict[str, float]:
    """From 0 to 1 by order of magnitude, as names weigh by their products.

    >>> weights = weigh_asked([PopularQuery("靴", 1_000), PopularQuery("本", 9)])
    >>> weights["靴"], round(weights["本"], 2)
    (1.0, 0.33)
    """
    most = max((query.score for query in queries), default=0.0)
    return {query.text: math.log1p(query.score) / math.log1p(max(most, _MUCH_ASKED)) for query in queries}
