DROP TABLE tanaban.stream_leases;
