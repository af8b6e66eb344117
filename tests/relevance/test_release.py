"""A run against the last release's figures."""

from pathlib import Path

from relevance.pairs import Pair, PairResult
from relevance.release import Release, find_losses, find_wrong_pairs, read_release, write_release


def result(found: bool, must_match: bool = True) -> PairResult:
    return PairResult(Pair("kana", "いす", "椅子", must_match, ""), "strict", found)


RELEASE = Release("0.1.0", 0.8, frozenset())


def test_a_drop_of_more_than_a_hundredth_is_a_loss() -> None:
    assert find_losses(RELEASE, 0.7921, []) == []
    assert len(find_losses(RELEASE, 0.7919, [])) == 1


def test_a_broken_pair_is_a_loss_and_says_what_was_wanted() -> None:
    assert find_losses(RELEASE, 0.9, [result(found=True)]) == []
    assert find_losses(RELEASE, 0.9, [result(found=False)]) == ["broken since 0.1.0: いす must find 椅子"]
    assert find_losses(RELEASE, 0.9, [result(found=True, must_match=False)]) == [
        "broken since 0.1.0: いす must not find 椅子"
    ]


def test_before_the_first_release_no_pair_may_be_wrong() -> None:
    assert find_losses(None, 0.5, [result(found=True)]) == []
    assert len(find_losses(None, 0.5, [result(found=False)])) == 1


def test_a_pair_that_was_wrong_before_is_none() -> None:
    known = Release("0.1.0", 0.8, find_wrong_pairs([result(found=False)]))

    assert find_losses(known, 0.8, [result(found=False)]) == []


def test_a_release_is_kept_as_it_was(tmp_path: Path) -> None:
    release = Release("0.1.0", 0.8123, frozenset({("いす", "椅子")}))
    write_release(release, tmp_path / "baseline.json")

    assert read_release(tmp_path / "baseline.json") == release
    assert read_release(tmp_path / "none.json") is None
