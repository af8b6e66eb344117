"""docs/consistency.md names tests that are there, and the columns that the code looks at."""

import re
from pathlib import Path

import pytest

from indexing.changes import DEPENDENCIES, ByParent
from tests.faults.processes import PROJECT

PAGE = (PROJECT / "docs/consistency.md").read_text(encoding="utf-8")
TESTS = {path.name: path.read_text(encoding="utf-8") for path in Path(PROJECT / "tests").rglob("test_*.py")}


def test_each_test_that_it_names_is_there() -> None:
    files, functions = (set(re.findall(pattern, PAGE)) for pattern in (r"`(test_\w+\.py)`", r"`(test_\w+)`"))
    assert files <= TESTS.keys()
    assert [name for name in sorted(functions) if not any(f"def {name}(" in text for text in TESTS.values())] == []
    assert len(functions) > 10


@pytest.mark.parametrize("table", DEPENDENCIES)
def test_each_table_is_there_with_what_fans_out(table: str) -> None:
    (row,) = re.findall(rf"^\| `{re.escape(table)}` \|(.*)$", PAGE, re.MULTILINE)
    rule = DEPENDENCIES[table]
    if isinstance(rule, ByParent):
        assert re.findall(r"`(\w+)`", row) == list(rule.shown)
