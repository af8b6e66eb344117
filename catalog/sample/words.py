"""The word lists of the sample catalog, as files under words/, read once.

words/categories/*.txt is a tree by headings, the levels as many `#` as in Markdown; a leaf has eight columns:

    # 家電 | appliances | AP                        department: name, slug, letters that its SKUs begin with
    ## オーディオ | audio
    ### イヤホン | earphones | audio | 1980-39800 | x3 | 有線イヤホン、... | ハイレゾ対応、... | 端子=A、B；長さ=1m、2m
        name, slug, profile, prices in yen, weight, product words, features, attributes

A product word may have prices of its own: `掛け時計@980-4980`.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

_FOLDER = files("catalog.sample") / "words"
_UNSAFE = frozenset('\t\n\r\\"')


@dataclass(frozen=True, slots=True)
class ProductWord:
    text: str
    low_yen: int
    high_yen: int


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """One category: `path` and `slug`; `profile` and what follows are a leaf's."""

    path: tuple[str, ...]
    slug: str
    letters: str
    profile: str = ""
    low_yen: int = 0
    high_yen: int = 0
    weight: int = 0
    words: tuple[ProductWord, ...] = ()
    features: tuple[str, ...] = ()
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BrandWords:
    name: str
    kana: str
    letters: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class ColorWords:
    name: str
    letters: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Profile:
    """How the products of a leaf are named, coloured, sized and described; profiles.toml explains each field."""

    brands: list[str]
    names: list[str]
    voice: str
    series: list[str] = field(default_factory=lambda: [""])
    colors: str | None = None
    axis: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    step: float | None = None
    tax_added: bool = False
    attributes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    categories: tuple[CategoryWords, ...]
    """Parents before children, in the order of the files."""
    brands: tuple[BrandWords, ...]
    colors: tuple[ColorWords, ...]
    profiles: dict[str, Profile]
    voices: dict[str, dict[str, list[str]]]
    lists: dict[str, list[str]]
    reviews: dict[str, Any]
    people: dict[str, list[str]]

    @property
    def leaves(self) -> tuple[CategoryWords, ...]:
        return tuple(category for category in self.categories if category.profile)


@cache
def read_words() -> Words:
    """All lists. Raises ValueError for a character that would need escaping in a COPY line or in JSON."""
    _refuse_unsafe()
    return Words(
        categories=tuple(_read_categories()),
        brands=tuple(BrandWords(name, kana, letters, _groups(of)) for name, kana, letters, of in _rows("brands.txt")),
        colors=tuple(ColorWords(name, letters, _groups(of)) for name, letters, of in _rows("colors.txt")),
        profiles={name: Profile(**fields) for name, fields in _toml("profiles.toml").items()},
        voices=_toml("voices.toml"),
        lists=_toml("lists.toml"),
        reviews=_toml("reviews.toml"),
        people=_toml("people.toml"),
    )


def _read_categories() -> Iterator[CategoryWords]:
    for file in sorted((_FOLDER / "categories").iterdir(), key=lambda file: file.name):
        path: list[str] = []
        letters = ""
        for line in _lines(file):
            marks, _, rest = line.partition(" ")
            columns = rest.split(" | ")
            path = [*path[: len(marks) - 1], columns[0]]
            letters = columns[2] if len(marks) == 1 else letters
            yield _category(tuple(path), letters, columns)


def _category(path: tuple[str, ...], letters: str, columns: list[str]) -> CategoryWords:
    if len(columns) < 8:
        return CategoryWords(path, columns[1], letters)
    _, slug, profile, prices, weight, words, features, attributes = columns
    low_yen, high_yen = _prices(prices)
    return CategoryWords(
        path,
        slug,
        letters,
        profile,
        low_yen,
        high_yen,
        int(weight.removeprefix("x")),
        tuple(_product_word(word, low_yen, high_yen) for word in words.split("、")),
        tuple(features.split("、")),
        {
            name: tuple(values.split("、"))
            for name, _, values in (attribute.partition("=") for attribute in attributes.split("；"))
        },
    )


def _product_word(word: str, low_yen: int, high_yen: int) -> ProductWord:
    text, _, prices = word.partition("@")
    return ProductWord(text, *(_prices(prices) if prices else (low_yen, high_yen)))


def _prices(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high)


def _groups(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(file: Traversable) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _rows(name: str) -> Iterator[list[str]]:
    return (line.split(" | ") for line in _lines(_FOLDER / name) if not line.startswith("# "))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _refuse_unsafe() -> None:
    """Words go into COPY lines and JSON as they are, which is what makes the generator fast."""
    for name in ("brands.txt", "colors.txt"):
        _check(name, " ".join(_lines(_FOLDER / name)))
    for file in (_FOLDER / "categories").iterdir():
        _check(file.name, " ".join(_lines(file)))
    for name in ("profiles.toml", "voices.toml", "lists.toml", "reviews.toml", "people.toml"):
        _check(name, " ".join(_texts(_toml(name))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _check(name: str, text: str) -> None:
    if found := _UNSAFE.intersection(text):
        raise ValueError(f"words/{name} holds {''.join(found)!r}, which the generator writes without escaping")
