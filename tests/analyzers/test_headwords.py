"""What a name says that the product is."""

import pytest

from analyzers.headwords import build_head_terms, head_term
from analyzers.scan import scan_text
from analyzers.words import read_words


@pytest.mark.parametrize(
    ("word", "name", "is_head"),
    [
        ("メガネ", "めがね ブルーライトカット", True),
        ("メガネ", "双眼鏡 メガネ対応", False),
        ("メガネ", "メガネケース", False),
        ("財布", "長財布 本革", True),
        ("財布", "ショルダーバッグ お財布機能付き", False),
        ("バッグ", "お財布機能付きバッグ", True),
        ("りんご", "青森県産りんご 5kg", True),
        ("りんご", "りんごの木 苗", False),
        ("タオル", "タオルと石けんのセット", True),
        ("自転車", "電動アシスト自転車 26インチ", True),
        ("ソニー", "SONY ヘッドホン", True),
        ("コート", "コートハンガー 木製", False),
        ("石けん", "石けんで落ちる 日焼け止め", False),
    ],
)
def test_a_word_is_what_the_product_is(word: str, name: str, is_head: bool) -> None:
    assert (head_term(read_words(word)[0].term) in build_head_terms(scan_text(name))) is is_head
