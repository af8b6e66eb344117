"""What a document's text is found by: terms, readings, codes and quantities."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from analyzers.codes import Run, build_codes, join_runs
from analyzers.dictionary import tokenize
from analyzers.kana import fold_length
from analyzers.lexicon import Entry, look_up
from analyzers.measures import SIZES
from analyzers.morphemes import Role, build_stem, kanji_of
from analyzers.scan import Scan, scan_text
from analyzers.tokens import Token

_KEPT_TEXTS = 8_000
"""Texts whose terms are kept for the next product: brands, category paths and attribute values come again and again."""
_KEPT_MAX_CHARS = 60
JOINED_MAX_TOKENS = 4
_OF = "ノ"
_HIRAGANA_MIN_KANA = 4


@dataclass(frozen=True, slots=True)
class TextTerms:
    """Each value once, in order of appearance. Values have no spaces.

    `terms` are normal forms of C units, and of A units of two characters or more; `readings` folded kana of both and of
    2 to 4 neighbours, never of numerals; `codes` letters and digits; `quantities` "unit:number".
    """

    terms: tuple[str, ...]
    readings: tuple[str, ...]
    codes: tuple[str, ...]
    quantities: tuple[str, ...]


def build_terms(text: str) -> TextTerms:
    """Terms of a text of any length and content.

    >>> build_terms("SONY ＷＨ－1000XM5 ワイヤレスヘッドホン").terms
    ('ソニー', 'ワイヤレス', 'ヘッドホン')
    >>> build_terms("化粧水 1.5L")
    TextTerms(terms=('化粧水', '化粧'), readings=('ケショースイ', 'ケショウ'), codes=(), quantities=('ml:1500',))
    """
    return _build_kept(text) if len(text) <= _KEPT_MAX_CHARS else terms_of(scan_text(text))


@lru_cache(maxsize=_KEPT_TEXTS)
def _build_kept(text: str) -> TextTerms:
    return terms_of(scan_text(text))


def terms_of(scan: Scan) -> TextTerms:
    """The terms of a text that was read already: `Scan.spoken` of the same pass gives the name's sort key."""
    terms: list[str] = []
    readings: list[str] = []
    for token in scan.tokens:
        terms += token.entry.terms
        readings += token.entry.readings
    for brand, _, _ in scan.brands:
        terms.append(brand.term)
        readings += brand.readings
    for chunk in scan.chunks:
        if len(chunk) > 1:
            joined, spelt = _join_kept(chunk) if len(chunk) <= JOINED_MAX_TOKENS else _join_chunk(chunk)
            readings += joined
            terms += spelt
    terms += _spelt_terms(scan.runs)
    return TextTerms(_unique(terms), _unique(readings), _build_codes(scan), _build_quantities(scan))


_JOINS_MAX = 20_000
"""Rows of words whose joins are kept, some 0.7 KB each."""
_joins: dict[tuple[Entry, ...], tuple[list[str], list[str]]] = {}


def _join_kept(chunk: tuple[Token, ...]) -> tuple[list[str], list[str]]:
    """Joins depend on nothing but the words, and the same few stand side by side in name after name."""
    key = tuple([token.entry for token in chunk])
    found = _joins.get(key)
    if found is None:
        if len(_joins) >= _JOINS_MAX:
            _joins.clear()
        found = _joins[key] = _join_chunk(chunk)
    return found


def _join_chunk(chunk: tuple[Token, ...]) -> tuple[list[str], list[str]]:
    """Readings of neighbours, and terms for those who write neighbours otherwise: in one word, in kanji."""
    readings = [reading for reading, _, _ in join_readings(chunk, JOINED_MAX_TOKENS)]
    stems = [term for term, _, _ in join_kanji(chunk)]
    return readings, [*stems, *(readings if _is_in_hiragana(chunk) else _join_hiragana(chunk))]


def _join_hiragana(chunk: tuple[Token, ...]) -> Iterator[str]:
    """Of words in hiragana beside others, as the one word that they may be: 救急ばんそうこう is found by 絆創膏."""
    for is_spelt, run in groupby(chunk, key=lambda token: token.entry.is_hiragana and not token.entry.is_loose):
        sounds = [token.entry.sound for token in run if is_spelt]
        if len(sounds) > 1 and all(sounds) and len(joined := "".join(sounds)) >= _HIRAGANA_MIN_KANA:
            yield fold_length(joined)


def join_readings(chunk: tuple[Token, ...], most: int, is_query: bool = False) -> list[tuple[str, int, int]]:
    """Readings of 2 to `most` neighbours, (reading, first, last).

    In a document no particle or ending but an inner の is in one, unless all is hiragana and so may be cut wrongly.
    """
    is_open = is_query or _is_in_hiragana(chunk)
    entries = [token.entry for token in chunk]
    found: list[tuple[str, int, int]] = []
    for first, entry in enumerate(entries[:-1]):
        sound = entry.sound
        if not sound or (entry.is_loose and not is_open):
            continue
        for last in range(first + 1, min(first + most, len(entries))):
            entry = entries[last]
            if not entry.sound or (entry.is_loose and not is_open and entry.sound != _OF):
                break
            sound += entry.sound
            if is_open or not entry.is_loose:
                found.append((fold_length(sound), first, last))
    return found


def join_kanji(chunk: tuple[Token, ...]) -> Iterator[tuple[str, int, int]]:
    """Terms of two neighbours with kanji as one word, (term, first, last)."""
    yield from _join_stems(chunk)
    yield from _join_plain(chunk)


def _join_stems(chunk: tuple[Token, ...]) -> Iterator[tuple[str, int, int]]:
    """Stems of two neighbours in kanji of which one is a single character, (stem, first, last): 爪 切, 手提 袋."""
    for place, (one, other) in enumerate(pairwise(chunk)):
        if 1 not in (one.end - one.start, other.end - other.start) or other.entry.role is Role.PURPOSE:
            continue
        if one.entry.kanji and one.entry.sound and other.entry.kanji and other.entry.sound:
            stem = build_stem(one.entry.kanji + other.entry.kanji, one.entry.sound + other.entry.sound)
            yield stem, place, place + 1


def _join_plain(chunk: tuple[Token, ...]) -> Iterator[tuple[str, int, int]]:
    """Where the whole may be a word of the dictionary when it stands elsewhere or is written otherwise: 腕 時計 of
    メンズ腕時計, ごま 油 of 純正ごま油, ネコ 砂 which is 猫砂."""
    for place, (one, other) in enumerate(pairwise(chunk)):
        with_kanji = [kanji_of(token.entry.plain) != "" for token in (one, other)]
        is_cut = 1 in (one.end - one.start, other.end - other.start) and any(with_kanji)
        is_spelt = all(with_kanji) and (_is_in_kana(one.entry) or _is_in_kana(other.entry))
        if (is_cut or is_spelt) and _may_join(one.entry) and _may_join(other.entry):
            yield one.entry.plain + other.entry.plain, place, place + 1


def _is_in_kana(entry: Entry) -> bool:
    return kanji_of(entry.plain) != entry.kanji


def _may_join(entry: Entry) -> bool:
    return entry.role is Role.WORD and not entry.is_bound


def _is_in_hiragana(chunk: tuple[Token, ...]) -> bool:
    return False not in [token.entry.is_hiragana for token in chunk]


def _spelt_terms(runs: Iterable[Run]) -> Iterator[str]:
    """Terms for those who write a run otherwise: without a hyphen, or its names and numbers apart."""
    for run in runs:
        if run.is_spelt_apart:
            yield run.code
        elif run.is_model:
            yield from run_terms(run.name_parts)


@lru_cache(maxsize=_KEPT_TEXTS)
def run_terms(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Terms of the names and numbers in a run: iphone15 is found by アイフォン and 15."""
    return tuple(look_up(morpheme).term for part in parts for morpheme in tokenize(part))


def _build_codes(scan: Scan) -> tuple[str, ...]:
    codes = [code for run in scan.runs for code in build_codes(run)]
    codes += [code for code, _, _ in join_runs(scan.text, scan.runs)]
    return _unique(codes)


def _build_quantities(scan: Scan) -> tuple[str, ...]:
    quantities = [found.value for found in scan.quantities]
    quantities += [f"size:{SIZES[run.code]}" for run in scan.runs if run.code in SIZES and len(run.parts) == 1]
    return _unique(quantities)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
