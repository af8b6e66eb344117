"""What one mutation is, and the names that many of them share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    name: str
    file: str
    old: str
    new: str
    test: str
    """The pytest id that must fail."""


FAULTS, INDEXING = "tests/faults/", "tests/indexing/"
EVERY_EDIT = f"{FAULTS}test_sync.py::test_every_kind_of_edit_reaches_the_index"
VISIBILITY = f"{FAULTS}test_visibility.py::test_a_write_waits_for_the_commit_that_it_was_told_of"
