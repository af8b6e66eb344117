"""Words that the dictionary has not, or divides otherwise, are found by what they are made of."""

import pytest

from analyzers.scan import scan_text
from tests.analyzers.stages import stage_of


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("キーボード テンキーレス", "テンキーレスキーボード メカニカル"),
        ("ボールペン", "ゲルインクボールペン 10本"),
        ("スニーカー", "ハイカットスニーカー 白"),
        ("シャンプー", "ノンシリコンシャンプー 500ml"),
        ("ノンシリコン シャンプー", "ノンシリコンシャンプー 500ml"),
        ("腕時計", "メンズ腕時計 防水"),
        ("メンズ腕時計", "腕時計 メンズ"),
        ("ネコ砂", "猫砂 5L"),
        ("猫砂", "ネコ砂 5L"),
        ("歯みがき粉", "歯磨き粉 120g"),
        ("日焼けどめ", "日焼け止め SPF50+"),
        ("フタ付", "フタ付き 保存容器"),
        ("フタ付き", "フタ付 保存容器"),
        ("アイシャドー", "アイシャドウ 4色"),
    ],
)
def test_found(query: str, title: str) -> None:
    assert stage_of(query, title) == "strict"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("シリコン", "ノンシリコンシャンプー 500ml"),
        ("アイロン", "ノーアイロン シャツ"),
        ("ボール", "ゲルインクボールペン 10本"),
        ("ボウル", "ボール 5号"),
        ("フライパン26", "フライパン 20cm"),
        ("水筒500", "水筒 350ml"),
    ],
)
def test_not_found(query: str, title: str) -> None:
    assert stage_of(query, title) == "none"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("フライパン26", "フライパン 26cm"),
        ("水筒 500", "水筒 500ml"),
        ("ランニングシューズ 26.5", "ランニングシューズ 26.5cm"),
    ],
)
def test_a_size_goes_without_its_unit_where_nothing_has_the_number_alone(query: str, title: str) -> None:
    assert stage_of(query, title) == "lookalike"


def test_the_parts_of_an_unknown_word_are_its_units() -> None:
    [token] = scan_text("ゲルボールペン").tokens

    assert [unit.surface for unit in token.entry.units] == ["ゲル", "ボールペン"]
    assert not token.entry.known
