-- The indexer's registry (I2, I3, I8, I9).

CREATE TYPE tanaban.generation_state AS ENUM ('building', 'live', 'standby', 'failed', 'retired');
CREATE TYPE tanaban.job_state AS ENUM ('queued', 'running', 'checking', 'done', 'refused', 'failed', 'cancelled');

-- CACHE 1: with more, a session would hand out numbers out of order.
CREATE SEQUENCE tanaban.index_version AS bigint CACHE 1;

-- The version drawn by the last life-cycle command; OpenSearch has a copy. A restored database has an older one (I2).
CREATE TABLE tanaban.index_mark (
    only_row boolean DEFAULT true NOT NULL,
    mark bigint NOT NULL,
    CONSTRAINT index_mark_pkey PRIMARY KEY (only_row),
    CONSTRAINT index_mark_only_row CHECK (only_row)
);
INSERT INTO tanaban.index_mark (mark) VALUES (0);

CREATE TABLE tanaban.index_generations (
    id bigint GENERATED ALWAYS AS IDENTITY,
    index_name text NOT NULL,
    write_alias text NOT NULL,
    state tanaban.generation_state NOT NULL,
    builder_version integer NOT NULL,
    normalizer_version text NOT NULL,
    landmark timestamptz NOT NULL,
    pivot double precision,
    half_life_days double precision NOT NULL,
    products_total bigint,
    reason text,
    created_at timestamptz DEFAULT now() NOT NULL,
    built_at timestamptz,
    live_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT index_generations_pkey PRIMARY KEY (id),
    CONSTRAINT index_generations_index_name_key UNIQUE (index_name),
    CONSTRAINT index_generations_write_alias_key UNIQUE (write_alias)
);
CREATE UNIQUE INDEX index_generations_one_live_one_building ON tanaban.index_generations (state) WHERE state IN ('live', 'building');

CREATE TABLE tanaban.rebuild_pages (
    generation_id bigint NOT NULL,
    page_no integer NOT NULL,
    after_id uuid,
    through_id uuid,
    written_version bigint,
    documents integer,
    bytes bigint,
    written_at timestamptz,
    CONSTRAINT rebuild_pages_pkey PRIMARY KEY (generation_id, page_no),
    CONSTRAINT rebuild_pages_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES tanaban.index_generations (id) ON DELETE CASCADE
);

CREATE TABLE tanaban.dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY,
    generation_id bigint NOT NULL,
    product_id uuid NOT NULL,
    version bigint NOT NULL,
    error_type text NOT NULL,
    reason text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT dead_letters_pkey PRIMARY KEY (id),
    CONSTRAINT dead_letters_generation_id_product_id_key UNIQUE (generation_id, product_id),
    CONSTRAINT dead_letters_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES tanaban.index_generations (id) ON DELETE CASCADE
);

CREATE TABLE tanaban.jobs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    state tanaban.job_state DEFAULT 'queued' NOT NULL,
    generation_id bigint,
    done bigint DEFAULT 0 NOT NULL,
    total bigint,
    rate_per_s double precision,
    reason text,
    cancel_requested boolean DEFAULT false NOT NULL,
    allow_dead_letters integer DEFAULT 0 NOT NULL,
    worker text,
    heartbeat_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_kind_known CHECK (kind IN ('reindex')),
    CONSTRAINT jobs_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES tanaban.index_generations (id) ON DELETE SET NULL
);
CREATE INDEX idx_jobs_generation_id ON tanaban.jobs (generation_id);
CREATE UNIQUE INDEX jobs_one_active ON tanaban.jobs (kind) WHERE state IN ('queued', 'running', 'checking');
