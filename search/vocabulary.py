"""What a shop calls its own: brands, categories and synonyms, by the normal forms of their words; and what its shoppers
ask for. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from analyzers.normalizer import normalize_text
from analyzers.synonym_file import load_curated
from analyzers.synonyms import Synonym, SynonymTable, leave_out
from analyzers.word import Word
from analyzers.words import read_words
from catalog.search_queries import PopularQuery
from catalog.synonyms import RowKind, SynonymRow
from catalog.tree import CategoryTree

SPAN_WORDS_MAX = 3
"""A name of more words is not recognised in a query; it is found by its words."""

_KEPT_NAMES = 30_000
"""Names are read anew each minute, and most are the same: ten thousand categories take a second otherwise."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A brand or a category: what it is called and the ids that bear the name."""

    name: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`brands` and `categories` by the normal forms of their words, such as ("ワイヤレス", "イヤホン")."""

    synonyms: SynonymTable
    brands: dict[Key, Name] = field(default_factory=dict)
    categories: dict[Key, Name] = field(default_factory=dict)
    asked: tuple[PopularQuery, ...] = ()
    """Texts that many shoppers search for, the most asked first."""


def build_synonym_table(rows: Iterable[SynonymRow]) -> SynonymTable:
    """A shop's own synonyms, the curated and the fetched ones, without those that it switched off.

    Raises: SynonymFileError, when the curated file is broken.
    """
    by_kind: dict[RowKind, list[Synonym]] = {kind: [] for kind in RowKind}
    for row in rows:
        by_kind[row.kind].append(Synonym(row.source, row.target, row.weight, row.domain))
    given = chain(load_curated(), by_kind[RowKind.SUDACHI])
    return SynonymTable(chain(by_kind[RowKind.SHOP], leave_out(given, by_kind[RowKind.OFF])))


def build_brands(brands: Iterable[tuple[str, str, str | None]]) -> dict[Key, Name]:
    """From (id, name, kana): a brand is recognised by both."""
    found: dict[Key, Name] = {}
    for id, name, kana in brands:
        for spelling in filter(None, (name, kana)):
            _add(found, spelling, name, id)
    return found


def build_categories(tree: CategoryTree) -> dict[Key, Name]:
    """Of the shown categories. Several may have one name: シャツ for men and for women."""
    found: dict[Key, Name] = {}
    for category in tree.by_id.values():
        if tree.is_shown(category.id):
            _add(found, category.name, category.name, category.key)
    return found


def read_key(words: Sequence[Word]) -> Key:
    return tuple(word.term for word in words)


def _add(found: dict[Key, Name], spelling: str, name: str, id: str) -> None:
    key = _read_name(spelling)
    if not 1 <= len(key) <= SPAN_WORDS_MAX:
        return
    known = found.get(key)
    if known is None:
        found[key] = Name(name, (id,))
    elif id not in known.ids:
        found[key] = Name(known.name, (*known.ids, id))


@lru_cache(maxsize=_KEPT_NAMES)
def _read_name(name: str) -> Key:
    return read_key(read_words(normalize_text(name)))
