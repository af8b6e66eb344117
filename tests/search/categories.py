"""A small category tree of the tests: 家電 > 音響 > イヤホン and others, one of them hidden."""

from typing import Any
from uuid import UUID, uuid5

from catalog.tree import Category, CategoryTree
from core.types import CategoryId

_NAMESPACE = UUID(int=7)
_PATHS = (
    "家電",
    "家電 > 音響",
    "家電 > 音響 > イヤホン",
    "家電 > 音響 > スピーカー",
    "家電 > 台所",
    "服",
    "服 > 上着",
    "服 > 靴",
    "本",
    "倉庫",
)
HIDDEN = "倉庫"
LEAVES = ("家電 > 音響 > イヤホン", "家電 > 音響 > スピーカー", "家電 > 台所", "服 > 上着", "服 > 靴", "本")


def category_id(path: str) -> CategoryId:
    return CategoryId(uuid5(_NAMESPACE, path))


def row_path(path: str) -> list[list[Any]]:
    """`ProductRow.path` of a product in this category."""
    names = path.split(" > ")
    prefixes = [" > ".join(names[: depth + 1]) for depth in range(len(names))]
    return [[str(category_id(each)), each.split(" > ")[-1], each, each != HIDDEN] for each in prefixes]


def _category(path: str, order: int) -> Category:
    parent, _, name = path.rpartition(" > ")
    return Category(category_id(path), category_id(parent) if parent else None, name, path, order, path != HIDDEN)


TREE = CategoryTree([_category(path, order) for order, path in enumerate(_PATHS)])
