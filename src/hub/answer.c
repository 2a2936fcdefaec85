/* One request from the certificate to the answer: whose it is, which route it takes. */
#include <string.h>

#include "base/text.h"
#include "hub/hub.h"
#include "hub/log.h"

static const struct route *find_route(struct request *q)
{
	static const struct route *const tables[] = {routes_base, routes_data};
	for (size_t t = 0; t < 2; t++)
		for (const struct route *r = tables[t]; r->method; r++) {
			size_t n = strlen(r->path);
			bool prefix = r->path[n - 1] == '/';
			if (strcmp(q->method, r->method) != 0 || (prefix ? strncmp(q->path, r->path, n) : strcmp(q->path, r->path)) != 0)
				continue;
			q->rest = prefix ? q->path + n : "";
			return r;
		}
	return NULL;
}

/* The name in a certificate of ours, "CN=110114-01,O=certdesk" in RFC 2253's order. */
static bool names_site(const char *subject, const char *site)
{
	size_t n = strlen(site);
	return text_starts(subject, "CN=") && strncmp(subject + 3, site, n) == 0 && (subject[3 + n] == ',' || subject[3 + n] == '\0');
}

enum { SEEN_EVERY = 10 };

/* The site is here with its newest certificate: its code and its older TLS certificates have had their time. */
static enum err note_seen(struct hub *hub, const struct request *q, bool retire, struct error *e)
{
	int64_t now = hub_now(hub);
	enum err r = db_run_soon(hub->db, HUB_SQL_SITE_SEEN, NULL, e, "tit", q->site, now, "");
	return r || !retire ? r : db_run(hub->db, HUB_SQL_CERTIFICATE_RETIRE, NULL, e, "ti", q->site, now);
}

/* What the database has of a certificate: whose it is, and whether that one may still come in; and whether it was restored and nobody has declared
 * that (hub/restore.h). */
struct caller {
	char site[SITE_CODE_SIZE], kind[16];
	bool known, revoked, replaced, to_retire, undeclared;
	int64_t last_seen;
};

static enum err look_up(struct hub *hub, const char *serial, struct caller *c, struct error *e)
{
	struct db_rows *rows = NULL;
	*c = (struct caller){0};
	enum err r = db_query(hub->db, HUB_SQL_CERTIFICATE_GET, &rows, e, "t", serial);
	if (r)
		return r;
	if (db_rows_next(rows)) {
		c->known = text_copy(c->site, sizeof c->site, db_rows_text(rows, 0)) && strcmp(db_rows_text(rows, 1), "tls") == 0;
		c->revoked = db_rows_int(rows, 2) != 0 || strcmp(db_rows_text(rows, 3), "joined") != 0;
		c->replaced = db_rows_int(rows, 4) != 0;
		text_copy(c->kind, sizeof c->kind, db_rows_text(rows, 5));
		c->last_seen = db_rows_int(rows, 6);
		c->to_retire = db_rows_int(rows, 7) != 0;
		c->undeclared = db_rows_int(rows, 8) != 0;
	}
	return db_rows_end(&rows, e);
}

/* OK with an empty reply where the site may go on; else the reply says why not. */
static enum err who(struct hub *hub, struct request *q, const char *verified, const char *serial, const char *subject, struct reply *p, struct error *e)
{
	struct caller c;
	if (strcmp(verified, "SUCCESS") != 0)
		return reply_say(p, 403, strstr(verified, "revoked") ? SAY_REVOKED : SAY_CERTIFICATE, NULL);
	enum err r = look_up(hub, serial, &c, e);
	if (r)
		return r;
	if (!c.known || !names_site(subject, c.site))
		return reply_say(p, 403, SAY_CERTIFICATE, NULL);
	if (c.revoked)
		return reply_say(p, 403, SAY_REVOKED, NULL);
	text_copy(q->site, sizeof q->site, c.site);
	text_copy(q->kind, sizeof q->kind, c.kind);
	if (c.undeclared) /* headquarters says nothing of what it lacks before two persons have said so */
		return reply_say(p, 503, SAY_RESTORED, NULL);
	int64_t idle = hub_now(hub) - c.last_seen;
	return !c.replaced && (idle >= SEEN_EVERY || idle < 0 || c.to_retire) ? note_seen(hub, q, c.to_retire, e) : OK;
}

void hub_answer(struct hub *hub, struct request *q, const char *verified, const char *serial, const char *subject, struct reply *p)
{
	struct error e = {0};
	enum err r = OK;
	const struct route *route = find_route(q);
	q->site[0] = q->kind[0] = '\0';
	*p = (struct reply){0};
	if (!route || route->needs == NEEDS_SITE) /* who may not come in isn't told what there is */
		r = who(hub, q, verified, serial, subject, p, &e);
	if (!r && !p->status)
		r = route ? route->run(hub, q, p, &e) : reply_say(p, 404, SAY_UNKNOWN, NULL);
	db_rollback(hub->db);
	if (!r)
		r = db_seen(hub->db, &e);
	if (!r)
		return;
	error_complete(&e, r);
	hub_log("%s %s %s: %s", q->site, q->method, q->path, hub_log_error(&e));
	if (r == ERR_STORE_FULL || r == ERR_HUB_FULL)
		reply_say(p, 507, SAY_FULL, NULL);
	else
		reply_say(p, 503, SAY_FAULT, NULL);
}
