/* A site made from a backup. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/text.h"
#include "desk/backup.h"
#include "desk/recovery.h"
#include "desk/restored.h"
#include "desk/staff.h"
#include "store/journal.h"

enum { MANIFEST_LIMIT = 1 << 16, CONFIG_LIMIT = 1 << 20, CMS_LIMIT = 1 << 20, KEY_LIMIT = 128 };

/* One restore: everything lies in `work`, beside `dir`, until it is proven. */
struct restore {
	const struct restore_options *o;
	char *dir, *work, *key_dir, *key_file;
	struct secret key;
	json_t *manifest;
	bool key_made, key_dir_made; /* by us: taken away again where it fails */
	struct journal_report report;
	int64_t newest;
	bool waits; /* for headquarters */
};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag, (void)at;
	return remove(path);
}

static void restore_end(struct restore *s, bool done)
{
	if (!done && s->work)
		nftw(s->work, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (!done && s->key_made)
		unlink(s->key_file);
	if (!done && s->key_dir_made)
		rmdir(s->key_dir);
	secret_wipe(&s->key);
	json_decref(s->manifest);
	free(s->dir);
	free(s->work);
	free(s->key_dir);
	free(s->key_file);
}

static bool empty_or_missing(const char *dir)
{
	DIR *d = opendir(dir);
	if (!d)
		return errno == ENOENT;
	bool empty = true;
	for (struct dirent *entry; empty && (entry = readdir(d));)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(d);
	return empty;
}

/* The directory beside DIR, on the same disk, so that one rename puts it in place. */
static enum err find_places(struct restore *s, struct error *e)
{
	char *given = desk_dir(s->o->dir), *parent = NULL, *slash;
	size_t n = given ? strlen(given) : 0;
	enum err r = given ? OK : ERR_MEMORY;
	while (n > 1 && given[n - 1] == '/')
		given[--n] = '\0';
	if (!r && !empty_or_missing(given))
		r = error_set(e, ERR_RESTORE_PLACE, "%s", given);
	if (!r && (parent = strdup(given)) && (slash = strrchr(parent, '/')) && slash != parent) {
		*slash = '\0';
		r = dir_make(parent, e);
	}
	if (!r && (asprintf(&s->work, "%s.restore-XXXXXX", given) < 0 || !(s->dir = strdup(given)) ||
	           (s->o->keys ? !(s->key_dir = strdup(s->o->keys)) : asprintf(&s->key_dir, "%s.keys", given) < 0) ||
	           !(s->key_file = path_join(s->key_dir, "store.key"))))
		r = ERR_MEMORY;
	if (!r && !mkdtemp(s->work)) {
		r = error_set(e, ERR_FILE_WRITE, "%s", s->work);
		free(s->work);
		s->work = NULL;
	}
	char *whole = r ? NULL : realpath(s->work, NULL); /* its configuration names the key in it, and relative names count from there */
	if (whole) {
		free(s->work);
		s->work = whole;
	}
	free(parent);
	free(given);
	return r;
}

static enum err read_member(struct restore *s, const char *name, size_t limit, struct bytes *out, struct error *e)
{
	char *path = path_join(s->work, name);
	enum err r = !path ? ERR_MEMORY : access(path, F_OK) != 0 ? error_set(e, ERR_BACKUP_CONTENT, "%s", name) : file_read(path, limit, out, e);
	free(path);
	return r;
}

/* Backups from before "works_from" are for their own schema's program and newer ones. */
static bool for_this_program(const json_t *manifest)
{
	const char *oldest = json_object_get(manifest, "works_from") ? "works_from" : "schema";
	return json_number(manifest, "backup") == 1 && json_number(manifest, oldest) <= sql_migration_count;
}

/* Whole by its digest, and something that this program can read. */
static enum err unpack(struct restore *s, struct error *e)
{
	struct bytes text = {0};
	enum err r = pack_unpack(s->o->file, s->work, e);
	if (!r && !(r = read_member(s, "backup.json", MANIFEST_LIMIT, &text, e)))
		r = json_parse((char *)text.data, text.length, &s->manifest, e);
	if (!r && !for_this_program(s->manifest))
		r = error_set(e, ERR_BACKUP_NEWER, "%s", json_text(s->manifest, "program"));
	bytes_free(&text);
	return r;
}

static enum err find_key(struct restore *s, struct error *e)
{
	struct bytes text = {0};
	const struct restore_options *o = s->o;
	enum err r;
	if (o->store_key) {
		r = file_read(o->store_key, KEY_LIMIT, &text, e);
		if (!r && !store_key_parse(text.data, text.length, &s->key))
			r = error_set(e, ERR_RESTORE_KEY, "%s", o->store_key);
	} else {
		r = read_member(s, RECOVERY_FILE, CMS_LIMIT, &text, NULL);
		r = r == ERR_BACKUP_CONTENT ? error_set(e, ERR_RECOVERY_NONE, "%s", o->file)
		    : r                     ? error_set(e, r, "%s", RECOVERY_FILE)
		                            : recovery_unwrap(text.data, text.length, o->recovery_key, o->recovery_password, &s->key, e);
	}
	OPENSSL_cleanse(text.data, text.length);
	bytes_free(&text);
	return r;
}

/* The configuration as it was, but for where the key is. */
static enum err write_config(struct restore *s, const char *key_file, struct error *e)
{
	struct bytes old = {0}, text = {0};
	char *path = path_join(s->work, "certdesk.yaml");
	enum err r = path ? read_member(s, "certdesk.yaml", CONFIG_LIMIT, &old, e) : ERR_MEMORY;
	bool said = false;
	for (char *line = (char *)old.data, *end; !r && line && *line; line = end) {
		end = line + strcspn(line, "\n");
		end += *end == '\n';
		bool key = strncmp(line, "store_key:", 10) == 0;
		if (!key)
			r = bytes_add(&text, line, (size_t)(end - line));
		else if (!said)
			r = config_key_line(&text, key_file, e);
		said = said || key;
	}
	if (!r && !said && !(r = bytes_text(&text, "\n")))
		r = config_key_line(&text, key_file, e);
	if (!r)
		r = file_write(path, 0600, text.data, text.length, e);
	bytes_free(&old);
	bytes_free(&text);
	free(path);
	return r;
}

static enum err write_key(const char *path, const struct secret *key, struct error *e)
{
	char text[STORE_KEY_LINE + 1];
	store_key_text(key, text);
	enum err r = file_write(path, 0600, text, STORE_KEY_LINE, e);
	OPENSSL_cleanse(text, sizeof text);
	return r;
}

/* Who may: an administrator of that very site, and a second one where it has two. */
static enum err allow(struct restore *s, struct desk *d, bool *alone, struct error *e)
{
	const struct restore_options *o = s->o;
	enum err r = staff_login(d, o->user, o->password, e);
	if (!r && o->with)
		r = staff_second(d, o->with, o->with_password, e);
	if (!r)
		r = desk_allow(d, MAY_RESTORE, NULL, e);
	return r ? r : staff_two_admins(d, MAY_RESTORE, alone, e);
}

static enum err record(struct restore *s, struct desk *d, bool alone, struct error *e)
{
	json_t *facts = json_pack("{sb ss ss}", "alone", alone, "made_at", json_text(s->manifest, "made_at"), "head", s->report.head);
	enum err r = restored_joined(d, &s->waits, e);
	if (!r && s->waits)
		r = restored_note(d, facts, e);
	else if (!r && !(r = store_begin(d->store, e)))
		r = desk_commit(d, MAY_RESTORE, NULL, d->site, NULL, facts, e);
	json_decref(facts);
	return r;
}

/* Opens the unpacked site: its key must open it, its journal must verify, and who does it must be allowed to. */
static enum err prove(struct restore *s, struct error *e)
{
	struct desk *d = NULL;
	bool alone = false;
	char hash[DIGEST_TEXT_SIZE], *key_here = path_join(s->work, "store.key");
	int64_t seq = 0;
	enum err r = key_here ? write_key(key_here, &s->key, e) : ERR_MEMORY;
	if (!r)
		r = write_config(s, key_here, e);
	if (!r && (r = desk_open_unproven(s->work, &d, e)) == OK && (r = desk_prove(d, e)) == ERR_DESK_KEY)
		error_set(e, r = ERR_RESTORE_KEY, "%s", s->o->store_key ? s->o->store_key : s->o->recovery_key);
	if (r == ERR_STORE_MISSING)
		r = error_set(e, ERR_BACKUP_CONTENT, "%s", "certdesk.db");
	if (r == ERR_STORE_NEWER)
		r = error_set(e, ERR_BACKUP_NEWER, "%s", json_text(s->manifest, "program"));
	if (!r)
		r = journal_verify(d->store, &s->report, s->o->progress, s->o->arg, e);
	if (!r)
		r = journal_head(d->store, &seq, &s->newest, hash, e);
	if (!r && !(r = allow(s, d, &alone, e)))
		r = record(s, d, alone, e);
	desk_close(&d);
	if (key_here)
		unlink(key_here);
	free(key_here);
	return r;
}

/* The key where it belongs; one that is there already must be the same. */
static enum err place_key(struct restore *s, struct error *e)
{
	struct bytes text = {0};
	struct secret there = {0};
	if (access(s->key_file, F_OK) == 0) {
		enum err r = file_read(s->key_file, KEY_LIMIT, &text, e);
		if (!r && !(store_key_parse(text.data, text.length, &there) && there.length == s->key.length &&
		            CRYPTO_memcmp(there.data, s->key.data, there.length) == 0))
			r = error_set(e, ERR_STORE_EXISTS, "%s", s->key_file);
		OPENSSL_cleanse(text.data, text.length);
		bytes_free(&text);
		secret_wipe(&there);
		return r;
	}
	s->key_dir_made = access(s->key_dir, F_OK) != 0;
	enum err r = dir_make(s->key_dir, e);
	s->key_made = !r;
	return r ? r : write_key(s->key_file, &s->key, e);
}

static enum err put_in_place(struct restore *s, struct error *e)
{
	static const char *const below[] = {"files", "inbox", "outbox"};
	char *absolute = NULL, *manifest = path_join(s->work, "backup.json");
	enum err r = manifest ? place_key(s, e) : ERR_MEMORY;
	if (!r && !(absolute = realpath(s->key_file, NULL)))
		r = ERR_MEMORY;
	if (!r)
		r = write_config(s, absolute, e);
	for (size_t i = 0; !r && i < 3; i++) {
		char *sub = path_join(s->work, below[i]);
		r = sub ? dir_make(sub, e) : ERR_MEMORY;
		free(sub);
	}
	if (!r)
		unlink(manifest);
	if (!r && rename(s->work, s->dir) != 0) /* over an empty directory at most */
		r = errno == ENOTEMPTY || errno == EEXIST ? error_set(e, ERR_RESTORE_PLACE, "%s", s->dir) : error_set(e, ERR_FILE_WRITE, "%s", s->dir);
	free(absolute);
	free(manifest);
	return r;
}

enum err desk_restore(const struct restore_options *o, json_t **out, struct error *e)
{
	struct restore s = {.o = o};
	*out = NULL;
	enum err r = find_places(&s, e);
	if (!r && !(r = unpack(&s, e)) && !(r = find_key(&s, e)) && !(r = prove(&s, e)) && !(r = put_in_place(&s, e))) {
		*out = json_pack("{ss ss so so sI sI ss}", "site", json_text(s.manifest, "site"), "name", json_text(s.manifest, "name"), "dir",
		                 json_printable(s.dir), "store_key", json_printable(s.key_file), "entries", (json_int_t)s.report.entries, "records", (json_int_t)s.report.records, "head",
		                 s.report.head);
		desk_time(*out, "newest", s.newest);
		json_object_set_new(*out, "waits_for_headquarters", json_boolean(s.waits));
		json_object_set_new(*out, "made_at", json_string(json_text(s.manifest, "made_at")));
	}
	restore_end(&s, r == OK);
	return r;
}
