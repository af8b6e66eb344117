"""Pairs that lie beside the checkout, where somebody has put them there: TANABAN_PAIRS, else the usual place."""

import os
from pathlib import Path

import pytest

FURTHER_PAIRS = Path(
    os.environ.get("TANABAN_PAIRS")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "relevance" / "pairs.tsv"
)
needs_further_pairs = pytest.mark.skipif(not FURTHER_PAIRS.exists(), reason=f"{FURTHER_PAIRS} is not there")
