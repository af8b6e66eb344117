"""The table of pairs: enough of every phenomenon, and nothing wrong in the writing of it."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from core.errors import InvalidParameter
from relevance.pairs import OWN_PAIRS, build_pair_lines, parse_pairs, read_pairs
from tests.relevance.further import FURTHER_PAIRS, needs_further_pairs

PHENOMENA = {
    *("width", "okurigana", "kana", "reading", "longvowel", "compound", "katakana", "brand", "code", "units"),
    *("typo", "romaji", "synonym", "single", "number", "negation", "colour", "size", "nearmiss"),
}
PAIRS = read_pairs(OWN_PAIRS)


def test_there_are_pairs_for_every_phenomenon() -> None:
    counts = Counter(pair.category for pair in PAIRS)

    assert set(counts) == PHENOMENA
    assert min(counts.values()) >= 12
    assert len(PAIRS) >= 320


def test_a_third_must_not_match() -> None:
    assert sum(not pair.must_match for pair in PAIRS) * 3 >= len(PAIRS)


def test_no_pair_is_there_twice() -> None:
    assert [pair for pair, count in Counter((it.query, it.title) for it in PAIRS).items() if count > 1] == []


def test_codes_of_thirteen_digits_have_their_check_digit() -> None:
    codes = {code for pair in PAIRS for code in re.findall(r"\d{13}", pair.title)}

    assert codes
    assert [code for code in codes if (sum(map(int, code[::2])) + 3 * sum(map(int, code[1::2]))) % 10] == []


def test_a_query_of_marks_apart_is_written_so() -> None:
    """An editor that composes characters on saving would take the case away."""
    apart = [pair.query for pair in PAIRS if "NFD" in pair.note]

    assert apart
    assert all(query != unicodedata.normalize("NFC", query) for query in apart)


@needs_further_pairs
def test_no_pair_is_taken_from_the_further_ones() -> None:
    further = {(pair.query, pair.title) for pair in read_pairs(FURTHER_PAIRS)}

    assert [pair for pair in PAIRS if (pair.query, pair.title) in further] == []


def test_a_title_of_several_pairs_is_one_product() -> None:
    text = "category\tquery\ttitle\texpect\tnote\nkana\tいす\t椅子\tmatch\t\nkana\tつくえ\t椅子\tnomatch\t"

    assert [line["name"] for line in build_pair_lines(parse_pairs(text))] == ["椅子"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "line 1"), ("category\tquery\ttitle\texpect\tnote\nkana\tいす\t椅子\tperhaps\t", "line 2")],
)
def test_a_broken_table_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidParameter, match=said):
        read_pairs(file)
