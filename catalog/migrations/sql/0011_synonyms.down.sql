DROP TABLE tanaban.synonyms;
DROP TABLE tanaban.synonym_revision;
DROP FUNCTION tanaban.count_synonym_change();
