"""Terms of documents: from one pass, in any order and thread, the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings

import analyzers.lexicon
import analyzers.terms
from analyzers import dictionary, normalizer
from analyzers.brands import build_entries, parse_brands
from analyzers.reading import gojuon_key, sort_key
from analyzers.scan import scan_text
from analyzers.terms import build_terms, terms_of
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

    assert terms_of(scan_text(text)) == before


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
