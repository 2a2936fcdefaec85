#include "desk/tables.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/admin.h"
#include "desk/staff.h"
#include "rules/business.h"
#include "rules/contact.h"
#include "rules/retention.h"
#include "token/token.h"
#include "desk/duedate.h"

enum { MORE_MOST = 20 };
enum { COLUMNS = 12, TABLE_LIMIT = 4 << 20 };

/* A table: its columns in the order of the insert's parameters ?2 …; '#' marks a whole number. */
static const struct table {
	const char *name, *zh, *en;
	enum sql insert, rows, versions, clear;
	const char *columns[COLUMNS];
} tables[] = {
	{"products", "证书商品", "products", SQL_PRODUCT_INSERT, SQL_PRODUCT_ROWS, SQL_PRODUCT_VERSIONS, SQL_PRODUCT_CLEAR,
	 {"code", "zh", "en", "customer", "#term_months", "profile", "slot", "#rekey"}},
	{"channels", "数字证书渠道", "channels", SQL_CHANNEL_INSERT, SQL_CHANNEL_ROWS, SQL_CHANNEL_VERSIONS, SQL_CHANNEL_CLEAR,
	 {"code", "zh", "en", "medium", "algorithm"}},
	{"prices", "价目表", "price list", SQL_PRICE_INSERT, SQL_PRICE_ROWS, SQL_PRICE_VERSIONS, SQL_PRICE_CLEAR,
	 {"business", "kind", "product", "item_role", "code", "channel", "reason", "#amount", "zh", "en"}},
	{"documents", "资料清单", "documents", SQL_DOCUMENT_RULE_INSERT, SQL_DOCUMENT_RULE_ROWS, SQL_DOCUMENT_RULE_VERSIONS, SQL_DOCUMENT_RULE_CLEAR,
	 {"business", "channel", "customer", "item_role", "reason", "kind", "#position", "#required", "form", "zh", "en"}},
	{"calendar", "工作日历", "working days", SQL_CALENDAR_INSERT, SQL_CALENDAR_ROWS, SQL_CALENDAR_VERSIONS, SQL_CALENDAR_CLEAR,
	 {"date", "kind", "zh", "en"}},
	{"deadlines", "办理时限", "deadlines", SQL_DEADLINE_RULE_INSERT, SQL_DEADLINE_RULE_ROWS, SQL_DEADLINE_RULE_VERSIONS,
	 SQL_DEADLINE_RULE_CLEAR, {"business", "step", "#days", "zh", "en"}},
	{"taxes", "税收分类编码与税率", "tax codes and rates", SQL_TAX_CLASS_INSERT, SQL_TAX_CLASS_ROWS, SQL_TAX_CLASS_VERSIONS,
	 SQL_TAX_CLASS_CLEAR, {"kind", "code", "name", "tax_code", "unit", "#rate"}},
	{"retention", "保存年限", "how long records are kept", SQL_RETENTION_INSERT, SQL_RETENTION_ROWS, SQL_RETENTION_VERSIONS, SQL_RETENTION_CLEAR,
	 {"kind", "#years", "zh", "en"}},
};
enum { TABLES = sizeof tables / sizeof *tables };

static const struct table *find(const char *name)
{
	for (size_t i = 0; i < TABLES; i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	return NULL;
}

static size_t column_count(const struct table *t)
{
	size_t n = 0;
	while (n < COLUMNS && t->columns[n])
		n++;
	return n;
}

static bool whole_number(const char *s)
{
	return *s && strlen(s) < 12 && s[strspn(s, "0123456789")] == '\0';
}

static enum err bad(const char *file, size_t line, const char *what, struct error *e)
{
	return error_set(e, ERR_DESK_TABLE, "%s:%zu: %s", file, line, what);
}

static enum err lacks_column(const char *file, const char *column, struct error *e)
{
	return error_set(e, ERR_DESK_TABLE, tr("%s:1: 缺少“%s”列", "%s:1: column '%s' is missing"), file, column);
}

static enum err not_whole(const char *file, size_t line, const char *column, struct error *e)
{
	return error_set(e, ERR_DESK_TABLE, tr("%s:%zu: “%s”应是整数", "%s:%zu: '%s' must be a whole number"), file, line, column);
}

static enum err unknown(const char *name, struct error *e)
{
	return error_set(e, ERR_DESK_TABLE, tr("没有“%.40s”这个表", "there is no table '%.40s'"), name);
}

/* Inserts one row; the twelve parameters that no table has all of are bound as text, SQLite's STRICT tables
 * turn whole numbers in them into integers and refuse anything else. */
static enum err insert(struct desk *d, const struct table *t, int64_t from, const char *const f[COLUMNS], struct error *e)
{
	char types[COLUMNS + 2] = "itttttttttttt";
	types[1 + column_count(t)] = '\0';
	return store_insert(d->store, t->insert, NULL, e, types, from, f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10],
	                    f[11]);
}

/* Read before a step begins: a slow pipe must not keep others from writing. */
static enum err read_csv(const char *path, struct csv *out, struct error *e)
{
	struct bytes text = {0};
	enum err r = file_read(path, TABLE_LIMIT, &text, e);
	if (!r)
		r = csv_parse((char *)text.data, text.length, ',', out, e);
	bytes_free(&text);
	return r;
}

static void name_missing(const bool there[RETAINED_KINDS], char *out, size_t size)
{
	out[0] = '\0';
	for (int k = 0; k < RETAINED_KINDS; k++)
		if (!there[k])
			lang_list_add(out, size, retained_name((enum retained)k));
}

/* A kind that the table leaves out would silently be kept for the least time only, and what is purged doesn't come back. */
static enum err check_kinds(const struct table *t, const struct csv *csv, const char *file, struct error *e)
{
	char missing[200] = "";
	int at = csv_column(csv, "kind");
	bool there[RETAINED_KINDS] = {false};
	if (strcmp(t->name, "retention") != 0)
		return OK;
	for (size_t row = 1; row < csv->count; row++)
		retained_mark(there, csv_field(&csv->rows[row], at));
	name_missing(there, missing, sizeof missing);
	return *missing ? error_set(e, ERR_DESK_TABLE, tr("%s：缺少种类 %s，每一种都要写明年限", "%s: it lacks the kinds %s; each needs its years"), file, missing) : OK;
}

static enum err load(struct desk *d, const struct table *t, const struct csv *csv, const char *path, int64_t from, int64_t *count,
                     struct error *e)
{
	int at[COLUMNS];
	size_t columns = column_count(t);
	char shown[256];
	enum err r = OK;
	text_printable(shown, sizeof shown, path);
	for (size_t i = 0; !r && i < columns; i++)
		if ((at[i] = csv_column(csv, t->columns[i] + (t->columns[i][0] == '#'))) < 0)
			r = lacks_column(shown, t->columns[i] + (t->columns[i][0] == '#'), e);
	if (!r && (csv->count < 2 || csv->rows[0].count != columns))
		r = bad(shown, 1, tr("列数或行数不对", "wrong number of columns or rows"), e);
	for (size_t row = 1; !r && row < csv->count; row++) {
		const char *fields[COLUMNS] = {0};
		for (size_t i = 0; !r && i < columns; i++) {
			fields[i] = csv_plain(csv_field(&csv->rows[row], at[i]));
			if (t->columns[i][0] == '#' && !whole_number(fields[i]))
				r = not_whole(shown, csv->rows[row].line, t->columns[i] + 1, e);
		}
		enum token_slot slot;
		int named = csv_column(csv, "slot");
		if (!r && strcmp(t->name, "products") == 0 && !token_slot_named(csv_field(&csv->rows[row], named), &slot))
			r = bad(shown, csv->rows[row].line, tr("“slot”不是证书的位置", "'slot' is no place of a certificate"), e);
		if (!r && insert(d, t, from, fields, NULL))
			r = bad(shown, csv->rows[row].line, tr("这一行的值不允许", "a value in this row isn't allowed"), e);
		++*count;
	}
	return r ? r : check_kinds(t, csv, shown, e);
}

static enum err load_file(struct desk *d, const struct table *t, const char *dir, int64_t from, struct error *e)
{
	char *path = NULL;
	int64_t count = 0;
	if (asprintf(&path, "%s/%s.csv", dir, t->name) < 0)
		return ERR_MEMORY;
	struct csv csv = {0};
	enum err r = read_csv(path, &csv, e);
	if (!r)
		r = load(d, t, &csv, path, from, &count, e);
	csv_free(&csv);
	free(path);
	return r;
}

enum err tables_load_shipped(struct desk *d, const char *dir, int64_t from, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < TABLES; i++)
		r = load_file(d, &tables[i], dir, from, e);
	return r;
}

/* Another window may have done it since it was asked: a table that has rows is left alone. */
static enum err load_empty(struct desk *d, const char *dir, struct error *e)
{
	int64_t adopted = 0;
	json_t *loaded = json_array();
	enum err r = OK;
	for (size_t i = 0; !r && i < TABLES; i++) {
		int64_t there = -1;
		if ((r = store_int(d->store, tables[i].versions, -1, &there, e, "")) || there >= 0)
			continue;
		json_array_append_new(loaded, json_string(tables[i].name));
		r = load_file(d, &tables[i], dir, 0, e);
	}
	if (!r && json_array_size(loaded) > 0 && !(r = duedate_adopt(d, &adopted, e))) {
		json_t *facts = json_pack("{sOsI}", "tables", loaded, "orders", (json_int_t)adopted);
		r = desk_commit(d, MAY_TABLES, "table.shipped", d->site, NULL, facts, e);
		json_decref(facts);
	}
	json_decref(loaded);
	return r;
}

enum err tables_complete(struct desk *d, struct error *e)
{
	int64_t lacks = 0;
	bool timer = d->timer;
	enum err r = store_int(d->store, SQL_TABLES_LACK, 0, &lacks, e, "");
	if (r || !lacks)
		return r;
	char *dir = path_join(d->share, "forms/tables");
	if (!dir)
		return ERR_MEMORY;
	d->timer = true;
	if (!(r = store_begin(d->store, e)))
		r = load_empty(d, dir, e);
	store_rollback(d->store);
	d->timer = timer;
	free(dir);
	return r;
}

enum err table_list(struct desk *d, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_TABLES_VIEW, NULL, e);
	if (r)
		return r;
	*out = json_array();
	for (size_t i = 0; !r && i < TABLES; i++) {
		json_t *versions = NULL, *dates = json_array(), *row;
		size_t k;
		r = store_rows(d->store, tables[i].versions, &versions, e, "");
		json_array_foreach(versions, k, row) {
			char date[11];
			civil_date_text(json_number(row, "valid_from"), date);
			json_array_append_new(dates, json_string(date));
		}
		json_decref(versions);
		json_array_append_new(*out, json_pack("{ssssso}", "name", tables[i].name, "title", tr(tables[i].zh, tables[i].en),
		                                      "valid_from", dates));
	}
	return r;
}

enum err table_export(struct desk *d, const char *name, struct bytes *out, struct error *e)
{
	const struct table *t = find(name);
	struct rows *rows = NULL;
	enum err r = desk_allow(d, MAY_TABLES_VIEW, NULL, e);
	if (!r && !t)
		r = unknown(name, e);
	size_t columns = t ? column_count(t) : 0;
	for (size_t i = 0; !r && i < columns; i++)
		r = csv_cell(out, t->columns[i] + (t->columns[i][0] == '#'), i == 0);
	if (!r)
		r = bytes_text(out, "\n");
	if (!r)
		r = store_query(d->store, t->rows, &rows, e, "i", desk_now(d));
	while (!r && rows_next(rows)) {
		for (size_t i = 0; !r && i < columns; i++)
			r = (t->columns[i][0] == '#' ? csv_cell : csv_text_cell)(out, rows_text(rows, (int)i), i == 0);
		if (!r)
			r = bytes_text(out, "\n");
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* Whoever imports, and with whom. */
static enum err may_import(struct desk *d, struct error *e)
{
	enum err r = desk_allow(d, MAY_TABLES, NULL, e);
	return r ? r : staff_two(d, MAY_TABLES, "manager", ROLE_MANAGER | ROLE_ADMIN, e);
}

/* One step. A version that hasn't begun is replaced; one that has is history, so today's begins now. */
static enum err import(struct desk *d, const struct table *t, const struct csv *csv, const char *path, int64_t from, int64_t *count,
                       struct error *e)
{
	char date[11];
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if (from < desk_now(d))
		from = desk_now(d);
	civil_date_text(from, date);
	if (!(r = store_run(d->store, t->clear, NULL, e, "i", from)) && !(r = load(d, t, csv, path, from, count, e))) {
		json_t *facts = json_pack("{sssIsb}", "from", date, "rows", (json_int_t)*count, "alone", d->second.id == 0);
		r = desk_commit(d, MAY_TABLES, "table.import", t->name, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	return r;
}

enum err tables_publish(struct desk *d, const char *name, const char *text, const char *date, int64_t *count, struct error *e)
{
	const struct table *t = find(name);
	int64_t from = 0;
	struct csv csv = {0};
	enum err r = !t ? unknown(name, e) : civil_parse_date(date, &from) ? OK : error_set(e, ERR_DESK_DATE, "%.40s", date);
	if (!r)
		r = csv_parse(text, strlen(text), ',', &csv, e);
	if (!r && from < desk_now(d))
		from = desk_now(d);
	if (!r)
		r = store_run(d->store, t->clear, NULL, e, "i", from);
	if (!r)
		r = load(d, t, &csv, name, from, count, e);
	csv_free(&csv);
	return r;
}

enum err table_import(struct desk *d, const char *name, const char *path, const char *date, json_t **out, struct error *e)
{
	const struct table *t = find(name);
	int64_t from = 0, count = 0;
	struct csv csv = {0};
	*out = NULL;
	enum err r = may_import(d, e);
	if (!r && !t)
		r = unknown(name, e);
	if (!r && !civil_parse_date(date, &from))
		r = error_set(e, ERR_DESK_DATE, "%s", date);
	if (!r)
		r = read_csv(path, &csv, e);
	if (!r)
		r = import(d, t, &csv, path, from, &count, e);
	if (!r)
		*out = json_pack("{sI}", "rows", (json_int_t)count);
	csv_free(&csv);
	return r;
}

/* What is priced: one item of an order. */
struct priced {
	const char *business, *role, *reason;
	const json_t *values;
	int item;
	json_t *lines;
	int64_t *amount;
};

static enum err price_line(struct desk *d, const struct priced *p, const char *kind, const char *code, struct error *e)
{
	json_t *row = NULL;
	const char *product = json_text(p->values, "product");
	enum err r = store_row(d->store, SQL_PRICE_GET, &row, e, "ittttttt", desk_now(d), p->business, kind, product, p->role, code,
	                       json_text(p->values, "channel"), p->reason);
	if (!r && !row)
		r = error_set(e, ERR_DESK_PRICE, "%s/%s/%s", kind, product, code);
	if (!r) {
		*p->amount += json_number(row, "amount");
		json_object_set_new(row, "kind", json_string(kind));
		json_object_set_new(row, "code", json_string(*code ? code : product));
		json_object_set_new(row, "item", json_integer(p->item));
		json_array_append(p->lines, row);
	}
	json_decref(row);
	return r;
}

const char *tables_role(const json_t *values, int item)
{
	return item == 1 && strcmp(json_text(values, "key_role"), "secondary") != 0 ? "main" : "secondary";
}

int tables_items(const json_t *values)
{
	int more = atoi(json_text(values, "secondary_keys")); /* a draft may hold anything */
	return 1 + (more < 0 ? 0 : more > MORE_MOST ? MORE_MOST : more);
}

/* Services and postage are the order's, and stand with its first item. */
static enum err price_item(struct desk *d, const struct priced *p, bool goods, struct error *e)
{
	size_t i;
	json_t *service;
	enum err r = price_line(d, p, "certificate", "", e);
	if (!r && goods && !json_flag(p->values, "own_medium"))
		r = price_line(d, p, "medium", json_text(p->values, "medium"), e);
	if (r || p->item > 1)
		return r;
	json_array_foreach(json_object_get(p->values, "seal_services"), i, service)
		if (!r)
			r = price_line(d, p, "service", json_string_value(service), e);
	if (!r && goods && strcmp(json_text(p->values, "delivery"), "mail") == 0)
		r = price_line(d, p, "postage", "", e);
	return r;
}

enum err tables_price(struct desk *d, const char *business, const json_t *values, const char *reason, json_t **lines, int64_t *amount,
                      struct error *e)
{
	const struct business *b = business_find(business);
	bool goods = !b || b->makes == MAKES_NEW;
	enum err r = OK;
	*lines = json_array();
	*amount = 0;
	for (int item = 1; !r && item <= tables_items(values); item++) {
		const struct priced p = {business, tables_role(values, item), reason, values, item, *lines, amount};
		r = price_item(d, &p, goods, e);
	}
	if (r) {
		json_decref(*lines);
		*lines = NULL;
	}
	return r;
}

enum err tables_documents(struct desk *d, const char *business, const char *customer, const json_t *values, const char *reason,
                          const char *besides, json_t **out, struct error *e)
{
	const char *agent = !contact_is_agent_of(customer, values) ? "" : strcmp(besides, "phone") == 0 ? "phone-agent" : "agent";
	return store_rows(d->store, SQL_DOCUMENT_RULES_FOR, out, e, "ittttttt", desk_now(d), business, customer,
	                  json_text(values, "channel"), tables_role(values, 1), reason, besides, agent);
}

enum err tables_retention(struct desk *d, struct retention *out, struct error *e)
{
	struct rows *rows = NULL;
	retention_start(out);
	enum err r = store_query(d->store, SQL_RETENTION_ROWS, &rows, e, "i", desk_now(d));
	while (!r && rows_next(rows))
		retention_take(out, rows_text(rows, 0), rows_int(rows, 1));
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err tables_retention_gaps(struct desk *d, char *out, size_t size, struct error *e)
{
	struct rows *rows = NULL;
	bool there[RETAINED_KINDS] = {false};
	enum err r = store_query(d->store, SQL_RETENTION_ROWS, &rows, e, "i", desk_now(d));
	while (!r && rows_next(rows))
		retained_mark(there, rows_text(rows, 0));
	enum err end = rows_end(&rows, r ? NULL : e);
	name_missing(there, out, size);
	return r ? r : end;
}

enum err tables_product(struct desk *d, const char *code, json_t **out, struct error *e)
{
	enum err r = store_row(d->store, SQL_PRODUCT_GET, out, e, "it", desk_now(d), code);
	return !r && !*out ? error_set(e, ERR_DESK_PRICE, "%s", code) : r;
}

enum err tables_algorithm(struct desk *d, const char *channel, const char *medium, char out[17], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_CHANNEL_ALGORITHM, &row, e, "itt", desk_now(d), channel, medium);
	if (!r && !row)
		r = error_set(e, ERR_DESK_PRICE, "%s/%s", channel, medium);
	text_copy(out, 17, json_text(row, "algorithm"));
	json_decref(row);
	return r;
}
