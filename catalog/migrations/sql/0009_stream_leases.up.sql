-- Who reads which shard of a Kinesis stream until when, and how far it is read. A change of hands draws a new token.
CREATE TABLE tanaban.stream_leases (
    stream text NOT NULL,
    shard text NOT NULL,
    stream_created_at timestamptz NOT NULL,
    parents text[] DEFAULT '{}' NOT NULL,
    checkpoint text,
    read_through_at timestamptz DEFAULT now() NOT NULL,
    is_finished boolean DEFAULT false NOT NULL,
    owner text,
    token bigint DEFAULT 0 NOT NULL,
    expires_at timestamptz,
    CONSTRAINT stream_leases_pkey PRIMARY KEY (stream, shard)
);
