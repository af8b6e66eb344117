DROP TABLE tanaban.jobs, tanaban.dead_letters, tanaban.rebuild_pages, tanaban.index_generations, tanaban.index_mark;
DROP SEQUENCE tanaban.index_version;
DROP TYPE tanaban.job_state, tanaban.generation_state;
