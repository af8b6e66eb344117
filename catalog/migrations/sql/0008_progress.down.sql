DELETE FROM tanaban.jobs WHERE kind <> 'reindex';
ALTER TABLE tanaban.jobs
    DROP CONSTRAINT jobs_kind_known,
    ADD CONSTRAINT jobs_kind_known CHECK (kind IN ('reindex')),
    DROP COLUMN repair,
    DROP COLUMN result;
ALTER TABLE tanaban.fanout_jobs DROP COLUMN total, DROP COLUMN rate_per_s;
ALTER TABLE tanaban.sync_state DROP COLUMN live_events, DROP COLUMN live_oldest_s, DROP COLUMN live_products_per_s;
