#include "hub/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum err feed_sign(const struct hub *hub, const char *site, int64_t n, const char *kind, const struct bytes *body, struct bytes *signature,
                          struct error *e)
{
	struct bytes text = {0};
	enum err r = bytes_format(&text, "%s %lld %s ", site, (long long)n, kind);
	if (!r)
		r = bytes_add(&text, body->data, body->length);
	if (!r)
		r = hub_sign(hub, (char *)text.data, text.length, signature, e);
	bytes_free(&text);
	return r;
}

enum err feed_add(struct hub *hub, const char *site, const char *kind, const char *order, json_t *body, struct error *e)
{
	struct bytes text = {0}, signature = {0};
	int64_t last = 0;
	enum err r = body && json_canonical(body, &text) == OK ? db_lock(hub->db, "feed", site, e) : error_set(e, ERR_MEMORY, "feed");
	if (!r)
		r = db_int(hub->db, HUB_SQL_FEED_LAST, 0, &last, e, "t", site);
	if (!r)
		r = feed_sign(hub, site, last + 1, kind, &text, &signature, e);
	if (!r)
		r = db_run(hub->db, HUB_SQL_FEED_INSERT, NULL, e, "tittbit", site, last + 1, kind, (const char *)text.data,
		           (const void *)signature.data, signature.length, hub_now(hub), order);
	bytes_free(&text);
	bytes_free(&signature);
	json_decref(body);
	return r;
}

enum err feed_name_site(struct hub *hub, json_t *item, const char *site, struct error *e)
{
	json_t *row = NULL, *names = json_object_get(item, "names");
	enum err r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site);
	if (!r && *json_text(row, "name")) {
		if (!names)
			json_object_set_new(item, "names", names = json_object());
		json_object_set(names, site, json_object_get(row, "name"));
	}
	json_decref(row);
	return r;
}

enum err feed_had(struct hub *hub, const char *site, int64_t after, bool *known, struct error *e)
{
	char detail[64];
	int64_t last = 0;
	enum err r = db_int(hub->db, HUB_SQL_FEED_LAST, 0, &last, e, "t", site);
	*known = !r && after <= last;
	snprintf(detail, sizeof detail, "%lld > %lld", (long long)after, (long long)last);
	return r || *known ? r : hub_alarm_once(hub, site, "older", detail, HUB_ALARMS_A_DAY, e);
}

struct routed {
	int64_t item, from, seq;
	bool line;
};

static enum err routed_get(struct hub *hub, const char *site, struct routed *out, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(hub->db, HUB_SQL_SITE_ROUTED, &rows, e, "t", site);
	*out = (struct routed){0};
	if (!r && db_rows_next(rows))
		*out = (struct routed){.item = db_rows_int(rows, 0), .line = db_rows_int(rows, 1), .from = db_rows_int(rows, 2), .seq = db_rows_int(rows, 3)};
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err feed_begun(struct hub *hub, const char *site, int64_t feed, struct error *e)
{
	struct routed routed;
	enum err r = routed_get(hub, site, &routed, e);
	return r || !routed.item || routed.line || feed < routed.item ? r : db_run(hub->db, HUB_SQL_SITE_ROUTED_LINE, NULL, e, "ti", site, routed.item);
}

enum err feed_went_on(struct hub *hub, const char *site, int64_t after, struct error *e)
{
	struct routed routed;
	enum err r = routed_get(hub, site, &routed, e);
	return r || !routed.line || routed.from || after < routed.item || !routed.seq
	           ? r
	           : db_run(hub->db, HUB_SQL_SITE_ROUTED_FROM, NULL, e, "tii", site, routed.item, routed.seq);
}

enum err feed_routed_from(struct hub *hub, const char *site, int64_t *seq, struct error *e)
{
	struct routed routed;
	enum err r = routed_get(hub, site, &routed, e);
	*seq = routed.from;
	return r;
}

/* Unless the newest item of the kind says so already; `silent`: where there is none, that needs no saying. `body` is taken over. */
static enum err tell(struct hub *hub, const char *site, const char *kind, json_t *body, bool silent, bool *told, struct error *e)
{
	struct db_rows *rows = NULL;
	struct bytes text = {0};
	bool known = false;
	*told = false;
	enum err r = body && json_canonical(body, &text) == OK ? OK : error_set(e, ERR_MEMORY, "%s", kind);
	if (!r)
		r = db_query(hub->db, HUB_SQL_FEED_NEWEST_OF_KIND, &rows, e, "tt", site, kind);
	if (!r)
		known = db_rows_next(rows) ? strcmp(db_rows_text(rows, 0), (char *)text.data) == 0 : silent;
	enum err end = db_rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	bytes_free(&text);
	if (r || known) {
		json_decref(body);
		return r;
	}
	*told = true;
	return feed_add(hub, site, kind, "", body, e);
}

static enum err route(struct hub *hub, const char *site, bool review, struct error *e)
{
	bool told;
	enum err r = tell(hub, site, "route", json_pack("{sb}", "review", review), !review, &told, e);
	return r || !told ? r : db_run(hub->db, HUB_SQL_SITE_ROUTE, NULL, e, "ti", site, (int64_t)review);
}

enum err feed_route(struct hub *hub, struct error *e)
{
	json_t *review = NULL, *counters = NULL, *row;
	size_t i;
	bool told;
	enum err r = db_list(hub->db, HUB_SQL_REVIEW_SITES_NAMED, &review, e, "");
	if (!r)
		r = db_list(hub->db, HUB_SQL_COUNTER_SITES, &counters, e, "");
	bool any = json_array_size(review) > 0;
	json_array_foreach(counters, i, row)
		if (!r)
			r = route(hub, json_text(row, "code"), any, e);
	json_array_foreach(review, i, row)
		if (!r)
			r = tell(hub, json_text(row, "code"), "review-sites", json_pack("{sO}", "sites", review), false, &told, e);
	json_decref(review);
	json_decref(counters);
	return r;
}
