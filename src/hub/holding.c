#include "hub/holding.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

static enum err holder(struct hub *hub, const char *issuer, const char *serial, char custodian[SITE_CODE_SIZE], struct error *e)
{
	struct db_rows *rows = NULL;
	custodian[0] = '\0';
	enum err r = db_query(hub->db, HUB_SQL_HOLDING_GET, &rows, e, "tt", issuer, serial);
	if (!r && db_rows_next(rows))
		text_copy(custodian, SITE_CODE_SIZE, db_rows_text(rows, 0));
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err holding_name(struct hub *hub, const char *serial, char issuer[1024], bool *known, struct error *e)
{
	struct db_rows *rows = NULL;
	int count = 0;
	enum err r = db_query(hub->db, HUB_SQL_HOLDING_OF_SERIAL, &rows, e, "t", serial);
	while (!r && db_rows_next(rows)) {
		count++;
		text_copy(issuer, 1024, db_rows_text(rows, 0));
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	*known = count == 1;
	return r ? r : end;
}

static enum err key_holder(struct hub *hub, const char *serial, char custodian[SITE_CODE_SIZE], struct error *e)
{
	struct db_rows *rows = NULL;
	custodian[0] = '\0';
	enum err r = db_query(hub->db, HUB_SQL_KEY_CUSTODY_GET, &rows, e, "t", serial);
	if (!r && db_rows_next(rows))
		text_copy(custodian, SITE_CODE_SIZE, db_rows_text(rows, 0));
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* What a certificate's coming may write, and nothing besides. */
static bool comes_along(const struct judging *j, const char *kind, const json_t *row)
{
	static const char *const kinds[] = {"customer", "staff", "visit", "orders", "item", "certificate", "usb_key", "agent"};
	if (strcmp(kind, "orders") == 0)
		return strcmp(json_text(row, "no"), j->fetched_order) == 0;
	if (strcmp(kind, "certificate") == 0)
		return strcmp(json_text(row, "serial"), j->fetched) == 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i], kind) == 0)
			return row != NULL;
	return false;
}

static enum err find_item(struct judging *j, const json_t *fetched, struct error *e)
{
	struct db_rows *rows = NULL;
	int64_t n = json_number(fetched, "feed");
	enum err r = db_query(j->view.hub->db, HUB_SQL_FEED_ITEM, &rows, e, "ti", j->view.site, n);
	if (!r && db_rows_next(rows) && strcmp(db_rows_text(rows, 0), "certificate") == 0) {
		json_t *body = json_of_line(db_rows_text(rows, 1));
		if (*json_text(body, "serial") && strcmp(json_text(body, "serial"), json_text(fetched, "certificate")) == 0) {
			text_copy(j->fetched, sizeof j->fetched, json_text(body, "serial"));
			text_copy(j->fetched_order, sizeof j->fetched_order, json_text(body, "order"));
			j->taken_item = n;
		}
		json_decref(body);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err holding_judge_take(struct judging *j, struct error *e)
{
	const json_t *fetched = json_object_get(json_object_get(j->entry->entry, "facts"), "fetched");
	const char *serial = json_text(fetched, "certificate");
	if (strcmp(json_text(j->entry->entry, "action"), "custody.certificate") != 0)
		return OK;
	enum err r = find_item(j, fetched, e);
	if (!r && !*j->fetched)
		return judge_refuse(j, REFUSAL_NOT_GIVEN, "%s", serial);
	for (size_t i = 0; !r && i < j->entry->state_count; i++) {
		const char *kind = j->entry->states[i].kind;
		if (!comes_along(j, kind, json_is_object(j->view.opened[i]) ? j->view.opened[i] : NULL))
			return judge_refuse(j, REFUSAL_NOT_GIVEN, "%s %s", serial, kind);
	}
	return r;
}

/* But for whose it is now. */
static bool same_but_holder(const json_t *before, const json_t *now)
{
	json_t *a = json_deep_copy(before), *b = json_deep_copy(now);
	json_object_del(a, "custodian");
	json_object_del(b, "custodian");
	bool same = json_same_row(a, b);
	json_decref(a);
	json_decref(b);
	return same;
}

enum err holding_judge(struct judging *j, size_t at, struct error *e)
{
	const struct posted_state *s = &j->entry->states[at];
	const json_t *now = json_is_object(j->view.opened[at]) ? j->view.opened[at] : NULL;
	bool key = strcmp(s->kind, "usb_key") == 0;
	char custodian[SITE_CODE_SIZE];
	json_t *before = NULL;
	if (strcmp(j->taken, "review") == 0) /* a copy to look at */
		return OK;
	enum err r = view_before(&j->view, s->kind, s->record, &before, e);
	const json_t *named = now ? now : before;
	if (!r)
		r = key ? key_holder(j->view.hub, json_text(named, "serial"), custodian, e)
		        : holder(j->view.hub, json_text(named, "issuer"), json_text(named, "serial"), custodian, e);
	if (!r && *custodian && strcmp(custodian, j->view.site) != 0 && !(before && now && same_but_holder(before, now)))
		r = judge_refuse(j, REFUSAL_HELD, "%s", json_text(named, "serial"));
	json_decref(before);
	return r;
}

static enum err note_key(const struct judging *j, const json_t *row, int64_t record, struct error *e)
{
	struct db *db = j->view.hub->db;
	const char *serial = json_text(row, "serial"), *to = json_text(row, "custodian");
	char custodian[SITE_CODE_SIZE];
	json_t *site = NULL;
	enum err r = db_run(db, HUB_SQL_KEY_RECORD_PUT, NULL, e, "tti", j->view.site, serial, record);
	if (!r)
		r = key_holder(j->view.hub, serial, custodian, e);
	/* sent on from one stock to another's */
	if (!r && strcmp(custodian, j->view.site) == 0 && strcmp(to, custodian) != 0 && !(r = db_row(db, HUB_SQL_SITE_GET, &site, e, "t", to)) && site)
		r = db_run(db, HUB_SQL_KEY_CUSTODY_PUT, NULL, e, "tt", serial, to);
	json_decref(site);
	return r;
}

enum err holding_note(const struct judging *j, size_t at, struct error *e)
{
	const struct posted_state *s = &j->entry->states[at];
	const json_t *row = j->view.opened[at];
	struct db *db = j->view.hub->db;
	if (!json_is_object(row) || strcmp(j->taken, "review") == 0)
		return OK;
	if (strcmp(s->kind, "certificate") == 0)
		return db_run(db, HUB_SQL_HOLDING_PUT, NULL, e, "ttti", json_text(row, "issuer"), json_text(row, "serial"), j->view.site, s->record);
	if (strcmp(s->kind, "usb_key") == 0)
		return note_key(j, row, s->record, e);
	if (strcmp(s->kind, "agent") == 0)
		return db_run(db, HUB_SQL_AGENT_RECORD_PUT, NULL, e, "tii", j->view.site, row_number(row, "customer_id"), s->record);
	if (strcmp(s->kind, "order_subject") == 0)
		return db_run(db, HUB_SQL_ABOUT_PUT, NULL, e, "tii", j->view.site, row_number(row, "certificate_id"), row_number(row, "order_id"));
	return OK;
}

enum err holding_note_map(const struct judging *j, struct error *e)
{
	const json_t *map = json_object_get(json_object_get(json_object_get(j->entry->entry, "facts"), "fetched"), "map"), *one;
	enum err r = OK;
	size_t i;
	json_array_foreach(map, i, one) {
		const char *of = json_string_value(json_array_get(one, 0)), *kind = json_string_value(json_array_get(one, 1));
		int64_t remote = json_integer_value(json_array_get(one, 2)), record = json_integer_value(json_array_get(one, 3));
		if (!r && of && kind && remote > 0 && record > 0)
			r = db_run(j->view.hub->db, HUB_SQL_FETCHED_RECORD_PUT, NULL, e, "tttii", j->view.site, kind, of, remote, record);
	}
	return r;
}
