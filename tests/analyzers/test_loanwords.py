"""Words in katakana are compared by sound only where the dictionary does not know what they are."""

import pytest

from tests.analyzers.stages import stage_of


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("ジム", "事務用 チェア"),
        ("メモリー", "目盛付き 計量カップ"),
        ("カイロ", "電子回路 実験キット"),
        ("コショウ", "故障時 交換用 基板"),
        ("店舗", "テンポ メトロノーム"),
        ("落下", "ラッカー スプレー"),
    ],
)
def test_what_is_said_alike_is_another_thing(query: str, title: str) -> None:
    assert stage_of(query, title) == "none"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("カイロ", "懐炉 貼る 30個"),
        ("コショウ", "粗挽き 胡椒"),
        ("カサ", "傘 子供用 50cm"),
        ("タイガー", "TIGER 魔法瓶"),
        ("じむ", "事務用 チェア"),
        ("結婚式", "結婚式用 ネクタイ"),
    ],
)
def test_what_it_is_is_found_however_it_is_written(query: str, title: str) -> None:
    assert stage_of(query, title) == "strict"
