/* What a killed program or a lost disk leaves beside the store. Nothing here is named by any row. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "desk/attach.h"
#include "desk/files.h"

enum { DAY = 86400, NAME_MOST = 64, SUFFIX = 7 };

struct sweep {
	struct desk *d;
	uint64_t *named; /* the first digits of every document's file, in order */
	size_t count;
	int64_t gone;
};

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static uint64_t head_of(const char *file)
{
	char digits[17];
	snprintf(digits, sizeof digits, "%.16s", file);
	return strtoull(digits, NULL, 16);
}

/* One pass over the store instead of a search for each file. */
static enum err load_named(struct sweep *s, struct error *e)
{
	struct rows *rows = NULL;
	size_t room = 0;
	enum err r = store_query(s->d->store, SQL_DOCUMENT_FILES, &rows, e, "");
	while (!r && rows_next(rows)) {
		if (s->count == room) {
			room = room ? room * 2 : 1024;
			uint64_t *more = realloc(s->named, room * sizeof *more);
			if (!more) {
				r = ERR_MEMORY;
				break;
			}
			s->named = more;
		}
		s->named[s->count++] = head_of(rows_text(rows, 0));
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	if (s->count)
		qsort(s->named, s->count, sizeof *s->named, compare);
	return r ? r : end;
}

/* As file_write names what it hasn't finished: NAME.XXXXXX. */
static bool unfinished(const char *name)
{
	size_t n = strlen(name);
	if (n <= SUFFIX || name[n - SUFFIX] != '.')
		return false;
	const char *digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	return strspn(name + n - SUFFIX + 1, digits) == SUFFIX - 1;
}

/* files/ab/cdef… is the document abcdef…. Who attaches the same content now takes the file that is there: looked up once more and
 * removed under the store's lock. Where the store can't tell, it stays. */
static bool drop_unnamed(const struct sweep *s, const char *dir, const char *name)
{
	char file[NAME_MOST + 1];
	const char *last = strrchr(dir, '/');
	if (!last || strlen(last + 1) != 2 || strlen(name) != NAME_MOST - 2)
		return false;
	memcpy(file, last + 1, 2);
	memcpy(file + 2, name, NAME_MOST - 1); /* with its end */
	uint64_t head = head_of(file);
	if (s->count && bsearch(&head, s->named, s->count, sizeof head, compare))
		return false;
	return files_drop(s->d, file);
}

static void sweep_dir(struct sweep *s, const char *dir, bool documents)
{
	struct dirent *entry;
	struct stat st;
	DIR *handle = opendir(dir);
	while (handle && (entry = readdir(handle))) {
		if (entry->d_name[0] == '.' || fstatat(dirfd(handle), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		char *path = S_ISDIR(st.st_mode) ? path_join(dir, entry->d_name) : NULL;
		if (path)
			sweep_dir(s, path, documents);
		else if (S_ISREG(st.st_mode) && desk_now(s->d) - st.st_mtime > DAY &&
		         (unfinished(entry->d_name) ? unlinkat(dirfd(handle), entry->d_name, 0) == 0 : documents && drop_unnamed(s, dir, entry->d_name)))
			s->gone++;
		free(path);
	}
	if (handle)
		closedir(handle);
}

enum err attach_sweep(struct desk *d, int64_t *gone, struct error *e)
{
	static const struct {
		const char *dir;
		bool documents;
	} places[] = {{"files", true}, {"outbox", false}, {"ca", false}, {"reports", false}};
	struct sweep s = {.d = d};
	char counter[32] = "sweep-";
	int64_t first = 0; /* of the day: a start that isn't writes nothing */
	*gone = 0;
	desk_business_date(d, counter + strlen(counter));
	enum err r = store_begin(d->store, e);
	if (!r && !(r = store_run(d->store, SQL_COUNTER_FIRST, &first, e, "t", counter)))
		r = store_commit_plain(d->store, e);
	store_rollback(d->store);
	if (!r && first)
		r = load_named(&s, e);
	for (size_t i = 0; !r && first && i < sizeof places / sizeof *places; i++) {
		char *dir = path_join(d->dir, places[i].dir);
		if (dir)
			sweep_dir(&s, dir, places[i].documents);
		free(dir);
	}
	*gone = s.gone;
	free(s.named);
	return r;
}
