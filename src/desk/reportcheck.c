#include "desk/reportcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "report/definition.h"
#include "store/adhoc.h"

enum { SQL_LIMIT = 256 << 10 };

/* Every parameter that anything of the program gives. */
static const struct adhoc_value values[] = {{":from", "2026-01-01", 0}, {":to", "2026-01-01", 0}, {":from_time", NULL, 0}, {":to_time", NULL, 1},
                                            {":now", NULL, 1},          {":lang", "zh", 0},       {":batch", NULL, 1}};
enum { VALUES = sizeof values / sizeof *values };

/* Prepared, not run. `columns` may be NULL. */
static enum err check_statement(struct desk *d, const char *name, const char *sql, const struct report_block *block, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query_text(d->store, name, sql, values, VALUES, &rows, e);
	for (size_t i = 0; !r && block && i < block->column_count; i++)
		if (rows_column(rows, block->columns[i].key) < 0)
			r = error_set(e, ERR_STORE_QUERY, tr("%s：没有 %s 这一列", "%s: no column %s"), name, block->columns[i].key);
	rows_end(&rows, NULL);
	return r;
}

static enum err check_report(struct desk *d, const char *dir, const char *name, bool statements, struct error *e)
{
	struct report *report = NULL;
	enum err r = report_load(dir, name, &report, e);
	for (size_t i = 0; !r && statements && i < report->sheet_count; i++)
		for (size_t k = 0; !r && k < report->sheets[i].block_count; k++) {
			const struct report_block *block = &report->sheets[i].blocks[k];
			r = check_statement(d, block->query, block->sql, block, e);
			if (!r && block->count_sql)
				r = check_statement(d, block->query, block->count_sql, NULL, e);
		}
	report_free(&report);
	return r;
}

static enum err check_all(struct desk *d, const char *dir, bool statements, struct error *e)
{
	char **names = NULL;
	enum err r = OK;
	int n = report_names(dir, &names);
	for (int i = 0; i < n; i++) {
		if (!r)
			r = check_report(d, dir, names[i], statements, e);
		free(names[i]);
	}
	free(names);
	return r;
}

/* The balance of the stock is a statement that the program reads by itself. */
static enum err check_stock(struct desk *d, const char *share, bool statements, struct error *e)
{
	struct bytes sql = {0};
	char *path = path_join(share, "reports/daily/stock.sql");
	enum err r = path ? file_read(path, SQL_LIMIT, &sql, e) : ERR_MEMORY;
	if (!r && statements)
		r = check_statement(d, "reports/daily/stock.sql", (char *)sql.data, NULL, e);
	bytes_free(&sql);
	free(path);
	return r;
}

enum err reports_check(struct desk *d, const char *share, bool statements, struct error *e)
{
	static const char *const places[][2] = {{"reports", "daily"}, {"reports", "deadlines"}, {"reports/lists", "invoices"}};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof places / sizeof *places; i++) {
		struct report *needed = NULL;
		char *dir = path_join(share, places[i][0]);
		r = dir ? report_load(dir, places[i][1], &needed, e) : ERR_MEMORY;
		report_free(&needed);
		if (!r && i != 1)
			r = check_all(d, dir, statements, e);
		free(dir);
	}
	return r ? r : check_stock(d, share, statements, e);
}
