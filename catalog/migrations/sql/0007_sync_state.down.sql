DROP TABLE tanaban.sync_state;
