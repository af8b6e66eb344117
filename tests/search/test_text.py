"""What a search text finds: width, case and normal forms, over all fields of words together."""

from collections.abc import Iterator

import pytest

from core.limits import QUERY_MAX_CHARS
from tests.search.shop import product
from tests.search.workbench import Searcher, Workbench

pytestmark = pytest.mark.live

EARPHONE = "ワイヤレスイヤホン WF-1000"
SPEAKER = "防水スピーカー"
BOOK = "音楽を聴いた日々"
MUG = "マグカップ"

ROWS = [
    product(EARPHONE, brand="ソニー", attributes={"色": ["ブラック"], "JANコード": ["4901234567894"]}, sku="SN-7781"),
    product(SPEAKER, category="家電 > 音響 > スピーカー", brand="SONY", description="お風呂で音楽が聴けます。"),
    product(BOOK, category="本", popularity=1e6),
    product(MUG, category="家電 > 台所", brand="オトネ", brand_kana="おとね"),
]


@pytest.fixture(scope="module")
def searcher(workbench: Workbench) -> Iterator[Searcher]:
    with workbench.searcher(ROWS) as searcher:
        yield searcher


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ワイヤレスイヤホン", [EARPHONE]),
        ("ﾜｲﾔﾚｽｲﾔﾎﾝ", [EARPHONE]),
        ("ワイヤレスイヤホン ソニー", [EARPHONE]),
        ("ソニー　ワイヤレス", [EARPHONE]),
        ("ソニー スピーカー", [SPEAKER]),
        ("ＳＯＮＹ", [EARPHONE, SPEAKER]),
        ("sony", [EARPHONE, SPEAKER]),
        ("Sony スピーカー", [SPEAKER]),
        ("ブラック イヤホン", [EARPHONE]),
        ("台所 マグカップ", [MUG]),
        ("おとね", [MUG]),
        ("聴く", [BOOK]),
        ("聴ける", [BOOK, SPEAKER]),
        ("wf 1000", [EARPHONE]),
        ("4901234567894", [EARPHONE]),
        ("490-1234-567894", [EARPHONE]),
        ("ｓｎ７７８１", [EARPHONE]),
        ("sn-7781", [EARPHONE]),
    ],
)
def test_text_finds(searcher: Searcher, text: str, found: list[str]) -> None:
    assert sorted(searcher.names(text)) == sorted(found)


@pytest.mark.parametrize("text", ["洗濯機", "水", "オトメ"])
def test_text_that_no_product_has_is_no_strict_match(searcher: Searcher, text: str) -> None:
    assert searcher.search(text).query.stage != "strict"


def test_no_text_browses_all_by_popularity(searcher: Searcher) -> None:
    names = searcher.names("")

    assert names[0] == BOOK
    assert sorted(names) == sorted([EARPHONE, SPEAKER, BOOK, MUG])


@pytest.mark.parametrize("text", ["   ", "\u3000", "\ud800", "\u200b", "\x00"])
def test_a_text_of_nothing_that_can_be_seen_browses(searcher: Searcher, text: str) -> None:
    assert searcher.search(text).total == len(ROWS)


@pytest.mark.parametrize("text", ["!!!", "☆★", "🎧", "&&||", "。、", "*", "?", "* OR *"])
def test_a_text_without_a_word_matches_nothing(searcher: Searcher, text: str) -> None:
    assert searcher.search(text).query.stage == "popular"


@pytest.mark.parametrize(
    "text",
    [
        "name:* OR 1=1",
        'id:"x" AND (',
        "/.*/",
        "イヤホン~2 ^9",
        '{"match_all":{}}',
        "'; DROP TABLE products; --",
        "<script>alert(1)</script>",
        "".join(map(chr, range(0x5400, 0x5400 + QUERY_MAX_CHARS))),
        "a " * (QUERY_MAX_CHARS // 2),
        "ー" * QUERY_MAX_CHARS,
        "👨‍👩‍👧‍👦" * 20,
        "\ufdfa" * 10,
    ],
)
def test_a_hostile_text_is_a_text(searcher: Searcher, text: str) -> None:
    assert searcher.search(text, in_stock=True, rating_min=1.0, brands=("a",), price_min_yen=1).total == 0


def test_what_matched_is_marked_and_the_rest_is_escaped(workbench: Workbench) -> None:
    with workbench.searcher([product("<b>ワイヤレスイヤホン</b> & 充電")]) as searcher:
        (hit,) = searcher.search("イヤホン").hits
        assert hit.highlight == {"name": "&lt;b&gt;ワイヤレス<mark>イヤホン</mark>&lt;/b&gt; &amp; 充電"}
        assert searcher.search("").hits[0].highlight == {}


def test_the_name_counts_most_and_popularity_decides_between_likes(workbench: Workbench) -> None:
    rows = [
        product("水筒 A", description="充電器ではありません。", popularity=1e9),
        product("充電器 B"),
        product("充電器 C", popularity=1e9),
        *(product(f"他の品 {n}") for n in range(20)),
    ]
    with workbench.searcher(rows) as searcher:
        assert searcher.names("充電器") == ["充電器 C", "充電器 B", "水筒 A"]


def test_what_a_name_says_the_product_is_stands_above_what_it_is_for(workbench: Workbench) -> None:
    rows = [
        product("メガネ対応 双眼鏡", popularity=1e9),
        product("お財布機能付きバッグ", popularity=1e9),
        product("軽い めがね"),
        product("財布 本革 小さい"),
    ]
    with workbench.searcher(rows) as searcher:
        assert searcher.names("メガネ") == ["軽い めがね", "メガネ対応 双眼鏡"]
        assert searcher.names("財布") == ["財布 本革 小さい", "お財布機能付きバッグ"]


def test_a_colour_of_the_product_stands_above_one_in_its_name(workbench: Workbench) -> None:
    rows = [
        product("靴ひも 赤と青の箱入り", variations=[]),
        product("靴ひも 丸", attributes={"色": ["赤"]}, variations=[]),
    ]
    with workbench.searcher(rows) as searcher:
        assert searcher.names("赤 靴ひも") == ["靴ひも 丸", "靴ひも 赤と青の箱入り"]
        assert "色「赤」を優先" in [each.label for each in searcher.search("赤 靴ひも").query.applied]
