#include "desk/day.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/daycheck.h"
#include "desk/orderrow.h"
#include "desk/report.h"
#include "store/journal.h"

enum { TRIES = 5, REPORT_LIMIT = 1 << 28 };

enum err day_not_frozen(struct desk *d, const char *date, struct error *e)
{
	int64_t frozen = 0, day;
	if (!civil_parse_date(date, &day))
		return error_set(e, ERR_DESK_DATE, "%s", date);
	enum err r = store_int(d->store, SQL_DAY_IS_FROZEN, 0, &frozen, e, "t", date);
	return r ? r : frozen ? error_set(e, ERR_DAY_FROZEN, "%s", date) : OK;
}

enum err day_due(struct desk *d, char out[11], struct error *e)
{
	json_t *row = NULL;
	desk_business_date(d, out);
	enum err r = store_row(d->store, SQL_DAY_FIRST_OPEN, &row, e, "t", out);
	int64_t ever = 0;
	if (!r)
		r = store_int(d->store, SQL_DAY_IS_FROZEN, 0, &ever, e, "t", "");
	if (!r && ever && *json_text(row, "first")) /* the first day's end takes all before it along */
		text_copy(out, 11, json_text(row, "first"));
	json_decref(row);
	return r;
}

static enum err choose_date(struct desk *d, const char *date, char out[11], struct error *e)
{
	int64_t day;
	desk_business_date(d, out);
	if (!date)
		return OK;
	if (!civil_parse_date(date, &day))
		return error_set(e, ERR_DESK_DATE, "%s", date);
	text_copy(out, 11, date);
	return OK;
}

/* Where the report of a day lies; new string. */
static char *report_path(const struct desk *d, const char *name)
{
	char *path = NULL;
	return asprintf(&path, "%s/reports/%s", d->dir, name) < 0 ? NULL : path;
}

/* A frozen day shows what was seen when it ended. */
static enum err show_frozen(struct desk *d, const json_t *closed, json_t *out)
{
	json_t *items = json_of_line(json_text(closed, "checklist")), *item, *shown = json_array();
	char head[DIGEST_TEXT_SIZE + 24];
	size_t i;
	json_array_foreach(items, i, item) {
		const struct day_item *known = day_item_find(json_text(item, "item"));
		bool made = known && (strcmp(known->name, "report") == 0 || strcmp(known->name, "freeze") == 0);
		const char *detail = strcmp(json_text(item, "item"), "report") == 0 ? json_text(closed, "report") : tr("已冻结", "frozen");
		if (known)
			json_array_append_new(shown, day_item_json(known, made ? "done" : json_text(item, "state"),
			                                           made ? detail : json_text(item, "detail"), ""));
	}
	char *path = report_path(d, json_text(closed, "report"));
	snprintf(head, sizeof head, "%lld %s", (long long)json_number(closed, "head_seq"), json_text(closed, "head_hash"));
	json_object_set_new(out, "checklist", shown);
	json_object_set_new(out, "report", json_string(path ? path : ""));
	json_object_set(out, "report_digest", json_object_get(closed, "report_digest"));
	json_object_set_new(out, "head", json_string(head));
	desk_time(out, "closed_at", json_number(closed, "closed_at"));
	json_object_set(out, "closed_by", json_object_get(closed, "closed_by"));
	json_decref(items);
	free(path);
	return OK;
}

/* Frozen along with a later date: there is no list of its own. */
static enum err show_covered(json_t *out)
{
	json_object_set_new(out, "checklist", json_array());
	return OK;
}

static enum err show(struct desk *d, const char *date, json_t **out, struct error *e)
{
	json_t *closed = NULL, *items = NULL;
	bool ready = false;
	int64_t frozen = 0;
	*out = json_pack("{ss sb sb sn sn sn sn sn}", "date", date, "frozen", 0, "ready", 0, "report", "report_digest", "head", "closed_at",
	                 "closed_by");
	enum err r = store_row(d->store, SQL_DAY_CLOSE_GET, &closed, e, "t", date);
	if (!r)
		r = store_int(d->store, SQL_DAY_IS_FROZEN, 0, &frozen, e, "t", date);
	json_object_set_new(*out, "frozen", json_boolean(frozen));
	if (!r && closed)
		r = show_frozen(d, closed, *out);
	else if (!r && frozen)
		r = show_covered(*out);
	else if (!r && !(r = day_check(d, date, &items, &ready, e))) {
		json_object_set_new(*out, "checklist", items);
		json_object_set_new(*out, "ready", json_boolean(ready));
	}
	json_decref(closed);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}

enum err day_show(struct desk *d, const char *date, json_t **out, struct error *e)
{
	char day[11];
	*out = NULL;
	enum err r = desk_allow(d, MAY_DAY_VIEW, NULL, e);
	if (!r)
		r = choose_date(d, date, day, e);
	return r ? r : show(d, day, out, e);
}

/* What was said of an item; figure -1 is a waiver. */
static enum err record(struct desk *d, const char *date, const struct day_item *item, int64_t figure, const char *reason,
                       const struct staff *who, struct error *e)
{
	struct day_expected now = {0};
	const char *why = reason ? reason : "";
	bool waive = figure < 0;
	enum err r = day_not_frozen(d, date, e);
	if (!r && !waive)
		r = item->expect(d, date, &now, e);
	if (!r && (waive || figure != now.figure) && !reason_good(why))
		r = error_set(e, ERR_DESK_REASON, "%s %s", date, tr(item->zh, item->en));
	if (r)
		return r;
	if (waive)
		return store_insert(d->store, SQL_DAY_ITEM_INSERT, NULL, e, "tttnnntii", date, item->name, "waived", why, who->id, desk_now(d));
	return store_insert(d->store, SQL_DAY_ITEM_INSERT, NULL, e, "tttiiitii", date, item->name, "confirmed", figure, now.figure, now.events,
	                    figure == now.figure ? "" : why, who->id, desk_now(d));
}

static enum err say(struct desk *d, const char *date, const char *name, int64_t figure, const char *reason, json_t **out, struct error *e)
{
	const struct day_item *item = day_item_find(name);
	const struct staff *who;
	char day[11];
	bool waive = figure < 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_DAY_CLOSE, &who, e);
	if (!r)
		r = choose_date(d, date, day, e);
	if (!r && (!item || (waive ? !item->waive : !item->expect)))
		r = error_set(e, ERR_DAY_ITEM, "%s", name);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = record(d, day, item, figure, reason, who, e))) {
		json_t *facts = json_pack("{ss ss}", "item", name, "reason", reason ? reason : "");
		if (!waive)
			json_object_set_new(facts, "figure", json_integer(figure));
		r = desk_commit(d, MAY_DAY_CLOSE, waive ? "day.waive" : "day.confirm", day, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	return r ? r : show(d, day, out, e);
}

enum err day_confirm(struct desk *d, const char *date, const char *item, int64_t figure, const char *reason, json_t **out,
                     struct error *e)
{
	*out = NULL;
	return figure < 0 ? error_set(e, ERR_DESK_AMOUNT, "%lld", (long long)figure) : say(d, date, item, figure, reason, out, e);
}

enum err day_waive(struct desk *d, const char *date, const char *item, const char *reason, json_t **out, struct error *e)
{
	return say(d, date, item, -1, reason, out, e);
}

/* Closing ---------------------------------------------------------------------------------------------------------- */

/* Refuses with the titles of all that is open. */
static enum err check_ready(struct desk *d, const char *date, json_t **items, struct error *e)
{
	char open[400] = "";
	bool ready;
	size_t i;
	json_t *item;
	enum err r = day_check(d, date, items, &ready, e);
	if (r || ready)
		return r;
	json_array_foreach(*items, i, item)
		if (json_flag(item, "blocks") && strcmp(json_text(item, "state"), "open") == 0)
			lang_list_add(open, sizeof open, json_text(item, "title"));
	json_decref(*items);
	*items = NULL;
	return error_set(e, ERR_DAY_OPEN, "%s", open);
}

struct made {
	char name[40], digest[DIGEST_TEXT_SIZE];
	char *head; /* "SEQUENCE HASH" */
	char *path, *draft; /* where it will lie; until the date is frozen by this very window, beside it */
};

static enum err place_report(struct desk *d, const char *date, struct made *m, struct error *e)
{
	char *dir = path_join(d->dir, "reports");
	snprintf(m->name, sizeof m->name, "daily-%s.xlsx", date);
	enum err r = dir && (m->path = path_join(dir, m->name)) ? dir_make(dir, e) : ERR_MEMORY;
	if (!r && asprintf(&m->draft, "%s.XXXXXX", m->path) < 0) {
		m->draft = NULL;
		r = ERR_MEMORY;
	}
	int fd = r ? -1 : mkostemp(m->draft, O_CLOEXEC);
	free(dir);
	if (!r && fd < 0) {
		r = error_set(e, ERR_FILE_WRITE, "%s", m->path);
		*m->draft = '\0';
	}
	if (fd >= 0)
		close(fd);
	return r;
}

static void made_free(struct made *m)
{
	if (m->draft && *m->draft)
		unlink(m->draft);
	free(m->draft);
	free(m->path);
	free(m->head);
}

static enum err make_report(struct desk *d, const char *date, struct made *out, struct error *e)
{
	struct bytes content = {0};
	json_t *result = NULL;
	enum err r = report_keep(d, "daily", date, NULL, out->draft, NULL, NULL, &result, e);
	if (!r && !(r = file_read(out->draft, REPORT_LIMIT, &content, e))) {
		digest_text(content.data, content.length, out->digest);
		free(out->head);
		if (!(out->head = strdup(json_text(result, "head"))))
			r = ERR_MEMORY;
	}
	json_decref(result);
	bytes_free(&content);
	return r;
}

static enum err freeze(struct desk *d, const char *date, const struct made *m, const json_t *items, const struct staff *who,
                       struct error *e)
{
	char *list = json_dumps(items, JSON_COMPACT), *hash = strchr(m->head, ' ');
	long long seq = atoll(m->head);
	enum err r = rename(m->draft, m->path) != 0 ? error_set(e, ERR_FILE_WRITE, "%s", m->path) : list && hash ? OK : ERR_MEMORY;
	if (!r)
		r = store_insert(d->store, SQL_DAY_CLOSE_INSERT, NULL, e, "tttittii", date, m->name, m->digest, (int64_t)seq, hash + 1, list, who->id,
		                 desk_now(d));
	if (!r) {
		json_t *facts = json_pack("{ss sI ss}", "report", m->name, "head", (json_int_t)seq, "hash", hash + 1);
		json_t *files = json_pack("{ss}", m->name, m->digest);
		r = desk_commit(d, MAY_DAY_CLOSE, NULL, date, files, facts, e);
		json_decref(facts);
		json_decref(files);
	}
	free(list);
	return r;
}

/* The report is made before the step, so that nobody waits for it, and put in its place within it: another window may have ended the
 * day meanwhile, and that one's report is what the digest is of. *done stays false where somebody wrote meanwhile. */
static enum err try_close(struct desk *d, const char *date, const struct staff *who, struct made *m, bool *done, struct error *e)
{
	json_t *items = NULL;
	int64_t seq = 0, newest;
	char hash[DIGEST_TEXT_SIZE];
	enum err r = make_report(d, date, m, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = day_not_frozen(d, date, e)) && !(r = check_ready(d, date, &items, e)) && !(r = journal_head(d->store, &seq, &newest, hash, e)) &&
	    seq == atoll(m->head)) {
		r = freeze(d, date, m, items, who, e);
		*done = r == OK;
	}
	json_decref(items);
	store_rollback(d->store);
	return r;
}

/* First what a look can tell, so that no report is written for nothing. */
static enum err check_close(struct desk *d, const char *date, struct error *e)
{
	char today[11];
	json_t *items = NULL;
	civil_date_text(desk_now(d), today);
	enum err r = desk_clock_right(d, e);
	if (!r)
		r = day_not_frozen(d, date, e);
	if (!r && strcmp(date, today) > 0)
		r = error_set(e, ERR_DAY_FUTURE, "%s", date);
	if (!r)
		r = check_ready(d, date, &items, e);
	json_decref(items);
	return r;
}

enum err day_close(struct desk *d, const char *date, json_t **out, struct error *e)
{
	const struct staff *who;
	struct made m = {0};
	char day[11];
	bool done = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_DAY_CLOSE, &who, e);
	if (!r)
		r = choose_date(d, date, day, e);
	if (!r)
		r = check_close(d, day, e);
	if (!r)
		r = place_report(d, day, &m, e);
	for (int i = 0; !r && !done && i < TRIES; i++)
		r = try_close(d, day, who, &m, &done, e);
	if (!r && !done)
		r = error_set(e, ERR_STORE_BUSY, "%s", day);
	made_free(&m);
	return r ? r : show(d, day, out, e);
}
