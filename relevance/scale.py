"""What searches find in a catalog of thousands of categories, in shares and milliseconds, beside stock kuromoji."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from relevance.metrics import CUT
from relevance.pairs import WALK_HITS_MAX
from relevance.report import format_columns
from relevance.shopper import FAILED, Shopper
from relevance.wishes import Wish

STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one wish. `stage` is the rung of the zero-hit ladder; stock kuromoji has none and is not timed."""

    query: str
    rank: int | None
    """Of the best of the wanted, from 1; None when none is among the first `CUT`."""
    has_hits: bool
    stage: str = ""
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ScaleFigures:
    """Shares are 0 to 1; times are those of the whole request."""

    queries: int
    first: float
    in_first_ten: float
    zero_hits: float
    strict: float
    p50_ms: float
    p99_ms: float


def ask_wishes(shopper: Shopper, wishes: Iterable[Wish]) -> list[Outcome]:
    outcomes = []
    for wish in wishes:
        started = time.perf_counter()
        answer = shopper.search(wish.query, CUT)
        took_ms = (time.perf_counter() - started) * 1_000
        rank = _find_rank(wish, answer.matches)
        outcomes.append(Outcome(wish.query, rank, bool(answer.matches), answer.stage, took_ms))
    return outcomes


def ask_plain(search: Callable[[str], Sequence[str]], wishes: Iterable[Wish]) -> list[Outcome]:
    """Of a search that gives skus, the best first."""
    return [
        Outcome(wish.query, _find_rank(wish, skus), bool(skus)) for wish in wishes for skus in (search(wish.query),)
    ]


def ask_part_words(shopper: Shopper, forbidden: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Word -> what it found and must not have, however deep it lies; all of it where the answer failed."""
    found = {}
    for word, skus in forbidden.items():
        answer = shopper.search(word, WALK_HITS_MAX)
        found[word] = skus if answer.stage == FAILED else skus.intersection(answer.matches)
    return {word: skus for word, skus in found.items() if skus}


def _find_rank(wish: Wish, skus: Sequence[str]) -> int | None:
    return next((rank for rank, sku in enumerate(skus[:CUT], 1) if sku in wish.wanted), None)


def summarize_outcomes(outcomes: Sequence[Outcome]) -> ScaleFigures:
    took_ms = [it.took_ms for it in outcomes]
    return ScaleFigures(
        queries=len(outcomes),
        first=_share(it.rank == 1 for it in outcomes),
        in_first_ten=_share(it.rank is not None for it in outcomes),
        zero_hits=_share(not it.has_hits for it in outcomes),
        strict=_share(it.stage == STRICT for it in outcomes),
        p50_ms=find_percentile(took_ms, 0.5),
        p99_ms=find_percentile(took_ms, 0.99),
    )


def find_percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed; 0 of nothing.

    >>> find_percentile([4, 1, 3, 2], 0.5), find_percentile([], 0.5)
    (2, 0.0)
    """
    return sorted(values)[math.ceil(len(values) * share) - 1] if values else 0.0


def format_outcomes(parts: Mapping[str, tuple[Sequence[Outcome], Sequence[Outcome]]]) -> str:
    """Part -> outcomes of Tanaban and of stock kuromoji, as a table."""
    head = ("first", "kuromoji", "first ten", "kuromoji", "no hits", "kuromoji", "strict", "median ms", "p99 ms")
    rows: list[tuple[str, ...]] = [("taxonomy", "queries", *head)]
    for name, (own, plain) in parts.items():
        it, other = summarize_outcomes(own), summarize_outcomes(plain)
        shares = (it.first, other.first, it.in_first_ten, other.in_first_ten, it.zero_hits, other.zero_hits, it.strict)
        times_ms = (it.p50_ms, it.p99_ms)
        rows.append((f"  {name}", f"{it.queries:,}", *map("{:.1%}".format, shares), *map("{:.1f}".format, times_ms)))
    return format_columns(rows)


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return fmean(listed) if listed else 0.0
