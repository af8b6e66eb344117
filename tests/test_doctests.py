"""The examples in docstrings are tests."""

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGES = ("analyzers", "api", "benchmarks", "catalog", "core", "indexing", "mappings", "relevance", "search")


def modules_with_examples() -> list[str]:
    root = Path(__file__).parent.parent
    paths = (path for package in PACKAGES for path in sorted((root / package).glob("*.py")))
    return [f"{path.parent.name}.{path.stem}" for path in paths if ">>>" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_hold(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))

    assert tried > 0
    assert failed == 0
