#include "hub/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "hub/options.h"
#include "hub/pki.h"

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* In YAML's double quotes. */
static enum err quote(struct bytes *out, const char *name, const char *value)
{
	enum err r = bytes_format(out, "%s: \"", name);
	for (const char *p = value; *p && !r; p++)
		r = *p == '"' || *p == '\\' ? bytes_format(out, "\\%c", *p) : bytes_add(out, p, 1);
	return r ? r : bytes_text(out, "\"\n");
}

static enum err write_yaml(const char *dir, const struct hub_init *o, struct error *e)
{
	struct bytes text = {0};
	char *path = path_join(dir, "hub.yaml");
	enum err r = path ? bytes_text(&text, "# certdesk-hub(8) describes every option\n") : ERR_MEMORY;
	if (!r && !(r = quote(&text, "url", o->url)) && o->database)
		r = quote(&text, "database", o->database);
	if (!r)
		r = file_write(path, 0600, text.data, text.length, e);
	free(path);
	bytes_free(&text);
	return r;
}

static enum err fill_database(const char *address, const struct hub_init *o, struct error *e)
{
	struct db *db = NULL;
	char now[24];
	snprintf(now, sizeof now, "%lld", (long long)o->now);
	struct error why = {0};
	enum err r = db_create(address, &db, &why);
	if (r == ERR_STORE_EXISTS)
		return error_set(e, ERR_HUB_DATABASE_TAKEN, "%s", why.detail);
	if (r && e)
		*e = why;
	if (!r && !(r = db_begin(db, e)) && !(r = db_run(db, HUB_SQL_SETTING_SET, NULL, e, "tt", "name", o->name)) &&
	    !(r = db_run(db, HUB_SQL_SETTING_SET, NULL, e, "tt", "made_at", now)) &&
	    !(r = db_run(db, HUB_SQL_SETTING_SET, NULL, e, "tt", "crl_number", "1")))
		r = db_commit(db, e);
	db_close(&db);
	return r;
}

static enum err make_database(const char *dir, const struct hub_init *o, struct error *e)
{
	struct bytes address = {0};
	bool below = !o->database || (text_starts(o->database, "sqlite:") && o->database[7] != '/');
	enum err r = below ? bytes_format(&address, "sqlite:%s/%s", dir, o->database ? o->database + 7 : "hub.db") : bytes_text(&address, o->database);
	if (!r)
		r = fill_database((char *)address.data, o, e);
	bytes_free(&address);
	return r;
}

static enum err make_all(const char *dir, const char *host, const struct hub_init *o, struct error *e)
{
	static const char *const below[] = {"keys", "files", "run"};
	enum err r = OK;
	for (size_t i = 0; !r && i < 3; i++) {
		char *sub = path_join(dir, below[i]);
		r = sub ? dir_make(sub, e) : ERR_MEMORY;
		free(sub);
	}
	char *keys = path_join(dir, "keys");
	if (!r && !keys)
		r = ERR_MEMORY;
	if (!r && !(r = pki_create(keys, o->name, host, o->now, e)) && !(r = write_yaml(dir, o, e)))
		r = make_database(dir, o, e);
	free(keys);
	return r;
}

/* The directory appears under its name when it is whole; an empty one that stood there is replaced. */
static enum err put_in_place(const char *made, const char *dir, struct error *e)
{
	int fd = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	if (rename(made, dir) == 0)
		return OK;
	return error_set(e, errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR ? ERR_HUB_EXISTS : ERR_FILE_WRITE, "%s", dir);
}

/* Nothing there, or an empty directory. */
static enum err check_free(const char *dir, struct error *e)
{
	DIR *d = opendir(dir);
	bool any = !d && errno != ENOENT;
	for (struct dirent *entry; d && (entry = readdir(d));)
		any = any || (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0);
	if (d)
		closedir(d);
	return any ? error_set(e, ERR_HUB_EXISTS, "%s", dir) : OK;
}

static enum err check(const struct hub_init *o, const char *dir, char host[256], struct error *e)
{
	int port;
	char *clean = text_nfc(o->name);
	enum err r = hub_url_split(o->url, host, &port, e);
	if (!r && (!clean || !*clean || strcmp(clean, o->name) != 0))
		r = error_set(e, ERR_USAGE, "--name %s", o->name);
	free(clean);
	return r ? r : check_free(dir, e);
}

enum err hub_init(const struct hub_init *o, struct error *e)
{
	char host[256], *dir = hub_dir(o->dir), *made = NULL, *parent = dir ? strdup(dir) : NULL;
	enum err r = parent && asprintf(&made, "%s.init-XXXXXX", dir) > 0 ? check(o, dir, host, e) : ERR_MEMORY;
	char *slash = parent ? strrchr(parent, '/') : NULL;
	if (!r && slash && slash != parent) {
		*slash = '\0';
		r = dir_make(parent, e);
	}
	if (!r && !mkdtemp(made))
		r = error_set(e, ERR_FILE_WRITE, "%s", dir);
	else if (!r) {
		if (!(r = make_all(made, host, o, e)))
			r = put_in_place(made, dir, e);
		if (r)
			remove_tree(made);
	}
	free(dir);
	free(made);
	free(parent);
	return r;
}
