DROP TABLE
    users, user_profiles, addresses, sellers, seller_profiles, categories, brands, products, product_images,
    product_variations, orders, order_items, order_payments, order_status_histories, reviews, seller_reviews,
    favorites;
DROP FUNCTION tanaban.touch_updated_at();
DROP TYPE seller_status, product_status, order_status, fulfillment_status, payment_status;
