#include "store/fault.h"

#include <errno.h>

#include "store/internal.h"

enum err sqlite_fault(sqlite3 *db, const char *where, struct error *e)
{
	static const struct {
		int sqlite;
		enum err code;
	} map[] = {
		{SQLITE_FULL, ERR_STORE_FULL},     {SQLITE_READONLY, ERR_STORE_READONLY}, {SQLITE_CANTOPEN, ERR_STORE_READONLY},
		{SQLITE_BUSY, ERR_STORE_BUSY},     {SQLITE_LOCKED, ERR_STORE_BUSY},       {SQLITE_CORRUPT, ERR_STORE_BROKEN},
		{SQLITE_NOTADB, ERR_STORE_BROKEN}, {SQLITE_NOMEM, ERR_MEMORY},
	};
	int last = errno, code = sqlite3_errcode(db), system = sqlite3_system_errno(db);
	if (!system) /* SQLite forgets it where a commit fails */
		system = last;
	if (code == SQLITE_IOERR && (system == ENOSPC || system == EFBIG || system == EDQUOT))
		code = SQLITE_FULL;
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (map[i].sqlite == code)
			return error_set(e, map[i].code, "%s", where);
	return error_set(e, ERR_STORE_FAULT, "%s: %s", where, sqlite3_errmsg(db));
}

enum err store_fault(struct store *s, const char *where, struct error *e)
{
	return sqlite_fault(s->db, where, e);
}
