-- What change capture reads, and the work that one change may leave (I3, I6, I7).

-- A beat a few seconds apart moves the slot on while the shop's tables are quiet and others fill the WAL.
CREATE TABLE tanaban.heartbeat (
    only_row boolean DEFAULT true NOT NULL,
    beat_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT heartbeat_pkey PRIMARY KEY (only_row),
    CONSTRAINT heartbeat_only_row CHECK (only_row)
);
INSERT INTO tanaban.heartbeat DEFAULT VALUES;

CREATE TYPE tanaban.fanout_kind AS ENUM ('brand', 'seller', 'category', 'reconcile');

-- A change that touches many products, worked off page by page. An id is never reused; a new change is a new job (I7).
CREATE TABLE tanaban.fanout_jobs (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind tanaban.fanout_kind NOT NULL,
    key uuid,
    xids bigint[] NOT NULL,
    cursor uuid,
    done bigint DEFAULT 0 NOT NULL,
    reason text,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT fanout_jobs_pkey PRIMARY KEY (id),
    CONSTRAINT fanout_jobs_key_fits_kind CHECK ((kind = 'reconcile') = (key IS NULL))
);

-- A child names its product before and after a change, so that a move is seen by both.
ALTER TABLE product_variations REPLICA IDENTITY USING INDEX product_variations_product_id_id_key;
ALTER TABLE product_images REPLICA IDENTITY FULL;
ALTER TABLE reviews REPLICA IDENTITY FULL;

-- Before and after tell a rename from a touch.
ALTER TABLE brands REPLICA IDENTITY FULL;
ALTER TABLE sellers REPLICA IDENTITY FULL;
ALTER TABLE categories REPLICA IDENTITY FULL;

-- Orders, favourites and reviews change a document through product_popularity, which the worker folds them into.
CREATE PUBLICATION tanaban FOR TABLE
    products, product_variations, product_images, reviews, brands, sellers, categories,
    tanaban.product_popularity, tanaban.heartbeat
    WITH (publish_via_partition_root = true);
