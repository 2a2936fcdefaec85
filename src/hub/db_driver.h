/* What a database of headquarters' implements; nobody but src/hub/db*.c includes this. */
#ifndef CERTDESK_HUB_DB_DRIVER_H
#define CERTDESK_HUB_DB_DRIVER_H

#include "hub/db.h"

enum { DB_VALUES = 24 };

struct db_value {
	char type; /* i, t, b, n */
	int64_t number;
	const void *data;
	size_t length;
};

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

struct db_driver {
	enum err (*open)(struct db *db, const char *address, bool fresh, struct error *e);
	void (*close)(struct db *db);
	enum err (*backup)(struct db *db, const char *path, struct error *e);
	void (*settle)(struct db *db); /* NULL: nothing to do */
	enum err (*begin)(struct db *db, bool together, struct error *e);
	enum err (*lock)(struct db *db, const char *what, const char *which, struct error *e);
	enum err (*commit)(struct db *db, struct error *e);
	void (*rollback)(struct db *db);
	enum err (*check)(struct db *db, enum hub_sql q, struct error *e);
	/* NULL: the database is in this process, and nothing is put off. */
	enum err (*later)(struct db *db, enum hub_sql q, const struct db_value *values, int count, int64_t *changed, struct error *e);
	enum err (*await)(struct db *db, struct error *e);
	void (*soon)(struct db *db); /* the next statement's change may wait for the next one's disk; NULL: none does */
	enum err (*seen)(struct db *db, struct error *e); /* NULL: nothing is seen before it is on the disk */
	/* Starts a statement; *cursor is ended by `end` on success alone. */
	enum err (*start)(struct db *db, enum hub_sql q, const struct db_value *values, int count, void **cursor, struct error *e);
	bool (*next)(void *cursor);
	enum err (*end)(struct db *db, void *cursor, int64_t *changed, struct error *e);
	int (*columns)(const void *cursor);
	const char *(*name)(const void *cursor, int column);
	enum db_type (*type)(const void *cursor, int column);
	int64_t (*number)(const void *cursor, int column);
	const char *(*text)(const void *cursor, int column);
	const void *(*blob)(const void *cursor, int column, size_t *length);
};

struct db {
	const struct db_driver *driver;
	void *own; /* the driver's */
	bool in_transaction;
	int64_t newer; /* the schema where a newer program made it: `open` leaves that as it is, and db.c asks whether it may be worked on */
};

extern const struct db_driver db_sqlite, db_pg;

#endif
