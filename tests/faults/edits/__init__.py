"""What happens to a catalog in a day: every kind of change that a document may hang on, and some that it may not."""

from tests.faults.edits.changes import (
    cancel_order,
    edit_brand,
    edit_category,
    edit_image,
    edit_product,
    edit_review,
    edit_seller,
    edit_variation,
    move_child,
    move_product,
)
from tests.faults.edits.inserts import (
    insert_category,
    insert_favorite,
    insert_image,
    insert_order,
    insert_product,
    insert_review,
    insert_user,
    insert_variation,
)
from tests.faults.edits.removals import change_key, come_and_go, delete_child, delete_product, replace_product
from tests.faults.edits.rows import Edit, NothingThere, new_id, text
from tests.faults.edits.tables import (
    add_column,
    copy_products,
    drop_column,
    rename_column,
    touch_all,
    truncate_images,
)

WEIGHTS: dict[Edit, int] = {
    edit_product: 30,
    edit_variation: 12,
    edit_image: 4,
    edit_review: 2,
    edit_brand: 2,
    edit_seller: 2,
    edit_category: 3,
    move_child: 6,
    move_product: 6,
    insert_product: 6,
    insert_variation: 4,
    insert_image: 4,
    insert_review: 4,
    insert_favorite: 3,
    insert_order: 3,
    insert_category: 1,
    cancel_order: 1,
    delete_child: 5,
    delete_product: 6,
    replace_product: 4,
    come_and_go: 6,
    change_key: 3,
    copy_products: 1,
    touch_all: 1,
}
"""How often each comes."""

ALONE: tuple[Edit, ...] = (truncate_images, add_column, add_column, rename_column, drop_column)
"""These lock a whole table, so they come while no other transaction is open."""

__all__ = [
    "ALONE",
    "WEIGHTS",
    "Edit",
    "NothingThere",
    "change_key",
    "delete_product",
    "insert_category",
    "insert_product",
    "insert_user",
    "new_id",
    "text",
    "touch_all",
    "truncate_images",
]
