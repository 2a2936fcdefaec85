#include "hub/hub.h"

#include <openssl/pem.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/authority.h"
#include "hub/values.h"
#include "hub/files.h"
#include "hub/init.h"
#include "hub/options.h"
#include "hub/pki.h"
#include "hub/keyring.h"
#include "hub/signers.h"

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
	enum err r = db_open(h->options.database, &h->db, e);
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

int64_t hub_now(const struct hub *hub)
{
	return clock_now(&hub->clock);
}

enum err hub_sign(const struct hub *hub, const char *text, size_t length, struct bytes *out, struct error *e)
{
	unsigned char signature[160];
	size_t n = sizeof signature;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, hub->sign_key) == 1 &&
	            EVP_DigestSign(c, signature, &n, (const unsigned char *)text, length) == 1;
	EVP_MD_CTX_free(c);
	return good ? bytes_add(out, signature, n) : error_set(e, ERR_CRYPTO, "signature");
}

static X509 *read_pem(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, "") : NULL;
	BIO_free(bio);
	return x;
}

enum err hub_certificate(const struct hub *hub, const char *site, const char *kind, X509 **out, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(hub->db, HUB_SQL_CERTIFICATE_CURRENT, &rows, e, "tt", site, kind);
	*out = NULL;
	if (r)
		return r;
	if (db_rows_next(rows))
		*out = read_pem(db_rows_text(rows, 0));
	r = db_rows_end(&rows, e);
	return r || *out ? r : error_set(e, ERR_HUB_NO_SITE, "%s", site);
}

const char *hub_account(void)
{
	const struct passwd *who = getpwuid(geteuid());
	return who ? who->pw_name : "";
}

enum err hub_alarm(const struct hub *hub, const char *site, const char *kind, const char *detail, struct error *e)
{
	return db_run(hub->db, HUB_SQL_ALARM_INSERT, NULL, e, "ttti", site, kind, detail, hub_now(hub));
}

enum err hub_alarm_once(const struct hub *hub, const char *site, const char *kind, const char *detail, int most, struct error *e)
{
	int64_t known = 0, today = 0;
	enum err r = most ? db_int(hub->db, HUB_SQL_ALARM_SINCE, 0, &today, e, "tti", site, kind, hub_now(hub) - 86400) : OK;
	if (r || (most && today >= most))
		return r;
	r = db_int(hub->db, HUB_SQL_ALARM_KNOWN, 0, &known, e, "ttt", site, kind, detail);
	return r || known ? r : hub_alarm(hub, site, kind, detail, e);
}
