ALTER PUBLICATION tanaban SET TABLE
    products, product_variations, product_images, reviews, brands, sellers, categories,
    tanaban.product_popularity, tanaban.heartbeat;
