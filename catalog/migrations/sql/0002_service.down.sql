-- CASCADE takes the triggers along.
DROP FUNCTION
    tanaban.refuse_category_cycle(), tanaban.keep_category_slugs(), tanaban.keep_order_numbers(),
    tanaban.forget_order_numbers(), tanaban.queue_popularity(), tanaban.queue_popularity_of_orders() CASCADE;
DROP TABLE
    tanaban.tree_guard, tanaban.category_slug_history, tanaban.order_numbers, tanaban.popularity_landmark,
    tanaban.product_popularity, tanaban.popularity_queue;
