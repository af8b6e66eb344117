"""How `tanaban index reconcile` tells what it found. Pure."""

from indexing.proof import Proof


def describe_proof(proof: Proof) -> str:
    """A line, and one more for each cause of drift."""
    name = f"{proof.generation.state:9}{proof.generation.index_name}"
    if proof.obstacle:
        return f"{name}: not compared, {proof.obstacle}: run `tanaban index rebuild`."
    comparison = proof.comparison
    verdict = "" if comparison.repaired.counts or comparison.left.counts else ", nothing differs"
    lines = [f"{name}: {comparison.products:,} products compared in {proof.seconds:.1f} s{verdict}"]
    for word, drift in (("repaired", comparison.repaired), ("LEFT", comparison.left)):
        lines += [
            f"    {word}: {n:,} {cause}{_name_ids(drift.samples.get(cause, []), n)}"
            for cause, n in drift.counts.items()
        ]
    if proof.purged:
        lines.append(f"    {proof.purged:,} old tombstones deleted")
    return "\n".join(lines)


def _name_ids(ids: list[str], documents: int) -> str:
    """
    >>> _name_ids(["a", "b"], 3), _name_ids([], 3)
    (': a, b, …', '')
    """
    return f": {', '.join(ids)}{', …' if documents > len(ids) else ''}" if ids else ""
