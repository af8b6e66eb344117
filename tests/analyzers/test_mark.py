"""Highlighting: what matched is marked where it stands, however it is written; the rest is escaped."""

import pytest

from analyzers.loose import add_lookalikes, add_typos
from analyzers.mark import mark_words
from analyzers.normalizer import normalize_text
from analyzers.synonyms import Synonym, SynonymTable, expand_synonyms
from analyzers.words import read_words


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("バッグ", "トートバッグ 帆布", "トート<mark>バッグ</mark> 帆布"),
        ("めがね", "ﾒｶﾞﾈ拭き", "<mark>ﾒｶﾞﾈ</mark>拭き"),
        ("清浄", "加湿空気清浄機", "加湿空気<mark>清浄</mark>機"),
        ("wh1000xm5", "SONY WH-1000XM5", "SONY <mark>WH-1000XM5</mark>"),
        ("wh 1000xm5", "ＷＨ−1000XM5 黒", "<mark>ＷＨ−1000XM5</mark> 黒"),
        ("1500ml", "水 １．５Ｌ×8本", "水 <mark>１．５Ｌ</mark>×8本"),
        ("sony", "ソニー製 <b>", "<mark>ソニー</mark>製 &lt;b&gt;"),
        ("ノースフェイス", "THE NORTH FACE リュック", "THE <mark>NORTH</mark> <mark>FACE</mark> リュック"),
        ("取付け", "取り付け 簡単", "<mark>取り付け</mark> 簡単"),
        ("リットル", "㍑", "<mark>㍑</mark>"),
        ("赤 靴下", "靴下　赤", "<mark>靴下</mark>　<mark>赤</mark>"),
        ("水", "化粧水", None),
        ("空気清浄機", "空気入れ", None),
        ("の", "猫の皿", None),
        ("", "猫", None),
    ],
)
def test_marks(query: str, text: str, marked: str | None) -> None:
    assert mark_words(text, read_words(normalize_text(query))) == marked


def test_a_synonym_is_marked() -> None:
    words = expand_synonyms(read_words("ノートパソコン"), SynonymTable([Synonym("ノートパソコン", "ラップトップ")]))

    assert mark_words("軽いラップトップ", words) == "軽い<mark>ラップトップ</mark>"


def test_what_a_looser_rung_found_is_marked() -> None:
    words = add_typos(add_lookalikes(read_words("senzai panasonik")))

    assert mark_words("Panasonic 洗剤投入", words) == "<mark>Panasonic</mark> <mark>洗剤</mark>投入"
