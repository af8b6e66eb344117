"""Quantities in their canonical unit, and what is none."""

import pytest

from analyzers.terms import build_terms
from tests.analyzers.stages import stage_of


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.5L 1500ml 1500cc 15dl", ["ml:1500"]),
        ("２㍑ 2リットル 2000ミリリットル", ["ml:2000"]),
        ("5kg 5キロ 5,000g 5000グラム", ["g:5000"]),
        ("500mg", ["g:0.5"]),
        ("26.0cm 26cm 260mm 26センチ", ["mm:260"]),
        ("14インチ 14型 14.0inch", ["in:14"]),
        ("55V型", ["in:55"]),
        ("27インチモニター", ["in:27"]),
        ("27インチサイズ", ["in:27"]),
        ("2ミリオン", []),
        ("12ロールケーキ", []),
        ("シーリングライト 〜6畳用", ["畳:6"]),
        ("8畳〜10畳 5kg〜10kg", []),
        ("6畳 6帖 六畳", ["畳:6"]),
        ("5.5合", ["合:5.5"]),
        ("2本セット 2本入り ×2本 二本組", ["本:2"]),
        ("4人用 四人掛け 4名 4人前", ["人:4"]),
        ("10個入 10コ 10ヶ", ["個:10"]),
        ("500ml×24本", ["ml:500", "本:24"]),
        ("500mlx24本", ["ml:500", "本:24"]),
        ("30×40cm", ["mm:300", "mm:400", "x:30x40"]),
        ("1920x1080", ["x:1920x1080"]),
        ("単3 単三 単3形 単三電池", ["単:3"]),
        ("K18 18金 18K", ["金:18"]),
        ("60W 60ワット", ["w:60"]),
        ("1.2kW", ["w:1200"]),
        ("1万mAh 10000mAh 10,000mAh", ["mah:10000"]),
        ("1TB 1000GB", ["mb:1000000"]),
        ("Mサイズ サイズ:M サイズM", ["size:m"]),
        ("XLサイズ LLサイズ", ["size:ll"]),
        ("3L", ["ml:3000", "size:3l"]),
        ("Tシャツ M ブラック", ["size:m"]),
        ("80デニール", ["d:80"]),
        ("3ヶ月 3か月 3カ月", ["月:3"]),
        ("二十四枚 24枚", ["枚:24"]),
        ("0.5mm 0.50mm .5mm", ["mm:0.5"]),
    ],
)
def test_one_value_however_it_is_written(text: str, values: list[str]) -> None:
    assert list(build_terms(text).quantities) == values


@pytest.mark.parametrize(
    "text",
    [
        "5〜10kg",
        "22.5-27.0cm",
        "S〜L",
        "2026年版",
        "1人気",
        "統一人",
        "2ミリオン",
        "十六茶",
        "WH-1000XM5",
        "第三類",
        "L字",
        "A4",
        "1.2.3cm",
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    assert [value for value in build_terms(text).quantities if not value.startswith("size:")] == []


def test_dimensions_are_compared_with_and_without_a_unit() -> None:
    assert stage_of("100x200", "カーテン 100×200cm") == "strict"
    assert stage_of("100×200cm", "カーテン 100x200") == "strict"
    assert stage_of("100x200", "カーテン 100×210cm") == "none"


def test_a_quantity_is_no_term() -> None:
    assert build_terms("緑茶 500ml×24本").terms == ("緑茶", "茶")
