"""What the database refuses, constraint by constraint; a constraint without a case here fails a test."""

from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

from tests.catalog.factory import Shop

pytestmark = pytest.mark.live

FULL_WIDTH_SPACE = "\u3000"
BLANK_COLUMNS = (
    "users.email",
    "sellers.company_name",
    "categories.name",
    "categories.slug",
    "brands.name",
    "products.sku",
    "products.name",
    "product_images.image_url",
    "product_variations.sku",
    "orders.order_number",
)
AMOUNT_COLUMNS = (
    "products.base_price",
    "products.sale_price",
    "orders.subtotal",
    "orders.tax_amount",
    "orders.shipping_fee",
    "orders.total_amount",
    "order_items.unit_price",
    "order_items.total_price",
    "order_payments.amount",
)
OBJECT_COLUMNS = (
    "user_profiles.preferences",
    "seller_profiles.business_hours",
    "seller_profiles.shipping_policies",
    "seller_profiles.return_policies",
    "products.attributes",
    "products.shipping_info",
    "product_variations.attributes",
    "orders.metadata",
    "order_items.metadata",
    "order_payments.payment_method_details",
)
COUNT_COLUMNS = ("products.stock_quantity", "product_variations.stock_quantity", "reviews.helpful_count")


def _set(column: str, suffix: str, value: str) -> tuple[str, str]:
    """The constraint's name and an update that it must refuse."""
    table, _, name = column.partition(".")
    return f"{table}_{name}_{suffix}", f"UPDATE {table} SET {name} = {value}"


CASES = [
    *(_set(column, "not_blank", value) for column in BLANK_COLUMNS for value in ("''", "E' \\t\\n'")),
    _set("products.name", "not_blank", f"'{FULL_WIDTH_SPACE}'"),
    *(_set(column, "is_amount", value) for column in AMOUNT_COLUMNS for value in ("-0.01", "'NaN'")),
    *(_set(column, "is_object", value) for column in OBJECT_COLUMNS for value in ("'[]'", "'null'")),
    *(_set(column, "not_negative", "-1") for column in COUNT_COLUMNS),
    *(_set(f"{table}.rating", "is_1_to_5", v) for table in ("reviews", "seller_reviews") for v in ("0", "6")),
    *(_set(column, "is_nfkc", "'ｿﾆｰ'") for column in ("brands.name", "sellers.company_name")),
    *(
        _set(column, "is_calendar_time", value)
        for column in ("products.published_at", "orders.ordered_at")
        for value in ("'infinity'", "'-infinity'", "'20000-01-01'")
    ),
    _set("reviews.images", "is_array", "'{}'"),
    _set("products.sale_price", "not_above_base", "base_price + 1"),
    _set("product_variations.price_adjustment", "is_number", "'NaN'"),
    _set("order_items.quantity", "positive", "0"),
    _set("order_payments.currency", "is_iso_4217", "'yen'"),
    _set("sellers.commission_rate", "is_fraction", "1.01"),
    _set("categories.parent_id", "not_self", "id"),
    ("product_popularity_popularity_positive", "UPDATE tanaban.product_popularity SET popularity = 0"),
    ("tree_guard_only_row", "INSERT INTO tanaban.tree_guard VALUES (false, 0)"),
    ("popularity_landmark_only_row", "INSERT INTO tanaban.popularity_landmark VALUES (false, now())"),
    ("index_mark_only_row", "INSERT INTO tanaban.index_mark VALUES (false, 0)"),
    ("sync_state_only_row", "INSERT INTO tanaban.sync_state VALUES (false)"),
    ("heartbeat_only_row", "INSERT INTO tanaban.heartbeat VALUES (false)"),
    (
        "search_queries_query_not_blank",
        "INSERT INTO tanaban.search_queries (query, score, asked, callers, last_at) VALUES (' ', 1, 1, 1, now())",
    ),
    ("synonym_revision_only_row", "INSERT INTO tanaban.synonym_revision VALUES (false, 0)"),
    ("synonyms_source_not_blank", f"INSERT INTO tanaban.synonyms (source, target) VALUES ('{FULL_WIDTH_SPACE}', 'b')"),
    ("synonyms_target_not_blank", "INSERT INTO tanaban.synonyms (source, target) VALUES ('a', E' \\t')"),
    *(
        (
            "synonyms_weight_is_share",
            f"INSERT INTO tanaban.synonyms (source, target, weight) VALUES ('a', 'b', {value})",
        )
        for value in ("0", "1.01")
    ),
    ("synonyms_kind_is_known", "INSERT INTO tanaban.synonyms (source, target, kind) VALUES ('a', 'b', 'other')"),
    (
        "synonyms_source_target_kind_key",
        "INSERT INTO tanaban.synonyms (source, target) VALUES ('a', 'b'), ('a', 'b')",
    ),
    ("fanout_jobs_key_fits_kind", "INSERT INTO tanaban.fanout_jobs (kind, xids) VALUES ('brand', '{}')"),
    ("index_proofs_finished_is_whole", "UPDATE tanaban.index_proofs SET finished_at = now()"),
    ("jobs_kind_known", "INSERT INTO tanaban.jobs (kind, state) VALUES ('tidy', 'done')"),
    ("idx_users_email", "INSERT INTO users (email) SELECT email FROM users"),
    ("sellers_company_name_key", "INSERT INTO sellers (company_name) SELECT company_name FROM sellers"),
    ("sellers_email_key", "INSERT INTO sellers (company_name, email) SELECT '他社', email FROM sellers"),
    (
        "sellers_business_license_number_key",
        "INSERT INTO sellers (company_name, business_license_number) "
        "SELECT '他社', business_license_number FROM sellers",
    ),
    ("seller_profiles_seller_id_key", "INSERT INTO seller_profiles (seller_id) SELECT id FROM sellers"),
    ("categories_parent_id_name_key", "INSERT INTO categories (name, slug) VALUES ('服', 'other')"),
    ("categories_slug_key", "INSERT INTO categories (name, slug) VALUES ('本', 'kutsu')"),
    ("brands_name_key", "INSERT INTO brands (name) SELECT name FROM brands"),
    (
        "products_sku_key",
        "INSERT INTO products (seller_id, category_id, sku, name, base_price) "
        "SELECT seller_id, category_id, sku, name, base_price FROM products",
    ),
    (
        "product_variations_sku_key",
        "INSERT INTO product_variations (product_id, sku) SELECT product_id, sku FROM product_variations",
    ),
    (
        "order_payments_order_id_ordered_at_key",
        "INSERT INTO order_payments (order_id, ordered_at, amount) SELECT id, ordered_at, 1 FROM orders",
    ),
    (
        "order_payments_stripe_payment_intent_id_key",
        "INSERT INTO order_payments (order_id, ordered_at, amount, stripe_payment_intent_id) "
        "SELECT gen_random_uuid(), now(), 1, 'pi_1'",
    ),
    (
        "favorites_user_id_product_id_key",
        "INSERT INTO favorites (user_id, product_id) SELECT user_id, product_id FROM favorites",
    ),
    (
        "index_generations_index_name_key",
        "INSERT INTO tanaban.index_generations (index_name, write_alias, state, builder_version, "
        "normalizer_version, landmark, half_life_days) VALUES ('g1', 'g2-w', 'failed', 1, '1', now(), 14)",
    ),
    (
        "index_generations_write_alias_key",
        "INSERT INTO tanaban.index_generations (index_name, write_alias, state, builder_version, "
        "normalizer_version, landmark, half_life_days) VALUES ('g2', 'g1-w', 'failed', 1, '1', now(), 14)",
    ),
    (
        "index_generations_one_live_one_building",
        "INSERT INTO tanaban.index_generations (index_name, write_alias, state, builder_version, "
        "normalizer_version, landmark, half_life_days) VALUES ('g2', 'g2-w', 'live', 1, '1', now(), 14)",
    ),
    (
        "dead_letters_generation_id_product_id_key",
        "INSERT INTO tanaban.dead_letters (generation_id, product_id, version, error_type, reason) "
        "SELECT generation_id, product_id, 2, error_type, reason FROM tanaban.dead_letters",
    ),
    ("jobs_one_active", "INSERT INTO tanaban.jobs (kind, state) VALUES ('reindex', 'running')"),
    (
        "order_numbers_order_id_key",
        "INSERT INTO orders (id, order_number, user_id, shipping_address_id, subtotal, total_amount, ordered_at) "
        "SELECT id, 'other', user_id, shipping_address_id, 1, 1, ordered_at + interval '40 days' FROM orders",
    ),
]

ALLOWED: tuple[LiteralString, ...] = (
    "UPDATE product_variations SET price_adjustment = -500",
    "UPDATE products SET sale_price = base_price",
    "UPDATE products SET brand_id = NULL, sale_price = NULL, published_at = NULL",
    "INSERT INTO sellers (company_name) VALUES ('他社'), ('別社')",
    "INSERT INTO categories (parent_id, name, slug) SELECT id, '服', 'fuku-2' FROM categories WHERE name = '靴'",
    "INSERT INTO tanaban.jobs (kind, state) VALUES ('reindex', 'done'), ('reindex', 'failed')",
    "UPDATE orders SET order_number = order_number",
)

KEY_TARGETS = {"product_variations_product_id_id_key", "order_items_product_id_id_key"}
"""Unique because they hold the primary key; they are there for the foreign keys that point at them."""


def test_the_database_refuses_each(shop: Shop, database: psycopg.Connection[TupleRow]) -> None:
    shop.fill()
    wrong = [
        (constraint, statement, outcome)
        for constraint, statement in CASES
        if (outcome := _violated_constraint(database, statement)) != constraint
    ]
    assert wrong == []


def _violated_constraint(database: psycopg.Connection[TupleRow], statement: str) -> str | None:
    try:
        with database.transaction(force_rollback=True):
            database.execute(statement)
    except psycopg.IntegrityError as refused:
        return refused.diag.constraint_name
    return None


def test_every_check_and_unique_key_has_a_case(database: psycopg.Connection[TupleRow]) -> None:
    rows = database.execute(
        "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
        "WHERE contype = 'c' AND NOT relispartition AND connamespace::regnamespace::text IN ('public', 'tanaban') "
        "UNION SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
        "WHERE indisunique AND NOT indisprimary AND NOT relispartition "
        "AND relnamespace::regnamespace::text IN ('public', 'tanaban')"
    )
    names = {str(row[0]).removeprefix("tanaban.") for row in rows}
    assert names - KEY_TARGETS == {constraint for constraint, _ in CASES}


def test_the_database_takes_each(shop: Shop, database: psycopg.Connection[TupleRow]) -> None:
    shop.fill()
    for statement in ALLOWED:
        with database.transaction(force_rollback=True):
            database.execute(statement)
