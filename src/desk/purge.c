#include "desk/purge.h"

#include "base/json.h"
#include "desk/orderrow.h"
#include "desk/purgefiles.h"
#include "desk/tables.h"
#include "rules/retention.h"

enum { PAGE = 50 };

/* Before its name is blank: the index is told what it was. */
static enum err choose_orders(struct desk *d, const struct retention *kept, int64_t *n, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_PURGE_ORDERS, &rows, e, "itii", retention_before(kept, RETAIN_ORDER, desk_now(d)),
	                         (const char *)d->site, (int64_t)PAGE, retention_before(kept, RETAIN_COPY, desk_now(d)));
	json_array_foreach(rows, i, row)
	{
		if (!r)
			r = store_run(d->store, SQL_PURGE_ADD, NULL, e, "i", json_number(row, "dk"));
		if (!r)
			r = name_index_set(d, json_number(row, "id"), json_text(row, "name"), "", e);
	}
	*n = (int64_t)json_array_size(rows);
	json_decref(rows);
	return r;
}

static enum err blank_rows(struct desk *d, struct error *e)
{
	static const enum sql all[] = {SQL_PURGE_ROW_ORDERS,    SQL_PURGE_ROW_CUSTOMER,  SQL_PURGE_ROW_AGENT,           SQL_PURGE_ROW_CERTIFICATE,
	                               SQL_PURGE_ROW_DOCUMENT,  SQL_PURGE_ROW_IDENTITY,  SQL_PURGE_ROW_REFUSAL,  SQL_PURGE_ROW_SIGNATURE,       SQL_PURGE_ROW_SIGNATURE_ORDER,
	                               SQL_PURGE_ROW_SUBJECT,   SQL_PURGE_ROW_HANDOVER,  SQL_PURGE_ROW_PIN,             SQL_PURGE_ROW_INVOICE,
	                               SQL_PURGE_ROW_ITEM,      SQL_PURGE_ROW_ENTRY,     SQL_PURGE_ROW_DEBIT,           SQL_PURGE_ROW_PASSED,
	                               SQL_PURGE_DRAFTS,        SQL_PURGE_INDEX_OPTIMIZE};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof all / sizeof *all; i++)
		r = store_run(d->store, all[i], NULL, e, "");
	return r;
}

/* What besides orders has been kept long enough. */
static enum err choose_others(struct desk *d, const struct retention *kept, struct error *e)
{
	static const struct {
		enum sql query;
		enum retained kind;
	} all[] = {{SQL_PURGE_CUSTOMERS, RETAIN_CUSTOMER}, {SQL_PURGE_STATEMENTS, RETAIN_STATEMENT}, {SQL_PURGE_REFUSALS, RETAIN_IDENTITY}};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof all / sizeof *all; i++)
		r = store_run(d->store, all[i].query, NULL, e, "i", retention_before(kept, all[i].kind, desk_now(d)));
	return r;
}

/* One step: a page of orders, and the customers that have none left. */
static enum err purge_page(struct desk *d, int64_t *orders, bool *any, struct error *e)
{
	json_t *keys = json_array(), *facts = NULL;
	struct rows *rows = NULL;
	struct retention kept;
	*orders = 0;
	*any = false;
	enum err r = store_begin(d->store, e);
	if (!r)
		r = tables_retention(d, &kept, e);
	if (!r)
		r = choose_orders(d, &kept, orders, e);
	if (!r)
		r = choose_others(d, &kept, e);
	if (!r && !(r = store_query(d->store, SQL_PURGE_KEYS, &rows, e, ""))) {
		while (rows_next(rows))
			json_array_append_new(keys, json_integer(rows_int(rows, 0)));
		r = rows_end(&rows, e);
	}
	*any = !r && json_array_size(keys) > 0;
	if (*any && !(r = blank_rows(d, e))) {
		facts = json_pack("{s{sI sO}}", "purge", "orders", (json_int_t)*orders, "keys", keys);
		r = desk_commit(d, MAY_TICK, "purge", d->site, NULL, facts, e);
	}
	store_rollback(d->store);
	json_decref(keys);
	json_decref(facts);
	return r;
}

static enum err destroy(struct desk *d, struct error *e)
{
	static const enum sql all[] = {SQL_PURGE_SENT, SQL_PURGE_BODIES, SQL_PURGE_WRAPPED, SQL_PURGE_DONE};
	json_t *row = NULL;
	int64_t seq = 0;
	enum err r = store_begin(d->store, e);
	if (!r)
		r = store_int(d->store, SQL_PURGE_DUE, 0, &seq, e, "");
	if (!r && seq)
		r = purge_remove_files(d, seq, e);
	for (size_t i = 0; !r && seq && i < sizeof all / sizeof *all; i++)
		r = store_run(d->store, all[i], NULL, e, "i", seq);
	if (!r && seq)
		r = store_run(d->store, SQL_PURGE_LAST_SET, NULL, e, "ii", seq, desk_now(d));
	if (!r && seq)
		r = store_commit_plain(d->store, e);
	store_rollback(d->store);
	if (!r && seq) /* the log beside the file has the pages as they were */
		r = store_row(d->store, SQL_PURGE_CHECKPOINT, &row, e, "");
	json_decref(row);
	return r;
}

enum err purge_run(struct desk *d, int64_t *gone, struct error *e)
{
	int64_t orders = 0, schema = 0, works_from = 0;
	bool any = true;
	enum err r = desk_allow(d, MAY_TICK, NULL, e);
	*gone = 0;
	if (!r)
		r = store_schema(d->store, &schema, &works_from, e);
	if (r || schema > sql_migration_count)
		return r;
	while (!r && any && !(r = purge_page(d, &orders, &any, e)))
		*gone += orders;
	if (!r)
		r = destroy(d, e);
	return r ? r : purge_leftovers(d, e);
}
