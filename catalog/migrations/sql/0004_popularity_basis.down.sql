ALTER TABLE tanaban.popularity_landmark DROP COLUMN basis;
