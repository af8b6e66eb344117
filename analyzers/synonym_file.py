"""Files of synonyms: the curated one of this package, and those that a shop imports.

    source <tab> targets <tab> direction <tab> weight <tab> domain    as in synonyms.tsv, which explains it
    source,target,direction,weight,domain                             the same as CSV, in a file named *.csv
    a, b => c                                                         Solr: a and b also find c
    a, b, c                                                           Solr: each also finds the others

Empty lines and lines that begin with # are comments. Unlike in Solr, the left side of => is still found itself.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import permutations, product

from analyzers.normalizer import normalize_text
from analyzers.synonyms import DEFAULT_DOMAIN, DEFAULT_WEIGHT, Synonym, read_rule
from core.errors import SynonymFileError, SynonymRefused
from core.limits import SYNONYM_TARGETS_MAX

CURATED = "analyzers/synonyms.tsv"

_SEPARATOR = re.compile("[,，、]")
_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line's rules, or the reason why it has none."""

    number: int
    synonyms: tuple[Synonym, ...]
    reason: str | None = None


@cache
def load_curated() -> tuple[Synonym, ...]:
    """The rules of the curated file.

    Raises: SynonymFileError, naming the line.
    """
    text = files("analyzers").joinpath("synonyms.tsv").read_text(encoding="utf-8")
    return parse_sound_file(CURATED, text.splitlines())


def parse_sound_file(name: str, lines: Iterable[str]) -> tuple[Synonym, ...]:
    """The rules of a file that must be right as a whole, each a sound one and given once.

    What another version of the dictionary reads as one word is no error here, so that an upgrade stops no start-up.

    Raises: SynonymFileError, naming the line.
    """
    found: dict[tuple[str, str], Synonym] = {}
    for line in parse_file(name, lines):
        try:
            if line.reason:
                raise SynonymRefused(line.reason)
            for synonym in line.synonyms:
                _add_once(found, synonym)
        except SynonymRefused as refused:
            raise SynonymFileError(f"{name}, line {line.number}: {refused}") from None
    return tuple(found.values())


def _add_once(found: dict[tuple[str, str], Synonym], synonym: Synonym) -> None:
    read_rule(synonym)
    known = found.setdefault((synonym.source, synonym.target), synonym)
    if synonym.source == synonym.target or known is not synonym:
        raise SynonymRefused(f"{synonym.source} -> {synonym.target} is there twice, or finds only itself")


def parse_file(name: str, lines: Iterable[str]) -> Iterator[FileLine]:
    """Lines that are no comments, in order; a line of another form has a reason instead of rules."""
    for number, line in enumerate(lines, 1):
        text = line.strip("\ufeff\r\n ")
        if not text or text.startswith("#") or (number == 1 and re.match("source[\t,]", text)):
            continue
        try:
            yield FileLine(number, parse_line(text, is_csv=name.lower().endswith(".csv")))
        except SynonymRefused as refused:
            yield FileLine(number, (), str(refused))


def parse_line(text: str, is_csv: bool = False) -> tuple[Synonym, ...]:
    """Rules of one line, normalised.

    >>> [(rule.source, rule.target, rule.weight) for rule in parse_line("チャリ\\t自転車\\t>\\t0.8\\tsports")]
    [('チャリ', '自転車', 0.8)]
    >>> [(rule.source, rule.target) for rule in parse_line("チャリ, ママチャリ => 自転車")]
    [('チャリ', '自転車'), ('ママチャリ', '自転車')]
    >>> [(rule.source, rule.target) for rule in parse_line("メガネ, アイウェア")]
    [('メガネ', 'アイウェア'), ('アイウェア', 'メガネ')]

    Raises: SynonymRefused, when it is of none of these forms.
    """
    if is_csv:
        return _parse_columns(next(csv.reader([text])))
    if "\t" in text:
        return _parse_columns(text.split("\t"))
    return _parse_solr(text)


def _parse_columns(columns: list[str]) -> tuple[Synonym, ...]:
    values = [column.strip() for column in columns]
    if not 2 <= len(values) <= _COLUMNS:
        raise SynonymRefused(f"{len(values)} columns; expected: source, targets, direction, weight, domain")
    source, targets, direction, weight, domain = values + [""] * (_COLUMNS - len(values))
    words = [normalize_text(source), *_split(targets)]
    if direction not in ("", ">", "="):
        raise SynonymRefused(f"the direction is {direction!r}; allowed: > (one way) and = (each finds the others)")
    pairs = permutations(words, 2) if direction == "=" else product(words[:1], words[1:])
    return _build(pairs, _parse_weight(weight), domain or DEFAULT_DOMAIN)


def _parse_solr(text: str) -> tuple[Synonym, ...]:
    if "\\" in text:
        raise SynonymRefused("a backslash; escapes are not understood")
    sides = [_split(side) for side in text.split("=>")]
    if len(sides) == 1 and len(sides[0]) > 1:
        return _build(permutations(sides[0], 2), DEFAULT_WEIGHT, DEFAULT_DOMAIN)
    if len(sides) == 2:
        pairs = product(*sides)
        return _build((pair for pair in pairs if pair[0] != pair[1]), DEFAULT_WEIGHT, DEFAULT_DOMAIN)
    raise SynonymRefused("expected columns with tabs between, `a, b => c`, or `a, b, c`")


def _split(text: str) -> list[str]:
    words = [normalize_text(word) for word in _SEPARATOR.split(text)]
    if not all(words):
        raise SynonymRefused("a word is missing beside a comma, an arrow or a tab")
    if len(words) > SYNONYM_TARGETS_MAX + 1:
        raise SynonymRefused(f"{len(words)} words in one list; allowed: {SYNONYM_TARGETS_MAX + 1}")
    return words


def _parse_weight(text: str) -> float:
    try:
        return float(text or DEFAULT_WEIGHT)
    except ValueError:
        raise SynonymRefused(f"the weight is {text!r}; expected a number over 0, up to 1") from None


def _build(pairs: Iterable[tuple[str, ...]], weight: float, domain: str) -> tuple[Synonym, ...]:
    found = tuple(Synonym(source, target, weight, domain) for source, target in pairs)
    if not found:
        raise SynonymRefused("there is no other word to find")
    return found
