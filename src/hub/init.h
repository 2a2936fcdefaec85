/* Making a headquarters, and opening its parts one by one. */
#ifndef CERTDESK_HUB_INIT_H
#define CERTDESK_HUB_INIT_H

#include "hub/hub.h"

struct hub_init {
	const char *dir; /* NULL as hub_open */
	const char *name, *url;
	const char *database; /* NULL: sqlite:hub.db */
	int64_t now;
};

/* Keys, database and hub.yaml, whole or not at all: made beside and renamed. ERR_HUB_EXISTS (the directory holds anything), ERR_HUB_URL,
 * ERR_CA_FIELD (the name), ERR_FILE_WRITE, ERR_STORE_FULL, ERR_HUB_DATABASE, db_create's. */
enum err hub_init(const struct hub_init *o, struct error *e);

/* The directory meant, without a slash at its end; new string, NULL when memory ends. */
char *hub_dir(const char *dir);
/* hub_open without the database; and the database alone (a process opens its own). */
enum err hub_open_files(const char *dir, struct hub **out, struct error *e);
enum err hub_connect(struct hub *hub, struct error *e);

#endif
