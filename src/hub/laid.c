#include "hub/laid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/permission.h"

#define UP_TO "laid_names"

static enum err put(struct hub *hub, const char *site, int64_t number, const json_t *body, struct error *e)
{
	const json_t *one;
	size_t i;
	enum err r = OK;
	json_array_foreach(json_object_get(body, "staff"), i, one) {
		const char *login = json_text(one, "login");
		if (!r && !(r = db_run(hub->db, HUB_SQL_LAID_PUT, NULL, e, "ttii", site, login, number,
		                       (int64_t)(!json_flag(one, "disabled") && (roles_parse(json_text(one, "roles")) & ROLE_REVIEWER)))))
			r = db_run(hub->db, HUB_SQL_LAID_NAME_PUT, NULL, e, "tttti", site, login, json_text(one, "name"), json_text(one, "number"), number);
	}
	return r;
}

/* `sites`: codes with commas between, "" for all of them. */
static enum err put_for(struct hub *hub, const char *sites, int64_t number, const json_t *body, struct error *e)
{
	enum err r = *sites ? OK : put(hub, "", number, body, e);
	while (!r && *sites) {
		char site[SITE_CODE_SIZE];
		size_t n = strcspn(sites, ",");
		snprintf(site, sizeof site, "%.*s", (int)n, sites);
		r = put(hub, site, number, body, e);
		sites += n + (sites[n] == ',');
	}
	return r;
}

static enum err next(struct hub *hub, int64_t *number, bool *more, struct error *e)
{
	struct db_rows *rows = NULL;
	json_t *body = NULL;
	char text[24];
	enum err r = db_query(hub->db, HUB_SQL_PUBLICATION_BEHIND, &rows, e, "i", *number);
	if (r)
		return r;
	if ((*more = db_rows_next(rows))) {
		*number = db_rows_int(rows, 0);
		if (!(body = json_of_line(db_rows_text(rows, 1))))
			r = error_set(e, ERR_HUB_ALTERED, "publication %lld", (long long)*number);
		else
			r = put_for(hub, db_rows_text(rows, 2), *number, body, e);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	json_decref(body);
	snprintf(text, sizeof text, "%lld", (long long)*number);
	r = r ? r : end;
	return r || !*more ? r : db_run(hub->db, HUB_SQL_SETTING_SET, NULL, e, "tt", UP_TO, (const char *)text);
}

static enum err up_to(struct hub *hub, int64_t *number, struct error *e)
{
	json_t *row = NULL;
	enum err r = db_row(hub->db, HUB_SQL_SETTING_GET, &row, e, "t", UP_TO);
	*number = row ? strtoll(json_text(row, "value"), NULL, 10) : 0;
	json_decref(row);
	return r;
}

/* What was published since, by whichever program. */
static enum err catch_up(struct hub *hub, struct error *e)
{
	int64_t number = 0, last = 0;
	bool more = true;
	enum err r = up_to(hub, &number, e);
	if (!r)
		r = db_int(hub->db, HUB_SQL_PUBLICATION_LAST, 0, &last, e, "");
	if (r || number >= last)
		return r;
	if (!(r = db_lock(hub->db, "publication", "", e)))
		r = up_to(hub, &number, e);
	while (!r && more)
		r = next(hub, &number, &more, e);
	return r;
}

/* One of its list: whom the newest publication that names them makes a reviewer, called as headquarters calls them. */
static enum err on_list(struct hub *hub, const char *site, const json_t *reviewer, struct laid *out, struct error *e)
{
	const char *login = json_text(reviewer, "login");
	struct db_rows *rows = NULL;
	int64_t named = 0;
	bool is = false;
	enum err r = db_query(hub->db, HUB_SQL_LAID_REVIEWER, &rows, e, "tt", site, login);
	if (!r && db_rows_next(rows)) {
		is = db_rows_int(rows, 0) != 0;
		out->everywhere = !*db_rows_text(rows, 1);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end))
		r = db_int(hub->db, HUB_SQL_LAID_NAMED, 0, &named, e, "tttt", site, login, json_text(reviewer, "name"), json_text(reviewer, "number"));
	if (!r && !(r = db_query(hub->db, HUB_SQL_LAID_NUMBER, &rows, e, "tt", site, login))) {
		if (db_rows_next(rows))
			text_copy(out->number, sizeof out->number, db_rows_text(rows, 0));
		r = db_rows_end(&rows, e);
	}
	out->refused = !r && (!is || !named);
	return r;
}

/* Headquarters has no list for it: nobody whom it laid down for another review site, that much it knows. */
static enum err off_list(struct hub *hub, const char *site, const json_t *reviewer, struct laid *out, struct error *e)
{
	int64_t elsewhere = 0, others = 0;
	const char *number = json_text(reviewer, "number");
	enum err r = *number ? db_int(hub->db, HUB_SQL_LAID_NUMBER_ELSEWHERE, 0, &elsewhere, e, "tt", site, number) : OK;
	if (!r)
		r = db_int(hub->db, HUB_SQL_LAID_ELSEWHERE, 0, &others, e, "t", site);
	out->refused = !r && elsewhere;
	out->unknown = !r && !elsewhere && others;
	return r;
}

enum err laid_reviewer(struct hub *hub, const char *site, const json_t *reviewer, struct laid *out, struct error *e)
{
	json_t *row = NULL;
	int64_t any = 0;
	*out = (struct laid){0};
	enum err r = catch_up(hub, e);
	if (!r)
		r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site);
	bool review = strcmp(json_text(row, "kind"), "review") == 0;
	json_decref(row);
	if (!r && review)
		r = db_int(hub->db, HUB_SQL_LAID_ANY, 0, &any, e, "t", site);
	if (r || !review)
		return r;
	return any ? on_list(hub, site, reviewer, out, e) : off_list(hub, site, reviewer, out, e);
}
