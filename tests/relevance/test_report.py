"""Tables that a release is decided by."""

from relevance.judging import Judged
from relevance.needs import Need
from relevance.pairs import Pair, PairResult
from relevance.report import build_comparison_json, build_pairs_json, format_comparison, format_pairs

RESULTS = [
    PairResult(Pair("kana", "いす", "椅子", True, "to kanji"), "strict", True),
    PairResult(Pair("kana", "もも", "桃 2kg", True, "to kanji"), "strict", True),
    PairResult(Pair("kana", "くり", "クリップ", False, "inside"), "typo", True),
    PairResult(Pair("width", "ｲｽ", "イス", True, "half-width"), "strict", False),
]


def test_each_phenomenon_has_its_line_and_each_wrong_pair_too() -> None:
    lines = format_pairs("own pairs", RESULTS).splitlines()

    assert lines[1].split() == ["kana", "2/2", "0/1"]
    assert lines[2].split() == ["width", "0/1"]
    assert lines[3].split() == ["all", "2/3", "0/1"]
    assert lines[4:] == [
        "  wrong: くり finds クリップ [kana, typo; inside]",
        "  wrong: ｲｽ misses イス [width, strict; half-width]",
    ]


def test_an_answer_that_failed_is_right_in_nothing() -> None:
    failed = PairResult(Pair("kana", "くり", "クリップ", False, "inside"), "failed", False)

    assert not failed.is_right
    assert "くり gets an error" in format_pairs("own pairs", [failed])


def test_false_matches_are_counted_apart() -> None:
    counted = build_pairs_json(RESULTS)

    assert (counted["right"], counted["of"], counted["false_matches"]) == (2, 4, 1)


def test_the_gain_over_kuromoji_is_told() -> None:
    judged = Judged({"傘": {"a": 3, "b": 3}}, {"傘": ("a", "b")}, {"傘": ("x", "b")}, useful=2).compare()
    lines = format_comparison("judged", judged, [Need("kana", "傘", (), (), ())]).splitlines()

    assert lines[1].split()[:4] == ["kana", "1", "1.000", "0.387"]
    assert lines[-1].endswith("2.58")
    assert build_comparison_json(judged)["tanaban"]["ndcg10"] == 1
