"""Terms of documents: from one pass, in any order and thread, the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analyzers.lexicon
import analyzers.terms
import analyzers.tokens
from analyzers import dictionary, normalizer
from analyzers.brands import build_entries, parse_brands
from analyzers.reading import gojuon_key, sort_key
from analyzers.scan import scan_text
from analyzers.terms import build_terms, terms_of
from analyzers.tokens import read_tokens
from tests.analyzers.test_any_text import ANY_TEXT

NAMES = ["SONY ワイヤレスイヤホン", "圧力IH炊飯ジャー 5.5合", "お茶 500ml×24本", "折りたたみ傘", "ルイ・ヴィトン 財布"]


def test_one_pass_gives_a_names_terms_and_its_sort_key() -> None:
    for name in NAMES:
        scan = scan_text(name)

        assert terms_of(scan) == build_terms(name)
        assert sort_key(scan.spoken) == gojuon_key(name)


def test_threads_share_the_dictionary() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: terms_of(scan_text(name)), NAMES * 40))

    assert found == [build_terms(name) for name in NAMES] * 40


@settings(deadline=None)
@given(ANY_TEXT)
def test_what_was_read_before_changes_nothing(text: str) -> None:
    before = terms_of(scan_text(text))
    analyzers.lexicon._entries.clear()
    analyzers.tokens._pieces.clear()

    assert terms_of(scan_text(text)) == before


@settings(deadline=None)
@given(st.lists(ANY_TEXT, max_size=4))
def test_each_token_stands_where_it_says(texts: list[str]) -> None:
    for _ in range(2):
        scan = scan_text(" ".join(texts))

        assert all(scan.text[token.start : token.end] == token.entry.surface for token in scan.read)
        assert "".join(token.entry.surface for token in scan.read).replace(" ", "") == scan.text.replace(" ", "")


@pytest.mark.parametrize("piece", ["掛け布団カバー", "丈夫", "敷き布団", "【掛け布団カバー】"])
def test_what_stands_between_spaces_is_the_same_words_wherever_it_stands(piece: str) -> None:
    alone = [token.entry for token in scan_text(piece).read]

    for name in (f"dream cloud {piece}", f"【公式】{piece} 抗菌"):
        read = [token.entry for token in scan_text(name).read]
        assert any(read[first : first + len(alone)] == alone for first in range(len(read)))


def test_latin_words_are_read_together() -> None:
    """The dictionary knows new balance, with its space."""
    assert "ニュバランス" in build_terms("メンズ new balance 574").terms


@settings(deadline=None)
@given(st.lists(ANY_TEXT, max_size=4))
def test_words_side_by_side_are_joined_alike_whatever_stood_beside_them_before(texts: list[str]) -> None:
    text = " ".join(texts)
    before = [terms_of(scan_text(each)) for each in (*texts, text)]
    analyzers.terms._joins.clear()

    assert [terms_of(scan_text(each)) for each in (text, *reversed(texts))] == before[::-1]


def test_no_more_joins_are_kept_than_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzers.terms, "_JOINS_MAX", 3)
    analyzers.terms._joins.clear()
    for place in range(9):
        terms_of(scan_text(f"電池{'式' * (place + 1)} 靴下{'用' * (place + 1)}"))
    kept = len(analyzers.terms._joins)
    terms_of(scan_text("電池式電池式電池式電池式"))

    assert 0 < kept <= 3
    assert len(analyzers.terms._joins) == kept, "a row of many words is not kept"


def test_a_model_number_is_read_by_its_parts_and_not_kept_itself() -> None:
    analyzers.tokens._pieces.clear()

    tokens = read_tokens("尺 tk-m2861-w")

    assert [(token.start, token.entry.surface) for token in tokens[1:]] == [
        (2, "tk"),
        (4, "-"),
        (5, "m"),
        (6, "2861"),
        (10, "-"),
        (11, "w"),
    ]
    assert set(analyzers.tokens._pieces) == {"尺", "tk", "-", "m", "2861", "w"}


def test_the_version_names_code_dictionary_and_tables() -> None:
    code, words, tables = normalizer.NORMALIZER_VERSION.split("-")

    assert int(code) >= 2
    assert words.isdigit()
    assert len(tables) == 8


def test_without_a_place_to_keep_it_the_dictionary_is_compiled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    entries = tuple(build_entries(parse_brands(["ヌマソラ\tヌマソラ\tnumasora"], "x.tsv")))

    compiled = dictionary.ensure_user_dictionary(entries)

    assert [token.surface() for token in dictionary.open_dictionary([compiled]).tokenizer().tokenize("ヌマソラ")] == [
        "ヌマソラ"
    ]
