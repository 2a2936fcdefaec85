#include "hub/authority.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "ca/address.h"
#include "hub/mainkey.h"
#include "rules/region.h"

enum { KEY_FILE_MOST = 128, KEY_LENGTH = 32 };

struct authority {
	struct ca *ca;
	struct secret seal; /* for certificates in the database */
	struct secret names; /* … and for whose they are */
	struct profiles *profiles;
	struct code_tables *codes;
};

struct ca *authority_ca(const struct hub *hub)
{
	return hub->authority->ca;
}

void authority_close(struct authority **authority)
{
	struct authority *a = *authority;
	if (!a)
		return;
	ca_close(&a->ca);
	secret_wipe(&a->seal);
	secret_wipe(&a->names);
	profiles_free(&a->profiles);
	codes_free(&a->codes);
	free(a);
	*authority = NULL;
}

static char *below(const struct hub *hub, const char *name)
{
	return path_join(hub->dir, name);
}

bool authority_exists(const struct hub *hub)
{
	char *path = below(hub, "ca/" CA_LOCAL_FILE);
	bool there = path && access(path, F_OK) == 0;
	free(path);
	return there;
}

/* The hub key; made where `make` and it isn't there. */
static enum err hub_key(const struct hub *hub, bool make, struct secret *out, struct error *e)
{
	uint8_t fresh[KEY_LENGTH];
	struct bytes raw = {0};
	char *path = below(hub, "keys/ca.key");
	enum err r = path ? OK : ERR_MEMORY;
	if (!r && make && access(path, F_OK) != 0 && errno == ENOENT) {
		random_bytes(fresh, sizeof fresh);
		r = file_write(path, 0600, fresh, sizeof fresh, e);
		OPENSSL_cleanse(fresh, sizeof fresh);
	}
	if (!r && (file_read(path, KEY_FILE_MOST, &raw, NULL) || raw.length != KEY_LENGTH))
		r = error_set(e, ERR_HUB_KEYS, "%s", path);
	if (!r)
		secret_set(out, raw.data, raw.length);
	if (raw.data)
		OPENSSL_cleanse(raw.data, raw.length);
	bytes_free(&raw);
	free(path);
	return r;
}

static enum err passphrase_of(const struct secret *key, struct secret *out)
{
	struct secret raw = {0};
	char hex[2 * KEY_LENGTH + 1];
	enum err r = key_derive(key, "ca-key", &raw);
	if (!r) {
		hex_encode(hex, (uint8_t *)raw.data, KEY_LENGTH);
		secret_set(out, hex, 2 * KEY_LENGTH);
		OPENSSL_cleanse(hex, sizeof hex);
	}
	secret_wipe(&raw);
	return r;
}

enum err authority_open(struct hub *hub, struct error *e)
{
	struct secret key = {0}, passphrase = {0};
	char *dir = below(hub, "ca");
	enum err r = hub->authority ? OK : dir ? OK : ERR_MEMORY;
	if (!r && !hub->authority) {
		struct authority *a = calloc(1, sizeof *a);
		if (!a)
			r = ERR_MEMORY;
		else if (!authority_exists(hub))
			r = error_set(e, ERR_HUB_NO_CA, "%s", hub->dir);
		else if (!(r = hub_key(hub, false, &key, e)) && !(r = passphrase_of(&key, &passphrase)) && !(r = key_derive(&key, "ca-seal", &a->seal)) &&
		         !(r = key_derive(&key, "ca-names", &a->names)))
			r = ca_open(dir, &passphrase, &a->ca, e);
		if (r)
			authority_close(&a);
		hub->authority = a;
	}
	secret_wipe(&key);
	secret_wipe(&passphrase);
	free(dir);
	return r;
}

enum err authority_make(struct hub *hub, const char *name, struct error *e)
{
	struct secret key = {0}, passphrase = {0};
	char *dir = below(hub, "ca");
	enum err r = dir ? hub_key(hub, true, &key, e) : ERR_MEMORY;
	if (!r && !(r = passphrase_of(&key, &passphrase)))
		r = ca_local_create(dir, name, &passphrase, true, hub_now(hub), e);
	secret_wipe(&key);
	secret_wipe(&passphrase);
	free(dir);
	return r;
}

enum err authority_chain(struct hub *hub, struct bytes *pem, struct error *e)
{
	enum err r = authority_open(hub, e);
	return r ? r : ca_chain(hub->authority->ca, pem, e);
}

enum err authority_profile(struct hub *hub, const char *name, const struct profile **out, struct error *e)
{
	struct authority *a = hub->authority;
	char *share = a->profiles ? NULL : share_dir(), *path = share ? path_join(share, "forms/tables/profiles.yaml") : NULL;
	enum err r = a->profiles ? OK : path ? profiles_load(path, &a->profiles, e) : error_set(e, ERR_DESK_SHARE, "forms/");
	*out = r ? NULL : profiles_find(a->profiles, name);
	free(path);
	free(share);
	return r || *out ? r : error_set(e, ERR_CA_PROFILE, "%.40s", name);
}

enum err authority_values(struct hub *hub, json_t *values, struct error *e)
{
	struct authority *a = hub->authority;
	char *share = a->codes ? NULL : share_dir(), *path = share ? path_join(share, "forms/codes") : NULL;
	enum err r = a->codes ? OK : path ? codes_open(path, &a->codes, e) : error_set(e, ERR_DESK_SHARE, "forms/");
	free(path);
	free(share);
	const struct hub_options *o = &hub->options;
	return r || (r = region_add_names(a->codes, values, e)) ? r : address_add(values, o->ca_crl_url, o->ca_issuer_url, o->ca_ocsp_url, e);
}

enum err authority_newest_crl(struct hub *hub, json_t **row, struct bytes *der, struct error *e)
{
	struct db_rows *rows = NULL;
	size_t length = 0;
	enum err r = db_query(hub->db, HUB_SQL_CA_CRL_NEWEST, &rows, e, "");
	*row = NULL;
	if (!r && db_rows_next(rows)) {
		const void *blob = db_rows_blob(rows, 4, &length);
		*row = json_pack("{sI sI sI sI}", "number", (json_int_t)db_rows_int(rows, 0), "this_update", (json_int_t)db_rows_int(rows, 1),
		                 "next_update", (json_int_t)db_rows_int(rows, 2), "entries", (json_int_t)db_rows_int(rows, 3));
		r = *row ? bytes_add(der, blob, length) : error_set(e, ERR_MEMORY, "crl");
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err authority_crl_der(struct hub *hub, struct bytes *der, struct error *e)
{
	json_t *row = NULL;
	enum err r = authority_newest_crl(hub, &row, der, e);
	json_decref(row);
	return r;
}

/* --- issuing ------------------------------------------------------------------------------------------------------------ */

enum err authority_unseal(struct hub *hub, const char *serial, const void *sealed, size_t length, struct bytes *der, struct error *e)
{
	enum err r = authority_open(hub, e);
	if (!r && (r = unseal((uint8_t *)hub->authority->seal.data, serial, sealed, length, der)))
		error_set(e, r, "%s", serial);
	return r;
}

enum err authority_seal(const struct hub *hub, const char *serial, const void *der, size_t length, struct bytes *sealed)
{
	return seal((uint8_t *)hub->authority->seal.data, serial, der, length, sealed);
}

void authority_digest(const struct hub *hub, const char *text, char out[DIGEST_TEXT_SIZE])
{
	digest_keyed(&hub->authority->names, "holder", text, strlen(text), out);
}

const char *authority_pair(const struct cert_info *info, char out[DIGEST_TEXT_SIZE])
{
	digest_text(info->spki.data, info->spki.length, out);
	return out;
}

enum err authority_issue(struct hub *hub, const char *site, const char *key, const char *digest, const char *order_no, int64_t item,
                         const struct ca_order *order, struct bytes *der, struct error *e)
{
	struct cert_info info = {0};
	struct bytes sealed = {0};
	char pair[DIGEST_TEXT_SIZE];
	int64_t now = hub_now(hub);
	enum err r = db_run(hub->db, HUB_SQL_CA_REQUEST_INSERT, NULL, e, "ttttii", site, key, digest, order_no, item, now);
	if (!r && !(r = ca_issue(hub->authority->ca, order, &info, der, e)) &&
	    !(r = authority_seal(hub, info.serial, der->data, der->length, &sealed)))
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_INSERT, NULL, e, "ttttiiibt", info.serial, site, key, order->profile->product,
		           order->not_before, order->not_after, now, (const void *)sealed.data, sealed.length, authority_pair(&info, pair));
	cert_info_free(&info);
	bytes_free(&sealed);
	return r;
}

enum err authority_status(struct hub *hub, json_t **out, struct error *e)
{
	json_t *crl = NULL;
	struct bytes der = {0};
	int64_t certificates = 0;
	*out = NULL;
	enum err r = authority_open(hub, e);
	if (!r)
		r = authority_newest_crl(hub, &crl, &der, e);
	if (!r)
		r = db_int(hub->db, HUB_SQL_CA_CERTIFICATE_COUNT, 0, &certificates, e, "");
	if (!r) {
		const struct cert_info *info = ca_info(hub->authority->ca);
		char end[21], until[21] = "";
		rfc3339_text(info->not_after, end);
		if (crl)
			rfc3339_text(json_number(crl, "next_update"), until);
		*out = json_pack("{ss ss ss sb sI sI ss sI}", "name", info->common_name, "serial", info->serial, "not_after", end, "demonstration",
		                 ca_demonstration(hub->authority->ca), "certificates", (json_int_t)certificates, "crl",
		                 (json_int_t)json_number(crl, "number"), "crl_until", until, "revoked", (json_int_t)json_number(crl, "entries"));
		r = *out ? OK : error_set(e, ERR_MEMORY, "ca");
	}
	bytes_free(&der);
	json_decref(crl);
	return r;
}

enum err authority_crl_pem(struct hub *hub, struct bytes *pem, struct error *e)
{
	json_t *row = NULL;
	struct bytes der = {0};
	enum err r = authority_open(hub, e);
	if (!r)
		r = authority_newest_crl(hub, &row, &der, e);
	if (!r)
		r = row ? crl_pem(der.data, der.length, pem, e) : error_set(e, ERR_HUB_NO_CA, "%s", hub->dir);
	json_decref(row);
	bytes_free(&der);
	return r;
}
