"""Texts that are kept are read as they would be read anew."""

import pytest

import search.text_reader
from analyzers.synonyms import Synonym, SynonymTable
from core.types import Yen
from search.request import Filters, SearchRequest, Sort
from search.text_reader import TextReader
from search.understanding import understand
from search.vocabulary import Vocabulary
from tests.search.workbench import VOCABULARY

REQUESTS = [
    SearchRequest(text, filters, sort, literal=literal)
    for text in ("赤い スピーカー 5000円以下", "安い 靴下 -子供用", "")
    for filters in (Filters(), Filters(price_max_yen=Yen(900)), Filters(in_stock=True))
    for sort in (Sort.RELEVANCE, Sort.NEWEST)
    for literal in ((), ("5000円以下",), ("安い",))
]


def test_a_kept_text_is_read_as_if_anew_whatever_else_is_asked() -> None:
    reader = TextReader()

    for request in (*REQUESTS, *reversed(REQUESTS)):
        assert reader.understand(request, VOCABULARY) == understand(request, VOCABULARY)


def test_other_synonyms_read_a_text_otherwise_at_once() -> None:
    reader, request = TextReader(), SearchRequest("拡声器")
    reader.understand(request, VOCABULARY)
    other = Vocabulary(SynonymTable([Synonym("拡声器", "スピーカー")]))

    assert reader.understand(request, other) == understand(request, other) != understand(request, VOCABULARY)


def test_few_texts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search.text_reader, "_TEXTS_MAX", 3)
    reader = TextReader()
    for number in range(20):
        reader.understand(SearchRequest(f"靴下 {number}"), VOCABULARY)

    assert len(reader._kept) <= 3
