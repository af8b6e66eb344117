"""Texts that were read already: the pages, filters and orders of one search ask for the same words again."""

from search.request import SearchRequest
from search.understanding import Understanding, ask_with, read_text
from search.vocabulary import Vocabulary

_TEXTS_MAX = 2_000
"""Texts that are kept, some 2 KB each."""


class TextReader:
    """As `understand`, for one thread; what it keeps ends with the vocabulary that it was read with."""

    def __init__(self) -> None:
        self._vocabulary: Vocabulary | None = None
        self._kept: dict[tuple[str, tuple[str, ...]], Understanding] = {}

    def understand(self, request: SearchRequest, vocabulary: Vocabulary) -> Understanding:
        if vocabulary is not self._vocabulary or len(self._kept) >= _TEXTS_MAX:
            self._vocabulary, self._kept = vocabulary, {}
        key = (request.text, request.literal)
        reading = self._kept.get(key)
        if reading is None:
            reading = self._kept[key] = read_text(*key, vocabulary)
        return ask_with(reading, request)
