"""Grades against two systems: Tanaban through its API, and stock kuromoji over the same products."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from relevance.kuromoji import PlainSearch
from relevance.metrics import DEPTH, Figures, QueryFigures, measure, summarize
from relevance.needs import Need, grade_all
from relevance.products import JudgedProduct
from relevance.shopper import Shopper


@dataclass(frozen=True, slots=True)
class Judged:
    """Grades by query and product, and what both systems found, by query and best first."""

    grades: dict[str, dict[str, int]]
    found: dict[str, tuple[str, ...]]
    plain: dict[str, tuple[str, ...]]
    useful: int

    def compare(self) -> "Comparison":
        own = measure(self.grades, self.found, self.useful)
        plain = measure(self.grades, self.plain, self.useful)
        return Comparison(own, plain)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures of each query, of both systems."""

    own: dict[str, QueryFigures]
    plain: dict[str, QueryFigures]

    def summarize(self, queries: Iterable[str] | None = None) -> tuple[Figures, Figures]:
        """Means of Tanaban and of stock kuromoji over these queries (default all)."""
        chosen = list(self.own if queries is None else queries)
        return summarize([self.own[query] for query in chosen]), summarize([self.plain[query] for query in chosen])


def ask_both(shopper: Shopper, plain: PlainSearch, grades: Mapping[str, Mapping[str, int]], useful: int) -> Judged:
    return Judged(
        grades={query: dict(some) for query, some in grades.items()},
        found={query: shopper.search(query, DEPTH).matches for query in grades},
        plain={query: plain.search(query) for query in grades},
        useful=useful,
    )


def grade_needs(needs: Sequence[Need], products: Sequence[JudgedProduct]) -> dict[str, dict[str, int]]:
    """Every product of the catalog is graded for every query, so no hit is without a judgement."""
    return {need.query: grade_all(need, products) for need in needs}
