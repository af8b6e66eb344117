"""One normaliser in Python and in OpenSearch (I13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opensearchpy import OpenSearch

from analyzers.char_filter import build_table
from analyzers.normalizer import fold, normalize_text
from core.settings import Settings
from mappings.products import build_index_body

SHOP_TEXT = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.characters(
            min_codepoint=0x3041,
            max_codepoint=0x30FF,
            exclude_characters="\u3097\u3098\u3099\u309a\u309b\u309c\u309f\u30ff",
        ),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0xFF01, max_codepoint=0xFF9D),
        st.sampled_from("ｶﾞﾊﾟｳﾞ①㍑㈱Ⅷ½ÀÉüß　"),
    ),
    max_size=30,
)


def apply_char_filter(text: str) -> str:
    """Lucene's MappingCharFilter: the longest match at each place, never looked at again."""
    table, out, at = build_table(), [], 0
    while at < len(text):
        length = 2 if text[at : at + 2] in table else 1
        out.append(table.get(text[at : at + length], text[at : at + length]))
        at += length
    return "".join(out)


@given(SHOP_TEXT)
def test_the_char_filter_does_what_the_normaliser_does(text: str) -> None:
    assert apply_char_filter(text) == fold(text)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize_text(normalize_text(text)) == normalize_text(text)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ﾊﾟﾅｿﾆｯｸ", "パナソニック"),
        ("ＷＨ－１０００", "wh-1000"),
        ("か\u3099", "が"),
        ("１．５Ｌ", "1.5l"),
        ("a\x00b\ud800\u200dc", "abc"),
        ("👨\u200d👩", "👨👩"),
        (" \u3000 ", ""),
    ],
)
def test_what_shoppers_type(written: str, normal: str) -> None:
    assert normalize_text(written) == normal


@pytest.mark.live
@pytest.mark.parametrize(
    "text", ["ﾊﾟﾅｿﾆｯｸ", "ＷＨ－１０００", "㍑ ㎖ ㈱ ① Ⅷ ½", "か\u3099ｶﾞガ", "ÀÉÜ ß E\u0301", "Ａ　Ｂ"]
)
def test_opensearch_agrees(settings: Settings, opensearch: OpenSearch, text: str) -> None:
    index = f"{settings.opensearch_index_prefix}normalizer"
    opensearch.indices.create(index=index, body=build_index_body(1, 0, {}))

    answer = opensearch.indices.analyze(
        index=index, body={"tokenizer": "keyword", "char_filter": ["nfkc_casefold"], "text": text}
    )

    assert [token["token"] for token in answer["tokens"]] == [fold(text)]
