"""The category tree as a value."""

from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.tree import Category, CategoryTree
from core.types import CategoryId


def category_id(number: int) -> CategoryId:
    return CategoryId(UUID(int=number))


def category(number: int, above: int | None = None, *, order: int = 0, active: bool = True) -> Category:
    parent_id = None if above is None else category_id(above)
    return Category(category_id(number), parent_id, f"名{number}", f"slug-{number}", order, active)


TREE = CategoryTree(
    [category(4, 2), category(3, 1, order=1), category(2, 1, order=2, active=False), category(1), category(5, 4)]
)


def test_shown_children_come_in_their_order_whatever_order_the_rows_came_in() -> None:
    tree = CategoryTree(
        [category(3, 1, order=2), category(4, 1, active=False), category(2, 1, order=1), category(1), category(5, 4)]
    )
    assert [each.slug for each in tree.shown_children(category_id(1))] == ["slug-2", "slug-3"]
    assert [each.slug for each in tree.shown_children(None)] == ["slug-1"]
    assert tree.shown_children(category_id(4)) == ()  # itself active below a hidden one: category 5


def test_a_path_goes_from_the_root_to_the_category_itself() -> None:
    assert [each.slug for each in TREE.path(category_id(5))] == ["slug-1", "slug-2", "slug-4", "slug-5"]
    with pytest.raises(KeyError):
        TREE.path(category_id(9))


def test_a_category_is_shown_when_its_whole_path_is_active() -> None:
    assert [number for number in range(1, 6) if TREE.is_shown(category_id(number))] == [1, 3]


def test_descendants_are_all_below_parents_first() -> None:
    assert [each.slug for each in TREE.descendants(category_id(1))] == ["slug-3", "slug-2", "slug-4", "slug-5"]
    assert TREE.descendants(category_id(5)) == ()


@pytest.mark.parametrize("rows", [[category(1, 2)], [category(1, 1)], [category(1), category(2, 3), category(3, 2)]])
def test_what_is_no_tree_is_refused(rows: list[Category]) -> None:
    with pytest.raises(ValueError, match="not a tree"):
        CategoryTree(rows)


@given(st.data())
def test_json_brings_back_the_same_tree(data: st.DataObject) -> None:
    """Each category hangs on an earlier one or on none."""
    rows = [
        category(
            number,
            data.draw(st.none() | st.integers(1, number - 1)) if number > 1 else None,
            order=data.draw(st.integers(0, 3)),
            active=data.draw(st.booleans()),
        )
        for number in range(1, data.draw(st.integers(0, 12)) + 1)
    ]
    tree = CategoryTree(rows)
    again = CategoryTree.from_json(tree.to_json())
    assert again.by_id == tree.by_id
    assert list(again.by_slug) == list(tree.by_slug)
    assert all(again.path(row.id) == tree.path(row.id) for row in rows)


@pytest.mark.parametrize("data", [b"", b"{}x", b"7", b'["a"]', b"[[1,2,3,4,5,6]]", orjson.dumps([["x"] * 6])])
def test_foreign_json_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        CategoryTree.from_json(data)
