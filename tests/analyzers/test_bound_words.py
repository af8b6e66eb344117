"""What a name says that a product has not, and what is another thing before a word."""

import pytest

from analyzers.homonyms import load_homonyms
from analyzers.old_kanji import modernize_kanji
from analyzers.terms import build_terms
from tests.analyzers.stages import stage_of


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("香料", "無香料 石鹸"),
        ("砂糖", "砂糖不使用 ジャム"),
        ("工具", "工具不要 ラック"),
        ("透明", "不透明 シート"),
        ("ガラス", "ガラスなし 額縁"),
        ("なし", "袖口ゴムなし 手袋"),
        ("マスク", "マスクメロン 1玉"),
        ("ワイン", "財布 ワインレッド"),
    ],
)
def test_not_found_by_what_it_has_not_or_is_not(query: str, title: str) -> None:
    assert stage_of(query, title) == "none"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("無香料", "無香料 石鹸"),
        ("砂糖不使用", "ジャム 砂糖不使用"),
        ("ガラスなし", "ガラス無し 額縁"),
        ("メロン", "マスクメロン 1玉"),
        ("マスクメロン", "静岡県産 マスクメロン"),
        ("マスク", "マスクケース メロン柄"),
        ("ワインレッド", "財布 ワインレッド"),
        ("ワイン", "赤ワイン レッド"),
        ("ホット プレート", "ホットプレート 大型"),
        ("ホットプレート", "ホット プレート 大型"),
    ],
)
def test_found_by_what_it_is(query: str, title: str) -> None:
    assert stage_of(query, title) == "strict"


def test_a_bound_word_has_one_term_and_no_reading() -> None:
    assert build_terms("無香料").terms == ("無", "無香料", "無香料ムコウリョウ")
    assert "コウリョウ" not in build_terms("無香料").readings


def test_every_row_of_homonyms_is_of_words() -> None:
    assert all(word and all(others) for word, others in load_homonyms().items())


def test_old_kanji_are_as_many_as_new_ones() -> None:
    assert modernize_kanji("澁谷區 髙橋") == "渋谷区 高橋"
    assert modernize_kanji("渋谷") == "渋谷"
