#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "desk/desk.h"
#include "desk/recovery.h"
#include "desk/staff.h"
#include "desk/tables.h"
#include "store/journal.h"

/* The places of a site, all made here. */
struct places {
	char *db, *yaml, *key_dir, *key, *ca, *recovery, *share_tables;
};

static void places_free(struct places *p)
{
	free(p->db);
	free(p->yaml);
	free(p->key_dir);
	free(p->key);
	free(p->ca);
	free(p->recovery);
	free(p->share_tables);
}

static enum err find_places(const struct init_options *o, const char *dir, struct places *p)
{
	char *share = share_dir();
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	bool good = share != NULL;
	if (o->keys)
		good = good && (p->key_dir = strdup(o->keys));
	else /* beside DIR, not in it: a copy of DIR alone opens nothing */
		good = good && asprintf(&p->key_dir, "%.*s.keys", (int)n, dir) > 0;
	good = good && (p->db = path_join(dir, "certdesk.db")) && (p->yaml = path_join(dir, "certdesk.yaml")) &&
	       (p->key = path_join(p->key_dir, "store.key")) && (p->ca = path_join(dir, "ca")) && (p->recovery = path_join(dir, RECOVERY_FILE)) &&
	       (p->share_tables = path_join(share, "forms/tables"));
	free(share);
	return good ? OK : ERR_MEMORY;
}

static enum err write_key(const char *path, struct secret *key, struct error *e)
{
	uint8_t raw[32];
	char hex[STORE_KEY_LINE + 1];
	random_bytes(raw, sizeof raw);
	secret_set(key, raw, sizeof raw);
	store_key_text(key, hex);
	enum err r = access(path, F_OK) == 0 ? error_set(e, ERR_STORE_EXISTS, "%s", path) : file_write(path, 0600, hex, STORE_KEY_LINE, e);
	OPENSSL_cleanse(raw, sizeof raw);
	OPENSSL_cleanse(hex, sizeof hex);
	return r;
}

static enum err write_recovery(const struct init_options *o, const struct places *p, const struct secret *key, int64_t now, struct error *e)
{
	struct bytes cms = {0};
	if (!o->recovery)
		return OK;
	enum err r = recovery_wrap(o->recovery, key, now, &cms, e);
	if (!r)
		r = file_write(p->recovery, 0600, cms.data, cms.length, e);
	bytes_free(&cms);
	return r;
}

static enum err write_config(const struct places *p, struct error *e)
{
	struct bytes text = {0};
	char *absolute = realpath(p->key, NULL);
	enum err r = absolute ? bytes_text(&text, "# certdesk.conf(5) describes every option\n") : ERR_MEMORY;
	if (!r)
		r = config_key_line(&text, absolute, e);
	if (!r)
		r = file_write(p->yaml, 0600, text.data, text.length, e);
	free(absolute);
	bytes_free(&text);
	return r;
}

/* The first entry: site, window, shipped tables, first administrator. */
static enum err first_step(struct desk *d, const struct init_options *o, const struct places *p, struct error *e)
{
	struct bytes public_key = {0}, private_sealed = {0};
	char record[PASSWORD_RECORD_SIZE];
	int64_t dk = 0, now = desk_now(d);
	const char *admin_name = o->admin_name ? o->admin_name : o->admin;
	enum err r = password_make(o->password, record);
	if (!r && !(r = journal_make_keys(store_key(d->store), &public_key, &private_sealed, e)) && !(r = store_begin(d->store, e))) {
		if (!(r = datakey_new(d->store, &dk, e)) &&
		    !(r = store_insert(d->store, SQL_SITE_INSERT, NULL, e, "ittbbi", dk, o->site, o->name, (const void *)public_key.data,
		                       public_key.length, (const void *)private_sealed.data, private_sealed.length, now)) &&
		    !(r = store_insert(d->store, SQL_STATION_INSERT, NULL, e, "tt", "01", "01")) &&
		    !(r = tables_load_shipped(d, p->share_tables, 0, e)) && !(r = datakey_new(d->store, &dk, e)) &&
		    !(r = store_insert(d->store, SQL_STAFF_INSERT, NULL, e, "itttti", dk, o->admin, admin_name, "admin", record, now))) {
			d->timer = true;
			r = desk_commit(d, MAY_STAFF, "site.init", o->site, NULL, NULL, e);
			d->timer = false;
		}
		store_rollback(d->store);
	}
	bytes_free(&public_key);
	bytes_free(&private_sealed);
	return r;
}

static enum err make_ca(const struct init_options *o, const struct places *p, const struct secret *key, int64_t now, struct error *e)
{
	struct secret raw = {0}, passphrase = {0};
	char hex[65];
	enum err r = key_derive(key, "ca-key", &raw);
	if (r)
		return error_set(e, r, "ca-key");
	hex_encode(hex, (uint8_t *)raw.data, 32);
	secret_set(&passphrase, hex, 64);
	r = ca_local_create(p->ca, o->name, &passphrase, true, now, e);
	OPENSSL_cleanse(hex, sizeof hex);
	secret_wipe(&raw);
	secret_wipe(&passphrase);
	return r;
}

static enum err check_options(const struct init_options *o, struct error *e)
{
	if (!site_code_good(o->site))
		return error_set(e, ERR_USAGE, "--site %s", o->site);
	if (!login_good(o->admin))
		return error_set(e, ERR_DESK_LOGIN_NAME, "%s", o->admin);
	char *name = NULL, *admin = NULL;
	enum err r = name_clean(o->name, &name, e);
	if (!r && o->admin_name)
		r = name_clean(o->admin_name, &admin, e);
	free(name);
	free(admin);
	if (r)
		return r;
	return o->password->length < PASSWORD_LEAST ? error_set(e, ERR_DESK_PASSWORD_WEAK, "%s", "") : OK;
}

/* Before anything is made: a certificate that can't be used is found by using it. */
static enum err check_recovery(const struct init_options *o, int64_t now, struct error *e)
{
	struct secret nothing = {0};
	struct bytes cms = {0};
	if (!o->recovery)
		return OK;
	secret_set(&nothing, (const uint8_t[32]){0}, 32);
	enum err r = recovery_wrap(o->recovery, &nothing, now, &cms, e);
	bytes_free(&cms);
	return r;
}

/* What a failed init leaves must not be taken for a site. */
static void undo(const struct places *p)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	for (size_t i = 0; p->db && i < 3; i++) {
		char *file = NULL;
		if (asprintf(&file, "%s%s", p->db, suffixes[i]) > 0)
			unlink(file);
		free(file);
	}
	char *ca_file = p->ca ? path_join(p->ca, CA_LOCAL_FILE) : NULL;
	const char *rest[] = {p->yaml, p->key, ca_file, p->recovery};
	for (size_t i = 0; i < 4; i++)
		if (rest[i])
			unlink(rest[i]);
	if (p->ca)
		rmdir(p->ca);
	if (p->key_dir)
		rmdir(p->key_dir);
	free(ca_file);
}

/* One at a time, and never over what is there: a store, or the CA or configuration of one that was lost. */
static enum err claim(const char *dir, const struct places *p, int *lock, struct error *e)
{
	enum err r = dir_make(dir, e);
	if (r)
		return r;
	*lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0 || flock(*lock, LOCK_EX) != 0)
		return error_set(e, ERR_FILE_READ, "%s", dir);
	char *ca_file = path_join(p->ca, CA_LOCAL_FILE);
	const char *const kept[] = {p->db, p->yaml, p->key, ca_file, p->recovery};
	r = ca_file ? OK : ERR_MEMORY;
	for (size_t i = 0; !r && i < sizeof kept / sizeof *kept; i++)
		if (access(kept[i], F_OK) == 0)
			r = error_set(e, ERR_STORE_EXISTS, "%s", kept[i]);
	free(ca_file);
	return r;
}

enum err desk_init(const struct init_options *o, struct error *e)
{
	struct places p = {0};
	struct secret key = {0};
	struct desk d = {.clock = CLOCK_SYSTEM, .station = "01"};
	static const char *const below[] = {"files", "inbox", "outbox"};
	char *dir = desk_dir(o->dir);
	enum err r = dir ? check_options(o, e) : ERR_MEMORY;
	int lock = -1;
	if (!r)
		r = check_recovery(o, o->now ? o->now : desk_now(&d), e);
	if (!r && !(r = find_places(o, dir, &p)))
		r = claim(dir, &p, &lock, e);
	if (r)
		goto out;
	text_copy(d.site, sizeof d.site, o->site);
	if (o->now)
		d.clock.fixed = o->now;
	for (size_t i = 0; !r && i < 3; i++) {
		char *sub = path_join(dir, below[i]);
		r = sub ? dir_make(sub, e) : ERR_MEMORY;
		free(sub);
	}
	if (!r && !(r = dir_make(p.key_dir, e)) && !(r = write_key(p.key, &key, e))) {
		if (!(r = write_config(&p, e)) && !(r = write_recovery(o, &p, &key, desk_now(&d), e)) &&
		    (o->without_ca || !(r = make_ca(o, &p, &key, desk_now(&d), e))) && !(r = store_create(p.db, &key, &d.store, e)))
			r = first_step(&d, o, &p, e);
		store_close(&d.store);
		if (r)
			undo(&p);
	}
out:
	if (lock >= 0)
		close(lock);
	secret_wipe(&key);
	places_free(&p);
	free(dir);
	return r;
}
