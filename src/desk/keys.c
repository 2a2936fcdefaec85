#include "desk/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/mistakes.h"
#include "base/text.h"
#include "desk/keyrow.h"

enum { LIST_LIMIT = 4 << 20 };

static enum err move_insert(struct desk *d, const struct key_row *key, const char *from, const char *to,
                            int64_t order_id, const char *reason, struct error *e)
{
	char date[11];
	desk_business_date(d, date);
	return store_insert(d->store, SQL_KEY_MOVE_INSERT, NULL, e, "iitttiitit", key->dk, key->id, from, to, d->station,
	                    order_id, d->actor.id, date, desk_now(d), reason);
}

static enum err key_make(struct desk *d, const char *serial, const char *medium, const char *state, int64_t order_id,
                         const char *reason, struct error *e)
{
	struct key_row key = {0};
	enum err r = datakey_new(d->store, &key.dk, e);
	if (!r)
		r = store_insert(d->store, SQL_KEY_INSERT, &key.id, e, "ittttiti", key.dk, serial, medium, state, d->station,
		                 order_id, d->site, desk_now(d));
	return r ? r : move_insert(d, &key, "", state, order_id, reason, e);
}

enum err key_move(struct desk *d, const char *serial, const char *to_state, int64_t order_id, const char *reason,
                  const char *medium, struct error *e)
{
	struct key_row key;
	enum err r = key_load(d, serial, &key, e);
	if (r)
		return r;
	if (!key.id)
		return medium ? key_make(d, serial, medium, to_state, order_id, reason, e)
		              : error_set(e, ERR_DESK_NO_KEY, "%s", serial);
	r = store_run(d->store, SQL_KEY_SET_STATE, NULL, e, "itii", key.id, to_state, order_id, desk_now(d));
	return r ? r : move_insert(d, &key, key.state, to_state, order_id, reason, e);
}

static json_t *text_or_null(const char *s)
{
	return *s ? json_string(s) : json_null();
}

/* {"serial","subject","not_before","not_after"} of the certificate on the key, or null. */
static json_t *certificate_on(const char *serial)
{
	struct token *t = NULL;
	struct bytes der = {0};
	struct cert_info info = {0};
	json_t *out = NULL;
	if (!token_open(serial, &t, NULL) && !token_read_certificate(t, TOKEN_SLOT_SIGN, &der, NULL) &&
	    !cert_info(der.data, der.length, &info, NULL)) {
		char subject[1024];
		text_printable(subject, sizeof subject, info.subject);
		out = json_pack("{ss ss}", "serial", info.serial, "subject", subject);
		desk_time(out, "not_before", info.not_before);
		desk_time(out, "not_after", info.not_after);
	}
	cert_info_free(&info);
	bytes_free(&der);
	token_close(&t);
	return out ? out : json_null();
}

/* One key as lists show it; `info` is NULL for one that isn't in. */
static enum err describe(struct desk *d, const char *serial, const struct token_info *info, json_t **out,
                         struct error *e)
{
	struct key_row key = {0};
	enum err r = *serial ? key_load(d, serial, &key, e) : OK;
	if (r)
		return r;
	*out = json_pack("{so so so so so so}", "serial", text_or_null(serial), "reader",
	                 text_or_null(info ? info->reader : ""), "driver",
	                 text_or_null(info && info->driver ? info->driver : ""), "state", text_or_null(key.state), "medium",
	                 text_or_null(key.medium), "order", text_or_null(key.order));
	bool tries = info && info->pin_tries != TOKEN_TRIES_UNKNOWN;
	json_object_set_new(*out, "pin_tries", tries ? json_integer(info->pin_tries) : json_null());
	json_object_set_new(*out, "busy", json_boolean(info && info->busy));
	json_object_set_new(*out, "certificate", info && *serial ? certificate_on(serial) : json_null());
	return OK;
}

enum err keys_inserted(struct desk *d, json_t **out, struct error *e)
{
	struct token_info *list = NULL;
	size_t n = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r)
		r = token_list(&list, &n, e);
	json_t *all = json_array(), *one = NULL;
	for (size_t i = 0; !r && i < n; i++)
		if (!(r = describe(d, list[i].serial, &list[i], &one, e)))
			json_array_append_new(all, one);
	free(list);
	if (r)
		json_decref(all);
	else
		*out = all;
	return r;
}

/* Times of rows from the store become texts. */
static void time_of_rows(json_t *rows, const char *column)
{
	json_t *row;
	size_t i;
	json_array_foreach(rows, i, row)
		desk_time(row, column, json_number(row, column));
}

static enum err add_moves(struct desk *d, const struct key_row *key, json_t *out, struct error *e)
{
	json_t *moves = NULL;
	enum err r = store_rows(d->store, SQL_KEY_MOVES, &moves, e, "i", key->id);
	time_of_rows(moves, "moved_at");
	json_object_set_new(out, "moves", moves ? moves : json_array());
	return r;
}

enum err keys_info(struct desk *d, const char *serial, json_t **out, struct error *e)
{
	struct token_info *list = NULL, *in = NULL;
	struct key_row key = {0};
	size_t n = 0;
	json_t *one = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (r)
		return r;
	token_list(&list, &n, NULL); /* without a reader the store's word is all there is */
	for (size_t i = 0; i < n && !in; i++)
		if (strcmp(list[i].serial, serial) == 0)
			in = &list[i];
	if (!(r = key_load(d, serial, &key, e)) && !key.id && !in)
		r = error_set(e, ERR_DESK_NO_KEY, "%s", serial);
	if (!r && !(r = describe(d, serial, in, &one, e)))
		r = add_moves(d, &key, one, e);
	free(list);
	if (r)
		json_decref(one);
	else
		*out = one;
	return r;
}

enum err keys_stock(struct desk *d, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r)
		r = store_rows(d->store, SQL_KEY_STOCK, out, e, "");
	time_of_rows(*out, "updated_at");
	return r;
}

/* Receiving -------------------------------------------------------------------------------------------------- */

static bool serial_valid(const char *s)
{
	size_t n = strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
	return n > 0 && n < TOKEN_SERIAL_SIZE && !s[n];
}

static enum err medium_known(struct desk *d, const char *medium, bool *known, struct error *e)
{
	int64_t found = 0;
	enum err r = store_int(d->store, SQL_KEY_MEDIUM_KNOWN, 0, &found, e, "ti", medium, desk_now(d));
	*known = found == 1;
	return r;
}

struct list_row {
	const char *serial;
	size_t line;
};

static int by_serial(const void *a, const void *b)
{
	const struct list_row *x = a, *y = b;
	int c = strcmp(x->serial, y->serial);
	return c ? c : (x->line > y->line) - (x->line < y->line);
}

static enum err find_doubles(const struct csv *csv, int serial, const char *name, struct mistakes *m)
{
	struct list_row *rows = calloc(csv->count, sizeof *rows);
	if (!rows)
		return ERR_MEMORY;
	for (size_t i = 1; i < csv->count; i++)
		rows[i] = (struct list_row){csv_field(&csv->rows[i], serial), csv->rows[i].line};
	qsort(rows + 1, csv->count - 1, sizeof *rows, by_serial);
	for (size_t i = 2; i < csv->count; i++)
		if (strcmp(rows[i].serial, rows[i - 1].serial) == 0)
			mistakes_add(m, name, rows[i].line, tr("%s 与第 %zu 行重复", "%s stands in line %zu already"),
			             rows[i].serial, rows[i - 1].line);
	free(rows);
	return OK;
}

static enum err check_row(struct desk *d, const struct csv_row *row, int serial_at, int medium_at, const char *name,
                          struct mistakes *m, struct error *e)
{
	const char *serial = csv_field(row, serial_at), *medium = csv_field(row, medium_at);
	struct key_row key = {0};
	bool known = false;
	enum err r = medium_known(d, medium, &known, e);
	if (!r && !known)
		mistakes_add(m, name, row->line, tr("没有介质型号 %s", "there is no medium %s"), medium);
	if (!r && !serial_valid(serial))
		mistakes_add(m, name, row->line, tr("序列号不对：%s", "the serial is wrong: %s"), serial);
	else if (!r && !(r = key_load(d, serial, &key, e)) && key.id)
		mistakes_add(m, name, row->line, tr("%s 已有记录（%s）", "%s is known already (%s)"), serial, key.state);
	return r;
}

static enum err receive_rows(struct desk *d, const struct csv *csv, const char *name, struct error *e)
{
	int serial = csv_column(csv, "serial"), medium = csv_column(csv, "medium");
	struct mistakes m = {0};
	enum err r = OK;
	if (serial < 0 || medium < 0)
		mistakes_add(&m, name, 1, "%s", tr("第一行应为 serial,medium", "the first line must be serial,medium"));
	else if (csv->count < 2)
		mistakes_add(&m, name, 0, "%s", tr("清单是空的", "the list is empty"));
	else
		r = find_doubles(csv, serial, name, &m);
	for (size_t i = 1; !r && serial >= 0 && medium >= 0 && i < csv->count; i++)
		r = check_row(d, &csv->rows[i], serial, medium, name, &m, e);
	if (!r)
		r = mistakes_error(&m, ERR_DESK_KEY_LIST, e);
	for (size_t i = 1; !r && i < csv->count; i++)
		r = key_make(d, csv_field(&csv->rows[i], serial), csv_field(&csv->rows[i], medium), "in-stock", 0,
		             tr("入库", "received"), e);
	mistakes_free(&m);
	return r;
}

enum err keys_receive(struct desk *d, const char *path, json_t **out, struct error *e)
{
	struct bytes text = {0};
	struct csv csv = {0};
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_STOCK, NULL, e);
	if (!r && !(r = file_read(path, LIST_LIMIT, &text, e)) &&
	    !(r = csv_parse((char *)text.data, text.length, ',', &csv, e)) && !(r = store_begin(d->store, e))) {
		if (!(r = receive_rows(d, &csv, name, e))) {
			json_t *facts = json_pack("{sI}", "received", (json_int_t)(csv.count - 1));
			r = desk_commit(d, MAY_KEY_STOCK, "key.receive", name, NULL, facts, e);
			*out = r ? NULL : json_incref(facts);
			json_decref(facts);
		}
		store_rollback(d->store);
	}
	csv_free(&csv);
	bytes_free(&text);
	return r;
}
