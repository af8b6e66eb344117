"""The tables that the sample fills, in an order that foreign keys allow, with the columns of its COPY lines.

A line is one row in COPY's text format. Nothing in the sample needs escaping (words.py refuses what would).
"""

NULL = "\\N"

COLUMNS = {
    "sellers": "id, company_name, company_name_kana, email, phone_number, postal_code, address,"
    " business_license_number, status, commission_rate, approved_at, created_at, updated_at",
    "seller_profiles": "id, seller_id, description, business_hours, shipping_policies, created_at, updated_at",
    "categories": "id, parent_id, name, slug, sort_order, is_active, created_at, updated_at",
    "brands": "id, name, name_kana, is_active, created_at, updated_at",
    "users": "id, email, phone_number, email_verified_at, created_at, updated_at",
    "user_profiles": "id, user_id, display_name, created_at, updated_at",
    "addresses": "id, user_id, postal_code, prefecture, city, address_line1, address_line2, phone_number,"
    " is_default, created_at, updated_at",
    "products": "id, seller_id, category_id, brand_id, sku, name, description, base_price, sale_price,"
    " stock_quantity, status, attributes, shipping_info, published_at, created_at, updated_at",
    "product_images": "id, product_id, image_url, alt_text, sort_order, is_primary, created_at",
    "product_variations": "id, product_id, sku, name, attributes, price_adjustment, stock_quantity, is_active,"
    " created_at, updated_at",
    "orders": "id, order_number, user_id, shipping_address_id, subtotal, tax_amount, shipping_fee, total_amount,"
    " status, ordered_at, created_at, updated_at",
    "order_items": "id, order_id, ordered_at, product_id, product_variation_id, seller_id, quantity, unit_price,"
    " total_price, fulfillment_status, created_at, updated_at",
    "order_payments": "id, order_id, ordered_at, stripe_payment_intent_id, amount, status, payment_method_details,"
    " paid_at, created_at, updated_at",
    "order_status_histories": "id, order_id, ordered_at, status, created_at",
    "reviews": "id, user_id, product_id, order_item_id, rating, title, comment, helpful_count,"
    " is_verified_purchase, created_at, updated_at",
    "seller_reviews": "id, user_id, seller_id, order_id, ordered_at, rating, comment, created_at, updated_at",
    "favorites": "id, user_id, product_id, created_at",
}

Rows = dict[str, list[str]]
"""COPY lines by table, each with its line end."""


def copy_line(*values: object) -> str:
    """One row; None is NULL.

    >>> copy_line("a", 1, None, True)
    'a\\t1\\t\\\\N\\tTrue\\n'
    """
    return "\t".join(NULL if value is None else str(value) for value in values) + "\n"
