#include "desk/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "report/workbook.h"
#include "store/adhoc.h"
#include "store/journal.h"

enum { DAY = 86400, VALUES = 5 };

/* The store as a report's source of rows. */
struct feed {
	struct store *store;
	struct adhoc_value values[VALUES];
	struct rows *rows;
};

static enum err feed_open(void *arg, const char *name, const char *sql, struct error *e)
{
	struct feed *f = arg;
	return store_query_text(f->store, name, sql, f->values, VALUES, &f->rows, e);
}

static int feed_column(void *arg, const char *key)
{
	return rows_column(((struct feed *)arg)->rows, key);
}

static bool feed_next(void *arg)
{
	return rows_next(((struct feed *)arg)->rows);
}

static struct report_cell feed_cell(void *arg, int column)
{
	const struct rows *rows = ((struct feed *)arg)->rows;
	if (rows_null(rows, column))
		return (struct report_cell){.kind = REPORT_CELL_NONE};
	return rows_integer(rows, column) ? (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = rows_int(rows, column)}
	                                  : (struct report_cell){.kind = REPORT_CELL_TEXT, .text = rows_text(rows, column)};
}

static enum err feed_close(void *arg, struct error *e)
{
	return rows_end(&((struct feed *)arg)->rows, e);
}

static enum err make(struct desk *d, const struct report *report, struct report_facts *facts, const struct report_progress *progress,
                     const char *path, json_t **out, struct error *e)
{
	int64_t from = 0, last = 0, seq, time;
	char hash[DIGEST_TEXT_SIZE], head[DIGEST_TEXT_SIZE + 24];
	struct report_result result = {0};
	civil_parse_date(facts->from, &from);
	civil_parse_date(facts->to, &last);
	struct feed feed = {.store = d->store,
	                    .values = {{":from", facts->from, 0},
	                               {":to", facts->to, 0},
	                               {":from_time", NULL, from},
	                               {":to_time", NULL, last + DAY},
	                               {":lang", lang_now() == LANG_ZH ? "zh" : "en", 0}}};
	struct report_source source = {&feed, feed_open, feed_column, feed_next, feed_cell, feed_close};
	enum err r = store_read_begin(d->store, e); /* all sheets, and the head, of one moment */
	if (r)
		return r;
	if (!(r = journal_head(d->store, &seq, &time, hash, e))) {
		snprintf(head, sizeof head, "%lld %s", (long long)seq, hash);
		facts->head = head;
		r = report_write(report, facts, &source, progress, path, &result, e);
	}
	store_read_end(d->store);
	if (!r && !(*out = json_pack("{ss sI sI ss}", "path", path, "rows", (json_int_t)result.rows, "sheets",
	                             (json_int_t)result.sheets, "head", head)))
		r = error_set(e, ERR_MEMORY, "%s", path);
	return r;
}

enum err report_run(struct desk *d, const char *name, const char *date, const char *to, const char *path,
                    void (*progress)(void *arg, int64_t done, int64_t of), void *arg, json_t **out, struct error *e)
{
	const struct staff *who = NULL;
	struct report *report = NULL;
	char *dir = NULL;
	int64_t first, last;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REPORT, &who, e);
	if (r)
		return r;
	if (!civil_parse_date(date, &first))
		return error_set(e, ERR_DESK_DATE, "%s", date);
	if (!civil_parse_date(to ? to : date, &last) || last < first)
		return error_set(e, ERR_DESK_DATE, "%s", to ? to : date);
	if (!(dir = path_join(d->share, "reports")))
		return error_set(e, ERR_MEMORY, "%s", name);
	if (!(r = report_load(dir, name, &report, e))) {
		struct report_facts facts = {.site = d->site, .site_name = d->site_name, .by = who->name, .from = date,
		                             .to = to ? to : date, .printed_at = desk_now(d), .demonstration = d->demonstration};
		r = make(d, report, &facts, &(struct report_progress){progress, arg}, path, out, e);
	}
	report_free(&report);
	free(dir);
	return r;
}
