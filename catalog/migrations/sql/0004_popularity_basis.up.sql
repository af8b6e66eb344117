-- Weights and half-life that the stored popularities were computed with.
ALTER TABLE tanaban.popularity_landmark ADD COLUMN basis text DEFAULT '' NOT NULL;
