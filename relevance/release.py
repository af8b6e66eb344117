"""The last release's figures, in baseline.json, and what a new run has lost against them. Pure but for its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from relevance.pairs import PairResult

OWN_RELEASE = Path(__file__).with_name("baseline.json")
NDCG_LOSS_MAX = 0.01
"""Share of the last release's nDCG@10 that a run may lose; ties and popularity move less."""


@dataclass(frozen=True, slots=True)
class Release:
    """`ndcg10` over all judged queries; `wrong_pairs` are the pairs (query, title) that were wrong then already."""

    version: str
    ndcg10: float
    wrong_pairs: frozenset[tuple[str, str]]


def read_release(file: Path = OWN_RELEASE) -> Release | None:
    """None before the first release."""
    if not file.exists():
        return None
    stored = orjson.loads(file.read_bytes())
    return Release(stored["version"], stored["ndcg10"], frozenset(map(tuple, stored["wrong_pairs"])))


def write_release(release: Release, file: Path = OWN_RELEASE) -> None:
    stored = {"version": release.version, "ndcg10": release.ndcg10, "wrong_pairs": sorted(release.wrong_pairs)}
    file.write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def find_wrong_pairs(results: Sequence[PairResult]) -> frozenset[tuple[str, str]]:
    return frozenset((result.pair.query, result.pair.title) for result in results if not result.is_right)


def find_losses(release: Release | None, ndcg10: float | None, results: Sequence[PairResult]) -> list[str]:
    """Why this run may not be released; nothing when it may. Without a release before, no pair may be wrong."""
    wrong = find_wrong_pairs(results)
    if release is None:
        return [f"{len(wrong)} pairs are wrong, and there is no release to compare with"] if wrong else []
    losses = [
        f"broken since {release.version}: {query} must {'find' if _must_match(results, query, title) else 'not find'} "
        f"{title}"
        for query, title in sorted(wrong - release.wrong_pairs)
    ]
    if ndcg10 is not None and ndcg10 < release.ndcg10 * (1 - NDCG_LOSS_MAX):
        losses.append(f"nDCG@10 is {ndcg10:.4f}, and was {release.ndcg10:.4f} in {release.version}")
    return losses


def _must_match(results: Sequence[PairResult], query: str, title: str) -> bool:
    return next(it.pair.must_match for it in results if (it.pair.query, it.pair.title) == (query, title))
