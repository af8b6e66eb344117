-- What the process of change capture knows, for the next one and for whoever asks how fresh the index is.
CREATE TABLE tanaban.sync_state (
    only_row boolean DEFAULT true NOT NULL,
    postgresql_recovered_at timestamptz,
    opensearch_nodes text[] DEFAULT '{}' NOT NULL,
    freshness_p50_ms double precision,
    freshness_p99_ms double precision,
    freshness_samples integer DEFAULT 0 NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT sync_state_pkey PRIMARY KEY (only_row),
    CONSTRAINT sync_state_only_row CHECK (only_row)
);
INSERT INTO tanaban.sync_state DEFAULT VALUES;
