/* What SQLite's last error means, for every connection of the project: ERR_STORE_FULL, _READONLY, _BUSY, _BROKEN, ERR_MEMORY, else
 * ERR_STORE_FAULT with its own words. `where` is the detail. */
#ifndef CERTDESK_STORE_FAULT_H
#define CERTDESK_STORE_FAULT_H

#include <sqlite3.h>

#include "base/error.h"

enum err sqlite_fault(sqlite3 *db, const char *where, struct error *e);

#endif
