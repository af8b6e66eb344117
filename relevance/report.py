"""The run as tables: pairs by phenomenon, judged queries by kind, wrong pairs one by one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from relevance.judging import Comparison
from relevance.metrics import Figures
from relevance.needs import Need
from relevance.pairs import PairResult
from relevance.shopper import FAILED

GAIN_MIN = 1.35
"""nDCG@10 over stock kuromoji's in the same run: what the project sets itself."""


def format_pairs(title: str, results: Sequence[PairResult]) -> str:
    """Right of all, by phenomenon, must-match and must-not apart; below it what is wrong."""
    categories = dict.fromkeys(result.pair.category for result in results)
    rows = [(title, "must match", "must not")]
    rows += [(f"  {name}", *_count_right([it for it in results if it.pair.category == name])) for name in categories]
    rows.append(("  all", *_count_right(results)))
    wrong = [
        f"  wrong: {it.pair.query} {_tell_fault(it)} {it.pair.title} [{it.pair.category}, {it.stage}; {it.pair.note}]"
        for it in results
        if not it.is_right
    ]
    return "\n".join([format_columns(rows), *wrong])


def _tell_fault(result: PairResult) -> str:
    if result.stage == FAILED:
        return "gets an error, not"
    return "misses" if result.pair.must_match else "finds"


def _count_right(results: Sequence[PairResult]) -> tuple[str, str]:
    cells = []
    for must_match in (True, False):
        some = [it for it in results if it.pair.must_match == must_match]
        cells.append(f"{sum(it.is_right for it in some)}/{len(some)}" if some else "")
    return cells[0], cells[1]


def format_comparison(title: str, comparison: Comparison, needs: Iterable[Need] = ()) -> str:
    """Tanaban beside stock kuromoji, by kind of query where `needs` tell it."""
    kinds: dict[str, list[str]] = {}
    for need in needs:
        kinds.setdefault(need.kind, []).append(need.query)
    rows: list[tuple[str, ...]] = [
        (title, "queries", "nDCG@10", "kuromoji", "recall@100", "kuromoji", "no hits", "kuromoji")
    ]
    rows += [(f"  {kind}", *_show(*comparison.summarize(queries))) for kind, queries in kinds.items()]
    own, plain = comparison.summarize()
    rows.append(("  all", *_show(own, plain)))
    gain = own.ndcg10 / plain.ndcg10 if plain.ndcg10 else float("inf")
    return f"{format_columns(rows)}\n  nDCG@10 over kuromoji's: {gain:.2f}"


def _show(own: Figures, plain: Figures) -> tuple[str, ...]:
    return (
        str(own.queries),
        f"{own.ndcg10:.3f}",
        f"{plain.ndcg10:.3f}",
        f"{own.recall100:.3f}",
        f"{plain.recall100:.3f}",
        f"{own.zero_hits:.1%}",
        f"{plain.zero_hits:.1%}",
    )


def format_columns(rows: Sequence[tuple[str, ...]]) -> str:
    """
    >>> print(format_columns([("pairs", "right"), ("kana", "3/4")]))
    pairs  right
    kana     3/4
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    )


def build_pairs_json(results: Sequence[PairResult]) -> dict[str, Any]:
    return {
        "right": sum(it.is_right for it in results),
        "of": len(results),
        "false_matches": sum(it.found and not it.pair.must_match for it in results),
        "wrong": [{**asdict(it.pair), "stage": it.stage} for it in results if not it.is_right],
    }


def build_comparison_json(comparison: Comparison) -> dict[str, Any]:
    own, plain = comparison.summarize()
    return {
        "tanaban": asdict(own),
        "kuromoji": asdict(plain),
        "queries": {query: asdict(figures) for query, figures in comparison.own.items()},
    }
