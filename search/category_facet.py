"""The category facet: a tree around what is chosen."""

from collections.abc import Iterable

from catalog.tree import Category, CategoryTree
from core.types import CategoryId
from search.result import CategoryNode
from search.variation_aggs import Aggs


def build_category_facet(tree: CategoryTree, chosen: CategoryId | None) -> Aggs:
    """Counts exactly the categories that will be shown: no limit cuts, on any number of shards."""
    keys = [category.key for category in _counted(tree, chosen)]
    return {"category": {"terms": {"field": "category_ids", "size": len(keys), "include": keys}}} if keys else {}


def parse_category_facet(raw: Aggs, tree: CategoryTree, chosen: CategoryId | None) -> tuple[CategoryNode, ...]:
    """The roots; or the path to the chosen one, with its siblings beside and its children below it.

    A category without products is left out, unless it is on that path.
    """
    buckets = raw["category"]["buckets"] if "category" in raw else []
    counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
    if chosen is None:
        return _nodes(tree.shown_children(None), counts)
    *above, category = tree.path(chosen)
    below = _nodes(tree.shown_children(chosen), counts)
    nodes = tuple(
        _node(sibling, counts, True, below) if sibling is category else _node(sibling, counts)
        for sibling in tree.shown_children(category.parent_id)
        if sibling is category or sibling.key in counts
    )
    for ancestor in reversed(above):
        nodes = (_node(ancestor, counts, False, nodes),)
    return nodes


def _counted(tree: CategoryTree, chosen: CategoryId | None) -> tuple[Category, ...]:
    if chosen is None:
        return tree.shown_children(None)
    *above, category = tree.path(chosen)
    return (*above, *tree.shown_children(category.parent_id), *tree.shown_children(chosen))


def _nodes(categories: Iterable[Category], counts: dict[str, int]) -> tuple[CategoryNode, ...]:
    return tuple(_node(category, counts) for category in categories if category.key in counts)


def _node(
    category: Category, counts: dict[str, int], selected: bool = False, children: tuple[CategoryNode, ...] = ()
) -> CategoryNode:
    return CategoryNode(category.slug, category.name, counts.get(category.key, 0), selected, children)
