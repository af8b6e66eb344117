"""Words that are said, heard or written slightly otherwise reach the real one, and real words become no others."""

import pytest

from analyzers.near_sounds import read_alike, respell_okurigana, respell_sounds
from tests.analyzers.stages import stage_of


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("エヤコン", "エアコン 6畳用"),
        ("スリパ", "スリッパ 来客用"),
        ("とれなー", "トレーナー 裏起毛"),
        ("カモフラージ", "カモフラージュ柄 キャップ"),
        ("スケジュル帳", "スケジュール帳 B6"),
        ("リュクサック", "リュックサック 20L"),
        ("抱枕", "抱き枕 洗える"),
        ("水切かご", "水切りかご ステンレス"),
        ("縄跳", "縄跳び 大人用"),
        ("濡タオル", "濡れタオル 業務用"),
        ("炊飯機", "炊飯器 5.5合"),
        ("人口芝", "人工芝 1m×5m"),
        ("補聴機", "補聴器 充電式"),
        ("shoyu", "醤油 1L"),
        ("ramen", "ラーメン 5食"),
        ("bento", "弁当箱 2段"),
        ("keyboard", "キーボード 有線"),
    ],
)
def test_what_was_meant_is_found_by_the_second_rung(typed: str, title: str) -> None:
    assert stage_of(typed, title) == "lookalike"


@pytest.mark.parametrize("word", ["ピアノ", "ボウル", "コート", "スピーカー", "グリップ", "ナイキ"])
def test_a_word_that_is_known_is_meant(word: str) -> None:
    assert respell_sounds(word) == ()


@pytest.mark.parametrize("word", ["自転車", "生花", "枕", "靴"])
def test_a_compound_that_is_known_is_meant(word: str) -> None:
    assert (respell_okurigana(word), read_alike(word)) == ((), None)


@pytest.mark.parametrize("word", ["子皿", "茶紙"])
def test_three_kana_say_too_little(word: str) -> None:
    assert read_alike(word) is None
