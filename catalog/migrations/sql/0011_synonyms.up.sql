-- A shop's own synonyms, those it fetched, and the curated ones that it switched off; live in every process that polls
-- `n`, which any change of the rows moves, by whomever. Its row is also the lock of who changes several together.
CREATE TABLE tanaban.synonyms (
    id bigint GENERATED ALWAYS AS IDENTITY,
    source varchar(255) NOT NULL,
    target varchar(255) NOT NULL,
    weight double precision DEFAULT 0.7 NOT NULL,
    domain text DEFAULT 'general' NOT NULL,
    kind text DEFAULT 'shop' NOT NULL,
    note text,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT synonyms_pkey PRIMARY KEY (id),
    CONSTRAINT synonyms_source_target_kind_key UNIQUE (source, target, kind),
    CONSTRAINT synonyms_source_not_blank CHECK (btrim(source, E' \t\n\r\u3000') <> ''),
    CONSTRAINT synonyms_target_not_blank CHECK (btrim(target, E' \t\n\r\u3000') <> ''),
    CONSTRAINT synonyms_weight_is_share CHECK (weight > 0 AND weight <= 1),
    CONSTRAINT synonyms_kind_is_known CHECK (kind IN ('shop', 'sudachi', 'off'))
);

CREATE TABLE tanaban.synonym_revision (
    only_row boolean DEFAULT true NOT NULL,
    n bigint DEFAULT 0 NOT NULL,
    CONSTRAINT synonym_revision_pkey PRIMARY KEY (only_row),
    CONSTRAINT synonym_revision_only_row CHECK (only_row)
);
INSERT INTO tanaban.synonym_revision DEFAULT VALUES;

CREATE FUNCTION tanaban.count_synonym_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE tanaban.synonym_revision SET n = n + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER count_synonym_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tanaban.synonyms
    FOR EACH STATEMENT EXECUTE FUNCTION tanaban.count_synonym_change();
