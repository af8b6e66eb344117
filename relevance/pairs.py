"""Pairs of a query and a title: what the query must find, and what it must never find.

A file of pairs has tabs between `category query title expect note`, a head line, and `match` or `nomatch` as expect.
Every title becomes a product among the thousands of the sample catalog; each query is asked through GET /v1/search.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InvalidParameter
from relevance.shopper import FAILED, Shopper

OWN_PAIRS = Path(__file__).with_name("pairs.tsv")
HEAD = ["category", "query", "title", "expect", "note"]
EXPECTATIONS = {"match": True, "nomatch": False}
PUBLISHED_AT = "2020-01-01T00:00:00+09:00"
"""Long ago: a search sees what is published to the minute, and the import's own time would be too late for it."""

WALK_HITS_MAX = 20_000
"""A hit counts however deep it lies; the deepest that is looked at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`must_match` is False for a title that the query must not find."""

    category: str
    query: str
    title: str
    must_match: bool
    note: str


@dataclass(frozen=True, slots=True)
class PairResult:
    """`stage` is the rung of the zero-hit ladder that answered."""

    pair: Pair
    stage: str
    found: bool

    @property
    def is_right(self) -> bool:
        """An answer that failed is right in nothing, not even in what it did not find."""
        return self.stage != FAILED and self.found == self.pair.must_match


def read_pairs(file: Path) -> tuple[Pair, ...]:
    """Raises: InvalidParameter, naming the line."""
    try:
        return tuple(parse_pairs(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidParameter(f"The pairs {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidParameter(f"{file}: {error}") from error


def parse_pairs(text: str) -> Iterator[Pair]:
    """
    >>> next(parse_pairs("category\\tquery\\ttitle\\texpect\\tnote\\nkana\\tいす\\t椅子 木製\\tmatch\\tto kanji"))
    Pair(category='kana', query='いす', title='椅子 木製', must_match=True, note='to kanji')

    Raises: ValueError, naming the line.
    """
    head, *lines = text.splitlines() or [""]
    if head.split("\t") != HEAD:
        raise ValueError(f"line 1 must be {' '.join(HEAD)}, with tabs between")
    for number, line in enumerate(lines, 2):
        columns = line.split("\t")
        if len(columns) != len(HEAD) or columns[3] not in EXPECTATIONS:
            raise ValueError(f"line {number} must have {len(HEAD)} columns, the fourth match or nomatch: {line!r}")
        category, query, title, expect, note = columns
        yield Pair(category, query, title, EXPECTATIONS[expect], note)


def build_skus(pairs: Iterable[Pair]) -> dict[str, str]:
    """Title -> sku; a title that several pairs have is one product."""
    titles = dict.fromkeys(pair.title for pair in pairs)
    return {title: f"PAIR-{number:05}" for number, title in enumerate(titles, 1)}


def build_pair_lines(pairs: Iterable[Pair]) -> list[dict[str, Any]]:
    """Lines of a catalog file: products that have nothing but their title."""
    return [
        {"sku": sku, "name": title, "category": ["その他"], "price": 1_000, "stock": 10, "published_at": PUBLISHED_AT}
        for title, sku in build_skus(pairs).items()
    ]


def check_pairs(shopper: Shopper, pairs: Sequence[Pair]) -> list[PairResult]:
    """Ask each query once. An answer of popular products is none: it says itself that nothing matches."""
    skus = build_skus(pairs)
    wanted: dict[str, set[str]] = {}
    for pair in pairs:
        wanted.setdefault(pair.query, set()).add(skus[pair.title])
    answers = {query: shopper.search(query, WALK_HITS_MAX, until=found) for query, found in wanted.items()}
    return [
        PairResult(pair, answers[pair.query].stage, skus[pair.title] in answers[pair.query].matches) for pair in pairs
    ]
