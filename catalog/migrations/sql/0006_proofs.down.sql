DROP TABLE tanaban.index_proofs;
