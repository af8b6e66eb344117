-- An event names rows, so PostgreSQL need not send the rest of them. Where the replica identity is FULL it must.
ALTER PUBLICATION tanaban SET TABLE
    products (id), product_variations (id, product_id), product_images, reviews, brands, sellers, categories,
    tanaban.product_popularity (product_id), tanaban.heartbeat (only_row);
