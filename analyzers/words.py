"""Reads a query's words (analyzers.word), and in what other ways each is written and said."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from analyzers.bound_words import join_terms
from analyzers.codes import build_codes, join_runs
from analyzers.homonyms import load_homonyms, misleads
from analyzers.kana import fold_kana, fold_length, is_hiragana, is_kana, unvoice
from analyzers.lexicon import ALSO, SPELT_MIN_KANA, Entry
from analyzers.loanwords import is_loanword, list_meanings
from analyzers.measures import SIZES
from analyzers.morphemes import Role, build_stem
from analyzers.scan import Scan, scan_text
from analyzers.terms import join_kanji, join_readings, run_terms
from analyzers.tokens import Token
from analyzers.word import Alternative, Kind, Word, plain

READING_WEIGHT = 0.9
"""Of a word found by how it is said: several words are said alike."""
PARTS_WEIGHT = 0.8
"""Of a compound found by its parts."""

_READING_MIN = 2
_CUT_READING_MIN = 3
"""Kana of a word that is found by its own reading. Hiragana in a row may be cut wrongly (しせい どう), so there a short
piece only counts joined."""
_MIXED_MAX_TOKENS = 2
_MIXED_READING_MIN = 4
"""Kana of a join of which a part is in kanji: 爪きり is said as 爪切り is."""
_JOINED_MAX_TOKENS = 6
_JOINED_STEM_TOKENS = 2
"""Neighbours of which documents have the stem, so that 体重計 finds 体重計用, where 体重 and 計 are two words."""
_VOLUME = "巻:"
_PACKS = frozenset(fold_kana(word) for word in ("セット", "入り", "入", "組", "パック", "入れる", "組み"))
"""What may follow a quantity and adds nothing: 2本セット, 2本入り and 2本組 are two."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Another way to say all that stands at `start` to `end`: each word there gets it as an alternative.

    That is the same as one word for the whole span, since (a or x) and (b or x) is (a and b) or x.
    """

    start: int
    end: int
    alternative: Alternative


def read_words(text: str) -> tuple[Word, ...]:
    """Words of a normalised query in order of appearance; empty when it has none.

    >>> [word.text for word in read_words("赤い 靴下の 2足セット wh-1000xm5")]
    ['赤い', '靴下', '2足', 'wh-1000xm5']
    >>> read_words("めがね")[0].alternatives[1].parts
    (Atom(kind=<Kind.READING: 'reading'>, value='メガネ', edits=0),)
    """
    scan = scan_text(text)
    words = sorted([*_read_tokens(scan), *_read_quantities(scan), *_read_runs(scan)], key=lambda word: word.start)
    starts = [word.start for word in words]
    more: list[list[Alternative]] = [[] for _ in words]
    for span in _find_spans(scan):
        for place in range(bisect_left(starts, span.start), bisect_left(starts, span.end)):
            if words[place].end <= span.end and span.alternative not in more[place]:
                more[place].append(span.alternative)
    return tuple(_finish(word, text, ways) for word, ways in zip(words, more, strict=True))


def _finish(word: Word, text: str, more: list[Alternative]) -> Word:
    new = [way for way in more if way not in word.alternatives]
    return Word(text[word.start : word.end], word.start, word.end, word.term, (*word.alternatives, *new))


def _word(start: int, end: int, term: str, *alternatives: Alternative) -> Word:
    return Word("", start, end, term, alternatives)


def _read_tokens(scan: Scan) -> Iterator[Word]:
    apart = [run for run in scan.runs if run.is_spelt_apart]
    needed = {token.start for token in scan.tokens if not any(run.start <= token.start < run.end for run in apart)}
    amounts = {quantity.end for quantity in scan.quantities}
    for chunk in scan.chunks:
        whole = scan.text[chunk[0].start : chunk[-1].end]
        own_reading_min = _CUT_READING_MIN if len(chunk) > 1 and is_hiragana(whole) else _READING_MIN
        for place, token in enumerate(chunk):
            is_pack = token.start in amounts and token.entry.term in _PACKS
            if token.start in needed and not is_pack and not _is_optional(scan.text, chunk, place):
                yield _read_token(token, scan.text[token.start : token.end], own_reading_min)


def _read_token(token: Token, surface: str, own_reading_min: int) -> Word:
    entry = token.entry
    ways = [plain(Kind.TERM, entry.term)]
    if entry.is_bound:
        return _word(token.start, token.end, entry.term, *ways, *_read_apart(token))
    if entry.stem:
        ways.append(plain(Kind.TERM, entry.stem))
    if surface in ALSO:
        ways.append(plain(Kind.TERM, ALSO[surface]))
    if entry.units and (written := fold_kana(surface)) != entry.term:
        ways.append(plain(Kind.TERM, written))
    if is_kana(surface) and len(surface) >= own_reading_min:
        ways += _read_kana(entry, surface)
    elif entry.kanji and surface != entry.kanji and len(entry.sound) >= _MIXED_READING_MIN:
        ways.append(plain(Kind.READING, fold_length(entry.sound), weight=READING_WEIGHT))
    elif len(entry.sound) >= SPELT_MIN_KANA and not surface.isascii() and not is_loanword(entry.sound):
        ways.append(plain(Kind.TERM, fold_length(entry.sound), weight=READING_WEIGHT))
    parts = merge_pieces(entry)
    if not all(parts):
        parts = tuple(unit.plain for unit in entry.units)
    if len(parts) > 1:
        ways.append(plain(Kind.TERM, *parts, weight=PARTS_WEIGHT))
    elif len(entry.pieces) == _JOINED_STEM_TOKENS and entry.kanji == surface and entry.sound:
        ways.append(plain(Kind.TERM, build_stem(entry.kanji, entry.sound)))
    if surface in SIZES:
        ways.append(plain(Kind.QUANTITY, f"size:{SIZES[surface]}"))
    return _word(token.start, token.end, entry.term, *ways)


def _read_apart(token: Token) -> Iterator[Alternative]:
    """ホットプレート is found where it is written as two words too."""
    own = token.entry.plain
    if own in load_homonyms() and token.entry.term.startswith(own):
        yield plain(Kind.TERM, own, weight=PARTS_WEIGHT)


def _read_kana(entry: Entry, surface: str) -> list[Alternative]:
    """How the word is said; of one in katakana, if that is sure, what it is."""
    said = fold_kana(surface)
    meanings = list_meanings(surface) if entry.known and not entry.is_hiragana else ()
    if not meanings:
        return [plain(Kind.READING, said, weight=READING_WEIGHT)]
    terms = dict.fromkeys((said, *meanings))
    return [plain(Kind.TERM, term, weight=READING_WEIGHT) for term in terms if term != entry.term]


def merge_pieces(entry: Entry) -> tuple[str, ...]:
    """A units of which none is a single character: 水 of 化粧水 is no word of its own, it stays with 化粧."""
    merged: list[str] = []
    lone = False
    for length, term in entry.pieces:
        if merged and (length == 1 or lone):
            merged[-1] += term
            lone = False
        else:
            merged.append(term)
            lone = length == 1
    return tuple(merged)


def _is_optional(text: str, chunk: tuple[Token, ...], place: int) -> bool:
    """用 and サイズ right after a word; お before one that is more than one kana, since お け is a wrongly cut おけ."""
    token = chunk[place]
    if token.entry.role is Role.PURPOSE:
        return token.start > 0 and text[token.start - 1].isalnum()
    if token.entry.role is not Role.HONORIFIC or place == len(chunk) - 1:
        return False
    after = chunk[place + 1]
    return after.entry.role is Role.WORD and (after.end - after.start > 1 or not is_kana(after.entry.surface))


def _read_quantities(scan: Scan) -> Iterator[Word]:
    """Values at one place in one unit are all needed (30x40cm), in several units any will do (3l). A third volume is
    written (3) too."""
    for (start, end), found in groupby(scan.quantities, key=lambda quantity: (quantity.start, quantity.end)):
        values = [quantity.value for quantity in found]
        units = groupby(values, key=lambda value: value.partition(":")[0])
        ways = [plain(Kind.QUANTITY, *alike) for _, alike in units]
        if values[0].startswith(_VOLUME):
            ways.append(plain(Kind.TERM, values[0].removeprefix(_VOLUME), weight=PARTS_WEIGHT))
        yield _word(start, end, values[0], *ways)


def _read_runs(scan: Scan) -> Iterator[Word]:
    for run in scan.runs:
        if run.is_taken:
            names = run_terms(run.name_parts)
            more = [plain(Kind.TERM, *names, weight=PARTS_WEIGHT)] if names else []
            yield _word(run.start, run.end, run.code, plain(Kind.CODE, run.code), *more)
        elif run.is_spelt_apart:
            parts = plain(Kind.TERM, *run_terms(run.parts), weight=PARTS_WEIGHT)
            yield _word(run.start, run.end, run.code, plain(Kind.TERM, run.code), parts)


def _find_readings(chunk: tuple[Token, ...]) -> Iterator[_Span]:
    """Neighbours said as one: all in kana, however cut, or two words of which one is in hiragana (爪きり)."""
    for is_spelt, run in groupby(chunk, key=lambda token: token.entry.is_kana):
        if is_spelt:
            kana = tuple(run)
            for reading, first, last in join_readings(kana, _JOINED_MAX_TOKENS, is_query=True):
                yield _reading_span(reading, kana[first], kana[last])
            yield from _unvoice_joins(kana)
    if not all(token.entry.is_kana for token in chunk):
        for reading, first, last in join_readings(chunk, _MIXED_MAX_TOKENS, is_query=True):
            hiragana = [token.entry.is_hiragana for token in chunk[first : last + 1]]
            if len(reading) >= _MIXED_READING_MIN and any(hiragana) and not all(hiragana):
                yield _reading_span(reading, chunk[first], chunk[last])
        yield from _unvoice_joins(chunk)


def _unvoice_joins(chunk: tuple[Token, ...]) -> Iterator[_Span]:
    """日焼けどめ is 日焼け止め, of which the dictionary says とめ, as it is when it stands alone."""
    for one, other in pairwise(chunk):
        sound = other.entry.sound
        plainly = one.entry.sound + unvoice(sound[:1]) + sound[1:]
        if one.entry.sound and other.entry.is_hiragana and plainly != one.entry.sound + sound:
            yield _reading_span(fold_length(plainly), one, other)


def _reading_span(reading: str, first: Token, last: Token) -> _Span:
    return _Span(first.start, last.end, plain(Kind.READING, reading, weight=READING_WEIGHT))


def _find_spans(scan: Scan) -> Iterator[_Span]:
    for chunk in scan.chunks:
        yield from _find_readings(chunk)
        for term, first, last in join_kanji(chunk):
            yield _Span(chunk[first].start, chunk[last].end, plain(Kind.TERM, term))
    for one, other in pairwise(scan.tokens):
        if scan.text[one.end : other.start] == " " and misleads(one.entry.plain, other.entry.term):
            yield _Span(one.start, one.end, plain(Kind.TERM, join_terms(one.entry, other.entry), weight=PARTS_WEIGHT))
    for brand, first, last in scan.brands:
        yield _Span(scan.tokens[first].start, scan.tokens[last].end, plain(Kind.TERM, brand.term))
    for run in scan.runs:
        if not run.is_taken:
            yield from (_Span(run.start, run.end, plain(Kind.CODE, code)) for code in build_codes(run))
    for code, first, last in join_runs(scan.text, scan.runs):
        yield _Span(scan.runs[first].start, scan.runs[last].end, plain(Kind.CODE, code))
