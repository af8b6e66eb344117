"""What a delete takes along and what it is refused for; a foreign key without a case here fails a test."""

from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

DELETE_LEAVES: LiteralString = "DELETE FROM categories WHERE parent_id IS NOT NULL"

# A key, and the statements of which the last one must be refused by it. The others clear other keys out of the way.
ORDER_PARTS: tuple[LiteralString, ...] = (
    "DELETE FROM seller_reviews",
    "DELETE FROM order_status_histories",
    "DELETE FROM order_payments",
    "DELETE FROM order_items",
)
REFUSED: dict[str, tuple[LiteralString, ...]] = {
    "categories_parent_id_fkey": ("DELETE FROM categories WHERE parent_id IS NULL",),
    "products_category_id_fkey": (DELETE_LEAVES,),
    "products_seller_id_fkey": (*ORDER_PARTS, "DELETE FROM sellers"),
    "products_brand_id_fkey": ("DELETE FROM brands",),
    "orders_user_id_fkey": (
        "WITH other AS (INSERT INTO users (email) VALUES ('other@example.jp') RETURNING id) "
        "UPDATE addresses SET user_id = other.id FROM other",
        "DELETE FROM users WHERE id IN (SELECT user_id FROM orders)",
    ),
    "orders_shipping_address_id_fkey": ("DELETE FROM addresses",),
    "order_items_order_id_ordered_at_fkey": (*ORDER_PARTS[:3], "DELETE FROM orders"),
    "order_payments_order_id_ordered_at_fkey": (ORDER_PARTS[0], ORDER_PARTS[1], ORDER_PARTS[3], "DELETE FROM orders"),
    "order_status_histories_order_id_ordered_at_fkey": (
        ORDER_PARTS[0],
        *ORDER_PARTS[2:],
        "DELETE FROM orders",
    ),
    "seller_reviews_order_id_ordered_at_fkey": (*ORDER_PARTS[1:], "DELETE FROM orders"),
    "order_items_product_id_fkey": (
        "UPDATE order_items SET product_variation_id = NULL",
        "DELETE FROM products",
    ),
    "order_items_product_variation_id_product_id_fkey": ("DELETE FROM product_variations",),
    "order_items_seller_id_fkey": (
        "WITH other AS (INSERT INTO sellers (company_name) VALUES ('他社') RETURNING id) "
        "UPDATE products SET seller_id = other.id FROM other",
        "DELETE FROM sellers WHERE company_name = '棚番商店'",
    ),
}

# A key, the delete, and a question that tells that the row on the other side went along (or lost its pointer).
FOLLOWED: dict[str, tuple[LiteralString, LiteralString]] = {
    "user_profiles_user_id_fkey": ("DELETE FROM users", "SELECT count(*) FROM user_profiles"),
    "addresses_user_id_fkey": ("DELETE FROM users", "SELECT count(*) FROM addresses"),
    "reviews_user_id_fkey": ("DELETE FROM users", "SELECT count(*) FROM reviews"),
    "favorites_user_id_fkey": ("DELETE FROM users", "SELECT count(*) FROM favorites"),
    "seller_reviews_user_id_fkey": (
        "UPDATE seller_reviews SET user_id = (SELECT id FROM users WHERE email = 'stranger@example.jp'); "
        "DELETE FROM users WHERE email = 'stranger@example.jp'",
        "SELECT count(*) FROM seller_reviews",
    ),
    "seller_profiles_seller_id_fkey": ("DELETE FROM sellers", "SELECT count(*) FROM seller_profiles"),
    "seller_reviews_seller_id_fkey": (
        "UPDATE seller_reviews SET seller_id = (SELECT id FROM sellers WHERE company_name = '他社'); "
        "DELETE FROM sellers WHERE company_name = '他社'",
        "SELECT count(*) FROM seller_reviews",
    ),
    "product_images_product_id_fkey": ("DELETE FROM products", "SELECT count(*) FROM product_images"),
    "product_variations_product_id_fkey": ("DELETE FROM products", "SELECT count(*) FROM product_variations"),
    "reviews_product_id_fkey": ("DELETE FROM products", "SELECT count(*) FROM reviews"),
    "favorites_product_id_fkey": ("DELETE FROM products", "SELECT count(*) FROM favorites"),
    "product_popularity_product_id_fkey": (
        "DELETE FROM products",
        "SELECT count(*) FROM tanaban.product_popularity",
    ),
    "reviews_order_item_id_product_id_fkey": (
        "DELETE FROM order_items WHERE product_variation_id IS NOT NULL",
        "SELECT count(*) FROM reviews WHERE order_item_id IS NOT NULL OR NOT is_verified_purchase",
    ),
    "category_slug_history_category_id_fkey": (
        DELETE_LEAVES,
        "SELECT count(*) FROM tanaban.category_slug_history",
    ),
    "rebuild_pages_generation_id_fkey": (
        "DELETE FROM tanaban.index_generations",
        "SELECT count(*) FROM tanaban.rebuild_pages",
    ),
    "dead_letters_generation_id_fkey": (
        "DELETE FROM tanaban.index_generations",
        "SELECT count(*) FROM tanaban.dead_letters",
    ),
    "index_proofs_generation_id_fkey": (
        "DELETE FROM tanaban.index_generations",
        "SELECT count(*) FROM tanaban.index_proofs",
    ),
    "jobs_generation_id_fkey": (
        "DELETE FROM tanaban.index_generations",
        "SELECT count(*) FROM tanaban.jobs WHERE generation_id IS NOT NULL",
    ),
}


def test_a_delete_is_refused_while_something_lasting_hangs_on_it(
    shop: Shop, database: psycopg.Connection[TupleRow]
) -> None:
    shop.fill()
    for key, statements in REFUSED.items():
        with database.transaction(force_rollback=True):
            for statement in statements[:-1]:
                database.execute(statement)
            with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
                database.execute(statements[-1])
            # A key to `orders` has a copy per partition, whose name goes on after the key's.
            assert str(refused.value.diag.constraint_name).startswith(key)


def test_a_delete_takes_along_what_is_part_of_it(shop: Shop, database: psycopg.Connection[TupleRow]) -> None:
    shop.fill()
    for key, (delete, left_over) in FOLLOWED.items():
        with database.transaction(force_rollback=True):
            _detach(shop, delete)
            before = database.execute(left_over).fetchone()
            database.execute(delete)
            assert (before, database.execute(left_over).fetchone()) == ((1,), (0,)), key


def _detach(shop: Shop, delete: LiteralString) -> None:
    """Clear out of the way what would refuse `delete`."""
    shop.insert("users", email="stranger@example.jp")
    shop.insert("sellers", company_name="他社")
    if delete in ("DELETE FROM users", "DELETE FROM products", "DELETE FROM sellers", DELETE_LEAVES):
        for statement in (*ORDER_PARTS, "DELETE FROM orders"):
            shop.database.execute(statement)
    if delete in ("DELETE FROM sellers", DELETE_LEAVES):
        shop.database.execute("DELETE FROM products")


def test_every_foreign_key_has_a_case(database: psycopg.Connection[TupleRow]) -> None:
    rows = database.execute(
        "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
        "WHERE contype = 'f' AND conparentid = 0 AND NOT relispartition"
    )
    assert {str(row[0]) for row in rows} == REFUSED.keys() | FOLLOWED.keys()


def test_an_order_item_names_a_variation_of_its_own_product(shop: Shop, database: psycopg.Connection[TupleRow]) -> None:
    shop.fill()
    other = shop.variation(shop.product("別の商品"))
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        database.execute("UPDATE order_items SET product_variation_id = %s", [other])


def test_a_review_names_a_bought_item_of_its_own_product(shop: Shop, database: psycopg.Connection[TupleRow]) -> None:
    shop.fill()
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        database.execute("UPDATE reviews SET product_id = %s", [shop.product("別の商品")])
