#include "hub/report_source.h"

#include <string.h>

enum { COLUMN_REGION = 10000, COLUMN_SITE };

/* The statement on the store of the site `at`, or on the next one that there is; none: rows stay NULL. */
static enum err open_from(struct report_rows *r, struct error *e)
{
	enum err rc = OK;
	for (; !rc && !r->rows && r->at < r->readings->count; r->at += !r->rows) {
		struct store *store = NULL;
		if (!(rc = reading_store(r->readings, r->at, &store, e)) && store)
			rc = store_query_text(store, r->name, r->sql, r->values, r->value_count, &r->rows, e);
		if (rc)
			break;
	}
	return rc;
}

static enum err source_open(void *arg, const char *name, const char *sql, struct error *e)
{
	struct report_rows *r = arg;
	r->name = name;
	r->sql = sql;
	r->at = 0;
	r->why = (struct error){0};
	return open_from(r, e);
}

static int source_column(void *arg, const char *key)
{
	const struct report_rows *r = arg;
	if (strcmp(key, REPORT_REGION) == 0)
		return COLUMN_REGION;
	if (strcmp(key, REPORT_SITE) == 0)
		return COLUMN_SITE;
	return r->rows ? rows_column(r->rows, key) : -1;
}

/* Ends this site's rows; what stopped them is kept for close. */
static bool end_one(struct report_rows *r)
{
	enum err rc = rows_end(&r->rows, &r->why);
	if (rc == ERR_STORE_BROKEN || rc == ERR_STORE_FAULT)
		reading_spoilt(r->readings, r->at);
	return rc == OK;
}

static bool source_next(void *arg)
{
	struct report_rows *r = arg;
	while (r->rows && !rows_next(r->rows)) {
		if (!end_one(r))
			return false;
		r->at++;
		if (open_from(r, &r->why))
			return false;
	}
	return r->rows != NULL;
}

static struct report_cell source_cell(void *arg, int column)
{
	const struct report_rows *r = arg;
	struct report_cell cell = {.kind = REPORT_CELL_TEXT};
	if (column == COLUMN_REGION || column == COLUMN_SITE)
		cell.text = column == COLUMN_REGION ? r->sites[r->at].region : r->sites[r->at].code;
	else if (rows_null(r->rows, column))
		cell.kind = REPORT_CELL_NONE;
	else if (rows_integer(r->rows, column))
		cell = (struct report_cell){.kind = REPORT_CELL_NUMBER, .number = rows_int(r->rows, column)};
	else
		cell.text = rows_text(r->rows, column);
	return cell;
}

static enum err source_close(void *arg, struct error *e)
{
	struct report_rows *r = arg;
	if (r->rows)
		end_one(r);
	if (r->why.code && e)
		*e = r->why;
	return r->why.code;
}

struct report_source report_rows_source(struct report_rows *r)
{
	return (struct report_source){r, NULL, source_open, source_column, source_next, source_cell, source_close};
}

size_t report_rows_site(void *arg)
{
	return ((const struct report_rows *)arg)->at;
}
