#include "hub/authority.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "ca/address.h"
#include "hub/crlfile.h"
#include "hub/feed.h"
#include "hub/mainkey.h"
#include "hub/restore.h"
#include "rules/region.h"

enum { DAY = 86400, CERTIFICATE_HOLD = 6, KEY_FILE_MOST = 128, KEY_LENGTH = 32 };

struct authority {
	struct ca *ca;
	struct secret seal; /* for certificates in the database */
	struct secret names; /* … and for whose they are */
	struct profiles *profiles;
	struct code_tables *codes;
};

const struct ca *authority_ca(const struct hub *hub)
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

static enum err make_files(struct hub *hub, const char *name, struct error *e)
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

static enum err joined_sites(struct hub *hub, json_t **out, struct error *e)
{
	return db_list(hub->db, HUB_SQL_CA_JOINED_SITES, out, e, "");
}

enum err authority_create(struct hub *hub, const char *name, struct error *e)
{
	json_t *sites = NULL, *row;
	size_t i;
	enum err r = make_files(hub, name, e);
	if (!r)
		r = authority_open(hub, e);
	if (!r && !(r = db_begin(hub->db, e)) && !(r = joined_sites(hub, &sites, e))) {
		json_array_foreach(sites, i, row)
			if (!r)
				r = authority_tell(hub, json_text(row, "code"), e);
		if (!r)
			r = db_commit(hub->db, e);
	}
	db_rollback(hub->db);
	json_decref(sites);
	return r ? r : authority_crl(hub, NULL, e);
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

/* --- what sites are told ----------------------------------------------------------------------------------------------- */

static enum err newest_crl(struct hub *hub, json_t **row, struct bytes *der, struct error *e)
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
	enum err r = newest_crl(hub, &row, der, e);
	json_decref(row);
	return r;
}

/* The ones before it are of no use to anybody any more. What it says is put in when it is fetched (authority_crl_item): one list, not one for each
 * of thousands of sites. */
static enum err give_crl(struct hub *hub, const char *site, struct error *e)
{
	enum err r = db_run(hub->db, HUB_SQL_CA_FEED_FORGET, NULL, e, "t", site);
	return r ? r : feed_add(hub, site, "crl", "", json_object(), e);
}

enum err authority_crl_item(struct hub *hub, struct bytes *body, struct error *e)
{
	json_t *row = NULL, *item = NULL;
	struct bytes der = {0};
	enum err r = newest_crl(hub, &row, &der, e);
	if (!r && !(item = json_object()))
		r = error_set(e, ERR_MEMORY, "crl");
	if (!r && !(r = json_set_base64(item, "der", der.data, der.length, e)) && json_canonical(item, body))
		r = error_set(e, ERR_MEMORY, "crl");
	json_decref(item);
	json_decref(row);
	bytes_free(&der);
	return r;
}

static enum err give_chain(struct hub *hub, const char *site, struct error *e)
{
	struct bytes pem = {0};
	enum err r = ca_chain(hub->authority->ca, &pem, e);
	if (!r)
		r = feed_add(hub, site, "ca", "", json_pack("{ss}", "chain", (char *)pem.data), e);
	bytes_free(&pem);
	return r;
}

enum err authority_tell(struct hub *hub, const char *site, struct error *e)
{
	int64_t lists = 0;
	if (!authority_exists(hub))
		return OK;
	enum err r = authority_open(hub, e);
	if (!r)
		r = give_chain(hub, site, e);
	if (!r)
		r = db_int(hub->db, HUB_SQL_CA_CRL_COUNT, 0, &lists, e, "");
	return !r && lists ? give_crl(hub, site, e) : r;
}

/* --- issuing ------------------------------------------------------------------------------------------------------------ */

enum err authority_unseal(struct hub *hub, const char *serial, const void *sealed, size_t length, struct bytes *der, struct error *e)
{
	enum err r = authority_open(hub, e);
	if (!r && (r = unseal((uint8_t *)hub->authority->seal.data, serial, sealed, length, der)))
		error_set(e, r, "%s", serial);
	return r;
}

void authority_digest(const struct hub *hub, const char *text, char out[DIGEST_TEXT_SIZE])
{
	digest_keyed(&hub->authority->names, "holder", text, strlen(text), out);
}

static const char *pair_of(const struct cert_info *info, char out[DIGEST_TEXT_SIZE])
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
	    !(r = seal((uint8_t *)hub->authority->seal.data, info.serial, der->data, der->length, &sealed)))
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_INSERT, NULL, e, "ttttiiibt", info.serial, site, key, order->profile->product,
		           order->not_before, order->not_after, now, (const void *)sealed.data, sealed.length, pair_of(&info, pair));
	cert_info_free(&info);
	bytes_free(&sealed);
	return r;
}

/* --- states ------------------------------------------------------------------------------------------------------------- */

static bool state_known(const char *state)
{
	return strcmp(state, "active") == 0 || strcmp(state, "suspended") == 0 || strcmp(state, "revoked") == 0 || strcmp(state, "superseded") == 0;
}

static enum err set_state(struct hub *hub, const char *serial, const char *state, int64_t at, const char *reason, bool *changed, struct error *e)
{
	int64_t now = hub_now(hub);
	*changed = true;
	return db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_STATE, NULL, e, "ttit", serial, state, at > 0 && at <= now ? at : now, reason);
}

/* Who holds it by the accepted entries: it may have moved before it was lost here. */
static enum err adopt_holder(struct hub *hub, const char *issuer, const char *serial, struct error *e)
{
	json_t *held = NULL;
	enum err r = db_row(hub->db, HUB_SQL_HOLDING_GET, &held, e, "tt", issuer, serial);
	if (!r && held)
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_CUSTODIAN, NULL, e, "tt", serial, json_text(held, "custodian"));
	json_decref(held);
	return r;
}

static enum err adopt_main(const struct judging *j, const json_t *row, const char *key, struct error *e)
{
	struct view view = j->view; /* of which nothing is kept */
	struct mainkey m;
	enum err r = mainkey_find(&view, row_number(row, "order_id"), row_number(row, "item_id"), &m, e);
	return r ? r : mainkey_note(j->view.hub, &m, j->view.site, key, e);
}

/* A certificate that isn't here is of this authority all the same where it signed it: headquarters was restored from an older copy. */
static enum err adopt(const struct judging *j, const json_t *row, json_t **known, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *hex = json_text(row, "der"), *serial = json_text(row, "serial");
	struct cert_info info = {0};
	struct bytes sealed = {0};
	char key[CERT_SERIAL_SIZE + 16], no[64], pair[DIGEST_TEXT_SIZE];
	size_t n = strlen(hex) / 2;
	uint8_t *der = n && n <= CERT_DER_MAX ? malloc(n) : NULL;
	enum err r = authority_open(hub, e);
	bool own = !r && der && hex_decode(der, n, hex) && ca_signed(hub->authority->ca, der, n) && cert_info(der, n, &info, NULL) == OK &&
	           strcmp(info.serial, serial) == 0 && strlen(serial) <= 48;
	snprintf(key, sizeof key, "adopted-%s", serial);
	if (own && !(r = view_order_no(&j->view, row_number(row, "order_id"), no, e)) &&
	    !(r = seal((uint8_t *)hub->authority->seal.data, serial, der, n, &sealed)) &&
	    !(r = db_run(hub->db, HUB_SQL_CA_REQUEST_INSERT, NULL, e, "ttttii", j->view.site, key, "", no, row_number(row, "item_id"), hub_now(hub))) &&
	    !(r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_INSERT, NULL, e, "ttttiiibt", serial, j->view.site, key, json_text(row, "product"),
	                 info.not_before, info.not_after, hub_now(hub), (const void *)sealed.data, sealed.length, pair_of(&info, pair))) &&
	    !(r = adopt_holder(hub, json_text(row, "issuer"), serial, e)) && !(r = adopt_main(j, row, key, e)) && !(r = hub_alarm(hub, j->view.site, "adopted", serial, e)))
		r = db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, known, e, "t", serial);
	cert_info_free(&info);
	bytes_free(&sealed);
	free(der);
	return r;
}

/* Another site's word about a certificate doesn't count, and nothing brings a revoked one back: both are told. */
static enum err follow_certificate(const struct judging *j, const json_t *row, bool *changed, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *serial = json_text(row, "serial"), *state = json_text(row, "state"), *reason = json_text(row, "reason");
	json_t *known = NULL;
	enum err r = db_row(hub->db, HUB_SQL_CA_CERTIFICATE_GET, &known, e, "t", serial);
	if (!r && !known && authority_exists(hub))
		r = adopt(j, row, &known, e);
	if (!r && known && state_known(state)) {
		const char *was = json_text(known, "state");
		bool same = strcmp(was, state) == 0 && strcmp(json_text(known, "reason"), reason) == 0;
		if (!same && (strcmp(json_text(known, "custodian"), j->view.site) != 0 || (strcmp(was, "revoked") == 0 && strcmp(state, "revoked") != 0)))
			r = hub_alarm_once(hub, j->view.site, "certificate", serial, HUB_ALARMS_A_DAY, e);
		else if (!same)
			r = set_state(hub, serial, state, json_number(row, "state_at"), ca_reason_code(reason) >= 0 ? reason : "", changed, e);
	}
	json_decref(known);
	return r;
}

/* Empty where it isn't this authority's, or its body is destroyed. */
static enum err read_certificate(struct hub *hub, const char *serial, struct bytes *der, struct error *e)
{
	struct db_rows *rows = NULL;
	struct bytes sealed = {0};
	size_t n = 0;
	enum err r = db_query(hub->db, HUB_SQL_CA_CERTIFICATE_DER, &rows, e, "t", serial);
	if (!r && db_rows_next(rows)) {
		const void *blob = db_rows_blob(rows, 0, &n);
		r = bytes_add(&sealed, blob, n);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end) && sealed.length)
		r = authority_unseal(hub, serial, sealed.data, sealed.length, der, e);
	bytes_free(&sealed);
	return r;
}

enum err authority_given(struct hub *hub, const char *serial, const void *der, size_t length, const char *to, struct error *e)
{
	struct bytes mine = {0};
	enum err r = authority_exists(hub) ? read_certificate(hub, serial, &mine, e) : OK;
	if (!r && mine.length && mine.length == length && memcmp(mine.data, der, length) == 0) /* another issuer's may have the same number */
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_CUSTODIAN, NULL, e, "tt", serial, to);
	bytes_free(&mine);
	return r;
}

enum err authority_note_pair(struct hub *hub, const char *serial, struct error *e)
{
	struct bytes der = {0};
	struct cert_info info = {0};
	char pair[DIGEST_TEXT_SIZE];
	enum err r = read_certificate(hub, serial, &der, e);
	if (r == ERR_SEALED)
		r = OK; /* one that can't be read stays as it is */
	if (!r && der.length && cert_info(der.data, der.length, &info, NULL) == OK)
		r = db_run(hub->db, HUB_SQL_CA_CERTIFICATE_SET_PAIR, NULL, e, "tt", serial, pair_of(&info, pair));
	cert_info_free(&info);
	bytes_free(&der);
	return r;
}

/* What the site gave up: whatever was made under it, and never reached the site or is of no use there, counts no more. */
static enum err follow_request(const struct judging *j, const json_t *row, bool *changed, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *key = json_text(row, "key"), *site = j->view.site;
	json_t *made = NULL;
	if (strcmp(json_text(row, "state"), "void") != 0 || strlen(key) < 16 || strlen(key) > 64)
		return OK;
	enum err r = db_run(hub->db, HUB_SQL_CA_REQUEST_VOID, NULL, e, "ttii", site, key, json_number(row, "item_id"), hub_now(hub));
	if (!r)
		r = db_row(hub->db, HUB_SQL_CA_CERTIFICATE_OF_KEY, &made, e, "tt", site, key);
	if (!r && made && strcmp(json_text(made, "custodian"), site) != 0) /* it is another's since */
		r = hub_alarm_once(hub, site, "certificate", json_text(made, "serial"), HUB_ALARMS_A_DAY, e);
	else if (!r && made && strcmp(json_text(made, "state"), "revoked") != 0)
		r = set_state(hub, json_text(made, "serial"), "revoked", json_number(row, "state_at"), "cessation-of-operation", changed, e);
	json_decref(made);
	return r;
}

enum err authority_follow(const struct judging *j, bool *changed, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < j->entry->state_count; i++) {
		const json_t *row = j->view.opened[i];
		if (!json_is_object(row))
			continue;
		if (strcmp(j->entry->states[i].kind, "certificate") == 0)
			r = follow_certificate(j, row, changed, e);
		else if (strcmp(j->entry->states[i].kind, "ca_request") == 0)
			r = follow_request(j, row, changed, e);
	}
	return r;
}

/* --- the list ----------------------------------------------------------------------------------------------------------- */

static enum err sign_list(struct hub *hub, const json_t *rows, int64_t number, int64_t now, struct bytes *der, struct error *e)
{
	size_t n = json_array_size(rows);
	struct ca_revoked *list = calloc(n ? n : 1, sizeof *list);
	enum err r = list ? OK : error_set(e, ERR_MEMORY, "crl");
	for (size_t i = 0; !r && i < n; i++) {
		const json_t *row = json_array_get(rows, i);
		bool held = strcmp(json_text(row, "state"), "suspended") == 0;
		int code = ca_reason_code(json_text(row, "reason"));
		list[i] = (struct ca_revoked){json_text(row, "serial"), json_number(row, "state_at"),
		                              held ? CERTIFICATE_HOLD : code < 0 || code == CERTIFICATE_HOLD ? 0 : code, 0};
	}
	if (!r)
		r = ca_crl(hub->authority->ca, list, n, now, now + (int64_t)AUTHORITY_CRL_DAYS * DAY, (uint64_t)number, der, e);
	free(list);
	return r;
}

static enum err give_all(struct hub *hub, struct error *e)
{
	json_t *sites = NULL, *row;
	size_t i;
	enum err r = joined_sites(hub, &sites, e);
	json_array_foreach(sites, i, row)
		if (!r)
			r = give_crl(hub, json_text(row, "code"), e);
	json_decref(sites);
	return r;
}

/* An ended certificate stays on the list for one validity more, so that nobody misses it. */
static enum err make_list(struct hub *hub, int64_t number, struct error *e)
{
	json_t *rows = NULL;
	struct bytes der = {0};
	int64_t now = hub_now(hub), validity = (int64_t)AUTHORITY_CRL_DAYS * DAY;
	enum err r = db_list(hub->db, HUB_SQL_CA_REVOKED, &rows, e, "i", now - validity);
	if (!r && !(r = sign_list(hub, rows, number, now, &der, e)) &&
	    !(r = db_run(hub->db, HUB_SQL_CA_CRL_INSERT, NULL, e, "iiiib", number, now, now + validity, (int64_t)json_array_size(rows),
	                 (const void *)der.data, der.length)) &&
	    !(r = db_run(hub->db, HUB_SQL_CA_LISTED, NULL, e, "")))
		r = give_all(hub, e);
	bytes_free(&der);
	json_decref(rows);
	return r;
}

static enum err is_due(struct hub *hub, bool *due, int64_t *number, struct error *e)
{
	json_t *row = NULL;
	struct bytes der = {0};
	int64_t unlisted = 0, now = hub_now(hub);
	enum err r = newest_crl(hub, &row, &der, e);
	if (!r)
		r = db_int(hub->db, HUB_SQL_CA_UNLISTED_COUNT, 0, &unlisted, e, "");
	int64_t made = json_number(row, "this_update"), next = json_number(row, "next_update");
	/* the clock's, so that a headquarters that was restored from an older copy gives no number twice */
	*number = json_number(row, "number") < now ? now : json_number(row, "number") + 1;
	*due = !row || unlisted || now < made || now - made > (next - made) / 2;
	json_decref(row);
	bytes_free(&der);
	return r;
}

enum err authority_crl(struct hub *hub, bool *made, struct error *e)
{
	bool due = false;
	int64_t number = 0;
	if (made)
		*made = false;
	bool undeclared = false; /* restored: sites haven't told again yet what was revoked since that copy */
	if (!authority_exists(hub))
		return OK;
	enum err r = authority_open(hub, e);
	if (!r)
		r = hub_restored_undeclared(hub, &undeclared, e);
	if (!r && !undeclared)
		r = is_due(hub, &due, &number, e);
	if (r || !due || (r = db_begin(hub->db, e)))
		return r;
	if (!(r = db_lock(hub->db, "ca", "crl", e)) && !(r = is_due(hub, &due, &number, e)) && due && !(r = make_list(hub, number, e)) &&
	    !(r = db_commit(hub->db, e))) {
		crlfile_place(hub, NULL); /* the list stands; each minute says what is wrong with the file */
		if (made)
			*made = true;
	}
	db_rollback(hub->db);
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
		r = newest_crl(hub, &crl, &der, e);
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
		r = newest_crl(hub, &row, &der, e);
	if (!r)
		r = row ? crl_pem(der.data, der.length, pem, e) : error_set(e, ERR_HUB_NO_CA, "%s", hub->dir);
	json_decref(row);
	bytes_free(&der);
	return r;
}
