"""The gate before a swap: a new generation is served only if it is right (I9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import GateRefused
from indexing import generations
from indexing.compare import Cause
from indexing.drift import Comparison
from indexing.proof import prove
from indexing.run import Run

GoldenQueries = Callable[[str], Sequence[str]]
"""Asks the index of this name and returns what is wrong with its answers, a sentence each."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate saw of a generation that passed."""

    products: int
    repaired: dict[str, int]
    """Documents that had changed while the generation was built, by cause."""
    parked: int
    """Dead letters that were allowed to pass."""


def pass_gate(run: Run, allow_dead_letters: int, golden_queries: GoldenQueries | None) -> GateReport:
    """Restore the serving settings, prove with repair, ask the golden queries.

    Raises: GateRefused, with every reason.
    """
    client, index_name = run.client, run.generation.index_name
    generations.ensure_serving_settings(client, run.settings, index_name)
    comparison = prove(run, repair=True, patience_s=0).comparison
    generations.refresh_index(client, index_name)
    reasons = find_reasons(comparison, allow_dead_letters)
    if golden_queries:
        reasons += golden_queries(index_name)
    if reasons:
        raise GateRefused(f"{index_name} is not served: {'; '.join(reasons)}.")
    return GateReport(
        comparison.products,
        {str(cause): count for cause, count in comparison.repaired.counts.items()},
        comparison.left.counts[Cause.PARKED],
    )


def find_reasons(comparison: Comparison, allow_dead_letters: int) -> list[str]:
    """Why a comparison doesn't pass. Parked documents are a cause of their own, which a person may let pass.

    >>> comparison = Comparison()
    >>> comparison.left.add("4f1c", Cause.STALE)
    >>> find_reasons(comparison, 0)
    ['1 stale after 3 repairs (4f1c)']
    """
    reasons = []
    for cause, count in comparison.left.counts.items():
        ids = ", ".join(comparison.left.samples.get(cause, []))
        if cause is Cause.STRANGER:
            reasons.append(f"{count} documents are not ours: something else writes to the index")
        elif cause is not Cause.PARKED:
            reasons.append(f"{count} {cause} after 3 repairs ({ids})")
        elif count > allow_dead_letters:
            _, first = comparison.rejections[0]
            reasons.append(
                f"OpenSearch rejects {count} documents ({ids}), the first for {first.error_type}: {first.reason}. "
                f"Mend the products, or let them pass with --allow-dead-letters {count}"
            )
    return reasons
