"""A catalog over the Shopify product taxonomy in Japanese, from a folder with its two tables.

categories.tsv has `id level name_ja path_ja path_en attribute_handles`, attributes.tsv `handle name_ja values_ja`, both
with tabs between and a head line; handles are separated by commas, values by |. Products are made up: the taxonomy has
none. All but the reading is pure, and the same for the same seed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from core.errors import InvalidParameter
from relevance.pairs import PUBLISHED_AT

CATEGORIES = "categories.tsv"
ATTRIBUTES = "attributes.tsv"
SEPARATOR = " > "
ATTRIBUTES_MAX = 3
"""Attributes of a product; the first two are in its name where it has no brand."""

_HEADS = {CATEGORIES: ("id", "level", "name_ja", "path_ja"), ATTRIBUTES: ("handle", "name_ja")}
_COLUMNS = {CATEGORIES: 6, ATTRIBUTES: 3}
_OTHER = "その他"
_PRICES_YEN = range(500, 20_000, 10)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category without any below it: `path` from the root to itself, `attributes` name -> values."""

    id: str
    path: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Brand:
    name: str
    kana: str


def read_taxonomy(folder: Path) -> tuple[Leaf, ...]:
    """Leaves in the order of the file. Raises: InvalidParameter, naming file and line."""
    attributes = {handle: (name, _split_values(values)) for handle, name, values in _read(folder / ATTRIBUTES)}
    rows = list(_read(folder / CATEGORIES))
    parents = {id.rpartition("-")[0] for id, *_ in rows}
    return tuple(
        Leaf(id, tuple(path.split(SEPARATOR)), dict(attributes[it] for it in handles.split(",") if it in attributes))
        for id, _, _, path, _, handles in rows
        if id not in parents
    )


def draw_leaves(leaves: Sequence[Leaf], most: int | None, seed: int) -> tuple[Leaf, ...]:
    """`most` of them, or all."""
    if most is None or most >= len(leaves):
        return tuple(leaves)
    return tuple(Random(seed).sample(leaves, most))


def build_taxonomy_lines(
    leaves: Sequence[Leaf], brands: Sequence[Brand], products: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Lines of a catalog file, `products` of each leaf.

    A leaf's products are the same whichever other leaves there are, but for the one that a description names.
    """
    names = [leaf.name for leaf in leaves]
    for leaf in leaves:
        rng = Random(f"{seed}:{leaf.id}")
        for number in range(1, products + 1):
            yield _build_line(leaf, rng, number, rng.choice(brands), rng.choice(names))


def _build_line(leaf: Leaf, rng: Random, number: int, brand: Brand, other: str) -> dict[str, Any]:
    """Every other product has a brand. The description names another kind of product, which must not count as one."""
    attributes = _draw_attributes(leaf, rng)
    values = [value for some in attributes.values() for value in some]
    with_brand = number % 2 == 1
    name = [brand.name, leaf.name, *values[:1]] if with_brand else [leaf.name, *values[:2]]
    return {
        "sku": f"TAXONOMY-{leaf.id}-{number}",
        "name": " ".join(name),
        "description": f"{other}と一緒にお使いいただけます。",
        "category": list(leaf.path),
        "brand": brand.name if with_brand else None,
        "brand_kana": brand.kana if with_brand else None,
        "price": rng.choice(_PRICES_YEN),
        "stock": 10,
        "attributes": attributes,
        "published_at": PUBLISHED_AT,
    }


def _draw_attributes(leaf: Leaf, rng: Random) -> dict[str, list[str]]:
    some = [(name, values) for name, values in leaf.attributes.items() if values]
    return {name: [rng.choice(values)] for name, values in rng.sample(some, min(ATTRIBUTES_MAX, len(some)))}


def _split_values(values: str) -> tuple[str, ...]:
    """
    >>> _split_values("泥|砂|その他")
    ('泥', '砂')
    """
    return tuple(value for value in values.split("|") if value and value != _OTHER)


def _read(file: Path) -> Iterator[list[str]]:
    try:
        head, *lines = file.read_text(encoding="utf-8").splitlines() or [""]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidParameter(f"The taxonomy's {file} cannot be read: {error}.") from error
    wanted, columns = _HEADS[file.name], _COLUMNS[file.name]
    if tuple(head.split("\t")[: len(wanted)]) != wanted:
        raise InvalidParameter(f"{file}: line 1 must begin with {' '.join(wanted)}, with tabs between.")
    for number, line in enumerate(lines, 2):
        if len(row := line.split("\t")) != columns:
            raise InvalidParameter(f"{file}: line {number} must have {columns} columns: {line[:80]!r}.")
        yield row
