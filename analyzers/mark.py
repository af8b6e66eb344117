"""Highlighting in Python, by what really matched: the text is read as it was for the index, and its places kept."""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import accumulate, combinations

from analyzers.codes import build_codes, join_runs
from analyzers.edits import is_within_edits
from analyzers.measures import SIZES
from analyzers.normalizer import normalize_text
from analyzers.scan import TEXT_MAX_CHARS, Scan, scan_text
from analyzers.terms import JOINED_MAX_TOKENS, join_kanji, join_readings, run_terms
from analyzers.tokens import Token
from analyzers.word import Atom, Kind, Word

_CLUSTER = re.compile("(?s:.)[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")
"""A character with the marks that compose with it, so that it is normalised as a whole."""

_KEPT_TEXTS = 4_096
"""Names of hits whose places are kept: 3 KB and 0.1 ms each."""

Place = tuple[int, int]
Places = dict[Kind, dict[str, tuple[Place, ...]]]
Ends = tuple["array[int]", "array[int]"]
"""Where each character begins, and where it ends."""


def mark_words(text: str, words: Sequence[Word]) -> str | None:
    """The text, HTML-escaped, with <mark> around what the words match; None when nothing does.

    >>> from analyzers.words import read_words
    >>> mark_words("ﾒｶﾞﾈ & 加湿空気清浄機", read_words("めがね 空気清浄機"))
    '<mark>ﾒｶﾞﾈ</mark> &amp; 加湿<mark>空気清浄機</mark>'
    """
    read = _read_places(text[:TEXT_MAX_CHARS])
    if read is None:
        return None
    raw, places = read
    found = [raw_place for word in words for place in _match(word, places) or () for raw_place in _to_raw(place, raw)]
    return _mark(text, found) if found else None


def find_spelling(text: str, word: Word) -> str | None:
    """The shortest piece of the text that a word matches; None when it matches none, or pieces that lie apart.

    >>> from analyzers.words import read_words
    >>> find_spelling("加湿空気清浄機 ﾒｶﾞﾈ", read_words("めがね")[0])
    'ﾒｶﾞﾈ'
    """
    read = _read_places(text[:TEXT_MAX_CHARS])
    if read is None:
        return None
    raw, places = read
    pieces: list[Place] = []
    for way in word.alternatives:
        found = [_match(inner, places) for inner in way.parts]
        together = _merge(sorted(each[0] for each in found if each)) if all(found) else []
        if len(together) == 1:
            pieces += _to_raw(together[0], raw)
    start, end = min(pieces, key=lambda piece: piece[1] - piece[0], default=(0, 0))
    return text[start:end] or None


def _match(part: Atom | Word, places: Places) -> Sequence[Place] | None:
    """Where a part stands, by its first alternative that is there with all its parts; None when there is none."""
    if isinstance(part, Atom):
        return _find(part, places)
    for way in part.alternatives:
        found = [_match(inner, places) for inner in way.parts]
        if all(found):
            return [place for inner in found for place in inner or ()]
    return None


def _find(atom: Atom, places: Places) -> tuple[Place, ...] | None:
    of_kind = places[atom.kind]
    if not atom.edits:
        return of_kind.get(atom.value)
    return next((found for value, found in of_kind.items() if is_within_edits(atom.value, value, atom.edits)), None)


@lru_cache(maxsize=_KEPT_TEXTS)
def _read_places(text: str) -> tuple[Ends, Places] | None:
    """Where each normalised character stands in the text, and where each value of an atom in the normalised text."""
    normal, raw = _normalize_with_places(text)
    scan = scan_text(normal)
    if len(scan.text) != len(raw[0]):
        return None  # characters that compose over a cluster's edge, which no shop's text has
    places: Places = {kind: {} for kind in Kind}
    shared: dict[Place, tuple[Place, ...]] = {}
    for kind, value, start, end in _find_places(scan):
        here = shared.setdefault((start, end), ((start, end),))
        before = places[kind].get(value)
        places[kind][value] = (*before, *here) if before else here
    return raw, places


def _normalize_with_places(text: str) -> tuple[str, Ends]:
    chars: list[str] = []
    raw: list[Place] = []
    for cluster in _CLUSTER.finditer(text):
        normal = normalize_text(cluster[0]) or (" " if cluster[0].isspace() else "")
        if normal == " " and (not chars or chars[-1] == " "):
            continue
        chars += normal
        raw += [cluster.span()] * len(normal)
    if chars and chars[-1] == " ":
        del chars[-1], raw[-1]
    return "".join(chars), (array("H", [start for start, _ in raw]), array("H", [end for _, end in raw]))


def _find_places(scan: Scan) -> Iterator[tuple[Kind, str, int, int]]:
    for token in scan.tokens:
        yield from _token_places(token)
    for chunk in scan.chunks:
        for reading, first, last in join_readings(chunk, JOINED_MAX_TOKENS):
            yield Kind.READING, reading, chunk[first].start, chunk[last].end
            yield Kind.TERM, reading, chunk[first].start, chunk[last].end
        for term, first, last in join_kanji(chunk):
            yield Kind.TERM, term, chunk[first].start, chunk[last].end
    for brand, first, last in scan.brands:
        yield Kind.TERM, brand.term, scan.tokens[first].start, scan.tokens[last].end
        for reading in brand.readings:
            yield Kind.READING, reading, scan.tokens[first].start, scan.tokens[last].end
    for quantity in scan.quantities:
        yield Kind.QUANTITY, quantity.value, quantity.start, quantity.end
    yield from _run_places(scan)


def _token_places(token: Token) -> Iterator[tuple[Kind, str, int, int]]:
    """The A units at their own places, everything else at the word's."""
    entry = token.entry
    inside = dict(_piece_places(token))
    inside.pop(entry.term, None)
    for term in entry.terms:
        yield Kind.TERM, term, *inside.get(term, (token.start, token.end))
    for reading in entry.readings:
        yield Kind.READING, reading, token.start, token.end


def _piece_places(token: Token) -> Iterator[tuple[str, Place]]:
    pieces = token.entry.pieces
    ends = list(accumulate((length for length, _ in pieces), initial=token.start))
    if ends[-1] != token.end:
        return  # the dictionary's spelling has another length than the text's
    for first, last in combinations(range(len(pieces) + 1), 2):
        yield "".join(term for _, term in pieces[first:last]), (ends[first], ends[last])


def _run_places(scan: Scan) -> Iterator[tuple[Kind, str, int, int]]:
    for run in scan.runs:
        yield from ((Kind.CODE, code, run.start, run.end) for code in build_codes(run))
        if run.is_spelt_apart:
            yield Kind.TERM, run.code, run.start, run.end
        if run.is_model:
            yield from ((Kind.TERM, term, run.start, run.end) for term in run_terms(run.name_parts))
        if run.code in SIZES:
            yield Kind.QUANTITY, f"size:{SIZES[run.code]}", run.start, run.end
    for code, first, last in join_runs(scan.text, scan.runs):
        yield Kind.CODE, code, scan.runs[first].start, scan.runs[last].end


def _to_raw(place: Place, raw: Ends) -> Iterator[Place]:
    start, end = place
    starts, ends = raw
    if start < end <= len(starts):
        yield starts[start], ends[end - 1]


def _mark(text: str, found: Iterable[Place]) -> str:
    out: list[str] = []
    at = 0
    for start, end in _merge(sorted(found)):
        out += (escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>")
        at = end
    return "".join([*out, escape(text[at:])])


def _merge(places: Iterable[Place]) -> list[Place]:
    """Overlapping and touching places as one."""
    merged: list[Place] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
