#include "desk/pinlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/recipient.h"
#include "base/text.h"
#include "desk/issuing.h"
#include "desk/output.h"

/* The bank's payment of one row. */
#define AMOUNT_TEXT "0.01"
enum { AMOUNT_FEN = 1 };

/* The columns, as the bank's staff reads them. */
static const char *const heads[] = {"序号", "收款账号", "收款户名", "开户行", "开户行所在地", "金额", "附言"};

enum err pin_list_waiting(struct desk *d, json_t **out, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PIN_LIST, NULL, e);
	if (!r && !(r = store_rows(d->store, SQL_PIN_WAITING, &rows, e, "")) && !(*out = json_array()))
		r = error_set(e, ERR_MEMORY, "%s", "");
	json_array_foreach(rows, i, row)
	{
		json_t *one = json_pack("{ss ss ss}", "order", json_text(row, "order"), "name", json_text(row, "name"), "key_serial",
		                        json_text(row, "key_serial"));
		desk_time(one, "since", json_number(row, "recorded_at"));
		json_array_append_new(*out, one);
	}
	json_decref(rows);
	return r;
}

static enum err add_field(struct desk *d, const struct order *o, const char *name, struct bytes *csv, struct error *e)
{
	const struct form *form = NULL;
	char text[512] = "";
	enum err r = desk_form(d, o->form, &form, e);
	const struct form_field *field = r ? NULL : form_field(form, name);
	const struct code_table *table = NULL;
	const struct code_row *row = NULL;
	if (field && field->choices && codes_table(d->codes, field->choices, &table, NULL) == OK)
		row = codes_find(table, json_text(o->values, name));
	if (row)
		codes_full_name_zh(table, row, text, sizeof text);
	else
		text_copy(text, sizeof text, json_text(o->values, name));
	return r ? r : csv_text_cell(csv, text, false);
}

static enum err add_row(struct desk *d, const struct order *o, const struct pin_row *pin, size_t number, struct bytes *csv, struct error *e)
{
	static const char *const fields[] = {"account_bank", "account_region"};
	char first[24];
	snprintf(first, sizeof first, "%zu", number);
	enum err r = csv_cell(csv, first, true);
	if (!r && !(r = csv_text_cell(csv, pin->target.data, false)))
		r = csv_text_cell(csv, o->name, false);
	for (size_t i = 0; !r && i < sizeof fields / sizeof *fields; i++)
		r = add_field(d, o, fields[i], csv, e);
	if (!r)
		r = bytes_text(csv, "," AMOUNT_TEXT ",证书密码");
	if (!r)
		r = bytes_text(csv, pin->pin.data);
	return r ? r : bytes_text(csv, "\r\n");
}

/* One PIN into the list; from then on it is sent. */
static enum err take(struct desk *d, const json_t *row, size_t number, const char *list, struct bytes *csv, struct error *e)
{
	struct order o = {0};
	struct pin_row pin = {0};
	enum err r = order_load(d, json_text(row, "order"), &o, e);
	if (!r && !(r = pin_load(d, &o, json_number(row, "item_id"), json_text(row, "key_serial"), &pin, e)))
		r = add_row(d, &o, &pin, number, csv, e);
	if (!r && strcmp(pin.state, "set") == 0)
		r = store_run(d->store, SQL_PIN_SET_SENT, NULL, e, "iti", pin.id, list, desk_now(d));
	pin_free(&pin);
	order_free(&o);
	return r;
}

static enum err collect(struct desk *d, int64_t again, int64_t *list, size_t *count, struct bytes *csv, struct error *e)
{
	json_t *rows = NULL, *row;
	char name[40];
	size_t i;
	enum err r = again ? OK : desk_count(d, "pin-list", list, e);
	snprintf(name, sizeof name, "list-%lld", (long long)*list);
	if (!r)
		r = again ? store_rows(d->store, SQL_PIN_LISTED, &rows, e, "t", name) : store_rows(d->store, SQL_PIN_WAITING, &rows, e, "");
	if (!r && (*count = json_array_size(rows)) == 0)
		r = error_set(e, ERR_DESK_PIN_LIST_EMPTY, "%s", again ? name : "");
	for (i = 0; !r && i < sizeof heads / sizeof *heads; i++)
		r = csv_cell(csv, heads[i], i == 0);
	if (!r)
		r = bytes_text(csv, "\r\n");
	json_array_foreach(rows, i, row)
		if (!r)
			r = take(d, row, i + 1, name, csv, e);
	json_decref(rows);
	return r;
}

static enum err commit(struct desk *d, int64_t list, size_t count, bool again, const struct bytes *sealed, struct error *e)
{
	char subject[40], digest[DIGEST_TEXT_SIZE];
	snprintf(subject, sizeof subject, "pins-%lld", (long long)list);
	digest_text(sealed->data, sealed->length, digest);
	json_t *facts = json_pack("{sI sb ss}", "pins", (json_int_t)count, "again", again, "digest", digest);
	enum err r = facts ? desk_commit(d, MAY_PIN_LIST, NULL, subject, NULL, facts, e) : error_set(e, ERR_MEMORY, "%s", subject);
	json_decref(facts);
	return r;
}

/* The list is written before its step is committed: without the step it isn't kept. */
static enum err make_step(struct desk *d, const char *bank, const char *path, int64_t again, json_t **out, struct error *e)
{
	struct bytes csv = {0}, sealed = {0};
	int64_t list = again;
	size_t count = 0;
	char shown[256];
	text_printable(shown, sizeof shown, path);
	enum err r = collect(d, again, &list, &count, &csv, e);
	if (!r && !(r = recipient_seal(bank, csv.data, csv.length, desk_now(d), ERR_DESK_BANK_CERTIFICATE, &sealed, e)) &&
	    !(r = file_write_out(path, 0600, sealed.data, sealed.length, e)) && (r = commit(d, list, count, again != 0, &sealed, e)))
		unlink(path);
	if (!r)
		*out = json_pack("{ss sI sI sI}", "path", shown, "list", (json_int_t)list, "pins", (json_int_t)count, "amount",
		                 (json_int_t)count * AMOUNT_FEN);
	bytes_free(&csv);
	bytes_free(&sealed);
	return r;
}

static const char *certificate_of(const struct desk *d, const char *bank)
{
	return bank && *bank ? bank : d->config.bank_certificate;
}

enum err pin_list_bank(struct desk *d, const char *bank, struct error *e)
{
	const char *certificate = certificate_of(d, bank);
	enum err r = desk_allow(d, MAY_PIN_LIST, NULL, e);
	if (!r && !*certificate)
		r = error_set(e, ERR_DESK_BANK_CERTIFICATE, "%s", "bank_certificate");
	return r ? r : recipient_fit(certificate, desk_now(d), ERR_DESK_BANK_CERTIFICATE, e);
}

enum err pin_list_make(struct desk *d, const char *bank, const char *path, int64_t list, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = pin_list_bank(d, bank, e);
	if (!r)
		r = desk_two(d, MAY_PIN_LIST, MAY_PIN_LIST_CONFIRM, e);
	if (!r)
		r = output_place(d, path, e);
	if (!r && !(r = store_begin(d->store, e))) {
		r = make_step(d, certificate_of(d, bank), path, list, out, e);
		store_rollback(d->store);
	}
	return r;
}
