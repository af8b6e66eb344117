-- How far capture, fan-outs and an admin's jobs are, for whoever asks.

-- What the live lane has taken from Debezium and not written yet, and its pace.
ALTER TABLE tanaban.sync_state
    ADD COLUMN live_events integer DEFAULT 0 NOT NULL,
    ADD COLUMN live_oldest_s double precision,
    ADD COLUMN live_products_per_s double precision;

-- `total` is counted once, so it is an estimate while the shop changes; the rate is that of the process at work.
ALTER TABLE tanaban.fanout_jobs
    ADD COLUMN total bigint,
    ADD COLUMN rate_per_s double precision;

-- An admin may ask for a comparison and a replay too; what they found is their result.
ALTER TABLE tanaban.jobs
    ADD COLUMN repair boolean DEFAULT false NOT NULL,
    ADD COLUMN result jsonb,
    DROP CONSTRAINT jobs_kind_known,
    ADD CONSTRAINT jobs_kind_known CHECK (kind IN ('reindex', 'reconcile', 'replay'));
