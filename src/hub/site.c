#include "hub/site.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "hub/feed.h"
#include "hub/options.h"
#include "hub/pki.h"
#include "rules/codes.h"
#include "rules/region.h"

/* A secret, its digest, and what people are told. */
static void make_code(const struct hub *hub, char text[64], char digest[DIGEST_TEXT_SIZE])
{
	uint8_t secret[ENROL_SECRET];
	random_bytes(secret, sizeof secret);
	digest_text(secret, sizeof secret, digest);
	pki_code_text(secret, hub->root, text);
	OPENSSL_cleanse(secret, sizeof secret);
}

static enum err tell(const struct hub *hub, const char *site, const char *kind, const char *code, int64_t until, json_t **out)
{
	char when[21];
	rfc3339_text(until, when);
	*out = json_pack("{ss ss ss ss ss}", "site", site, "kind", kind, "code", code, "until", when, "url", hub->options.url);
	return *out ? OK : ERR_MEMORY;
}

enum err region_known(const char *region, struct error *e)
{
	char *share = *region ? share_dir() : NULL, *dir = share ? path_join(share, "forms/codes") : NULL;
	struct code_tables *codes = NULL;
	const struct code_table *table = NULL;
	bool known = !*region;
	enum err r = known || dir ? OK : error_set(e, ERR_DESK_SHARE, "%s", "forms/codes");
	if (!r && !known && !(r = codes_open(dir, &codes, e)))
		r = codes_table(codes, "regions", &table, e);
	for (size_t i = 0; !r && !known && i < codes_count(table); i++)
		known = region_within(codes_at(table, i)->code, region);
	codes_free(&codes);
	free(share);
	free(dir);
	return !r && !known ? error_set(e, ERR_HUB_REGION, "%s", region) : r;
}

static enum err check_described(const char *name, const char *region, struct error *e)
{
	if (strlen(name) > 200)
		return error_set(e, ERR_USAGE, "%s", tr("--name 太长", "--name is too long"));
	return region_check(region) ? region_known(region, e) : error_set(e, ERR_HUB_REGION, "%.40s", region);
}

static enum err check_words(const char *site, const char *kind, const char *name, const char *region, struct error *e)
{
	enum err r = hub_site_check(site, e);
	if (!r && strcmp(kind, "counter") != 0 && strcmp(kind, "review") != 0)
		r = error_set(e, ERR_HUB_KIND, "%s", kind);
	return r ? r : check_described(name, region, e);
}

enum err site_describe(struct hub *hub, const char *site, const char *name, const char *region, json_t **out, struct error *e)
{
	json_t *row = NULL;
	*out = NULL;
	enum err r = hub_site_check(site, e);
	if (!r)
		r = check_described(name ? name : "", region ? region : "", e);
	if (!r && !(r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site)) && !row)
		r = error_set(e, ERR_HUB_NO_SITE, "%s", site);
	name = name ? name : json_text(row, "name");
	region = region ? region : json_text(row, "region");
	if (!r && !(r = db_begin(hub->db, e)) && !(r = db_run(hub->db, HUB_SQL_SITE_DESCRIBE, NULL, e, "ttt", site, name, region)) &&
	    !(r = feed_route(hub, e)) && !(r = db_commit(hub->db, e)))
		*out = json_pack("{ss ss ss ss ss}", "site", site, "kind", json_text(row, "kind"), "name", name, "region", region, "state",
		                 json_text(row, "state"));
	db_rollback(hub->db);
	json_decref(row);
	return r || *out ? r : ERR_MEMORY;
}

enum err site_enrol(struct hub *hub, const char *site, const char *kind, const char *name, const char *region, json_t **out, struct error *e)
{
	char text[64], digest[DIGEST_TEXT_SIZE];
	json_t *row = NULL;
	int64_t now = hub_now(hub), until = now + ENROL_HOURS * 3600, changed = 0;
	*out = NULL;
	enum err r = check_words(site, kind, name, region, e);
	if (r || (r = db_begin(hub->db, e)))
		return r;
	make_code(hub, text, digest);
	if (!(r = db_lock(hub->db, "join", "", e)) && !(r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site)) &&
	    !(r = db_run(hub->db, HUB_SQL_SITE_ENROL, &changed, e, "tttttii", site, kind, name, region, digest, until, now))) {
		if (!changed)
			r = strcmp(json_text(row, "state"), "revoked") == 0 ? error_set(e, ERR_HUB_REVOKED, "%s", site) : error_set(e, ERR_HUB_JOINED, "%s", site);
		else if (row || !(r = db_run(hub->db, HUB_SQL_RESTORE_FLOOR_NEW, NULL, e, "t", site)))
			r = db_commit(hub->db, e);
	}
	db_rollback(hub->db);
	json_decref(row);
	if (!r)
		r = tell(hub, site, kind, text, until, out);
	OPENSSL_cleanse(text, sizeof text);
	return r;
}

enum err site_renew(struct hub *hub, const char *site, json_t **out, struct error *e)
{
	char text[64], digest[DIGEST_TEXT_SIZE];
	json_t *row = NULL;
	int64_t until = hub_now(hub) + ENROL_HOURS * 3600;
	*out = NULL;
	enum err r = hub_site_check(site, e);
	if (!r && !(r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site)) && !row)
		r = error_set(e, ERR_HUB_NO_SITE, "%s", site);
	if (!r) {
		make_code(hub, text, digest);
		if (!(r = db_run(hub->db, HUB_SQL_SITE_NEW_CODE, NULL, e, "tti", site, digest, until)))
			r = tell(hub, site, json_text(row, "kind"), text, until, out);
		OPENSSL_cleanse(text, sizeof text);
	}
	json_decref(row);
	return r;
}

enum err site_revoke(struct hub *hub, const char *site, struct error *e)
{
	int64_t now = hub_now(hub), changed = 0;
	enum err r = hub_site_check(site, e);
	if (r || (r = db_begin(hub->db, e)))
		return r;
	if (!(r = db_lock(hub->db, "join", "", e)) && !(r = db_run(hub->db, HUB_SQL_SITE_REVOKE, &changed, e, "t", site)) &&
	    !(r = changed ? OK : error_set(e, ERR_HUB_NO_SITE, "%s", site)) &&
	    !(r = db_run(hub->db, HUB_SQL_CERTIFICATE_REVOKE, NULL, e, "ti", site, now)) && !(r = data_site_changed(hub, site, e)))
		r = db_commit(hub->db, e);
	db_rollback(hub->db);
	return r;
}

struct revoked {
	char **serials;
	int64_t *times;
	size_t count, room;
};

static enum err add_revoked(struct revoked *l, const char *serial, int64_t at)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		char **serials = realloc(l->serials, room * sizeof *serials);
		l->serials = serials ? serials : l->serials;
		int64_t *times = serials ? realloc(l->times, room * sizeof *times) : NULL;
		l->times = times ? times : l->times;
		if (!times)
			return ERR_MEMORY;
		l->room = room;
	}
	l->times[l->count] = at;
	l->serials[l->count] = strdup(serial);
	return l->serials[l->count] ? (l->count++, OK) : ERR_MEMORY;
}

enum err site_write_crl(struct hub *hub, struct error *e)
{
	struct revoked l = {0};
	struct db_rows *rows = NULL;
	json_t *number = NULL;
	char *keys = path_join(hub->dir, "keys"), next[24];
	enum err r = keys ? db_begin(hub->db, e) : ERR_MEMORY, end;
	if (r) {
		free(keys);
		return r;
	}
	if (!(r = db_lock(hub->db, "crl", "", e)) && !(r = db_row(hub->db, HUB_SQL_SETTING_GET, &number, e, "t", "crl_number")) &&
	    !(r = db_query(hub->db, HUB_SQL_CERTIFICATE_REVOKED, &rows, e, ""))) {
		while (!r && db_rows_next(rows))
			r = add_revoked(&l, db_rows_text(rows, 0), db_rows_int(rows, 1));
		end = db_rows_end(&rows, e);
		r = r ? r : end;
	}
	int64_t n = strtoll(json_text(number, "value"), NULL, 10) + 1;
	snprintf(next, sizeof next, "%lld", (long long)n);
	/* the number first: one that no list has is better than one that two have */
	if (!r && !(r = db_run(hub->db, HUB_SQL_SETTING_SET, NULL, e, "tt", "crl_number", next)) && !(r = db_commit(hub->db, e)))
		r = pki_crl(keys, (const char *const *)l.serials, l.times, l.count, hub_now(hub), (uint64_t)n, e);
	db_rollback(hub->db);
	for (size_t i = 0; i < l.count; i++)
		free(l.serials[i]);
	free(l.serials);
	free(l.times);
	json_decref(number);
	free(keys);
	return r;
}
