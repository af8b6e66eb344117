"""Whatever is typed or pasted: no exception, bounded output, and a text finds itself."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.loose import add_lookalikes, add_typos
from analyzers.mark import mark_words
from analyzers.normalizer import normalize_text
from analyzers.scan import TEXT_MAX_CHARS
from analyzers.terms import build_terms
from analyzers.words import read_words
from tests.analyzers.matcher import matches

JAPANESE = st.sampled_from(
    [
        *"あいうかがきくけこさしすせそたちつてとなにぬねのはばぱひふへほまみむめもやゆよらりるれろわをんっゃゅょー々ゝゞ",
        *"アイウエオカキクケコサシスセソタチツテトナニノハヒフヘホマミムメモヤユヨラリルレロワンッャュョヴィェ・ー〜",
        *"水茶米本枚個足畳一二三十靴下帽子空気清浄機化粧水引越取付電池単形型用製",
        *" 　0123456789.,-×x/abcglmkVISONYｱｶﾞ㍑①㈱",
        *(
            "サイズ",
            "セット",
            "入り",
            "ml",
            "kg",
            "cm",
            "iPhone",
            "WH-",
            "トート",
            "バッグ",
            "です",
            "ください",
            "ルイ・ヴィトン",
        ),
    ]
)
SHOP_TEXT = st.lists(JAPANESE, max_size=14).map("".join)
ANY_TEXT = st.one_of(st.text(max_size=40), SHOP_TEXT)

STRANGE = [
    "",
    "の",
    "!!!",
    "👨\u200d👩\u200d👧",
    "\u0301",
    "\u3099",
    "゛",
    "שלום עולם",
    "\u202eabc",
    "\ud800",
    "ー",
    "・",
    "〜〜〜",
    "-",
    "%",
    "1" * 300,
    "一" * 300,
    "ゝゝゝ",
    "あ" * 2_000,
    "a" * 60_000,
    "水" * 20_000,
    "𠮷野家",
    "ｶﾞ" * 100,
    "5" + "〜5" * 100 + "kg",
    "a1-" * 200,
]


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_text_finds_itself(text: str) -> None:
    words = read_words(normalize_text(text))

    assert not words or matches(words, build_terms(text))


@settings(deadline=None)
@given(ANY_TEXT)
def test_terms_are_those_of_the_normal_text(text: str) -> None:
    assert build_terms(text) == build_terms(normalize_text(text))


@settings(deadline=None)
@given(ANY_TEXT)
def test_output_is_bounded_and_can_be_indexed(text: str) -> None:
    terms = build_terms(text)
    values = (*terms.terms, *terms.readings, *terms.codes, *terms.quantities)

    assert len(values) <= 20 * len(normalize_text(text)) + 1
    assert all(value and not any(map(str.isspace, value)) for value in values)


@settings(deadline=None)
@given(ANY_TEXT)
def test_looser_rungs_only_add(text: str) -> None:
    words = read_words(normalize_text(text))
    loose = add_typos(add_lookalikes(words))

    assert [word.text for word in loose] == [word.text for word in words]
    assert all(set(word.alternatives) <= set(more.alternatives) for word, more in zip(words, loose, strict=True))
    assert sum(len(word.alternatives) for word in loose) <= 60 * len(loose)


@settings(deadline=None)
@given(ANY_TEXT)
def test_words_stand_where_they_say(text: str) -> None:
    query = normalize_text(text)

    assert all(query[word.start : word.end] == word.text for word in read_words(query))


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_text_is_marked_by_itself_and_nothing_is_lost(text: str) -> None:
    marked = mark_words(text, read_words(normalize_text(text)))

    if marked is not None:
        assert marked.replace("<mark>", "").replace("</mark>", "") == escape(text)


@pytest.mark.parametrize("text", STRANGE)
def test_strange_texts(text: str) -> None:
    words = read_words(normalize_text(text[:200]))

    assert not words or matches(words, build_terms(text[:200]))
    build_terms(text)
    add_typos(add_lookalikes(words))
    mark_words(text, words)


def test_particles_alone_are_kept() -> None:
    assert [word.text for word in read_words("の")] == ["の"]
    assert [word.text for word in read_words("猫の")] == ["猫"]


def test_a_very_long_text_is_read_in_part() -> None:
    assert build_terms("靴 " * TEXT_MAX_CHARS).terms == ("靴",)
