#include "desk/purgefiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "desk/files.h"
#include "notify/outbox.h"
#include "desk/tables.h"
#include "rules/retention.h"

enum { COPY_DAYS = 30, DAY = 86400 };
static const char copies[] = "certdesk.db.before-";

static enum err remove_documents(struct desk *d, int64_t seq, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_PURGE_FILES, &rows, e, "i", seq);
	while (!r && rows_next(rows)) {
		char *path = files_path(d, rows_text(rows, 0));
		if (path && unlink(path) != 0 && errno != ENOENT)
			r = error_set(e, ERR_FILE_WRITE, "%s", path);
		free(path);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err messages_before(struct desk *d, int64_t *before, struct error *e)
{
	struct retention kept;
	enum err r = tables_retention(d, &kept, e);
	*before = r ? 0 : retention_before(&kept, RETAIN_MESSAGE, desk_now(d));
	return r;
}

static enum err remove_messages(struct desk *d, int64_t seq, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	int64_t gone = 0, before = 0;
	enum err r = store_rows(d->store, SQL_PURGE_NUMBERS, &rows, e, "i", seq);
	size_t n = json_array_size(rows);
	const char **words = calloc(n + 1, sizeof *words);
	if (!words)
		abort();
	json_array_foreach(rows, i, row)
		words[i] = json_string_value(json_object_get(row, "no"));
	if (!r && n && !(r = messages_before(d, &before, e)))
		r = outbox_forget(d->dir, before, words, n, &gone, e);
	free(words);
	json_decref(rows);
	return r;
}

enum err purge_remove_files(struct desk *d, int64_t seq, struct error *e)
{
	enum err r = remove_documents(d, seq, e);
	return r ? r : remove_messages(d, seq, e);
}

static enum err remove_copies(struct desk *d, struct error *e)
{
	DIR *dir = opendir(d->dir);
	enum err r = OK;
	if (!dir)
		return error_set(e, ERR_FILE_READ, "%s", d->dir);
	for (struct dirent *entry; !r && (entry = readdir(dir));) {
		struct stat st;
		if (strncmp(entry->d_name, copies, sizeof copies - 1) == 0 && fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && desk_now(d) - st.st_mtime > (int64_t)COPY_DAYS * DAY && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			r = error_set(e, ERR_FILE_WRITE, "%s/%s", d->dir, entry->d_name);
	}
	closedir(dir);
	return r;
}

enum err purge_leftovers(struct desk *d, struct error *e)
{
	int64_t last = 0, gone = 0, before = 0;
	enum err r = messages_before(d, &before, e);
	if (!r)
		r = outbox_forget(d->dir, before, NULL, 0, &gone, e);
	if (!r)
		r = store_int(d->store, SQL_PURGE_LAST_AT, 0, &last, e, "");
	return r || !last ? r : remove_copies(d, e);
}
