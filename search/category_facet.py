"""The category facet: a tree around what is chosen."""

from collections.abc import Iterable

from catalog.tree import Category, CategoryTree
from core.types import CategoryId
from search.result import CategoryNode
from search.variation_aggs import Aggs


def build_category_facet(tree: CategoryTree, chosen: CategoryId | None) -> Aggs:
    """Counts exactly the categories that will be shown: no limit cuts, on any number of shards."""
    ids = [str(category.id) for category in _counted(tree, chosen)]
    return {"category": {"terms": {"field": "category_ids", "size": len(ids), "include": ids}}} if ids else {}


def parse_category_facet(raw: Aggs, tree: CategoryTree, chosen: CategoryId | None) -> tuple[CategoryNode, ...]:
    """The roots; or the path to the chosen one, with its siblings beside and its children below it.

    A category without products is left out, unless it is on that path.
    """
    buckets = raw["category"]["buckets"] if "category" in raw else []
    counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
    if chosen is None:
        return _nodes(_shown_children(tree, None), counts, None, ())
    path = tree.path(chosen)
    below = _nodes(_shown_children(tree, chosen), counts, chosen, ())
    nodes = _nodes(_shown_children(tree, path[-1].parent_id), counts, chosen, below)
    for ancestor in reversed(path[:-1]):
        nodes = (_node(ancestor, counts, False, nodes),)
    return nodes


def _counted(tree: CategoryTree, chosen: CategoryId | None) -> list[Category]:
    if chosen is None:
        return _shown_children(tree, None)
    path = tree.path(chosen)
    return [*path[:-1], *_shown_children(tree, path[-1].parent_id), *_shown_children(tree, chosen)]


def _shown_children(tree: CategoryTree, parent: CategoryId | None) -> list[Category]:
    categories = tree.roots() if parent is None else tree.children(parent)
    return [category for category in categories if tree.is_shown(category.id)]


def _nodes(
    categories: Iterable[Category],
    counts: dict[str, int],
    chosen: CategoryId | None,
    below_chosen: tuple[CategoryNode, ...],
) -> tuple[CategoryNode, ...]:
    return tuple(
        _node(category, counts, category.id == chosen, below_chosen if category.id == chosen else ())
        for category in categories
        if category.id == chosen or str(category.id) in counts
    )


def _node(
    category: Category, counts: dict[str, int], selected: bool, children: tuple[CategoryNode, ...]
) -> CategoryNode:
    return CategoryNode(category.slug, category.name, counts.get(str(category.id), 0), selected, children)
