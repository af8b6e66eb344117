"""Names by their beginnings: what is found, in which order, and what one wrong character costs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.suggest_keys import SuggestKeys, TypedPart, build_suggest_keys, read_typed
from search.suggest_index import PrefixIndex

NAMES = [
    "イヤホン",
    "ソニー イヤホン",
    "カメラ",
    "カーテン",
    "トースター",
    "電気トースター",
    "トートバッグ",
    "靴下",
    "Canon カメラ",
]
INDEX = PrefixIndex([build_suggest_keys(name) for name in NAMES])


def found(typed: str, *, loose: bool = False) -> list[str]:
    parts = read_typed(typed)
    places = INDEX.find_loose(parts) if loose else INDEX.find(parts)
    return [NAMES[each.entry] for each in places]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("い", ["イヤホン", "ソニー イヤホン"]),
        ("tosut", ["トースター", "電気トースター"]),
        ("とー", ["トースター", "トートバッグ", "電気トースター"]),
        ("ソニー い", ["ソニー イヤホン"]),
        ("いやほん そに", ["ソニー イヤホン"]),
        ("かめら cano", ["Canon カメラ"]),
        ("かー", ["カーテン"]),
        ("ン", []),
        ("イヤホンケース", []),
    ],
)
def test_beginnings_come_before_later_words_and_both_by_rank(typed: str, names: list[str]) -> None:
    assert found(typed) == names


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("トーヌター", "トースター"),
        ("トースー", "トースター"),
        ("トーススタ", "トースター"),
        ("トータスー", "トースター"),
        ("トースターー", "トースター"),
        ("tozuta", "トースター"),
        ("tousta", "トースター"),
        ("kuttsita", "靴下"),
        ("camwra", "カメラ"),
        ("canqn", "Canon カメラ"),
        ("ソミーい", "ソニー イヤホン"),
        ("ソニー いやぽん", "ソニー イヤホン"),
    ],
)
def test_one_wrong_character_of_four_or_more(typed: str, first: str) -> None:
    assert found(typed) == []
    assert found(typed, loose=True)[0] == first


@pytest.mark.parametrize("typed", ["くぬ", "カヌラ", "ヌースター", "トヌスヌー", "cxyon"])
def test_not_in_three_characters_nor_the_first_nor_two_of_them(typed: str) -> None:
    assert found(typed, loose=True) == []


def test_what_was_typed_in_full_is_found_among_many_that_only_begin_so() -> None:
    index = PrefixIndex([build_suggest_keys(f"本{place}") for place in range(300)] + [build_suggest_keys("本")])

    assert index.find(read_typed("本"))[0] == (300, True, True)
    assert len(index.find(read_typed("本"))) < 100


letters = st.text("abc", min_size=1, max_size=7)


@given(st.lists(letters, max_size=30), letters)
@settings(max_examples=500, deadline=None)
def test_exact_and_misspelt_as_a_full_scan_has_it(keys: list[str], typed: str) -> None:
    index = PrefixIndex([SuggestKeys((key,)) for key in keys])
    exact = {place for place, key in enumerate(keys) if key.startswith(typed)}
    near = {place for place, key in enumerate(keys) if key.startswith(tuple(one_edit_of(typed)))}

    assert {each.entry for each in index.find([TypedPart((typed,))])} == exact
    assert {each.entry for each in index.find_loose([TypedPart((typed,), misspelt=(typed,))])} == exact | near


def one_edit_of(text: str) -> set[str]:
    """After the first character."""
    places = range(1, len(text))
    return {
        *(text[:n] + text[n + 1 :] for n in places),
        *(text[:n] + text[n + 1 : n + 2] + text[n] + text[n + 2 :] for n in places),
        *(text[:n] + char + text[n + 1 :] for n in places for char in "abc"),
        *(text[:n] + char + text[n:] for n in places for char in "abc"),
    }
