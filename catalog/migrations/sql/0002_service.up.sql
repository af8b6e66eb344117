-- What this service keeps about the shop, in a schema of its own, and the triggers that keep it.
--
-- The trigger functions run with their owner's rights (SECURITY DEFINER), so the shop's own roles need no rights
-- on this schema to take an order; hence the empty search_path.

CREATE TABLE tanaban.tree_guard (
    only_row boolean DEFAULT true NOT NULL,
    n bigint NOT NULL,
    CONSTRAINT tree_guard_pkey PRIMARY KEY (only_row),
    CONSTRAINT tree_guard_only_row CHECK (only_row)
);

CREATE TABLE tanaban.category_slug_history (
    slug varchar(255) NOT NULL,
    category_id uuid NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT category_slug_history_pkey PRIMARY KEY (slug),
    CONSTRAINT category_slug_history_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX idx_category_slug_history_category_id ON tanaban.category_slug_history (category_id);

CREATE TABLE tanaban.order_numbers (
    order_number varchar(255) NOT NULL,
    order_id uuid NOT NULL,
    CONSTRAINT order_numbers_pkey PRIMARY KEY (order_number),
    CONSTRAINT order_numbers_order_id_key UNIQUE (order_id)
);

CREATE TABLE tanaban.popularity_landmark (
    only_row boolean DEFAULT true NOT NULL,
    landmark timestamptz NOT NULL,
    CONSTRAINT popularity_landmark_pkey PRIMARY KEY (only_row),
    CONSTRAINT popularity_landmark_only_row CHECK (only_row)
);

CREATE TABLE tanaban.product_popularity (
    product_id uuid NOT NULL,
    popularity double precision NOT NULL,
    computed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT product_popularity_pkey PRIMARY KEY (product_id),
    CONSTRAINT product_popularity_popularity_positive CHECK (popularity > 0),
    CONSTRAINT product_popularity_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);

CREATE TABLE tanaban.popularity_queue (
    id bigint GENERATED ALWAYS AS IDENTITY,
    product_id uuid NOT NULL,
    queued_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT popularity_queue_pkey PRIMARY KEY (id)
);

INSERT INTO tanaban.tree_guard (n) VALUES (0);
INSERT INTO tanaban.popularity_landmark (landmark)
    VALUES (date_trunc('year', now() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo');
-- What the triggers would have written, had they been there from the first order on.
INSERT INTO tanaban.order_numbers (order_number, order_id) SELECT order_number, id FROM orders;
INSERT INTO tanaban.popularity_queue (product_id)
    SELECT product_id FROM order_items UNION SELECT product_id FROM favorites UNION SELECT product_id FROM reviews;


-- Category cycles. Two sessions that each see only their own move can close a cycle together. Both must update
-- the guard's row: the second one waits, and then sees the first move (READ COMMITTED) or fails with 40001
-- (REPEATABLE READ, SERIALIZABLE, whose snapshot would not show it). Locks without an update pass there. (The row locks
-- of the foreign key and of the unique (parent_id, name) happen to stop a cycle of two, and none that is longer.)
CREATE FUNCTION tanaban.refuse_category_cycle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    looping text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (SELECT id, parent_id FROM new_rows EXCEPT SELECT id, parent_id FROM old_rows) THEN
            RETURN NULL;
        END IF;
        -- Nobody else can hang anything under a row that is only being inserted, so inserts don't queue here.
        UPDATE tanaban.tree_guard SET n = n + 1;
    END IF;
    WITH RECURSIVE above AS (
        SELECT id AS start_id, slug AS start_slug, parent_id FROM new_rows
        UNION
        SELECT above.start_id, above.start_slug, parent.parent_id
        FROM above JOIN public.categories AS parent ON parent.id = above.parent_id
    )
    SELECT start_slug INTO looping FROM above WHERE parent_id = start_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'category "%" would be its own ancestor', looping
            USING ERRCODE = 'check_violation', CONSTRAINT = 'categories_no_cycle', TABLE = 'categories',
                  HINT = 'Choose a parent outside its own subtree.';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER refuse_cycle_on_insert AFTER INSERT ON categories
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.refuse_category_cycle();
CREATE TRIGGER refuse_cycle_on_update AFTER UPDATE ON categories
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.refuse_category_cycle();


-- Old slugs, so that a changed one answers 301.
CREATE FUNCTION tanaban.keep_category_slugs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM tanaban.category_slug_history WHERE slug = NEW.slug;
    IF TG_OP = 'UPDATE' AND OLD.slug <> NEW.slug THEN
        INSERT INTO tanaban.category_slug_history (slug, category_id) VALUES (OLD.slug, NEW.id)
        ON CONFLICT (slug) DO UPDATE SET category_id = EXCLUDED.category_id, changed_at = now();
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_slugs AFTER INSERT OR UPDATE OF slug ON categories
    FOR EACH ROW EXECUTE FUNCTION tanaban.keep_category_slugs();


-- Order numbers and ids, unique over all months. A row that moves to another month is a delete and an insert.
CREATE FUNCTION tanaban.keep_order_numbers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM tanaban.order_numbers WHERE order_number = OLD.order_number;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tanaban.order_numbers (order_number, order_id) VALUES (NEW.order_number, NEW.id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_numbers AFTER INSERT OR DELETE OR UPDATE OF id, order_number ON orders
    FOR EACH ROW EXECUTE FUNCTION tanaban.keep_order_numbers();

CREATE FUNCTION tanaban.forget_order_numbers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    TRUNCATE tanaban.order_numbers;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_numbers AFTER TRUNCATE ON orders
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.forget_order_numbers();


-- Products whose popularity must be folded anew: one set-based insert per statement, so a COPY of millions of
-- rows costs one DISTINCT.
CREATE FUNCTION tanaban.queue_popularity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN
            INSERT INTO tanaban.popularity_queue (product_id) SELECT DISTINCT product_id FROM new_rows;
        WHEN 'UPDATE' THEN
            INSERT INTO tanaban.popularity_queue (product_id)
            SELECT product_id FROM old_rows UNION SELECT product_id FROM new_rows;
        WHEN 'DELETE' THEN
            INSERT INTO tanaban.popularity_queue (product_id) SELECT DISTINCT product_id FROM old_rows;
        WHEN 'TRUNCATE' THEN
            INSERT INTO tanaban.popularity_queue (product_id) SELECT product_id FROM tanaban.product_popularity;
    END CASE;
    RETURN NULL;
END
$$;

CREATE TRIGGER queue_popularity_on_insert AFTER INSERT ON order_items REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_update AFTER UPDATE ON order_items
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_delete AFTER DELETE ON order_items REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
-- (TRUNCATE of order_items always takes reviews along, whose own trigger queues everything.)

CREATE TRIGGER queue_popularity_on_insert AFTER INSERT ON favorites REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_update AFTER UPDATE ON favorites
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_delete AFTER DELETE ON favorites REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_truncate AFTER TRUNCATE ON favorites
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();

CREATE TRIGGER queue_popularity_on_insert AFTER INSERT ON reviews REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_update AFTER UPDATE ON reviews
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_delete AFTER DELETE ON reviews REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();
CREATE TRIGGER queue_popularity_on_truncate AFTER TRUNCATE ON reviews
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity();

-- An order that is cancelled or refunded counts nothing any more, and again when that is taken back.
CREATE FUNCTION tanaban.queue_popularity_of_orders() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO tanaban.popularity_queue (product_id)
    SELECT DISTINCT item.product_id
    FROM old_rows AS before
    JOIN new_rows AS after USING (id)
    JOIN public.order_items AS item ON item.order_id = after.id
    WHERE (before.status IN ('cancelled', 'refunded')) <> (after.status IN ('cancelled', 'refunded'));
    RETURN NULL;
END
$$;
CREATE TRIGGER queue_popularity_on_update AFTER UPDATE ON orders
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.queue_popularity_of_orders();
