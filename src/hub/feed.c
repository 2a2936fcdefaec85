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

enum err feed_had(struct hub *hub, const char *site, int64_t after, bool *known, struct error *e)
{
	char detail[64];
	int64_t last = 0;
	enum err r = db_int(hub->db, HUB_SQL_FEED_LAST, 0, &last, e, "t", site);
	*known = !r && after <= last;
	snprintf(detail, sizeof detail, "%lld > %lld", (long long)after, (long long)last);
	return r || *known ? r : hub_alarm_once(hub, site, "older", detail, HUB_ALARMS_A_DAY, e);
}

/* Unless the newest item of the kind says so already; `silent`: where there is none, that needs no saying. `body` is taken over. */
static enum err tell(struct hub *hub, const char *site, const char *kind, json_t *body, bool silent, struct error *e)
{
	struct db_rows *rows = NULL;
	struct bytes text = {0};
	bool known = false;
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
	return feed_add(hub, site, kind, "", body, e);
}

enum err feed_route(struct hub *hub, struct error *e)
{
	json_t *review = NULL, *counters = NULL, *row;
	size_t i;
	enum err r = db_list(hub->db, HUB_SQL_REVIEW_SITES_NAMED, &review, e, "");
	if (!r)
		r = db_list(hub->db, HUB_SQL_COUNTER_SITES, &counters, e, "");
	bool any = json_array_size(review) > 0;
	json_array_foreach(counters, i, row)
		if (!r)
			r = tell(hub, json_text(row, "code"), "route", json_pack("{sb}", "review", any), !any, e);
	json_array_foreach(review, i, row)
		if (!r)
			r = tell(hub, json_text(row, "code"), "review-sites", json_pack("{sO}", "sites", review), false, e);
	json_decref(review);
	json_decref(counters);
	return r;
}
