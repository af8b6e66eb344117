-- What shoppers search for, and how many of them, never who: each caller sets one of 63 bits of `callers`, by a keyed hash
-- of the text and the address; the key is not in the database. `score` counts each ask 1 and halves in a half-life; it is as of `last_at`.
CREATE TABLE tanaban.search_queries (
    query varchar(255) NOT NULL,
    score double precision NOT NULL,
    asked bigint NOT NULL,
    callers bigint NOT NULL,
    last_at timestamptz NOT NULL,
    is_hidden boolean DEFAULT false NOT NULL,
    CONSTRAINT search_queries_pkey PRIMARY KEY (query),
    CONSTRAINT search_queries_query_not_blank CHECK (btrim(query, E' \t\n\r\u3000') <> '')
);
