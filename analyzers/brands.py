"""Brands and product lines: the table analyzers/brands.tsv, and what a tokenizer needs of it.

A brand is one term however it is written. Its forms become words of a SudachiPy user dictionary where the core
dictionary does not know them (else エコフローポータブル would be one unknown word), and spans of words where they have
several (the north face).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analyzers.kana import fold_kana, is_kana, to_katakana, unify_dashes
from analyzers.normalizer import normalize_text
from core.errors import WordTableError

BRANDS_FILE = Path(__file__).with_name("brands.tsv")

_ENTRY_MIN_CHARS = 3
"""Entries of a user dictionary always win over what surrounds them; shorter ones would break other words."""

_LINE_COLUMNS = 3
_ENTRY = "{form},4786,4786,5000,{form},名詞,固有名詞,一般,*,*,*,{reading},{form},*,A,*,*,*"
"""SudachiPy's 18 columns: ids and cost of a proper noun; the surface must be normalised, lower case."""


@dataclass(frozen=True, slots=True)
class Brand:
    """`name` is the official spelling, `term` what the index has for every form, `readings` folded kana."""

    name: str
    term: str
    forms: tuple[str, ...]
    readings: tuple[str, ...]


@cache
def load_brands() -> tuple[Brand, ...]:
    """Raises: WordTableError."""
    return parse_brands(BRANDS_FILE.read_text(encoding="utf-8").splitlines(), BRANDS_FILE.name)


def parse_brands(lines: Iterable[str], source: str) -> tuple[Brand, ...]:
    """Brands of a table's lines; `source` names the file in errors.

    >>> parse_brands(["キヤノン\\tキヤノン|キャノン\\tCanon"], "x.tsv")[0].forms
    ('キヤノン', 'キャノン', 'canon')

    Raises: WordTableError: a line without three columns, an empty form, a form of two brands, no kana.
    """
    brands: list[Brand] = []
    owners: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{source}, line {number}"
        brand = _parse_line(line, place)
        for form in brand.forms:
            if owners.setdefault(form, brand.name) != brand.name:
                raise WordTableError(f"{place}: {form} is a form of {owners[form]} already. Keep one of the two.")
        brands.append(brand)
    return tuple(brands)


def _parse_line(line: str, place: str) -> Brand:
    columns = line.split("\t")
    if len(columns) != _LINE_COLUMNS:
        raise WordTableError(f"{place}: {len(columns)} columns instead of {_LINE_COLUMNS}, parted by tabs.")
    name, spoken, latin = (unify_dashes(normalize_text(column)) for column in columns)
    forms = tuple(dict.fromkeys(form.strip() for form in (name, *spoken.split("|"), *_split(latin))))
    if not all(forms):
        raise WordTableError(f"{place}: an empty name or form. Remove the | too many or write what is missing.")
    readings = tuple(dict.fromkeys(fold_kana(form) for form in forms if is_kana(form)))
    if not readings:
        raise WordTableError(f"{place}: {name} has no form in kana, so nobody could type it.")
    if "," in line or '"' in line:
        raise WordTableError(f"{place}: a comma or a quotation mark. Forms are parted by |.")
    return Brand(columns[0].strip(), fold_kana(name).replace(" ", ""), forms, readings)


def _split(column: str) -> list[str]:
    """Forms of a column that may be empty: 柿の種 has none in latin letters."""
    return column.split("|") if column else []


def build_entries(brands: Iterable[Brand]) -> Iterator[str]:
    """Lines of a user dictionary for the forms that are one word: kana, kanji or latin without a gap."""
    for brand in brands:
        for form in dict.fromkeys(brand.forms):
            if len(form) >= _ENTRY_MIN_CHARS and re.fullmatch(r"[^\W\d_ー]\w+", form):
                spoken = next(to_katakana(form) for form in brand.forms if is_kana(form))
                yield _ENTRY.format(form=form, reading=spoken.replace("・", ""))
