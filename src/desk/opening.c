/* A site is opened: its configuration, its keys, its store, what headquarters laid down for it. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/worker.h"
#include "desk/desk.h"
#include "desk/publication.h"
#include "desk/recovery.h"
#include "desk/tables.h"

char *desk_dir(const char *dir)
{
	const char *home = getenv("CERTDESK_HOME");
	if (!dir && home && *home)
		dir = home;
	if (dir)
		return strdup(dir);
	home = getenv("HOME");
	return path_join(home && *home ? home : ".", ".local/share/certdesk");
}

/* A key of ours is for us alone; one handed to us by another owner (a service manager) may be for our group. */
static bool key_open_to_others(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && (st.st_mode & (st.st_uid == geteuid() ? S_IRWXG | S_IRWXO : S_IRWXO));
}

static enum err load_key(struct desk *d, struct secret *key, struct error *e)
{
	struct bytes raw = {0};
	if (key_open_to_others(d->config.store_key))
		return error_set(e, ERR_DESK_KEY_MODE, "%s", d->config.store_key);
	enum err r = file_read(d->config.store_key, 128, &raw, NULL);
	if (r || !store_key_parse(raw.data, raw.length, key))
		r = error_set(e, ERR_DESK_KEY, "%s", d->config.store_key);
	OPENSSL_cleanse(raw.data, raw.length);
	bytes_free(&raw);
	return r;
}

/* Another site's key would open nothing that is there, yet seal what is new. The site's own key is the first. */
enum err desk_prove(struct desk *d, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = datakey_seal(d->store, 1, "site", "", 0, &sealed, e);
	bytes_free(&sealed);
	if (r)
		return r == ERR_SEALED ? error_set(e, ERR_DESK_KEY, "%s", d->config.store_key) : r;
	tables_complete(d, NULL); /* where it can't be done now (a full disk) the next opening tries again, and doctor tells */
	return OK;
}

static enum err load_site(struct desk *d, struct error *e)
{
	json_t *site = NULL;
	enum err r = store_row(d->store, SQL_SITE_GET, &site, e, "");
	if (!r && !site)
		r = error_set(e, ERR_STORE_BROKEN, "%s", d->dir);
	if (!r) {
		text_copy(d->site, sizeof d->site, json_text(site, "code"));
		text_copy(d->site_name, sizeof d->site_name, json_text(site, "name"));
		d->demonstration = json_number(site, "demonstration") != 0;
	}
	json_decref(site);
	return r;
}

/* The window: what the terminal's login says (sshd sets it from the key), else the configuration. */
static void choose_station(struct desk *d)
{
	const char *set = getenv("CERTDESK_STATION");
	text_copy(d->station, sizeof d->station, set && *set ? set : d->config.station);
}

/* Those that headquarters laid down for this version of the program go before the shipped ones. */
static enum err find_definitions(struct desk *d, char **codes, struct error *e)
{
	char *laid = publication_hold(d->store, d->dir, &d->share_held);
	if (laid) {
		free(d->share);
		d->share = laid;
	}
	if (!(*codes = path_join(d->share, "forms/codes")))
		return ERR_MEMORY;
	return access(*codes, R_OK) == 0 ? OK : error_set(e, ERR_DESK_SHARE, "%s", *codes);
}

static enum err find_site(const char *dir, char **site, char **share, char **file, struct error *e)
{
	*site = desk_dir(dir);
	*share = share_dir();
	*file = *site ? path_join(*site, "certdesk.db") : NULL;
	if (!*file || !*share)
		return *share ? ERR_MEMORY : error_set(e, ERR_DESK_SHARE, "forms/");
	return access(*file, F_OK) == 0 ? OK : error_set(e, ERR_STORE_MISSING, "%s", *site);
}

enum err desk_there(const char *dir, struct error *e)
{
	char *site = NULL, *share = NULL, *file = NULL;
	enum err r = find_site(dir, &site, &share, &file, e);
	free(site);
	free(share);
	free(file);
	return r;
}

enum err desk_open_unproven(const char *dir, struct desk **out, struct error *e)
{
	struct desk *d = calloc(1, sizeof *d);
	struct secret key = {0};
	char *file = NULL, *codes = NULL;
	*out = NULL;
	if (!d)
		return ERR_MEMORY;
	d->clock = CLOCK_SYSTEM;
	d->share_held = -1;
	enum err r = find_site(dir, &d->dir, &d->share, &file, e);
	if (!r && !(r = config_load(d->dir, &d->config, e)) && !(r = load_key(d, &key, e)) &&
	    !(r = store_open(file, &key, &d->store, e)) && !(r = load_site(d, e)) && !(r = desk_waits(d, &d->restored, e)) && !(r = find_definitions(d, &codes, e)) &&
	    !(r = codes_open(codes, &d->codes, e)))
		choose_station(d);
	secret_wipe(&key);
	free(file);
	free(codes);
	if (r)
		desk_close(&d);
	*out = d;
	return r;
}

enum err desk_open(const char *dir, struct desk **out, struct error *e)
{
	enum err r = desk_open_unproven(dir, out, e);
	if (!r && (r = desk_prove(*out, e)))
		desk_close(out);
	return r;
}

void desk_close(struct desk **desk)
{
	struct desk *d = *desk;
	if (!d)
		return;
	worker_end(&d->worker);
	worker_end(&d->clerk);
	for (size_t i = 0; i < DESK_FORMS; i++)
		form_free(&d->forms[i]);
	texts_free(&d->texts);
	messages_free(&d->messages);
	notify_close(&d->notify);
	ca_close(&d->ca);
	ca_close(&d->own_ca);
	profiles_free(&d->profiles);
	codes_free(&d->codes);
	store_close(&d->store);
	config_free(&d->config);
	free(d->dir);
	free(d->share);
	if (d->share_held >= 0)
		close(d->share_held);
	free(d);
	*desk = NULL;
}
