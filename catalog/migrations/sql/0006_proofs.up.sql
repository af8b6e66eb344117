-- What comparing a generation with PostgreSQL found, and when (I1).

CREATE TABLE tanaban.index_proofs (
    id bigint GENERATED ALWAYS AS IDENTITY,
    generation_id bigint NOT NULL,
    version bigint NOT NULL,
    repairs boolean NOT NULL,
    started_at timestamptz DEFAULT now() NOT NULL,
    finished_at timestamptz,
    products bigint,
    found jsonb,
    repaired bigint,
    remaining bigint,
    purged bigint,
    CONSTRAINT index_proofs_pkey PRIMARY KEY (id),
    CONSTRAINT index_proofs_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES tanaban.index_generations (id) ON DELETE CASCADE,
    CONSTRAINT index_proofs_finished_is_whole CHECK (num_nulls(finished_at, products, found, repaired, remaining, purged) IN (0, 6))
);
CREATE INDEX idx_index_proofs_generation_id ON tanaban.index_proofs (generation_id, id);
