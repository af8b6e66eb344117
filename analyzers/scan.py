"""A text read once: its tokens, quantities, latin runs and brands, for documents, queries and highlighting alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from analyzers.bound_words import find_bound
from analyzers.brand_words import brand_lengths, brands_by_term
from analyzers.brands import Brand
from analyzers.codes import Run, scan_runs
from analyzers.kana import unify_dashes
from analyzers.morphemes import Role
from analyzers.normalizer import normalize_text
from analyzers.old_kanji import modernize_kanji
from analyzers.quantities import Quantity, scan_quantities
from analyzers.tokens import Token, read_tokens, units_of

TEXT_MAX_CHARS = 8_000
"""Characters of a text that are read: SudachiPy takes 49,149 bytes, and a character may have four."""

_NAME_DOT = "・"
"""It parts the words of a foreign name, and not always: ルイ・ヴィトン, ルイヴィトン."""
_BRAND_GAPS = ("", " ", "-", "'", "’", ".", ". ", _NAME_DOT)


@dataclass(frozen=True, slots=True)
class Scan:
    """`text` is normalised and every offset is into it.

    `read` are all tokens. `tokens` are those that are asked for or found: no symbols, nothing that is part of a
    quantity or a model number, no particles but those that stand alone. `chunks` are all tokens but symbols, in groups
    that no symbol or space parts. `brands` are spans of `tokens`, (brand, first, last).
    """

    text: str
    read: tuple[Token, ...]
    tokens: tuple[Token, ...]
    chunks: tuple[tuple[Token, ...], ...]
    quantities: tuple[Quantity, ...]
    runs: tuple[Run, ...]
    brands: tuple[tuple[Brand, int, int], ...]

    @property
    def spoken(self) -> str:
        """The whole as it is said, for people."""
        spoken, end = [], 0
        for token in self.read:
            spoken.append(f" {token.entry.spoken}" if token.start > end else token.entry.spoken)
            end = token.end
        return "".join(spoken)


def scan_text(text: str) -> Scan:
    """Read a text of any length and content; only its first part when it is very long.

    >>> [token.entry.term for token in scan_text("タオルの5枚セット").tokens]
    ['タオル', 'セット']
    """
    text = modernize_kanji(unify_dashes(normalize_text(text[:TEXT_MAX_CHARS])[:TEXT_MAX_CHARS]))
    read = read_tokens(text)
    if True in [token.entry.may_bind for token in read]:
        read = _bind(read)
    worded = [token for token in read if token.entry.role is not Role.SYMBOL]
    quantities = _on_tokens(scan_quantities(text), worded)
    runs = _outside(scan_runs(text), quantities)
    taken = [(found.start, found.end) for found in quantities]
    taken += [(run.start, run.end) for run in runs if run.is_taken]
    left = list(_cut(worded, sorted(taken))) if taken else worded
    chunks = _group(left, text)
    if True in [token.entry.is_loose for token in left]:
        left = [token for chunk in chunks for token in _needed(chunk)]
    tokens = tuple(left)
    return Scan(
        text=text,
        read=tuple(read),
        tokens=tokens,
        chunks=chunks,
        quantities=tuple(quantities),
        runs=tuple(runs),
        brands=_find_brands(tokens, text),
    )


def _bind(tokens: list[Token]) -> list[Token]:
    touches = [False, *(one.end == other.start for one, other in pairwise(tokens))]
    bound = list(tokens)
    for place, entry in find_bound([token.entry for token in tokens], touches):
        token = tokens[place]
        bound[place] = Token(token.start, token.end, entry)
    return bound


def _on_tokens(quantities: list[Quantity], tokens: list[Token]) -> list[Quantity]:
    """Without those whose kanji numeral is the end of a word: 統一人."""
    if not any(found.is_kanji for found in quantities):
        return quantities
    starts = {token.start for token in tokens}
    return [found for found in quantities if found.start in starts or not found.is_kanji]


def _outside(runs: list[Run], quantities: list[Quantity]) -> list[Run]:
    if not quantities:
        return runs
    return [run for run in runs if not any(found.start < run.end and run.start < found.end for found in quantities)]


def _cut(tokens: list[Token], taken: list[tuple[int, int]]) -> Iterator[Token]:
    """Tokens outside of the taken places; one that is partly inside is cut into its A units."""
    at = 0
    for token in tokens:
        while at < len(taken) and taken[at][1] <= token.start:
            at += 1
        if at == len(taken) or token.end <= taken[at][0]:
            yield token
        elif token.start < taken[at][0] or token.end > taken[at][1]:
            yield from (unit for unit in units_of(token) or [token] if not _lies_in(unit, taken))


def _lies_in(token: Token, taken: list[tuple[int, int]]) -> bool:
    return any(start <= token.start and token.end <= end for start, end in taken)


def _group(tokens: Iterable[Token], text: str) -> tuple[tuple[Token, ...], ...]:
    chunks: list[list[Token]] = []
    end = -1
    for token in tokens:
        if token.start == end or (end >= 0 and text[end : token.start] == _NAME_DOT):
            chunks[-1].append(token)
        else:
            chunks.append([token])
        end = token.end
    return tuple(map(tuple, chunks))


def _needed(chunk: tuple[Token, ...]) -> Iterable[Token]:
    """A chunk's tokens without the particles and endings that follow a word.

    A chunk of hiragana alone may be cut wrongly (は ぶらし), so there only particles between longer words are let go.
    """
    if True not in [token.entry.is_loose for token in chunk]:
        return chunk
    is_sure = len(chunk) == 1 or not all(token.entry.is_hiragana for token in chunk)
    first = next((place for place, token in enumerate(chunk) if not token.entry.is_loose), len(chunk))
    return [
        token
        for place, token in enumerate(chunk)
        if not (place > first and token.entry.is_loose and (is_sure or _parts_words(chunk, place)))
    ]


def _parts_words(chunk: tuple[Token, ...], place: int) -> bool:
    """Whether a particle in hiragana stands between two known words of two kana or more: りんごのかわ."""
    if chunk[place].entry.role is not Role.PARTICLE or place == len(chunk) - 1:
        return False
    return all(
        beside.entry.role is Role.WORD and beside.entry.known and beside.end - beside.start > 1
        for beside in (chunk[place - 1], chunk[place + 1])
    )


def _find_brands(tokens: tuple[Token, ...], text: str) -> tuple[tuple[Brand, int, int], ...]:
    """The longest span of words at each place that is a form of a brand."""
    lengths = brand_lengths()
    found: list[tuple[Brand, int, int]] = []
    end = 0
    for first in [place for place, token in enumerate(tokens) if token.entry.term in lengths]:
        for count in lengths[tokens[first].entry.term] if first >= end else ():
            span = tokens[first : first + count]
            brand = brands_by_term().get(tuple(token.entry.term for token in span))
            if brand is not None and len(span) == count and _are_neighbours(span, text):
                found.append((brand, first, first + count - 1))
                end = first + count
                break
    return tuple(found)


def _are_neighbours(tokens: tuple[Token, ...], text: str) -> bool:
    return all(text[one.end : other.start] in _BRAND_GAPS for one, other in pairwise(tokens))
