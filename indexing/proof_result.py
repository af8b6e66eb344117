"""A proof as JSON: what `tanaban index reconcile --json` and an admin's job answer with. Pure."""

from collections.abc import Sequence
from typing import Any

from indexing.drift import Drift
from indexing.proof import Proof


def build_proofs_json(proofs: Sequence[Proof]) -> dict[str, Any]:
    """`clean` when nothing is left wrong and every generation could be compared; the live one comes first."""
    return {"clean": all(proof.is_clean for proof in proofs), "generations": [_proof_json(proof) for proof in proofs]}


def _proof_json(proof: Proof) -> dict[str, Any]:
    comparison = proof.comparison
    return {
        "index": proof.generation.index_name,
        "generation": proof.generation.id,
        "state": proof.generation.state,
        "clean": proof.is_clean,
        "obstacle": proof.obstacle,
        "products": comparison.products,
        "repaired": _drift_json(comparison.repaired),
        "left": _drift_json(comparison.left),
        "purged": proof.purged,
        "seconds": round(proof.seconds, 3),
    }


def _drift_json(drift: Drift) -> dict[str, Any]:
    return {str(cause): {"documents": n, "ids": drift.samples.get(cause, [])} for cause, n in drift.counts.items()}
