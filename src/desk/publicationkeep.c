/* Definitions that were laid down: held while a session works with them, and removed when no program needs them any more. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "desk/publication.h"

enum { PROGRAMS = 3, DAY = 86400 }; /* this one, and those before it that may be put back */

char *publication_hold(struct store *store, const char *dir, int *held)
{
	*held = -1;
	for (;;) {
		char *path = publication_share(store, dir);
		if (!path)
			return NULL;
		*held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		/* removed between the look and the lock: then others count */
		if (*held >= 0 && flock(*held, LOCK_SH) == 0 && access(path, R_OK | X_OK) == 0)
			return path;
		if (*held < 0) {
			free(path);
			return NULL;
		}
		close(*held);
		*held = -1;
		free(path);
	}
}

/* The newest for each of the newest programs. */
static enum err load_needed(struct desk *d, int64_t needed[PROGRAMS], struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	char best[PROGRAMS][40] = {"", "", ""};
	enum err r = store_rows(d->store, SQL_PUBLICATION_PROGRAMS, &rows, e, "");
	json_array_foreach(rows, i, row) {
		const char *program = json_text(row, "program");
		int at = PROGRAMS;
		while (at > 0 && strverscmp(program, best[at - 1]) > 0)
			at--;
		if (at < PROGRAMS) {
			memmove(best[at + 1], best[at], (size_t)(PROGRAMS - 1 - at) * sizeof *best);
			memmove(needed + at + 1, needed + at, (size_t)(PROGRAMS - 1 - at) * sizeof *needed);
			snprintf(best[at], sizeof best[at], "%s", program);
			needed[at] = json_number(row, "number");
		}
	}
	json_decref(rows);
	return r;
}

static bool is_needed(const int64_t needed[PROGRAMS], int64_t own, int64_t number)
{
	for (int i = 0; i < PROGRAMS; i++)
		if (needed[i] == number)
			return true;
	return number == own;
}

/* Out of sight first: a removal that is cut leaves nothing that looks whole. */
static void remove_unheld(const char *dir, const char *name)
{
	char *path = path_join(dir, name), *gone = NULL;
	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && asprintf(&gone, "%s.gone", path) >= 0 && rename(path, gone) == 0)
		publication_remove(gone);
	if (fd >= 0)
		close(fd);
	free(gone);
	free(path);
}

static bool is_leftover(const char *dir, const char *name, const char *end, int64_t now)
{
	struct stat st;
	char *path = path_join(dir, name);
	bool old = path && stat(path, &st) == 0 && now - st.st_mtime > DAY;
	free(path);
	return (strcmp(end, ".new") == 0 && old) || strcmp(end, ".gone") == 0;
}

enum err publication_sweep(struct desk *d, struct error *e)
{
	int64_t needed[PROGRAMS] = {0}, own = 0;
	char *dir = path_join(d->dir, "definitions");
	enum err r = dir ? load_needed(d, needed, e) : ERR_MEMORY;
	if (!r)
		r = store_int(d->store, SQL_PUBLICATION_DEFINITIONS, 0, &own, e, "t", CERTDESK_VERSION);
	int64_t newest = own; /* what is being placed right now has no row yet */
	for (int i = 0; i < PROGRAMS; i++)
		newest = needed[i] > newest ? needed[i] : newest;
	DIR *all = r ? NULL : opendir(dir); /* nothing was ever laid down: none */
	for (struct dirent *entry; all && (entry = readdir(all));) {
		char *end;
		int64_t number = strtoll(entry->d_name, &end, 10);
		if (end == entry->d_name || number < 1)
			continue;
		if (!*end ? number < newest && !is_needed(needed, own, number) : is_leftover(dir, entry->d_name, end, clock_now(&CLOCK_SYSTEM)))
			remove_unheld(dir, entry->d_name);
	}
	if (all)
		closedir(all);
	free(dir);
	return r;
}
