#include "hub/reading.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "hub/options.h"
#include "hub/reading_follow.h"
#include "rules/region.h"
#include "store/reading.h"

enum { OPEN_MOST = 64, LOCK_TRIES = 3 };

#define SPOILT "spoilt" /* in the lock's file: the store is to be made anew */

/* DIR/reading/SITE and what stands behind it; new string, NULL when memory ends. */
static char *path_of(const struct hub *hub, const char *site, const char *suffix)
{
	char *out = NULL;
	return asprintf(&out, "%s/reading/%s%s", hub->dir, site, suffix) < 0 ? NULL : out;
}

/* The program's own version of the schema is in the name. */
static char *store_path(const struct hub *hub, const char *site)
{
	char suffix[32];
	snprintf(suffix, sizeof suffix, ".%d.db", reading_version());
	return path_of(hub, site, suffix);
}

static int open_lock(const struct hub *hub, const char *site)
{
	char *path = path_of(hub, site, ".lock");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	free(path);
	return fd;
}

/* What is noted in the lock's file: up to which entry purges are carried out, or that the store is spoilt. */
static void note_read(int lock, char out[24])
{
	ssize_t n = pread(lock, out, 23, 0);
	out[n > 0 ? n : 0] = '\0';
}

static void note_write(int lock, const char *text)
{
	if (ftruncate(lock, 0) != 0 || pwrite(lock, text, strlen(text), 0) < 0)
		return; /* then the store is looked at instead */
}

static void note_purged(int lock, struct store *store)
{
	char hash[DIGEST_TEXT_SIZE], text[24];
	int64_t head = 0, purged = 0;
	if (reading_head(store, &head, hash, NULL) == OK && reading_purged(store, &purged, NULL) == OK) {
		snprintf(text, sizeof text, "%lld", (long long)(head > purged ? head : purged));
		note_write(lock, text);
	}
}

static void remove_store(const char *path)
{
	static const char *const parts[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *name = NULL;
		if (asprintf(&name, "%s%s", path, parts[i]) >= 0)
			unlink(name);
		free(name);
	}
}

/* Stores of an older or newer program, for which there is no other use. */
static void remove_others(const struct hub *hub, const char *site, const char *mine)
{
	char *dir = path_join(hub->dir, "reading");
	DIR *d = dir ? opendir(dir) : NULL;
	size_t n = strlen(site);
	const char *keep = strrchr(mine, '/') + 1;
	for (struct dirent *f; d && (f = readdir(d));) {
		char *path = NULL;
		if (strncmp(f->d_name, site, n) == 0 && f->d_name[n] == '.' && strcmp(f->d_name + n, ".lock") != 0 && strncmp(f->d_name, keep, strlen(keep)) != 0 &&
		    (path = path_join(dir, f->d_name)))
			unlink(path);
		free(path);
	}
	if (d)
		closedir(d);
	free(dir);
}

/* Whether its newest entry is the chain's too: after a restore of either side it may be ahead, or another one. */
static enum err fits(struct hub *hub, const char *site, struct store *store, bool *good, struct error *e)
{
	char hash[DIGEST_TEXT_SIZE];
	json_t *row = NULL;
	int64_t seq = 0;
	enum err r = reading_head(store, &seq, hash, e);
	*good = false;
	if (!r && seq && !(r = db_row(hub->db, HUB_SQL_READING_ENTRY_AT, &row, e, "ti", site, seq)))
		*good = strcmp(json_text(row, "hash"), hash) == 0;
	else if (!r)
		*good = true;
	json_decref(row);
	return r;
}

static bool store_is_bad(enum err r)
{
	return r == ERR_STORE_BROKEN || r == ERR_STORE_FAULT || r == ERR_STORE_MISSING || r == ERR_STORE_NEWER;
}

/* The store that is there, where it is still good for anything; else a new one. Under the lock, alone. */
static enum err open_or_make(struct hub *hub, const struct reading_site *s, bool anew, struct store **out, struct error *e)
{
	bool good = false;
	enum err r = anew ? ERR_STORE_MISSING : reading_open(s->path, out, NULL);
	if (!r && (r = fits(hub, s->code, *out, &good, e)) && !store_is_bad(r)) {
		store_close(out);
		return r;
	}
	if (!r && good)
		return OK;
	store_close(out);
	remove_store(s->path);
	remove_others(hub, s->code, s->path);
	return reading_create(s->path, out, e);
}

/* Its entries are at fault, and the rows before them count. */
static bool entries_are_bad(enum err r)
{
	return r == ERR_HUB_READING || r == ERR_HUB_ALTERED || r == ERR_STORE_REPLICA || r == ERR_JSON;
}

/* Brought up to date while the lock is ours alone. */
static enum err update(struct hub *hub, struct reading_site *s, struct reading_progress *progress, struct error *e)
{
	struct store *store = NULL;
	char note[24];
	note_read(s->lock, note);
	enum err r = open_or_make(hub, s, strcmp(note, SPOILT) == 0, &store, e);
	if (!r && store_is_bad(r = reading_follow(hub, s->code, store, progress, e))) {
		store_close(&store);
		if (!(r = open_or_make(hub, s, true, &store, e)))
			r = reading_follow(hub, s->code, store, progress, e);
	}
	if (entries_are_bad(r)) {
		error_sentence(e, s->trouble, sizeof s->trouble);
		r = OK;
	}
	if (!r)
		note_purged(s->lock, store);
	store_close(&store);
	return r;
}

/* What another report that runs has just made of it will do. */
static bool is_there(const struct reading_site *s)
{
	char note[24];
	note_read(s->lock, note);
	return access(s->path, F_OK) == 0 && *note && strcmp(note, SPOILT) != 0;
}

static enum err bring_up(struct hub *hub, struct reading_site *s, struct reading_progress *progress, struct error *e)
{
	enum err r = OK;
	if ((s->lock = open_lock(hub, s->code)) < 0)
		return error_set(e, errno == ENOSPC ? ERR_HUB_FULL : ERR_FILE_WRITE, "%s", s->path);
	for (int i = 0; !r && i < LOCK_TRIES; i++) {
		if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
			r = update(hub, s, progress, e);
		if (!r && flock(s->lock, LOCK_SH) != 0)
			return error_set(e, ERR_FILE_WRITE, "%s", s->path);
		if (!r && is_there(s))
			return OK;
		flock(s->lock, LOCK_UN);
	}
	return r ? r : error_set(e, ERR_STORE_BUSY, "%s", s->code);
}

/* Up to where it is, read under the shared lock. */
static enum err look(struct readings *r, size_t i, struct error *e)
{
	struct reading_site *s = &r->sites[i];
	struct store *store = NULL;
	char hash[DIGEST_TEXT_SIZE];
	struct rows *rows = NULL;
	json_t *row = NULL;
	enum err rc = reading_store(r, i, &store, e), end;
	if (!rc && !(rc = reading_head(store, &s->seq, hash, e)) && s->seq && !(rc = db_row(r->hub->db, HUB_SQL_READING_ENTRY_AT, &row, e, "ti", s->code, s->seq)))
		s->at = json_number(row, "at");
	if (!rc && !(rc = store_query(store, SQL_DAY_FROZEN, &rows, e, "")) && rows_next(rows))
		text_copy(s->closed, sizeof s->closed, rows_text(rows, 0));
	end = rows_end(&rows, rc ? NULL : e);
	json_decref(row);
	return rc ? rc : end;
}

static enum err fill(struct readings *r, const json_t *row, struct error *e)
{
	struct reading_site *s = &r->sites[r->count];
	*s = (struct reading_site){.lock = -1, .there = json_number(row, "seq"), .seen = json_number(row, "last_seen"),
	                           .received_at = json_number(row, "received_at"), .refused = json_number(row, "refused"),
	                           .first_refused = json_number(row, "first_refused"), .fork_at = json_number(row, "fork_at"),
	                           .broken_at = json_number(row, "broken_at")};
	text_copy(s->code, sizeof s->code, json_text(row, "code"));
	text_copy(s->kind, sizeof s->kind, json_text(row, "kind"));
	text_copy(s->state, sizeof s->state, json_text(row, "state"));
	s->name = strdup(json_text(row, "name"));
	s->region = strdup(json_text(row, "region"));
	s->path = store_path(r->hub, s->code);
	r->count++;
	return s->name && s->region && s->path ? OK : error_set(e, ERR_MEMORY, "%s", s->code);
}

static enum err choose(struct readings *r, const char *region, const char *site, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err rc = site ? hub_site_check(site, e) : OK;
	if (!rc)
		rc = db_list(r->hub->db, HUB_SQL_READING_SITES, &rows, e, "");
	if (!rc && !(r->sites = calloc(json_array_size(rows) + 1, sizeof *r->sites)))
		rc = error_set(e, ERR_MEMORY, "sites");
	json_array_foreach(rows, i, row)
		if (!rc && (!site || strcmp(site, json_text(row, "code")) == 0) && (!region || region_within(json_text(row, "region"), region)))
			rc = fill(r, row, e);
	if (!rc && !r->count)
		rc = site ? error_set(e, ERR_HUB_NO_SITE, "%s", site) : error_set(e, ERR_HUB_NO_READING, "%s", region ? region : r->hub->dir);
	json_decref(rows);
	return rc;
}

/* A lock for each site, and a few open stores. */
static void raise_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool has_store(const struct reading_site *s)
{
	return strcmp(s->state, "enrolled") != 0 || s->there > 0;
}

static enum err bring_up_all(struct readings *r, struct reading_progress *progress, struct error *e)
{
	bool any = false;
	enum err rc = OK;
	for (size_t i = 0; !rc && i < r->count; i++) {
		if (!has_store(&r->sites[i]))
			continue;
		any = true;
		if (!(rc = bring_up(r->hub, &r->sites[i], progress, e)))
			rc = look(r, i, e);
	}
	return rc || any ? rc : error_set(e, ERR_HUB_NO_READING, "%s", r->hub->dir);
}

/* How many entries there are to read, for the bar: as far as the notes tell. */
static int64_t to_read(const struct readings *r)
{
	int64_t n = 0;
	for (size_t i = 0; i < r->count; i++) {
		char note[24] = "";
		char *path = path_of(r->hub, r->sites[i].code, ".lock");
		int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (fd >= 0) {
			note_read(fd, note);
			close(fd);
		}
		free(path);
		int64_t have = strtoll(note, NULL, 10);
		n += have < r->sites[i].there ? r->sites[i].there - have : 0;
	}
	return n;
}

enum err readings_open(struct hub *hub, const char *region, const char *site, void (*tell)(void *arg, int64_t done, int64_t of), void *arg,
                       struct readings **out, struct error *e)
{
	char *dir = path_join(hub->dir, "reading");
	struct readings *r = calloc(1, sizeof *r);
	*out = NULL;
	enum err rc = dir && r ? dir_make(dir, e) : error_set(e, ERR_MEMORY, "reading");
	if (r)
		r->hub = hub;
	if (!rc && !(rc = choose(r, region, site, e))) {
		struct reading_progress progress = {.tell = tell, .arg = arg, .of = to_read(r)};
		raise_limit();
		rc = bring_up_all(r, &progress, e);
	}
	if (rc && r)
		readings_close(&r);
	*out = r;
	free(dir);
	return rc;
}

void readings_close(struct readings **readings)
{
	struct readings *r = *readings;
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++) {
		struct reading_site *s = &r->sites[i];
		store_close(&s->store);
		if (s->lock >= 0)
			close(s->lock);
		free(s->name);
		free(s->region);
		free(s->path);
	}
	free(r->sites);
	free(r);
	*readings = NULL;
}

/* Under the shared lock nobody writes: a store may be closed and opened between two statements, and says the same. */
enum err reading_store(struct readings *r, size_t i, struct store **out, struct error *e)
{
	struct reading_site *s = &r->sites[i];
	*out = s->store;
	if (s->store || !has_store(s))
		return OK;
	for (size_t k = 0; r->open >= OPEN_MOST && k < r->count; k++)
		if (r->sites[k].store) {
			store_close(&r->sites[k].store);
			r->open--;
		}
	enum err rc = reading_open(s->path, &s->store, e);
	r->open += !rc;
	*out = s->store;
	return rc;
}

void reading_spoilt(struct readings *r, size_t i)
{
	if (r->sites[i].lock >= 0)
		note_write(r->sites[i].lock, SPOILT);
}

static enum err purge_one(struct hub *hub, const char *site, int64_t last, struct error *e)
{
	char *path = store_path(hub, site), note[24] = "";
	int lock = path ? open_lock(hub, site) : -1;
	struct store *store = NULL;
	enum err r = path ? OK : error_set(e, ERR_MEMORY, "%s", site);
	if (lock >= 0)
		note_read(lock, note);
	if (!r && lock >= 0 && strtoll(note, NULL, 10) < last && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		remove_others(hub, site, path);
		if (reading_open(path, &store, NULL) || reading_follow_purges(hub, site, store, e)) {
			store_close(&store);
			remove_store(path); /* what can't be purged goes whole */
			note_write(lock, SPOILT);
		} else
			note_purged(lock, store);
		store_close(&store);
	}
	if (lock >= 0)
		close(lock);
	free(path);
	return r;
}

enum err readings_purge(struct hub *hub, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	char *dir = path_join(hub->dir, "reading");
	bool any = dir && access(dir, F_OK) == 0;
	free(dir);
	enum err r = any ? db_list(hub->db, HUB_SQL_REMAINS_SITES, &rows, e, "") : OK;
	json_array_foreach(rows, i, row)
	{
		const char *site = json_text(row, "site");
		char *lock = path_of(hub, site, ".lock");
		if (!r && lock && access(lock, F_OK) == 0) /* else no report was ever made of it */
			r = purge_one(hub, site, json_number(row, "seq"), e);
		free(lock);
	}
	json_decref(rows);
	return r;
}
