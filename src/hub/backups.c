#include "hub/backups.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"

enum { COPY_DAYS = 30, DAY = 86400 };
static const char setting[] = "purged_at";

enum err backups_note(struct hub *hub, const char *path, struct error *e)
{
	char *whole = realpath(path, NULL);
	json_t *shown = json_printable(whole ? whole : path);
	enum err r = db_run(hub->db, HUB_SQL_BACKUP_ADD, NULL, e, "ti", json_string_value(shown), hub_now(hub));
	json_decref(shown);
	free(whole);
	return r;
}

static enum err purged_at(struct hub *hub, int64_t *at, struct error *e)
{
	return db_int(hub->db, HUB_SQL_RESTORE_SINCE, 0, at, e, "t", setting);
}

enum err backups_list(struct hub *hub, json_t **out, struct error *e)
{
	static const char *const times[] = {"made_at", "destroyed_at"};
	int64_t at = 0;
	json_t *row;
	size_t i;
	*out = NULL;
	enum err r = purged_at(hub, &at, e);
	if (!r)
		r = db_list(hub->db, HUB_SQL_BACKUP_LIST, out, e, "i", at);
	json_array_foreach(*out, i, row) {
		char text[21];
		for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
			int64_t utc = json_number(row, times[k]);
			rfc3339_text(utc, text);
			json_object_set_new(row, times[k], utc ? json_string(text) : json_null());
		}
		json_object_set_new(row, "holds_purged", json_boolean(json_number(row, "holds_purged") != 0));
	}
	return r;
}

enum err backups_destroyed(struct hub *hub, int64_t number, struct error *e)
{
	int64_t changed = 0;
	enum err r = db_run(hub->db, HUB_SQL_BACKUP_DESTROYED, &changed, e, "ii", number, hub_now(hub));
	return r || changed ? r : error_set(e, ERR_BACKUP_NONE, "%lld", (long long)number);
}

enum err backups_old(struct hub *hub, int64_t *count, struct error *e)
{
	int64_t at = 0;
	enum err r = purged_at(hub, &at, e);
	return r ? r : db_int(hub->db, HUB_SQL_BACKUP_OLD_COUNT, 0, count, e, "i", at);
}

enum err backups_purged(struct hub *hub, struct error *e)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)hub_now(hub));
	return db_run(hub->db, HUB_SQL_SETTING_SET, NULL, e, "tt", setting, (const char *)text);
}

/* "DIR/hub.db": copies are "hub.db.before-N" in DIR. */
static enum err remove_copies(struct hub *hub, char *path, struct error *e)
{
	char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strlen(name);
	enum err r = OK;
	if (slash)
		*slash = '\0';
	DIR *dir = opendir(slash ? path : ".");
	if (!dir)
		return error_set(e, ERR_FILE_READ, "%s", path);
	for (struct dirent *entry; !r && (entry = readdir(dir));) {
		struct stat st;
		if (strncmp(entry->d_name, name, n) == 0 && strncmp(entry->d_name + n, ".before-", 8) == 0 &&
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    hub_now(hub) - st.st_mtime > (int64_t)COPY_DAYS * DAY && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			r = error_set(e, ERR_FILE_WRITE, "%s", entry->d_name);
	}
	closedir(dir);
	return r;
}

enum err backups_tick(struct hub *hub, struct error *e)
{
	int64_t at = 0;
	enum err r = db_is_sqlite(hub->db) ? purged_at(hub, &at, e) : OK;
	if (r || !at)
		return r;
	char *path = strdup(hub->options.database + strlen("sqlite:"));
	r = path ? remove_copies(hub, path, e) : error_set(e, ERR_MEMORY, "database");
	free(path);
	db_settle(hub->db);
	return r;
}
