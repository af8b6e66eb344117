"""The category tree as a value: built once from the rows, then only asked. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

import orjson

from core.types import CategoryId


@dataclass(frozen=True, slots=True)
class Category:
    id: CategoryId
    parent_id: CategoryId | None
    name: str
    slug: str
    sort_order: int
    is_active: bool
    key: str = field(init=False, repr=False, compare=False)
    """The id as documents and OpenSearch's answers have it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", str(self.id))


class CategoryTree:
    """Lookups by id and slug, and every relation that a page or a query needs; siblings in display order.

    >>> books = Category(CategoryId(UUID(int=1)), None, "本", "hon", 0, True)
    >>> comics = Category(CategoryId(UUID(int=2)), books.id, "漫画", "manga", 0, False)
    >>> tree = CategoryTree([comics, books])
    >>> [category.name for category in tree.path(tree.by_slug["manga"].id)]
    ['本', '漫画']
    >>> tree.is_shown(books.id), tree.is_shown(comics.id)
    (True, False)

    Raises: ValueError, when a parent is missing or a category is its own ancestor.
    """

    by_id: Mapping[CategoryId, Category]
    by_slug: Mapping[str, Category]

    def __init__(self, categories: Iterable[Category]) -> None:
        ordered = sorted(categories, key=lambda category: (category.sort_order, category.name, category.id))
        self.by_id = MappingProxyType({category.id: category for category in ordered})
        self.by_slug = MappingProxyType({category.slug: category for category in ordered})
        self._children: dict[CategoryId | None, list[Category]] = {}
        for category in ordered:
            self._children.setdefault(category.parent_id, []).append(category)
        self._paths: dict[CategoryId, tuple[Category, ...]] = {}
        self._lay_paths()
        if len(self._paths) != len(self.by_id):
            raise ValueError("the categories are not a tree: a parent is missing or in a cycle")
        self._shown = frozenset(id for id, path in self._paths.items() if all(each.is_active for each in path))
        self._shown_children = {
            parent: tuple(child for child in children if child.id in self._shown)
            for parent, children in self._children.items()
        }

    def _lay_paths(self) -> None:
        """From the roots down, so what hangs on no root gets no path."""
        pending: list[tuple[CategoryId | None, tuple[Category, ...]]] = [(None, ())]
        while pending:
            parent_id, above = pending.pop()
            for category in self._children.get(parent_id, ()):
                self._paths[category.id] = (*above, category)
                pending.append((category.id, self._paths[category.id]))

    def shown_children(self, category_id: CategoryId | None) -> tuple[Category, ...]:
        """Those that shoppers may see, in display order; None has the roots."""
        return self._shown_children.get(category_id, ())

    def path(self, category_id: CategoryId) -> tuple[Category, ...]:
        """From the root to the category itself. Raises: KeyError."""
        return self._paths[category_id]

    def is_shown(self, category_id: CategoryId) -> bool:
        """Whether the whole path is active; an unknown one is not."""
        return category_id in self._shown

    def descendants(self, category_id: CategoryId) -> tuple[Category, ...]:
        """All below the category, without itself, parents before their children."""
        found: list[Category] = []
        for child in self._children.get(category_id, ()):
            found += (child, *self.descendants(child.id))
        return tuple(found)

    def to_json(self) -> bytes:
        """
        >>> CategoryTree([Category(CategoryId(UUID(int=1)), None, "本", "hon", 0, True)]).to_json().decode()
        '[["00000000-0000-0000-0000-000000000001",null,"本","hon",0,true]]'
        """
        return orjson.dumps(
            [
                (each.id, each.parent_id, each.name, each.slug, each.sort_order, each.is_active)
                for each in self.by_id.values()
            ]
        )

    @classmethod
    def from_json(cls, data: bytes) -> "CategoryTree":
        """Raises: ValueError, TypeError or AttributeError when the bytes are not what `to_json` gave."""
        return cls(
            Category(CategoryId(UUID(id)), CategoryId(UUID(parent)) if parent else None, name, slug, order, is_active)
            for id, parent, name, slug, order, is_active in orjson.loads(data)
        )
