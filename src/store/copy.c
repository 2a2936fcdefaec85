#include "store/copy.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/internal.h"

enum err copy_database(sqlite3 *from, const char *path, struct error *e)
{
	sqlite3 *to = NULL;
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(e, ERR_FILE_WRITE, "%s", path);
	close(fd);
	enum err r = ERR_FILE_WRITE;
	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK) {
		sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
		if (b && sqlite3_backup_step(b, -1) == SQLITE_DONE)
			r = OK;
		if (b && sqlite3_backup_finish(b) != SQLITE_OK)
			r = ERR_FILE_WRITE;
	}
	sqlite3_close(to);
	if (r) {
		unlink(path);
		error_set(e, r, "%s", path);
	}
	return r;
}

enum err store_backup(struct store *s, const char *path, struct error *e)
{
	return copy_database(s->db, path, e);
}
