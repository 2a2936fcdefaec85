/* A whole copy of an SQLite database, for a backup or before a migration. */
#ifndef CERTDESK_STORE_COPY_H
#define CERTDESK_STORE_COPY_H

#include <sqlite3.h>

#include "base/error.h"

/* As it is at one moment, whole or not at all, into a new file (0600). ERR_FILE_WRITE. */
enum err copy_database(sqlite3 *from, const char *path, struct error *e);

#endif
