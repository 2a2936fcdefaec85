#include "desk/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/pack.h"
#include "desk/output.h"
#include "desk/recovery.h"

/* What it was made from, for whoever unpacks it. */
static enum err add_manifest(struct desk *d, struct pack *p, struct error *e)
{
	int64_t schema = 0, works_from = 0;
	enum err r = store_schema(d->store, &schema, &works_from, e);
	if (r)
		return r;
	json_t *about = json_pack("{si ss sI sI ss ss}", "backup", 1, "program", CERTDESK_VERSION, "schema", (json_int_t)schema, "works_from",
	                          (json_int_t)works_from, "site", d->site, "name", d->site_name);
	desk_time(about, "made_at", desk_now(d));
	char *text = json_dumps(about, JSON_INDENT(1));
	r = text ? pack_add(p, "backup.json", text, strlen(text), e) : ERR_MEMORY;
	free(text);
	json_decref(about);
	return r;
}

static enum err add_below(struct desk *d, struct pack *p, const char *name, bool directory, struct error *e)
{
	char *path = path_join(d->dir, name);
	enum err r = !path ? ERR_MEMORY : directory ? pack_add_dir(p, name, path, e) : pack_add_file(p, name, path, e);
	free(path);
	return r;
}

/* The store first: documents that it names are there, and only ever added. */
static enum err add_site(struct desk *d, struct pack *p, const char *copy, struct error *e)
{
	static const char *const files[] = {"certdesk.yaml", RECOVERY_FILE}, *const dirs[] = {"ca", "files", "reports", "definitions"};
	enum err r = add_manifest(d, p, e);
	if (!r)
		r = pack_add_file(p, "certdesk.db", copy, e);
	for (size_t i = 0; !r && i < 2; i++)
		r = add_below(d, p, files[i], false, e);
	for (size_t i = 0; !r && i < sizeof dirs / sizeof *dirs; i++)
		r = add_below(d, p, dirs[i], true, e);
	return r;
}

static enum err write_pack(struct desk *d, const char *path, struct error *e)
{
	struct pack *p = NULL;
	char *copy = NULL;
	enum err r = pack_create(path, &p, e);
	if (r)
		return r;
	if (asprintf(&copy, "%s.part.store", path) < 0) {
		copy = NULL;
		r = ERR_MEMORY;
	} else if (store_is_copy(copy)) /* of a run that was cut: this one holds the name */
		unlink(copy);
	else if (access(copy, F_OK) == 0) {
		r = error_set(e, ERR_FILE_PATH, "%s", copy);
		free(copy);
		copy = NULL;
	}
	if (!r)
		r = store_backup(d->store, copy, e);
	if (!r)
		r = add_site(d, p, copy, e);
	if (copy)
		unlink(copy);
	if (r)
		pack_abandon(&p);
	else
		r = pack_finish(&p, e);
	free(copy);
	return r;
}

static enum err record(struct desk *d, const char *path, const struct staff *who, struct error *e)
{
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	char *whole = realpath(path, NULL);
	json_t *shown = json_printable(whole ? whole : path);
	if (!(r = store_run(d->store, SQL_BACKUP_ADD, NULL, e, who->id ? "tii" : "tin", json_string_value(shown), desk_now(d), who->id)))
		r = desk_commit(d, MAY_BACKUP, NULL, d->site, NULL, NULL, e);
	store_rollback(d->store);
	json_decref(shown);
	free(whole);
	return r;
}

/* One that isn't recorded isn't kept: when what it holds is purged, nobody would be told to destroy it. */
enum err backup_write(struct desk *d, const char *path, struct error *e)
{
	const struct staff *who = NULL;
	enum err r = desk_allow(d, MAY_BACKUP, &who, e);
	if (r || (r = output_place(d, path, e)) || (r = write_pack(d, path, e)))
		return r;
	if ((r = record(d, path, who, e)))
		unlink(path);
	return r;
}

enum err backup_list(struct desk *d, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_BACKUP, NULL, e);
	if (!r)
		r = store_rows(d->store, SQL_BACKUP_LIST, out, e, "");
	json_array_foreach(*out, i, row) {
		desk_time(row, "made_at", json_number(row, "made_at"));
		desk_time(row, "destroyed_at", json_number(row, "destroyed_at"));
		json_object_set_new(row, "holds_purged", json_boolean(json_number(row, "holds_purged") != 0));
	}
	return r;
}

enum err backup_declare_destroyed(struct desk *d, int64_t number, struct error *e)
{
	const struct staff *who = NULL;
	char subject[24];
	int64_t changed = 0;
	enum err r = desk_allow(d, MAY_BACKUP, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	snprintf(subject, sizeof subject, "%lld", (long long)number);
	if (!(r = store_run(d->store, SQL_BACKUP_DESTROYED, &changed, e, "iii", number, desk_now(d), who->id)))
		r = changed ? desk_commit(d, MAY_BACKUP, "backup.destroyed", subject, NULL, NULL, e) : error_set(e, ERR_BACKUP_NONE, "%s", subject);
	store_rollback(d->store);
	return r;
}

enum err backup_old_count(struct desk *d, int64_t *count, struct error *e)
{
	return store_int(d->store, SQL_BACKUP_OLD_COUNT, 0, count, e, "");
}
