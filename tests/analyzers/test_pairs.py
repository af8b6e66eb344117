"""The shared pairs of query and title, where they are there: at least 43 of 45 right, no false match."""

import csv
import os
from pathlib import Path

import pytest

from analyzers.synonym_file import load_curated
from analyzers.synonyms import SynonymTable
from tests.analyzers.stages import stage_of

PAIRS = Path(
    os.environ.get("TANABAN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"), "relevance", "pairs.tsv"
)
MISSES_MAX = 2

pytestmark = pytest.mark.skipif(not PAIRS.exists(), reason=f"no {PAIRS.name} beside the checkout")


def read_pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_pairs_are_found() -> None:
    synonyms = SynonymTable(load_curated())
    misses = [
        f"{pair['query']} | {pair['title']}"
        for pair in read_pairs()
        if pair["expect"] == "match" and stage_of(pair["query"], pair["title"], synonyms) == "none"
    ]

    assert len(misses) <= MISSES_MAX, misses


def test_no_pair_is_found_falsely() -> None:
    synonyms = SynonymTable(load_curated())

    assert [
        f"{pair['query']} | {pair['title']}"
        for pair in read_pairs()
        if pair["expect"] == "nomatch" and stage_of(pair["query"], pair["title"], synonyms) != "none"
    ] == []
