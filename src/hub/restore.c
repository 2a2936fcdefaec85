#include "hub/restore.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pack.h"
#include "hub/init.h"
#include "hub/verify.h"

static enum err pack_all(struct hub *hub, struct pack *p, const char *copy, struct error *e)
{
	char *yaml = path_join(hub->dir, "hub.yaml"), *keys = path_join(hub->dir, "keys"), *ca = path_join(hub->dir, "ca");
	enum err r = yaml && keys && ca ? pack_add_file(p, "database", copy, e) : error_set(e, ERR_MEMORY, "backup");
	if (!r)
		r = pack_add_file(p, "hub.yaml", yaml, e);
	if (!r)
		r = pack_add_dir(p, "keys", keys, e);
	if (!r)
		r = pack_add_dir(p, "ca", ca, e);
	if (!r) /* after the database: files are there before rows name them */
		r = pack_add_dir(p, "files", hub->options.files, e);
	free(yaml);
	free(keys);
	free(ca);
	return r;
}

enum err hub_backup_whole(struct hub *hub, const char *path, struct error *e)
{
	struct pack *p = NULL;
	char *copy = NULL;
	if (asprintf(&copy, "%s.database.%d", path, (int)getpid()) < 0)
		return error_set(e, ERR_MEMORY, "backup");
	enum err r = access(path, F_OK) == 0 ? error_set(e, ERR_FILE_PATH, "%s", path) : db_backup(hub->db, copy, e);
	if (!r && !(r = pack_create(path, &p, e)) && !(r = pack_all(hub, p, copy, e)))
		r = pack_finish(&p, e);
	if (p)
		pack_abandon(&p);
	unlink(copy);
	free(copy);
	return r;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag, (void)at;
	return remove(path);
}

static bool is_sqlite(const char *path)
{
	char head[16] = "";
	FILE *f = fopen(path, "re");
	bool good = f && fread(head, 1, sizeof head, f) == sizeof head && memcmp(head, "SQLite format 3", 16) == 0;
	if (f)
		fclose(f);
	return good;
}

/* The database under the name that hub.yaml gives it. */
static enum err place_database(const char *work, struct error *e)
{
	struct hub *hub = NULL;
	char *copy = path_join(work, "database");
	enum err r = copy ? hub_open_files(work, &hub, e) : error_set(e, ERR_MEMORY, "restore");
	const char *to = r ? "" : hub->options.database;
	if (!r && (strncmp(to, "sqlite:", 7) != 0 || !is_sqlite(copy)))
		r = error_set(e, ERR_HUB_RESTORE_KIND, "%s", copy);
	if (!r && rename(copy, to + 7) != 0)
		r = error_set(e, ERR_FILE_WRITE, "%s", to + 7);
	hub_close(&hub);
	free(copy);
	return r;
}

static enum err set_time(struct hub *hub, const char *name, int64_t at, struct error *e)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)at);
	return db_run(hub->db, HUB_SQL_SETTING_SET, NULL, e, "tt", name, (const char *)text);
}

static enum err prove(const char *work, const char *dir, json_t **out, struct error *e)
{
	struct hub *hub = NULL;
	struct hub_report report;
	enum err r = hub_open(work, &hub, e);
	if (!r)
		r = hub_verify_all(hub, &report, NULL, NULL, e);
	if (!r)
		r = set_time(hub, RESTORED_AT, hub_now(hub), e);
	if (!r)
		*out = json_pack("{ss sI sI sI}", "dir", dir, "sites", (json_int_t)report.sites, "entries", (json_int_t)report.entries, "files",
		                 (json_int_t)report.files);
	hub_close(&hub);
	return r;
}

enum err hub_restore(const char *named, const char *path, json_t **out, struct error *e)
{
	char *dir = hub_dir(named), *work = NULL;
	*out = NULL;
	enum err r = dir && asprintf(&work, "%s.restoring", dir) > 0 ? OK : error_set(e, ERR_MEMORY, "restore");
	if (!r && (access(dir, F_OK) == 0 || mkdir(work, 0700) != 0)) {
		r = error_set(e, ERR_HUB_RESTORE_PLACE, "%s", dir);
		free(work);
		work = NULL;
	}
	if (!r && !(r = pack_unpack(path, work, e)) && !(r = place_database(work, e)) && !(r = prove(work, dir, out, e)) && rename(work, dir) != 0)
		r = error_set(e, ERR_FILE_WRITE, "%s", dir);
	if (r && work)
		nftw(work, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	free(work);
	free(dir);
	return r;
}

enum err hub_declare_restore(struct hub *hub, const char *by, const char *with, struct error *e)
{
	char detail[200];
	if (!*by || !*with || strcmp(by, with) == 0)
		return error_set(e, ERR_HUB_TWO_PERSONS, "%s", by);
	snprintf(detail, sizeof detail, "%.80s, %.80s", by, with);
	enum err r = db_begin(hub->db, e);
	if (!r)
		r = db_run(hub->db, HUB_SQL_RESTORE_FLOOR, NULL, e, "");
	if (!r)
		r = hub_alarm(hub, "", "restore", detail, e);
	if (!r)
		r = set_time(hub, RESTORED_AT, 0, e);
	if (!r)
		r = set_time(hub, DECLARED_AT, hub_now(hub), e);
	if (!r)
		r = db_commit(hub->db, e);
	db_rollback(hub->db);
	return r;
}
