#include "hub/publication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/feed.h"

enum { WHY_MOST = 900 };

/* --- sending ------------------------------------------------------------------------------------------------------- */

enum err publication_send(struct hub *hub, const char *site, int64_t number, const json_t *body, struct error *e)
{
	struct bytes text = {0};
	char digest[DIGEST_TEXT_SIZE];
	int64_t n = 0;
	json_t *item = json_deep_copy(body);
	enum err r = item && json_canonical(body, &text) == OK ? OK : error_set(e, ERR_MEMORY, "publication");
	digest_text(text.data, text.length, digest);
	bytes_free(&text);
	if (r) {
		json_decref(item);
		return r;
	}
	if (!(r = feed_add(hub, site, "publication", "", item, e)) && !(r = db_int(hub->db, HUB_SQL_FEED_LAST, 0, &n, e, "t", site)))
		r = db_run(hub->db, HUB_SQL_PUBLICATION_SITE_INSERT, NULL, e, "ititi", number, site, n, (const char *)digest, hub_now(hub));
	return r;
}

/* --- what is still in force ---------------------------------------------------------------------------------------- */

/* A version whose date had passed counted from the publication on. */
static int64_t begins(const json_t *table, const json_t *publication)
{
	int64_t from = 0, at = json_number(publication, "at");
	return civil_parse_date(json_text(table, "from"), &from) && from > at ? from : at;
}

/* Of versions that have begun the one that began last counts; of those to come each does from its day on. */
static bool table_replaced(const json_t *all, size_t own, const json_t *table, int64_t now)
{
	const json_t *other, *one;
	size_t i, k;
	int64_t mine = begins(table, json_array_get(all, own));
	json_array_foreach(all, i, other)
		json_array_foreach(json_object_get(json_object_get(other, "body"), "tables"), k, one) {
			int64_t its = begins(one, other);
			if (i == own || strcmp(json_text(one, "name"), json_text(table, "name")) != 0)
				continue;
			if ((its == mine && i > own) || (mine <= now && its <= now && its > mine))
				return true;
		}
	return false;
}

static bool person_replaced(const json_t *all, size_t own, const json_t *person)
{
	const json_t *one;
	size_t k;
	for (size_t i = own + 1; i < json_array_size(all); i++)
		json_array_foreach(json_object_get(json_object_get(json_array_get(all, i), "body"), "staff"), k, one)
			if (strcmp(json_text(one, "login"), json_text(person, "login")) == 0)
				return true;
	return false;
}

static bool definitions_replaced(const json_t *all, size_t own, const char *program)
{
	for (size_t i = own + 1; i < json_array_size(all); i++) {
		const json_t *body = json_object_get(json_array_get(all, i), "body");
		if (json_array_size(json_object_get(body, "files")) && strcmp(json_text(body, "program"), program) == 0)
			return true;
	}
	return false;
}

/* The body without what later ones have replaced; false where nothing is left. */
static bool reduce(const json_t *all, size_t own, int64_t now)
{
	json_t *body = json_object_get(json_array_get(all, own), "body");
	json_t *tables = json_object_get(body, "tables"), *staff = json_object_get(body, "staff");
	for (size_t i = json_array_size(tables); i-- > 0;)
		if (table_replaced(all, own, json_array_get(tables, i), now))
			json_array_remove(tables, i);
	for (size_t i = json_array_size(staff); i-- > 0;)
		if (person_replaced(all, own, json_array_get(staff, i)))
			json_array_remove(staff, i);
	if (definitions_replaced(all, own, json_text(body, "program"))) {
		json_object_del(body, "files");
		json_object_del(body, "program");
	}
	return json_array_size(tables) || json_array_size(staff) || json_array_size(json_object_get(body, "files")) ||
	       json_array_size(json_object_get(body, "stock"));
}

enum err publication_in_force(struct hub *hub, const char *site, json_t **out, struct error *e)
{
	struct db_rows *rows = NULL;
	json_t *all = json_array();
	*out = NULL;
	enum err r = db_query(hub->db, HUB_SQL_PUBLICATION_FOR, &rows, e, "t", site);
	while (!r && db_rows_next(rows)) {
		json_t *body = json_of_line(db_rows_text(rows, 1));
		if (!body)
			r = error_set(e, ERR_HUB_ALTERED, "publication %lld", (long long)db_rows_int(rows, 0));
		json_object_set_new(body, "number", json_integer(db_rows_int(rows, 0)));
		json_array_append_new(all, json_pack("{sI sI so}", "number", (json_int_t)db_rows_int(rows, 0), "at", (json_int_t)db_rows_int(rows, 2),
		                                     "body", body));
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	/* what replaces a part and is itself replaced leaves one that replaces both */
	for (size_t i = json_array_size(all); !r && i-- > 0;)
		if (!reduce(all, i, hub_now(hub)))
			json_array_remove(all, i);
	if (r)
		json_decref(all);
	else
		*out = all;
	return r;
}

enum err publication_catch_up(struct hub *hub, const char *site, struct error *e)
{
	json_t *all = NULL, *row = NULL, *one;
	size_t i;
	enum err r = db_lock(hub->db, "publication", "", e);
	if (!r)
		r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site);
	bool joined = row && strcmp(json_text(row, "state"), "joined") == 0;
	json_decref(row);
	if (!r && joined)
		r = publication_in_force(hub, site, &all, e);
	json_array_foreach(all, i, one) {
		int64_t number = json_number(one, "number"), sent = 0;
		if (!r && !(r = db_int(hub->db, HUB_SQL_PUBLICATION_SITE_GET, 0, &sent, e, "it", number, site)) && !sent)
			r = publication_send(hub, site, number, json_object_get(one, "body"), e);
	}
	json_decref(all);
	return r;
}

/* --- what became of it --------------------------------------------------------------------------------------------- */

static bool speaks_of_one(const struct judging *j, bool *taken, int64_t *number)
{
	const char *action = json_text(j->entry->entry, "action"), *subject = json_text(j->entry->entry, "subject");
	char *end;
	*taken = strcmp(action, "publication.take") == 0;
	*number = strtoll(subject, &end, 10);
	if (*end || end == subject)
		*number = 0;
	return *taken || strcmp(action, "publication.refuse") == 0;
}

enum err publication_judge(struct judging *j, struct error *e)
{
	struct db_rows *rows = NULL;
	const json_t *facts = json_object_get(j->entry->entry, "facts");
	int64_t number;
	bool taken, right = false;
	if (!speaks_of_one(j, &taken, &number))
		return OK;
	enum err r = db_query(j->view.hub->db, HUB_SQL_PUBLICATION_SITE_GET, &rows, e, "it", number, j->view.site);
	if (r)
		return r;
	if (db_rows_next(rows))
		right = !taken || strcmp(db_rows_text(rows, 1), json_text(facts, "digest")) == 0;
	if ((r = db_rows_end(&rows, e)))
		return r;
	return right ? OK : judge_refuse(j, REFUSAL_PUBLICATION, "%lld", (long long)number);
}

enum err publication_note(const struct judging *j, struct error *e)
{
	struct hub *hub = j->view.hub;
	char why[WHY_MOST] = "", detail[WHY_MOST + 32];
	int64_t number, n = 0;
	bool taken;
	if (!speaks_of_one(j, &taken, &number))
		return OK;
	if (!taken)
		text_printable(why, sizeof why, json_text(json_object_get(j->entry->entry, "facts"), "why"));
	enum err r = db_int(hub->db, HUB_SQL_PUBLICATION_SITE_GET, 0, &n, e, "it", number, j->view.site);
	if (!r)
		r = db_run(hub->db, HUB_SQL_PUBLICATION_SITE_SET, NULL, e, "ittti", number, j->view.site, taken ? "taken" : "refused",
		           (const char *)why, hub_now(hub));
	if (!r)
		r = db_run(hub->db, HUB_SQL_FEED_DONE, NULL, e, "ti", j->view.site, n);
	snprintf(detail, sizeof detail, "%lld: %s", (long long)number, why);
	return r || taken ? r : hub_alarm_once(hub, j->view.site, "publication", detail, HUB_ALARMS_A_DAY, e);
}
