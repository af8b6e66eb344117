"""Words that are not themselves where they stand: 無香料 soap has no 香料, and a マスクメロン is no マスク.

Such a word is another one, for documents and queries alike. 肩ひもなし is not found by 肩ひも, nor by なし, a pear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from analyzers.homonyms import misleads
from analyzers.kana import fold_kana
from analyzers.lexicon import Entry
from analyzers.morphemes import NEGATING, WITHOUT, Role

_UNUSED = ("不", "使用")
_NOT_THERE = "無シ"
_KEPT_WORDS = 4_096


def find_bound(entries: Sequence[Entry], touches: Sequence[bool]) -> Iterator[tuple[int, Entry]]:
    """Places of such words, and the entries that they have instead; `touches` says what stands right after a word."""
    for place in [place for place, entry in enumerate(entries) if entry.may_bind]:
        entry = entries[place]
        if touches[place] and entries[place - 1].role is Role.WORD and _is_without(entries, place):
            yield place - 1, _bind(entries[place - 1], _NOT_THERE + entries[place - 1].term)
            if entry.term in WITHOUT:
                yield place, _bind(entry, _NOT_THERE)
        if place + 1 < len(entries) and touches[place + 1]:
            after = entries[place + 1]
            if entry.term in NEGATING:
                yield place + 1, _bind(after, entry.term + after.term)
            elif first := next((term for term in _starts_of(after) if misleads(entry.plain, term)), None):
                yield place, _bind(entry, fold_kana(entry.term + first))


def join_terms(entry: Entry, after: Entry) -> str:
    """The term of a word that is bound to the one after it."""
    return fold_kana(entry.term + after.term)


def _is_without(entries: Sequence[Entry], place: int) -> bool:
    return entries[place].term in WITHOUT or tuple(entry.term for entry in entries[place : place + 2]) == _UNUSED


def _starts_of(entry: Entry) -> tuple[str, ...]:
    """スタンド カラーシャツ is cut so, though the collar is a スタンドカラー."""
    return (entry.term, entry.pieces[0][1]) if entry.pieces else (entry.term,)


@lru_cache(maxsize=_KEPT_WORDS)
def _bind(entry: Entry, term: str) -> Entry:
    return replace(entry, term=term, terms=(term,), readings=(), pieces=(), stem="", is_bound=True)
