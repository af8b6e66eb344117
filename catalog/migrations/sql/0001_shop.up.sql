-- The shop's tables as the source design draws them; catalog/models says why each key is as it is.

CREATE TYPE seller_status AS ENUM ('pending', 'active', 'suspended', 'banned');
CREATE TYPE product_status AS ENUM ('draft', 'active', 'out_of_stock', 'discontinued');
CREATE TYPE order_status AS ENUM ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded');
CREATE TYPE fulfillment_status AS ENUM ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded');
CREATE TYPE payment_status AS ENUM ('pending', 'processing', 'succeeded', 'failed', 'cancelled', 'refunded');

CREATE TABLE users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email varchar(255) NOT NULL,
    phone_number text,
    email_verified_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_not_blank CHECK (btrim(email, E' \t\n\r\u3000') <> ''),
    CONSTRAINT idx_users_email UNIQUE (email)
);
CREATE INDEX idx_users_created_at ON users (created_at);

CREATE TABLE user_profiles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    display_name text,
    avatar_url text,
    birth_date date,
    gender text,
    preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT user_profiles_pkey PRIMARY KEY (id),
    CONSTRAINT user_profiles_preferences_is_object CHECK (jsonb_typeof(preferences) = 'object'),
    CONSTRAINT user_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX idx_user_profiles_user_id ON user_profiles (user_id);

CREATE TABLE addresses (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    postal_code text NOT NULL,
    prefecture text NOT NULL,
    city text NOT NULL,
    address_line1 text NOT NULL,
    address_line2 text,
    phone_number text,
    is_default boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT addresses_pkey PRIMARY KEY (id),
    CONSTRAINT addresses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX idx_addresses_user_id ON addresses (user_id);

CREATE TABLE sellers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    company_name varchar(255) NOT NULL,
    company_name_kana text,
    email varchar(255),
    phone_number text,
    postal_code text,
    address text,
    business_license_number varchar(255),
    status seller_status DEFAULT 'pending' NOT NULL,
    commission_rate numeric(5, 4) DEFAULT 0 NOT NULL,
    approved_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT sellers_pkey PRIMARY KEY (id),
    CONSTRAINT sellers_company_name_not_blank CHECK (btrim(company_name, E' \t\n\r\u3000') <> ''),
    CONSTRAINT sellers_company_name_is_nfkc CHECK (company_name IS NFKC NORMALIZED),
    CONSTRAINT sellers_commission_rate_is_fraction CHECK (commission_rate BETWEEN 0 AND 1),
    CONSTRAINT sellers_company_name_key UNIQUE (company_name),
    CONSTRAINT sellers_email_key UNIQUE (email),
    CONSTRAINT sellers_business_license_number_key UNIQUE (business_license_number)
);

CREATE TABLE seller_profiles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seller_id uuid NOT NULL,
    description text,
    logo_url text,
    banner_url text,
    business_hours jsonb DEFAULT '{}'::jsonb NOT NULL,
    shipping_policies jsonb DEFAULT '{}'::jsonb NOT NULL,
    return_policies jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT seller_profiles_pkey PRIMARY KEY (id),
    CONSTRAINT seller_profiles_business_hours_is_object CHECK (jsonb_typeof(business_hours) = 'object'),
    CONSTRAINT seller_profiles_shipping_policies_is_object CHECK (jsonb_typeof(shipping_policies) = 'object'),
    CONSTRAINT seller_profiles_return_policies_is_object CHECK (jsonb_typeof(return_policies) = 'object'),
    CONSTRAINT seller_profiles_seller_id_key UNIQUE (seller_id),
    CONSTRAINT seller_profiles_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES sellers (id) ON DELETE CASCADE
);

CREATE TABLE categories (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    parent_id uuid,
    name varchar(255) NOT NULL,
    slug varchar(255) NOT NULL,
    icon_url text,
    sort_order integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT categories_pkey PRIMARY KEY (id),
    CONSTRAINT categories_parent_id_name_key UNIQUE NULLS NOT DISTINCT (parent_id, name),
    CONSTRAINT categories_parent_id_not_self CHECK (parent_id <> id),
    CONSTRAINT categories_name_not_blank CHECK (btrim(name, E' \t\n\r\u3000') <> ''),
    CONSTRAINT categories_slug_not_blank CHECK (btrim(slug, E' \t\n\r\u3000') <> ''),
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id),
    CONSTRAINT categories_slug_key UNIQUE (slug)
);

CREATE TABLE brands (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name varchar(255) NOT NULL,
    name_kana text,
    logo_url text,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT brands_pkey PRIMARY KEY (id),
    CONSTRAINT brands_name_not_blank CHECK (btrim(name, E' \t\n\r\u3000') <> ''),
    CONSTRAINT brands_name_is_nfkc CHECK (name IS NFKC NORMALIZED),
    CONSTRAINT brands_name_key UNIQUE (name)
);

CREATE TABLE products (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seller_id uuid NOT NULL,
    category_id uuid NOT NULL,
    brand_id uuid,
    sku varchar(255) NOT NULL,
    name text NOT NULL,
    description text,
    base_price numeric(12,2) NOT NULL,
    sale_price numeric(12,2),
    stock_quantity integer DEFAULT 0 NOT NULL,
    status product_status DEFAULT 'draft' NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    shipping_info jsonb DEFAULT '{}'::jsonb NOT NULL,
    published_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_sku_not_blank CHECK (btrim(sku, E' \t\n\r\u3000') <> ''),
    CONSTRAINT products_name_not_blank CHECK (btrim(name, E' \t\n\r\u3000') <> ''),
    CONSTRAINT products_base_price_is_amount CHECK (base_price >= 0 AND base_price <> 'NaN'),
    CONSTRAINT products_sale_price_is_amount CHECK (sale_price >= 0 AND sale_price <> 'NaN'),
    CONSTRAINT products_sale_price_not_above_base CHECK (sale_price <= base_price),
    CONSTRAINT products_stock_quantity_not_negative CHECK (stock_quantity >= 0),
    CONSTRAINT products_attributes_is_object CHECK (jsonb_typeof(attributes) = 'object'),
    CONSTRAINT products_shipping_info_is_object CHECK (jsonb_typeof(shipping_info) = 'object'),
    CONSTRAINT products_published_at_is_calendar_time CHECK (published_at >= '1900-01-01 00:00+00' AND published_at < '9999-01-01 00:00+00'),
    CONSTRAINT products_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES sellers (id),
    CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT products_brand_id_fkey FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT products_sku_key UNIQUE (sku)
);
CREATE INDEX idx_products_brand_id ON products (brand_id);
CREATE INDEX idx_products_category_id ON products (category_id);
CREATE INDEX idx_products_created_at ON products (created_at);
CREATE INDEX idx_products_price ON products (base_price);
CREATE INDEX idx_products_seller_id ON products (seller_id);
CREATE INDEX idx_products_status ON products (status);

CREATE TABLE product_images (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    product_id uuid NOT NULL,
    image_url text NOT NULL,
    alt_text text,
    sort_order integer DEFAULT 0 NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT product_images_pkey PRIMARY KEY (id),
    CONSTRAINT product_images_image_url_not_blank CHECK (btrim(image_url, E' \t\n\r\u3000') <> ''),
    CONSTRAINT product_images_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX idx_product_images_product_id ON product_images (product_id, sort_order);

CREATE TABLE product_variations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    product_id uuid NOT NULL,
    sku varchar(255) NOT NULL,
    name text DEFAULT '' NOT NULL,
    attributes jsonb DEFAULT '{}'::jsonb NOT NULL,
    price_adjustment numeric(12,2) DEFAULT 0 NOT NULL,
    stock_quantity integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT product_variations_pkey PRIMARY KEY (id),
    CONSTRAINT product_variations_product_id_id_key UNIQUE (product_id, id),
    CONSTRAINT product_variations_sku_not_blank CHECK (btrim(sku, E' \t\n\r\u3000') <> ''),
    CONSTRAINT product_variations_price_adjustment_is_number CHECK (price_adjustment <> 'NaN'),
    CONSTRAINT product_variations_stock_quantity_not_negative CHECK (stock_quantity >= 0),
    CONSTRAINT product_variations_attributes_is_object CHECK (jsonb_typeof(attributes) = 'object'),
    CONSTRAINT product_variations_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_variations_sku_key UNIQUE (sku)
);

CREATE TABLE orders (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    order_number varchar(255) NOT NULL,
    user_id uuid NOT NULL,
    shipping_address_id uuid NOT NULL,
    subtotal numeric(12,2) NOT NULL,
    tax_amount numeric(12,2) DEFAULT 0 NOT NULL,
    shipping_fee numeric(12,2) DEFAULT 0 NOT NULL,
    total_amount numeric(12,2) NOT NULL,
    status order_status DEFAULT 'pending' NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    ordered_at timestamptz DEFAULT now() NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (id, ordered_at),
    CONSTRAINT orders_order_number_not_blank CHECK (btrim(order_number, E' \t\n\r\u3000') <> ''),
    CONSTRAINT orders_subtotal_is_amount CHECK (subtotal >= 0 AND subtotal <> 'NaN'),
    CONSTRAINT orders_tax_amount_is_amount CHECK (tax_amount >= 0 AND tax_amount <> 'NaN'),
    CONSTRAINT orders_shipping_fee_is_amount CHECK (shipping_fee >= 0 AND shipping_fee <> 'NaN'),
    CONSTRAINT orders_total_amount_is_amount CHECK (total_amount >= 0 AND total_amount <> 'NaN'),
    CONSTRAINT orders_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'),
    CONSTRAINT orders_ordered_at_is_calendar_time CHECK (ordered_at >= '1900-01-01 00:00+00' AND ordered_at < '9999-01-01 00:00+00'),
    CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT orders_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES addresses (id)
) PARTITION BY RANGE (ordered_at);
CREATE INDEX idx_orders_created_at ON orders (created_at);
CREATE INDEX idx_orders_shipping_address_id ON orders (shipping_address_id);
CREATE INDEX idx_orders_status ON orders (status);
CREATE INDEX idx_orders_user_id ON orders (user_id);

CREATE TABLE order_items (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    order_id uuid NOT NULL,
    ordered_at timestamptz NOT NULL,
    product_id uuid NOT NULL,
    product_variation_id uuid,
    seller_id uuid NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(12,2) NOT NULL,
    total_price numeric(12,2) NOT NULL,
    fulfillment_status fulfillment_status DEFAULT 'pending' NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT order_items_pkey PRIMARY KEY (id),
    CONSTRAINT order_items_order_id_ordered_at_fkey FOREIGN KEY (order_id, ordered_at) REFERENCES orders (id, ordered_at) ON UPDATE CASCADE,
    CONSTRAINT order_items_product_variation_id_product_id_fkey FOREIGN KEY (product_variation_id, product_id) REFERENCES product_variations (id, product_id),
    CONSTRAINT order_items_product_id_id_key UNIQUE (product_id, id),
    CONSTRAINT order_items_quantity_positive CHECK (quantity > 0),
    CONSTRAINT order_items_unit_price_is_amount CHECK (unit_price >= 0 AND unit_price <> 'NaN'),
    CONSTRAINT order_items_total_price_is_amount CHECK (total_price >= 0 AND total_price <> 'NaN'),
    CONSTRAINT order_items_metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'),
    CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT order_items_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES sellers (id)
);
CREATE INDEX idx_order_items_order_id ON order_items (order_id, ordered_at);
CREATE INDEX idx_order_items_seller_id ON order_items (seller_id);

CREATE TABLE order_payments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    order_id uuid NOT NULL,
    ordered_at timestamptz NOT NULL,
    stripe_payment_intent_id varchar(255),
    amount numeric(12,2) NOT NULL,
    currency varchar(3) DEFAULT 'JPY' NOT NULL,
    status payment_status DEFAULT 'pending' NOT NULL,
    payment_method_details jsonb DEFAULT '{}'::jsonb NOT NULL,
    paid_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT order_payments_pkey PRIMARY KEY (id),
    CONSTRAINT order_payments_order_id_ordered_at_fkey FOREIGN KEY (order_id, ordered_at) REFERENCES orders (id, ordered_at) ON UPDATE CASCADE,
    CONSTRAINT order_payments_order_id_ordered_at_key UNIQUE (order_id, ordered_at),
    CONSTRAINT order_payments_amount_is_amount CHECK (amount >= 0 AND amount <> 'NaN'),
    CONSTRAINT order_payments_currency_is_iso_4217 CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT order_payments_payment_method_details_is_object CHECK (jsonb_typeof(payment_method_details) = 'object'),
    CONSTRAINT order_payments_stripe_payment_intent_id_key UNIQUE (stripe_payment_intent_id)
);

CREATE TABLE order_status_histories (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    order_id uuid NOT NULL,
    ordered_at timestamptz NOT NULL,
    status order_status NOT NULL,
    note text,
    changed_by uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT order_status_histories_pkey PRIMARY KEY (id),
    CONSTRAINT order_status_histories_order_id_ordered_at_fkey FOREIGN KEY (order_id, ordered_at) REFERENCES orders (id, ordered_at) ON UPDATE CASCADE
);
CREATE INDEX idx_order_status_histories_order_id ON order_status_histories (order_id, ordered_at);

CREATE TABLE reviews (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    product_id uuid NOT NULL,
    order_item_id uuid,
    rating integer NOT NULL,
    title text,
    comment text,
    images jsonb DEFAULT '[]'::jsonb NOT NULL,
    helpful_count integer DEFAULT 0 NOT NULL,
    is_verified_purchase boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT reviews_pkey PRIMARY KEY (id),
    CONSTRAINT reviews_order_item_id_product_id_fkey FOREIGN KEY (order_item_id, product_id) REFERENCES order_items (id, product_id) ON DELETE SET NULL (order_item_id),
    CONSTRAINT reviews_rating_is_1_to_5 CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT reviews_images_is_array CHECK (jsonb_typeof(images) = 'array'),
    CONSTRAINT reviews_helpful_count_not_negative CHECK (helpful_count >= 0),
    CONSTRAINT reviews_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX idx_reviews_product_id ON reviews (product_id) INCLUDE (rating);
CREATE INDEX idx_reviews_rating ON reviews (rating);
CREATE INDEX idx_reviews_user_id ON reviews (user_id);

CREATE TABLE seller_reviews (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    order_id uuid NOT NULL,
    ordered_at timestamptz NOT NULL,
    rating integer NOT NULL,
    comment text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT seller_reviews_pkey PRIMARY KEY (id),
    CONSTRAINT seller_reviews_order_id_ordered_at_fkey FOREIGN KEY (order_id, ordered_at) REFERENCES orders (id, ordered_at) ON UPDATE CASCADE,
    CONSTRAINT seller_reviews_rating_is_1_to_5 CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT seller_reviews_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT seller_reviews_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES sellers (id) ON DELETE CASCADE
);
CREATE INDEX idx_seller_reviews_order_id ON seller_reviews (order_id, ordered_at);
CREATE INDEX idx_seller_reviews_seller_id ON seller_reviews (seller_id);
CREATE INDEX idx_seller_reviews_user_id ON seller_reviews (user_id);

CREATE TABLE favorites (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    product_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT favorites_pkey PRIMARY KEY (id),
    CONSTRAINT favorites_user_id_product_id_key UNIQUE (user_id, product_id),
    CONSTRAINT favorites_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT favorites_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX idx_favorites_product_id ON favorites (product_id);

-- Catches what no month's partition takes (catalog/partitions.py makes those). The whole old row goes into the
-- WAL, because a change of `ordered_at` can turn an update into a delete and an insert; partitions don't inherit
-- the setting.
CREATE TABLE orders_default PARTITION OF orders DEFAULT;
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE orders_default REPLICA IDENTITY FULL;

CREATE FUNCTION tanaban.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON users FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON user_profiles FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON addresses FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON sellers FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON seller_profiles FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON categories FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON brands FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON products FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON product_variations FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON order_items FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON order_payments FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON reviews FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON seller_reviews FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tanaban.touch_updated_at();
