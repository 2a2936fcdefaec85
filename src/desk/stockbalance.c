/* The stock's balance, by the statement of the daily report. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "desk/stock.h"
#include "store/adhoc.h"

enum { SQL_LIMIT = 1 << 20 };

static const char statement[] = "reports/daily/stock.sql";
/* The report's columns; transfers within the point are shown to nobody, they only cancel out. */
static const char *const flows[] = {"opening", "received", "transferred_in", "returned", "handed_over", "mailed", "transferred_out",
                                    "spoiled", "made", "remaining", "difference"};
enum { FLOWS = sizeof flows / sizeof *flows };

static void add(json_t *object, const char *key, int64_t n)
{
	json_object_set_new(object, key, json_integer((json_int_t)(json_number(object, key) + n)));
}

static json_t *line_new(const char *drawer, const char *medium)
{
	json_t *line = json_pack("{ss? ss}", "drawer", drawer, "medium", medium);
	for (size_t i = 0; i < FLOWS; i++)
		add(line, flows[i], 0);
	json_object_set_new(line, "reason", json_null());
	return line;
}

static json_t *line_of_medium(json_t *point, const char *medium)
{
	json_t *line;
	size_t i;
	json_array_foreach(point, i, line)
		if (strcmp(json_text(line, "medium"), medium) == 0)
			return line;
	json_array_append_new(point, line_new(NULL, medium));
	return json_array_get(point, json_array_size(point) - 1);
}

static int64_t number(const struct rows *rows, const char *column)
{
	int at = rows_column(rows, column);
	return at < 0 ? 0 : rows_int(rows, at);
}

static void add_reason(json_t *line, const char *reason)
{
	const char *before = json_text(line, "reason");
	if (*reason)
		json_object_set_new(line, "reason", *before ? json_sprintf("%s, %s", before, reason) : json_string(reason));
}

static void take_row(const struct rows *rows, json_t *drawers, json_t *point)
{
	int drawer = rows_column(rows, "drawer"), medium = rows_column(rows, "medium"), reason = rows_column(rows, "reason");
	json_t *line = line_new(rows_text(rows, drawer), rows_text(rows, medium));
	json_t *whole = line_of_medium(point, rows_text(rows, medium));
	int64_t within = number(rows, "within_in");
	for (size_t i = 0; i < FLOWS; i++) {
		add(line, flows[i], number(rows, flows[i]));
		add(whole, flows[i], number(rows, flows[i]));
	}
	add(whole, "transferred_in", -within);
	add(whole, "transferred_out", -number(rows, "within_out"));
	add_reason(line, rows_text(rows, reason));
	add_reason(whole, rows_text(rows, reason));
	json_array_append_new(drawers, line);
}

static enum err read_rows(struct desk *d, const char *sql, const char *from, const char *to, json_t *drawers, json_t *point,
                          bool *balanced, struct error *e)
{
	const struct adhoc_value values[] = {{":from", from, 0}, {":to", to, 0}};
	struct rows *rows = NULL;
	enum err r = store_query_text(d->store, statement, sql, values, 2, &rows, e);
	if (r)
		return r;
	while (rows_next(rows)) {
		take_row(rows, drawers, point);
		*balanced = *balanced && !number(rows, "difference") && !*rows_text(rows, rows_column(rows, "reason"));
	}
	return rows_end(&rows, e);
}

enum err stock_balance(struct desk *d, const char *from, const char *to, json_t **out, struct error *e)
{
	struct bytes sql = {0};
	char today[11];
	int64_t first = 0, last = 0;
	bool balanced = true;
	json_t *drawers = json_array(), *point = json_array();
	desk_business_date(d, today);
	from = from ? from : today;
	to = to ? to : from;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r && !civil_parse_date(from, &first))
		r = error_set(e, ERR_DESK_DATE, "%s", from);
	else if (!r && (!civil_parse_date(to, &last) || last < first))
		r = error_set(e, ERR_DESK_DATE, "%s", to);
	char *path = path_join(d->share, statement);
	if (!r && !(r = path ? file_read(path, SQL_LIMIT, &sql, e) : ERR_MEMORY) && !(r = bytes_add(&sql, "", 1)))
		r = read_rows(d, (const char *)sql.data, from, to, drawers, point, &balanced, e);
	if (!r && !(*out = json_pack("{ss ss ss sb sO sO}", "date", from, "to", to, "site", d->site, "balanced", (int)balanced, "drawers",
	                             drawers, "point", point)))
		r = error_set(e, ERR_MEMORY, "%s", from);
	json_decref(drawers);
	json_decref(point);
	bytes_free(&sql);
	free(path);
	return r;
}
