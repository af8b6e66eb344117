DROP TABLE tanaban.search_queries;
