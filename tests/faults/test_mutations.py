"""The list of mutations stays true to the code. `make mutations` tries them."""

from tests.faults.mutations import find_stale


def test_each_mutation_still_meets_its_text_and_its_test() -> None:
    assert find_stale() == []
