"""A shop's synonyms: the curated rules and its own rows, and what a change of them does to the rows. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzers.synonym_check import SynonymCheck
from analyzers.synonym_file import load_curated
from analyzers.synonyms import Synonym, leave_out, normalize_synonym, read_rule
from catalog.synonyms import RowKind, SynonymRow
from core.errors import NotFound, SynonymRefused
from core.limits import SYNONYM_ROWS_MAX


class Origin(StrEnum):
    """Where a rule comes from; a row of kind `off` shows the rule that it switches off."""

    CURATED = "curated"
    SHOP = "shop"
    SUDACHI = "sudachi"
    OFF = "off"


class Done(StrEnum):
    """What a change did."""

    ADDED = "added"
    SWITCHED_ON = "switched on again"
    REMOVED = "removed"
    SWITCHED_OFF = "switched off"


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule as a person reads it."""

    synonym: Synonym
    origin: Origin
    note: str | None = None


def list_synonyms(rows: Iterable[SynonymRow]) -> Iterator[Listed]:
    """All rules in force, in the order of precedence, and then the ones that are switched off."""
    by_kind: dict[RowKind, list[SynonymRow]] = {kind: [] for kind in RowKind}
    for row in rows:
        by_kind[row.kind].append(row)
    off = [as_synonym(row) for row in by_kind[RowKind.OFF]]
    yield from (Listed(as_synonym(row), Origin.SHOP, row.note) for row in by_kind[RowKind.SHOP])
    yield from (Listed(rule, Origin.CURATED) for rule in leave_out(load_curated(), off))
    fetched = map(as_synonym, by_kind[RowKind.SUDACHI])
    yield from (Listed(rule, Origin.SUDACHI) for rule in leave_out(fetched, off))
    yield from (Listed(as_synonym(row), Origin.OFF, row.note) for row in by_kind[RowKind.OFF])


def as_synonym(row: SynonymRow) -> Synonym:
    return Synonym(row.source, row.target, row.weight, row.domain)


def choose_fetched(rows: Iterable[SynonymRow], fetched: Iterable[Synonym]) -> Iterator[SynonymRow]:
    """Rows for the fetched rules that say something new; what was fetched before does not count, it is replaced.

    Raises: SynonymRefused, when there is no room for all of them.
    """
    kept = [row for row in rows if row.kind is not RowKind.SUDACHI]
    check = _check_against(kept)
    room = SYNONYM_ROWS_MAX - len(kept)
    for synonym in fetched:
        try:
            check.add(synonym, Origin.SUDACHI.value)
        except SynonymRefused:
            continue
        if (room := room - 1) < 0:
            raise SynonymRefused(f"more rules than the {SYNONYM_ROWS_MAX:,} rows that may be; choose fewer fields")
        yield SynonymRow(synonym.source, synonym.target, synonym.weight, synonym.domain, RowKind.SUDACHI)


class SynonymChanges:
    """Changes planned against the rows of a moment: `write` and `delete` are what has to be done to them."""

    def __init__(self, rows: Sequence[SynonymRow]) -> None:
        self.write: list[SynonymRow] = []
        self.delete: list[SynonymRow] = []
        self._size = len(rows)
        self._by_words: dict[tuple[RowKind, str, str], list[SynonymRow]] = {}
        for row in rows:
            self._by_words.setdefault((row.kind, *_words(as_synonym(row))), []).append(row)
        self._check = _check_against(rows)

    def add(self, synonym: Synonym, note: str | None = None) -> Done:
        """A rule of the shop's own, or one that it had switched off.

        Raises: SynonymRefused, with the reason.
        """
        synonym = normalize_synonym(synonym)
        off = self._find(synonym, RowKind.OFF)
        if off and off[0].weight == synonym.weight and self._check.find(synonym) is None:
            self.delete += off
            self._check.add(synonym, Origin.CURATED.value)
            return Done.SWITCHED_ON
        if self._size + len(self.write) - len(self.delete) >= SYNONYM_ROWS_MAX:
            raise SynonymRefused(f"there are {SYNONYM_ROWS_MAX:,} rows, which is the limit; remove some first")
        self._check.add(synonym, Origin.SHOP.value)
        self.write.append(
            SynonymRow(synonym.source, synonym.target, synonym.weight, synonym.domain, RowKind.SHOP, note)
        )
        return Done.ADDED

    def is_known(self, synonym: Synonym) -> bool:
        """Whether that very rule stands, or its words are one word anyway: a file may repeat it.

        Raises: SynonymRefused, when it is none that could stand.
        """
        synonym = normalize_synonym(synonym)
        known = self._check.find(synonym)
        return read_rule(synonym).is_needless or (known is not None and known.synonym.weight == synonym.weight)

    def remove(self, synonym: Synonym, note: str | None = None) -> Done:
        """Take the shop's own rule away, else switch off the curated or fetched one.

        Raises: NotFound, when there is none for these words.
        """
        synonym = normalize_synonym(synonym)
        if own := self._find(synonym, RowKind.SHOP):
            self.delete += own
            return Done.REMOVED
        known = self._check.find(synonym)
        if known is None:
            raise NotFound(f"{synonym.source} has no synonym {synonym.target}; `tanaban synonyms list` shows all")
        rule = known.synonym
        self.write.append(SynonymRow(rule.source, rule.target, rule.weight, rule.domain, RowKind.OFF, note))
        return Done.SWITCHED_OFF

    def _find(self, synonym: Synonym, kind: RowKind) -> list[SynonymRow]:
        """Rows for the same words, however they are written."""
        return self._by_words.get((kind, *_words(synonym)), [])


def _check_against(rows: Iterable[SynonymRow]) -> SynonymCheck:
    check = SynonymCheck()
    for listed in list_synonyms(rows):
        if listed.origin is not Origin.OFF:
            check.include(listed.synonym, listed.origin.value)
    return check


def _words(synonym: Synonym) -> tuple[str, str]:
    """What a rule is known by; its text when this version refuses it, so that a stored one can still be removed."""
    try:
        return read_rule(synonym).pair
    except SynonymRefused:
        return synonym.source, synonym.target
