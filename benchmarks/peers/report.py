"""The side-by-side as a Markdown table: a row for each figure, with how many times better than PGSync it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

PGSYNC, TANABAN = "PGSync", "Tanaban"
TIMES_BETTER_MIN = 2.5
"""The goal."""

Measured = dict[str, Any]
"""What benchmarks/peers/indexers.py tells of one indexer."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One figure. Without a `times_better` (peer's value, ours) it is told but not compared."""

    name: str
    read: Callable[[Measured], float]
    format: str
    times_better: Callable[[float, float], float] | None = None
    has_goal: bool = True


def _read_load(seconds: str) -> Callable[[Measured], float]:
    def read(measured: Measured) -> float:
        return float(measured["load"]["documents"] / measured["load"][seconds])

    return read


def _read_storm(measured: Measured) -> float:
    return float(measured["storm"]["products"] / measured["storm"]["seconds"])


def _more(peer: float, ours: float) -> float:
    return ours / peer


def _less(peer: float, ours: float) -> float:
    return peer / ours


_ROWS = (
    _Row("initial load, until written", _read_load("write_s"), "{:,.0f} docs/s", _more),
    _Row(
        "initial load, until Tanaban has checked it", _read_load("command_s"), "{:,.0f} docs/s", _more, has_goal=False
    ),
    _Row("raw `_bulk` of the same documents", lambda it: it["bulk"]["per_s"], "{:,.0f} docs/s"),
    _Row("bytes of a document", lambda it: it["bulk"]["document_bytes"], "{:,.0f}"),
    _Row("edit to searchable, refresh 50 ms: p50", lambda it: it["edits"]["50ms"]["p50_ms"], "{:,.0f} ms", _less),
    _Row("edit to searchable, refresh 50 ms: p99", lambda it: it["edits"]["50ms"]["p99_ms"], "{:,.0f} ms", _less),
    _Row("edit to searchable, refresh 1 s: p50", lambda it: it["edits"]["1s"]["p50_ms"], "{:,.0f} ms"),
    _Row("edit to searchable, refresh 1 s: p99", lambda it: it["edits"]["1s"]["p99_ms"], "{:,.0f} ms"),
    _Row("update of many products, until written", lambda it: it["update"]["seconds"], "{:.1f} s", _less),
    _Row("products updated", lambda it: it["update"]["products"], "{:,.0f}"),
    _Row("brand rename, until written", lambda it: it["rename"]["seconds"], "{:.1f} s", _less),
    _Row("products of the brand", lambda it: it["rename"]["products"], "{:,.0f}"),
    _Row("storm, from its first statement until written", _read_storm, "{:,.0f} products/s", _more, has_goal=False),
    _Row("products of the storm", lambda it: it["storm"]["products"], "{:,.0f}"),
)


def build_table(pgsync: Measured, tanaban: Measured) -> str:
    """A goal that is missed says so."""
    head = ["", PGSYNC, TANABAN, "times better"]
    rows = [head, ["---"] * len(head), *(_build_cells(row, pgsync, tanaban) for row in _ROWS)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(_format_line(row, widths) for row in rows)


def _build_cells(row: _Row, pgsync: Measured, tanaban: Measured) -> list[str]:
    peer, ours = row.read(pgsync), row.read(tanaban)
    times = _format_times(row.times_better(peer, ours), row.has_goal) if row.times_better else ""
    return [row.name, row.format.format(peer), row.format.format(ours), times]


def _format_times(times: float, has_goal: bool) -> str:
    """
    >>> _format_times(2.5, has_goal=True), _format_times(2.49, has_goal=True), _format_times(2.49, has_goal=False)
    ('2.5', '2.49 MISSED', '2.49')
    """
    missed = " MISSED" if has_goal and times < TIMES_BETTER_MIN else ""
    return f"{times:.3g}{missed}"


def _format_line(row: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
