/* The list for the tax system: rows of a statement, with the buyer's sealed data put in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/invoicerow.h"
#include "desk/output.h"
#include "desk/reportfeed.h"
#include "store/journal.h"

enum { BUYER_COLUMN = 1000 }; /* columns of our own begin here */

static const char *const buyer_columns[] = {"title", "tax_number", "address_phone", "bank_account"};
enum { BUYER_COLUMNS = sizeof buyer_columns / sizeof *buyer_columns };

/* A source over another, which has the invoice's id in a column. */
struct list_source {
	struct report_source inner;
	json_t *buyers; /* by the invoice's id as text; opened before: rows are read while others wait for the store */
	int id_column;
};

static enum err list_open(void *arg, const char *name, const char *sql, struct error *e)
{
	struct list_source *s = arg;
	enum err r = s->inner.open(s->inner.arg, name, sql, e);
	if (!r)
		s->id_column = s->inner.column(s->inner.arg, "invoice_id");
	return r;
}

static int list_column(void *arg, const char *key)
{
	struct list_source *s = arg;
	for (int i = 0; i < BUYER_COLUMNS; i++)
		if (s->id_column >= 0 && strcmp(buyer_columns[i], key) == 0)
			return BUYER_COLUMN + i;
	return s->inner.column(s->inner.arg, key);
}

static bool list_next(void *arg)
{
	struct list_source *s = arg;
	return s->inner.next(s->inner.arg);
}

static struct report_cell list_cell(void *arg, int column)
{
	struct list_source *s = arg;
	char id[24];
	if (column < BUYER_COLUMN)
		return s->inner.cell(s->inner.arg, column);
	snprintf(id, sizeof id, "%lld", (long long)s->inner.cell(s->inner.arg, s->id_column).number);
	return (struct report_cell){.kind = REPORT_CELL_TEXT,
	                            .text = json_text(json_object_get(s->buyers, id), buyer_columns[column - BUYER_COLUMN])};
}

static enum err list_close(void *arg, struct error *e)
{
	struct list_source *s = arg;
	return s->inner.close(s->inner.arg, e);
}

struct export {
	int64_t batch, invoices, amount;
	json_t *buyers;
	const struct staff *who;
	const char *path;
};

static enum err put_in_list(struct desk *d, struct export *x, int64_t id, struct error *e)
{
	struct rows *rows = NULL;
	char untaxed[160] = "";
	enum err r = store_query(d->store, SQL_INVOICE_UNTAXED, &rows, e, "ii", id, desk_now(d));
	if (r)
		return r;
	if (rows_next(rows))
		text_copy(untaxed, sizeof untaxed, rows_text(rows, 0));
	if ((r = rows_end(&rows, e)))
		return r;
	if (*untaxed)
		return error_set(e, ERR_DESK_INVOICE_TAX, "%s", untaxed);
	x->invoices++;
	if (!(r = store_run(d->store, SQL_INVOICE_EXPORT, NULL, e, "iiii", id, x->batch, desk_now(d), x->who->id)) &&
	    !(r = store_run(d->store, SQL_INVOICE_LINES_CLEAR, NULL, e, "i", id)))
		r = store_run(d->store, SQL_INVOICE_LINES_INSERT, NULL, e, "i", id);
	return r;
}

/* Opens the buyers of what goes out; the ids are the keys of x->buyers. */
static enum err collect(struct desk *d, struct export *x, bool again, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	enum err r = store_query(d->store, SQL_INVOICE_TO_EXPORT, &rows, e, "i", (int64_t)again);
	while (!r && rows_next(rows)) {
		json_t *buyer = NULL;
		char id[24];
		const void *blob = rows_blob(rows, 2, &length);
		snprintf(id, sizeof id, "%lld", (long long)rows_int(rows, 0));
		if (!(r = datakey_open_json(d->store, rows_int(rows, 1), "invoice.data", blob, length, &buyer, e)))
			json_object_set_new(x->buyers, id, buyer);
		x->amount += rows_int(rows, 3);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	if (!r && !end && json_object_size(x->buyers) == 0)
		r = error_set(e, ERR_DESK_INVOICE_EMPTY, "%s", "");
	return r ? r : end;
}

static enum err write_book(struct desk *d, const struct export *x, const struct report *report, int64_t *lines, struct error *e)
{
	int64_t seq, time;
	char hash[DIGEST_TEXT_SIZE], head[DIGEST_TEXT_SIZE + 24], today[11];
	struct feed *feed = NULL;
	struct report_result result = {0};
	const struct adhoc_value values[] = {{":batch", NULL, x->batch}};
	enum err r = journal_head(d->store, &seq, &time, hash, e);
	if (r || (r = feed_make(d->store, NULL, values, 1, &feed, e)))
		return r;
	snprintf(head, sizeof head, "%lld %s", (long long)seq, hash);
	desk_business_date(d, today);
	struct report_facts facts = {.site = d->site, .site_name = d->site_name, .by = x->who->name, .from = today, .to = today,
	                             .printed_at = desk_now(d), .head = head, .demonstration = d->demonstration};
	struct list_source list = {feed_source(feed), x->buyers, -1};
	struct report_source source = {
		.arg = &list, .open = list_open, .column = list_column, .next = list_next, .cell = list_cell, .close = list_close};
	r = report_write(report, &facts, &source, NULL, x->path, &result, e);
	*lines = result.rows;
	feed_free(&feed);
	return r;
}

/* The workbook is written before its step is committed: without the step it isn't kept. */
static enum err export_step(struct desk *d, struct export *x, const struct report *report, bool again, int64_t *lines, struct error *e)
{
	const char *id;
	json_t *buyer;
	char subject[40];
	enum err r = store_int(d->store, SQL_INVOICE_BATCH_NEXT, 1, &x->batch, e, "");
	if (!r)
		r = collect(d, x, again, e);
	json_object_foreach(x->buyers, id, buyer)
		if (!r)
			r = put_in_list(d, x, strtoll(id, NULL, 10), e);
	if (r || (r = write_book(d, x, report, lines, e)))
		return r;
	snprintf(subject, sizeof subject, "invoices-%lld", (long long)x->batch);
	json_t *facts = json_pack("{sIsIsb}", "invoices", (json_int_t)x->invoices, "amount", (json_int_t)x->amount, "again", again);
	r = desk_commit(d, MAY_INVOICE_EXPORT, NULL, subject, NULL, facts, e);
	json_decref(facts);
	if (r)
		unlink(x->path);
	return r;
}

enum err invoice_export(struct desk *d, const char *path, bool again, json_t **out, struct error *e)
{
	struct export x = {.path = path, .buyers = json_object()};
	struct report *report = NULL;
	char *dir = path_join(d->share, "reports/lists"), shown[256];
	int64_t lines = 0;
	*out = NULL;
	text_printable(shown, sizeof shown, path);
	enum err r = desk_allow(d, MAY_INVOICE_EXPORT, &x.who, e);
	if (!r)
		r = output_place(d, path, e);
	if (!r && (!dir || !x.buyers))
		r = error_set(e, ERR_MEMORY, "%s", "");
	if (!r)
		r = report_load(dir, "invoices", &report, e);
	if (!r && !(r = store_begin(d->store, e))) {
		r = export_step(d, &x, report, again, &lines, e);
		store_rollback(d->store);
	}
	if (!r)
		*out = json_pack("{ss sI sI sI sI}", "path", shown, "batch", (json_int_t)x.batch, "invoices", (json_int_t)x.invoices,
		                 "amount", (json_int_t)x.amount, "rows", (json_int_t)lines);
	report_free(&report);
	json_decref(x.buyers);
	free(dir);
	return r;
}
