"""Names by the beginnings of their keys: a sorted list in memory, asked by bisection. Pure."""

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from analyzers.suggest_keys import SuggestKeys, TypedPart, build_suggest_keys

_CANDIDATES_MAX = 50
"""Of the entries that begin with a text, how many are ranked: the first ones, and those that are the text."""
_JOINT_CANDIDATES_MAX = 1_000
"""Of a text of several words: those of the rarest one, of which some have the others too."""

_WIDE = 2_000
"""Keys in a range from which its best are remembered; ranges of short texts are few, wide, and asked often."""

_NEXT_CHARS_MAX = 150
"""Characters that may stand in one place of a misspelt text (I11): more than there are kana."""

_LAST = "\U0010ffff"

Range = tuple[int, int]

known_keys = lru_cache(maxsize=25_000)(build_suggest_keys)
"""Names come again with each renewal, and a category's both as itself and as a query."""


class Found(NamedTuple):
    """`entry` is a place in what the index was built from.

    `is_first`: its beginning matches, not a later word; `is_whole`: and all of it does.
    """

    entry: int
    is_first: bool
    is_whole: bool = False


class PrefixIndex:
    """Built from the keys of entries in order of rank, the best first; answers in that order, beginnings first.

    Places number the keys' entries: those of first keys from 0 on, those of inner keys after them.

    >>> index = PrefixIndex([SuggestKeys(("イヤホン",)), SuggestKeys(("ソニーイヤホン",), ("イヤホン",))])
    >>> index.find([TypedPart(("イヤ",))])
    [Found(entry=0, is_first=True, is_whole=False), Found(entry=1, is_first=False, is_whole=False)]
    >>> index.find_loose([TypedPart(("ソミーイ",), misspelt=("ソミーイ",))])
    [Found(entry=1, is_first=True, is_whole=False)]
    """

    def __init__(self, entries: Sequence[SuggestKeys]) -> None:
        self._entries = entries
        size = len(entries)
        pairs = [(key, place) for place, keys in enumerate(entries) for key in keys.first]
        pairs += [(key, size + place) for place, keys in enumerate(entries) for key in keys.inner]
        pairs.sort()
        self._keys = [key for key, _ in pairs]
        self._places = array("I", [place for _, place in pairs])
        self._best_of_wide: dict[Range, list[int]] = {}

    def find(self, parts: Sequence[TypedPart]) -> list[Found]:
        """Entries that have a key with one of the prefixes, for each part."""
        return self._find([part.prefixes for part in parts])

    def find_loose(self, parts: Sequence[TypedPart]) -> list[Found]:
        """Likewise, by other spellings too, and with one wrong character."""
        spellings = [(*part.prefixes, *part.loose, *self._correct(part.misspelt)) for part in parts]
        return self._find(spellings)

    def _find(self, parts: Sequence[Sequence[str]]) -> list[Found]:
        """Candidates are the best entries of the rarest part; of those, the ones that have the other parts too."""
        ranges = [[self._range(prefix) for prefix in prefixes] for prefixes in parts]
        widths = [sum(end - start for start, end in each) for each in ranges]
        if not parts or not min(widths):
            return []
        rarest = widths.index(min(widths))
        whole = self._whole(parts[0], ranges[0]) if len(parts) == 1 else set()
        limit = _CANDIDATES_MAX if len(parts) == 1 else _JOINT_CANDIDATES_MAX
        best = (self._best(each, limit) for each in ranges[rarest] if each[0] < each[1])
        size = len(self._entries)
        is_first: dict[int, bool] = {}
        for place in heapq.merge(sorted(whole), *best):
            is_first.setdefault(place % size, place < size)
        others = [tuple(prefixes) for place, prefixes in enumerate(parts) if place != rarest]
        kept = [entry for entry in is_first if all(self._has(entry, prefixes) for prefixes in others)]
        if rarest:
            is_first = {entry: self._begins_with(entry, tuple(parts[0])) for entry in kept}
        found = [Found(entry, is_first[entry], entry in whole) for entry in kept]
        return sorted(found, key=lambda each: (not each.is_whole, not each.is_first, each.entry))

    def _whole(self, prefixes: Sequence[str], ranges: Sequence[Range]) -> set[int]:
        """Entries of which a first key is one of the prefixes."""
        size = len(self._entries)
        found: set[int] = set()
        for prefix, (start, end) in zip(prefixes, ranges, strict=True):
            end = bisect_right(self._keys, prefix, start, end)
            found.update(place for place in self._places[start:end][:_CANDIDATES_MAX] if place < size)
        return found

    def _begins_with(self, entry: int, prefixes: tuple[str, ...]) -> bool:
        return any(key.startswith(prefixes) for key in self._entries[entry].first)

    def _has(self, entry: int, prefixes: tuple[str, ...]) -> bool:
        keys = self._entries[entry]
        return any(key.startswith(prefixes) for key in (*keys.first, *keys.inner))

    def _range(self, prefix: str, start: int = 0, end: int | None = None) -> Range:
        end = len(self._keys) if end is None else end
        start = bisect_left(self._keys, prefix, start, end)
        return start, bisect_left(self._keys, prefix + _LAST, start, end)

    def _best(self, found: Range, limit: int) -> list[int]:
        """The lowest places in a range, in order."""
        start, end = found
        if end - start < _WIDE:
            return sorted(self._places[start:end])[:limit]
        if found not in self._best_of_wide:
            self._best_of_wide[found] = heapq.nsmallest(_JOINT_CANDIDATES_MAX, self._places[start:end])
        return self._best_of_wide[found][:limit]

    def _correct(self, texts: Iterable[str]) -> Iterator[str]:
        """Prefixes that some key has and that differ from a text in one character after the first.

        One character is missing, too many, another, or changed places with the next.
        """
        for text in texts:
            for place in range(1, len(text)):
                before, rest, after = text[:place], text[place:], text[place + 1 :]
                start, end = self._range(before)
                if start == end:
                    break
                changed = [before + after, before + after[:1] + rest[0] + after[1:]]
                for char in self._next_chars(len(before), start, end):
                    changed += (before + char + after, before + char + rest)
                for spelling in dict.fromkeys(changed):
                    low, high = self._range(spelling, start, end)
                    if low < high:
                        yield spelling

    def _next_chars(self, length: int, start: int, end: int) -> Iterator[str]:
        """The different characters at `length` of the keys in a range, which all begin alike."""
        for _ in range(_NEXT_CHARS_MAX):
            while start < end and len(self._keys[start]) == length:
                start += 1
            if start >= end:
                return
            upto = self._keys[start][: length + 1]
            yield upto[-1]
            start = bisect_left(self._keys, upto + _LAST, start, end)
