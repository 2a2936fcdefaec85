/* What sites are told of headquarters' authority: its certificate, and its revocation lists, which are made here. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "hub/authority.h"
#include "hub/crlfile.h"
#include "hub/feed.h"
#include "hub/restore.h"

enum { DAY = 86400, CERTIFICATE_HOLD = 6 };

static enum err joined_sites(struct hub *hub, json_t **out, struct error *e)
{
	return db_list(hub->db, HUB_SQL_CA_JOINED_SITES, out, e, "");
}

/* The ones before it are of no use to anybody any more. What it says is put in when it is fetched (authority_crl_item): one list, not one for each
 * of thousands of sites. */
static enum err give_crl(struct hub *hub, const char *site, struct error *e)
{
	enum err r = db_run(hub->db, HUB_SQL_CA_FEED_FORGET, NULL, e, "t", site);
	return r ? r : feed_add(hub, site, "crl", "", json_object(), e);
}

static enum err give_chain(struct hub *hub, const char *site, struct error *e)
{
	struct bytes pem = {0};
	enum err r = authority_chain(hub, &pem, e);
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

enum err authority_crl_item(struct hub *hub, struct bytes *body, struct error *e)
{
	json_t *row = NULL, *item = NULL;
	struct bytes der = {0};
	enum err r = authority_newest_crl(hub, &row, &der, e);
	if (!r && !(item = json_object()))
		r = error_set(e, ERR_MEMORY, "crl");
	if (!r && !(r = json_set_base64(item, "der", der.data, der.length, e)) && json_canonical(item, body))
		r = error_set(e, ERR_MEMORY, "crl");
	json_decref(item);
	json_decref(row);
	bytes_free(&der);
	return r;
}

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
		r = ca_crl(authority_ca(hub), list, n, now, now + (int64_t)AUTHORITY_CRL_DAYS * DAY, (uint64_t)number, der, e);
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
	enum err r = authority_newest_crl(hub, &row, &der, e);
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

enum err authority_create(struct hub *hub, const char *name, struct error *e)
{
	json_t *sites = NULL, *row;
	size_t i;
	enum err r = authority_make(hub, name, e);
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
