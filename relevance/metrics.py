"""nDCG@10, recall@100 and the share of queries without hits, by trec_eval's own code (pytrec-eval-terrier)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from core.errors import InvalidParameter
from relevance.needs import USEFUL

CUT = 10
DEPTH = 100
"""Hits of a query that are looked at."""


@dataclass(frozen=True, slots=True)
class QueryFigures:
    """Of one query. `recall100` is None where more than 100 products are useful: no ranking could show them all."""

    ndcg10: float
    recall100: float | None
    has_hits: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over queries, 0 to 1."""

    queries: int
    ndcg10: float
    recall100: float
    zero_hits: float


def measure(
    judged: Mapping[str, Mapping[str, int]], ranked: Mapping[str, Sequence[str]], useful: int = USEFUL
) -> dict[str, QueryFigures]:
    """Query -> figures. `judged` has the grade of each product by query, `ranked` what was found, the best first.

    A query without hits counts as 0; products without a grade count as useless. Gains are the grades themselves, as
    trec_eval's ndcg_cut takes them; recall counts products with a grade of `useful` or more.
    """
    measures = {f"ndcg_cut.{CUT}", f"recall.{DEPTH}"}
    evaluator = require_trec_eval().RelevanceEvaluator(
        {query: dict(grades) for query, grades in judged.items()}, measures, useful
    )
    found = evaluator.evaluate({query: _score(ranked[query]) for query in judged if ranked[query]})
    return {query: _build_figures(judged[query], found.get(query), bool(ranked[query]), useful) for query in judged}


def summarize(figures: Sequence[QueryFigures]) -> Figures:
    recalls = [each.recall100 for each in figures if each.recall100 is not None]
    return Figures(
        queries=len(figures),
        ndcg10=fmean(each.ndcg10 for each in figures) if figures else 0.0,
        recall100=fmean(recalls) if recalls else 0.0,
        zero_hits=fmean(not each.has_hits for each in figures) if figures else 0.0,
    )


def _score(skus: Sequence[str]) -> dict[str, float]:
    """trec_eval sorts by score, so rank becomes score: no ties, which it would break by name."""
    return {sku: float(DEPTH - rank) for rank, sku in enumerate(skus[:DEPTH])}


def _build_figures(
    grades: Mapping[str, int], found: Mapping[str, float] | None, has_hits: bool, useful: int
) -> QueryFigures:
    findable = 0 < sum(value >= useful for value in grades.values()) <= DEPTH
    recall = (found or {}).get(f"recall_{DEPTH}", 0.0)
    return QueryFigures((found or {}).get(f"ndcg_cut_{CUT}", 0.0), recall if findable else None, has_hits)


def require_trec_eval() -> Any:
    """The library. Raises: InvalidParameter where the extra is not installed."""
    try:
        import pytrec_eval
    except ImportError:
        raise InvalidParameter("Measuring needs pytrec-eval-terrier: pip install 'tanaban[relevance]'.") from None
    return pytrec_eval
