/* Counting a drawer against the book. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/keylist.h"
#include "desk/keyrow.h"
#include "desk/orderrow.h"
#include "rules/keystate.h"

/* One count while it is made. */
struct count {
	struct desk *d;
	const char *drawer, *reason;
	json_t *book; /* rows by serial */
	const char **counted; /* in order */
	size_t count;
	json_t *missing, *surplus;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *text_or_null(const char *s)
{
	return *s ? json_string(s) : json_null();
}

static enum err add_surplus(struct count *c, const char *serial, struct error *e)
{
	struct key_row key;
	enum err r = key_load(c->d, serial, &key, e);
	if (!r)
		json_array_append_new(c->surplus, json_pack("{ss so so so}", "serial", serial, "medium", text_or_null(key.medium), "state",
		                                            text_or_null(key.state), "drawer", text_or_null(key.drawer)));
	return r;
}

/* Both are in order of serials. */
static enum err compare(struct count *c, struct error *e)
{
	size_t b = 0, n = json_array_size(c->book), i = 0;
	enum err r = OK;
	while (!r && (b < n || i < c->count)) {
		json_t *row = json_array_get(c->book, b);
		int order = b == n ? 1 : i == c->count ? -1 : strcmp(json_text(row, "serial"), c->counted[i]);
		if (order < 0)
			json_array_append(c->missing, row);
		else if (order > 0)
			r = add_surplus(c, c->counted[i], e);
		b += order <= 0;
		i += order >= 0;
	}
	return r;
}

static enum err record_differences(struct count *c, int64_t id, const char *kind, const json_t *rows, struct error *e)
{
	json_t *row;
	size_t i;
	enum err r = OK;
	json_array_foreach((json_t *)rows, i, row) {
		const char *drawer = strcmp(kind, "missing") == 0 ? c->drawer : json_text(row, "drawer");
		if (!r)
			r = store_insert(c->d->store, SQL_STOCK_DIFFERENCE_INSERT, NULL, e, "iittttt", (int64_t)1, id, json_text(row, "serial"),
			                 kind, json_text(row, "medium"), json_text(row, "state"), drawer);
	}
	return r;
}

static enum err record(struct count *c, json_t **out, struct error *e)
{
	char date[11];
	int64_t id = 0, expected = (int64_t)json_array_size(c->book), missing = (int64_t)json_array_size(c->missing),
			surplus = (int64_t)json_array_size(c->surplus);
	desk_business_date(c->d, date);
	enum err r = store_insert(c->d->store, SQL_STOCK_COUNT_INSERT, &id, e, "itiiiiitit", (int64_t)1, c->drawer, expected,
	                          (int64_t)c->count, missing, surplus, c->d->actor.id, date, desk_now(c->d), c->reason);
	if (!r && !(r = record_differences(c, id, "missing", c->missing, e)))
		r = record_differences(c, id, "surplus", c->surplus, e);
	if (!r && !(*out = json_pack("{sI ss sI sI sO sO}", "count", (json_int_t)id, "drawer", c->drawer, "expected", (json_int_t)expected,
	                             "counted", (json_int_t)c->count, "missing", c->missing, "surplus", c->surplus)))
		r = error_set(e, ERR_MEMORY, "%s", c->drawer);
	if (!r) {
		json_t *facts = json_pack("{sI sI sI sI sI}", "number", (json_int_t)id, "expected", (json_int_t)expected, "counted",
		                          (json_int_t)c->count, "missing", (json_int_t)missing, "surplus", (json_int_t)surplus);
		r = desk_commit(c->d, MAY_KEY_STOCK, "key.count", c->drawer, NULL, facts, e);
		json_decref(facts);
	}
	return r;
}

/* The drawer's keys as they are now; the step keeps others from moving them meanwhile. */
static enum err count(struct count *c, const struct key_list *list, json_t **out, struct error *e)
{
	c->count = list->count;
	c->counted = calloc(list->count + 1, sizeof *c->counted);
	c->missing = json_array();
	c->surplus = json_array();
	if (!c->counted)
		return error_set(e, ERR_MEMORY, "%s", c->drawer);
	for (size_t i = 0; i < list->count; i++)
		c->counted[i] = list->lines[i].serial;
	qsort(c->counted, c->count, sizeof *c->counted, by_text);
	enum err r = store_begin(c->d->store, e);
	if (!r && !(r = store_rows(c->d->store, SQL_STOCK_BOOK, &c->book, e, "t", c->drawer)) && !(r = compare(c, e)))
		r = record(c, out, e);
	store_rollback(c->d->store);
	return r;
}

enum err stock_count(struct desk *d, const struct key_source *keys, const char *drawer, const char *reason, json_t **out,
                     struct error *e)
{
	struct count c = {.d = d, .drawer = drawer ? drawer : d->station, .reason = reason ? reason : ""};
	struct key_list list = {0};
	struct mistakes m = {0};
	int64_t known = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_STOCK, NULL, e);
	if (!r && drawer && strcmp(drawer, d->station) != 0 &&
	    !(r = store_int(d->store, SQL_STOCK_DRAWER_KNOWN, 0, &known, e, "t", drawer)) && !known)
		r = error_set(e, ERR_DESK_DRAWER, "%s", drawer);
	if (!r && *c.reason && !reason_good(c.reason))
		r = error_set(e, ERR_DESK_REASON, "%s", c.drawer);
	if (!r)
		r = key_list_read(keys, true, &list, &m, e);
	for (size_t i = 0; !r && i < list.count; i++)
		key_list_line(&list, i, &m);
	if (!r && !(r = mistakes_error(&m, ERR_DESK_STOCK, e)))
		r = count(&c, &list, out, e);
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	json_decref(c.book);
	json_decref(c.missing);
	json_decref(c.surplus);
	free(c.counted);
	key_list_free(&list);
	mistakes_free(&m);
	return r;
}

enum err stock_judge_counted(struct desk *d, const char *drawer, const char *serial, json_t **out, struct error *e)
{
	struct key_row key = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r && !key_serial_valid(serial))
		r = error_set(e, ERR_DESK_SERIAL, "%s", serial);
	if (!r && !(r = key_load(d, serial, &key, e)))
		*out = json_pack("{ss ss ss ss sb}", "serial", serial, "medium", key.medium, "state", key.state, "drawer", key.drawer,
		                 "expected", key_in_drawer(key.state) && strcmp(key.drawer, drawer ? drawer : d->station) == 0);
	return r;
}

enum err stock_counts(struct desk *d, const char *date, json_t **out, struct error *e)
{
	json_t *row;
	size_t i;
	int64_t day;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r && date && !civil_parse_date(date, &day))
		r = error_set(e, ERR_DESK_DATE, "%s", date);
	if (!r)
		r = store_rows(d->store, SQL_STOCK_COUNTS, out, e, "t", date ? date : "");
	json_array_foreach(*out, i, row) {
		json_t *differences = NULL;
		if (!r)
			r = store_rows(d->store, SQL_STOCK_DIFFERENCES, &differences, e, "i", json_number(row, "id"));
		json_object_set_new(row, "differences", differences ? differences : json_array());
		desk_time(row, "counted_at", json_number(row, "counted_at"));
	}
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	return r;
}
