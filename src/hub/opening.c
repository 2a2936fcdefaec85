/* Headquarters is opened: its directory, options, keys, files and database. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "hub/authority.h"
#include "hub/files.h"
#include "hub/hub.h"
#include "hub/init.h"
#include "hub/keyring.h"
#include "hub/options.h"
#include "hub/pki.h"
#include "hub/signers.h"
#include "hub/values.h"

char *hub_dir(const char *dir)
{
	const char *home = getenv("HOME");
	if (!dir)
		dir = getenv("CERTDESK_HUB_HOME");
	if (dir && *dir) {
		char *copy = strdup(dir);
		for (size_t n = copy ? strlen(copy) : 0; n > 1 && copy[n - 1] == '/'; n--)
			copy[n - 1] = '\0';
		return copy;
	}
	return path_join(home && *home ? home : "/root", ".local/share/certdesk-hub");
}

static enum err load_keys(struct hub *h, struct error *e)
{
	char *keys = path_join(h->dir, "keys");
	enum err r = keys ? OK : ERR_MEMORY;
	if (!r && !(r = pki_load(keys, "root", NULL, &h->root, e)) && !(r = pki_load(keys, "sign", &h->sign_key, &h->sign, e)))
		r = pki_load(keys, "encrypt", &h->encrypt_key, &h->encrypt, e);
	free(keys);
	return r;
}

static enum err load_name(struct hub *h, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(h->db, HUB_SQL_SETTING_GET, &rows, e, "t", "name");
	if (r)
		return r;
	h->name = db_rows_next(rows) ? strdup(db_rows_text(rows, 0)) : NULL;
	r = db_rows_end(&rows, e);
	return r || h->name ? r : error_set(e, ERR_STORE_BROKEN, "setting name");
}

enum err hub_open_files(const char *dir, struct hub **out, struct error *e)
{
	struct hub *h = calloc(1, sizeof *h);
	struct stat st;
	*out = NULL;
	if (!h || !(h->dir = hub_dir(dir))) {
		free(h);
		return error_set(e, ERR_MEMORY, "hub");
	}
	h->clock = CLOCK_SYSTEM;
	h->signer_keys = signer_keys_make();
	h->kept_keys = kept_keys_make();
	char *absolute = realpath(h->dir, NULL), *yaml = absolute ? path_join(absolute, "hub.yaml") : NULL;
	enum err r = yaml && stat(yaml, &st) == 0 ? OK : error_set(e, ERR_HUB_MISSING, "%s", h->dir);
	if (!r) {
		free(h->dir);
		h->dir = absolute;
		absolute = NULL;
		if (!(r = hub_options_load(h->dir, &h->options, e)) && !(r = load_keys(h, e)))
			r = hub_files_open(&h->options, &h->files, e);
	}
	free(absolute);
	free(yaml);
	if (r)
		hub_close(&h);
	*out = h;
	return r;
}

enum err hub_connect(struct hub *h, struct error *e)
{
	struct error why = {0};
	enum err r = db_open(h->options.database, &h->db, &why);
	if (r == ERR_STORE_MISSING)
		return error_set(e, ERR_HUB_NO_DATABASE, "%s", why.detail);
	if (r && e)
		*e = why;
	return r ? r : h->name ? OK : load_name(h, e);
}

enum err hub_open(const char *dir, struct hub **out, struct error *e)
{
	enum err r = hub_open_files(dir, out, e);
	if (!r && (r = hub_connect(*out, e)))
		hub_close(out);
	return r;
}

void hub_close(struct hub **hub)
{
	struct hub *h = *hub;
	if (!h)
		return;
	authority_close(&h->authority);
	hub_forms_free(&h->forms);
	signer_keys_free(&h->signer_keys);
	kept_keys_free(&h->kept_keys);
	db_close(&h->db);
	hub_files_close(&h->files);
	hub_options_free(&h->options);
	X509_free(h->root);
	X509_free(h->sign);
	X509_free(h->encrypt);
	EVP_PKEY_free(h->sign_key);
	EVP_PKEY_free(h->encrypt_key);
	free(h->name);
	free(h->dir);
	free(h);
	*hub = NULL;
}
