"""The brand table: what it refuses, that every form is the same term, and that no entry breaks another word."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sudachipy import Dictionary, MorphemeList, SplitMode

import catalog.sample
from analyzers.brands import BRANDS_FILE, Brand, build_entries, load_brands, parse_brands
from analyzers.dictionary import ensure_user_dictionary, load_dictionary, open_dictionary
from analyzers.normalizer import normalize_text
from analyzers.terms import build_terms
from core.errors import WordTableError

SAMPLE_WORDS = Path(catalog.sample.__file__).with_name("words")
TAXONOMY = Path(__file__).parents[3] / "shared" / "data" / "shopify-taxonomy-ja" / "categories.tsv"

BRANDS_MIN = 150


def read_sample_words() -> Iterator[str]:
    """Every phrase of the sample catalog's word lists."""
    for file in sorted(SAMPLE_WORDS.rglob("*.*")):
        yield from filter(None, re.split(r"[|、；=@#\"\[\],\n]+", file.read_text(encoding="utf-8")))


def read_taxonomy_names() -> Iterator[str]:
    """Names of 10,595 real categories."""
    for line in TAXONOMY.read_text(encoding="utf-8").splitlines()[1:]:
        yield line.split("\t")[2]


def find_broken(texts: Iterable[str], ours: Dictionary) -> list[str]:
    """Texts in which a word that the core dictionary knows is cut in two when our entries are there."""
    plain, tokenizer = open_dictionary([]).tokenizer(SplitMode.C), ours.tokenizer(SplitMode.C)
    return [
        text
        for text in dict.fromkeys(map(normalize_text, texts))
        if _insides(plain.tokenize(text)) & {token.end() for token in tokenizer.tokenize(text)}
    ]


def _insides(tokens: MorphemeList) -> set[int]:
    return {place for token in tokens if not token.is_oov() for place in range(token.begin() + 1, token.end())}


def test_the_sample_catalogs_words_are_cut_as_without_brands() -> None:
    assert find_broken(read_sample_words(), load_dictionary()) == []


@pytest.mark.skipif(not TAXONOMY.exists(), reason=f"no {TAXONOMY.parent.name} beside the checkout")
def test_a_real_taxonomys_names_are_cut_as_without_brands() -> None:
    assert find_broken(read_taxonomy_names(), load_dictionary()) == []


def test_an_entry_that_breaks_a_word_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    entries = tuple(build_entries(parse_brands(["電動歯\tデンドウバ\tdendoba"], "x.tsv")))
    ours = open_dictionary([ensure_user_dictionary(entries)])

    assert find_broken(["電動歯ブラシ", "電動ドリル"], ours) == ["電動歯ブラシ"]


def test_there_are_enough_brands() -> None:
    assert len(load_brands()) >= BRANDS_MIN


@pytest.mark.parametrize("brand", load_brands(), ids=lambda brand: brand.name)
def test_every_form_of_a_brand_is_its_term(brand: Brand) -> None:
    assert [form for form in brand.forms if brand.term not in build_terms(f"{form} 公式").terms] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ソニー\tソニー", "2 columns"),
        ("ソニー\tソニー||\tsony", "an empty name or form"),
        ("\tソニー\tsony", "an empty name or form"),
        ("東芝\t東芝\ttoshiba", "no form in kana"),
        ("ソニー\tソニー,ソニ\tsony", "a comma"),
        ("ニコン\tニコン\tsony", "is a form of ソニー already"),
    ],
)
def test_a_broken_line_is_named(line: str, reason: str) -> None:
    with pytest.raises(WordTableError, match=f"brands.tsv, line 3: .*{reason}"):
        parse_brands(["# brands", "ソニー\tソニー\tsony", line], BRANDS_FILE.name)
