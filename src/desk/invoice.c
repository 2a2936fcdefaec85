#include "desk/invoice.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/invoicerow.h"
#include "rules/transition.h"

enum { LIST_DEFAULT = 50, LIST_MOST = 1000, DAY = 86400 };

static bool known_state(const char *state)
{
	static const char *const groups[] = {"", "open", "red-due"};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strcmp(groups[i], state) == 0)
			return true;
	return invoice_state_title(state) != state;
}

enum err invoice_list(struct desk *d, const json_t *filter, json_t **out, struct error *e)
{
	const char *state = json_text(filter, "state"), *date = json_text(filter, "date");
	int64_t before = json_number(filter, "before"), limit = json_number(filter, "limit"), day = 0;
	size_t i;
	json_t *row;
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_VIEW, NULL, e);
	if (!r && !known_state(state))
		r = error_set(e, ERR_DESK_FILTER, "%s", state);
	if (!r && *date && !civil_parse_date(date, &day))
		r = error_set(e, ERR_DESK_DATE, "%s", date);
	if (!r)
		r = store_rows(d->store, SQL_INVOICE_LIST, out, e, "ittiii", before > 0 ? before : INT64_MAX, state, date, day, day + DAY - 1,
		               limit > 0 && limit <= LIST_MOST ? limit : LIST_DEFAULT);
	json_array_foreach(*out, i, row)
		invoice_name_row(row);
	return r;
}

static enum err add_earlier(struct desk *d, const struct order *o, const struct invoice *shown, json_t *out, struct error *e)
{
	json_t *rows = NULL;
	enum err r = store_rows(d->store, SQL_INVOICE_OF_ORDER, &rows, e, "i", o->order_id);
	for (size_t i = json_array_size(rows); i-- > 0;) {
		json_t *row = json_array_get(rows, i);
		if (json_number(row, "id") == shown->id)
			json_array_remove(rows, i);
		else
			invoice_name_row(row);
	}
	json_object_set_new(out, "earlier", rows ? rows : json_array());
	return r;
}

enum err invoice_shown(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	struct invoice i = {0};
	*out = NULL;
	enum err r = order_load(d, no, &o, e);
	if (!r && !(r = invoice_load(d, &o, &i, e))) {
		char *masked = text_mask(invoice_address(o.values));
		json_t *lines = NULL;
		*out = json_deep_copy(i.row);
		invoice_name_row(*out);
		json_object_del(*out, "id");
		json_object_update(*out, i.data);
		json_object_set_new(*out, "to", json_string(masked ? masked : ""));
		r = store_rows(d->store, SQL_INVOICE_LINES, &lines, e, "i", i.id);
		json_object_set_new(*out, "lines", lines ? lines : json_array());
		if (!r)
			r = add_earlier(d, &o, &i, *out, e);
		free(masked);
	}
	if (r) {
		json_decref(*out);
		*out = NULL;
	}
	invoice_free(&i);
	order_free(&o);
	return r;
}

enum err invoice_show(struct desk *d, const char *no, json_t **out, struct error *e)
{
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_VIEW, NULL, e);
	return r ? r : invoice_shown(d, no, out, e);
}

bool invoice_earns(const struct order *o)
{
	static const char *const not[] = {"draft", "signed", "awaiting-payment", "returned", "rejected", "cancelled", "refunding", "refunded"};
	for (size_t i = 0; i < sizeof not / sizeof *not; i++)
		if (strcmp(not[i], o->status) == 0)
			return false;
	return true;
}

/* What the tax office asks of a special invoice. */
static enum err check_parts(const struct order *o, struct error *e)
{
	static const struct {
		const char *field, *zh, *en;
	} parts[] = {{"invoice_tax_number", "纳税人识别号", "taxpayer number"},
	             {"invoice_address_phone", "地址及电话", "address and phone"},
	             {"invoice_bank_account", "开户行及账号", "bank and account"}};
	struct bytes missing = {0};
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof parts / sizeof *parts; i++)
		if (!*json_text(o->values, parts[i].field))
			r = bytes_format(&missing, "%s%s", missing.length ? tr("、", ", ") : "", tr(parts[i].zh, parts[i].en));
	if (!r && missing.length)
		r = error_set(e, ERR_DESK_INVOICE_PARTS, "%s", (char *)missing.data);
	bytes_free(&missing);
	return r;
}

static enum err request_step(struct desk *d, const struct order *o, const char *kind, const struct staff *who, struct error *e)
{
	int64_t there = 0;
	bool made = false;
	enum err r = store_int(d->store, SQL_INVOICE_LIVE, 0, &there, e, "i", o->order_id);
	if (!r && (there || !invoice_earns(o)))
		r = error_set(e, ERR_DESK_INVOICE_UNWANTED, "%s %s", o->no, there ? tr("已经申请", "there is one") : status_title(o->status));
	if (!r && strcmp(kind ? kind : json_text(o->values, "invoice_kind"), "special") == 0)
		r = check_parts(o, e);
	if (!r && !(r = invoice_ask(d, o, kind, who, &made, e)) && !made)
		r = error_set(e, ERR_DESK_INVOICE_UNWANTED, "%s %s", o->no,
		              o->amount ? tr("申请表选了不开发票，或没有这种发票", "the application wants none, or there is no such kind")
		                        : tr("没有收费", "nothing was paid"));
	return r ? r : desk_commit(d, MAY_INVOICE_REQUEST, NULL, o->no, NULL, NULL, e);
}

enum err invoice_request(struct desk *d, const char *no, const char *kind, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_REQUEST, &who, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)))
		r = request_step(d, &o, kind, who, e);
	store_rollback(d->store);
	order_free(&o);
	return r ? r : invoice_shown(d, no, out, e);
}

static enum err withdraw_step(struct desk *d, const struct order *o, const char *reason, const struct staff *who, struct error *e)
{
	struct invoice i = {0};
	int64_t changed = 0;
	enum err r = invoice_load(d, o, &i, e);
	if (!r && !(r = store_run(d->store, SQL_INVOICE_WITHDRAW, &changed, e, "iii", i.id, desk_now(d), who->id)) && !changed)
		r = error_set(e, ERR_DESK_INVOICE_STATE, "%s %s", o->no, invoice_state_title(i.state));
	if (!r) {
		json_t *facts = json_pack("{ss}", "reason", reason);
		r = desk_commit(d, MAY_INVOICE_WITHDRAW, NULL, o->no, NULL, facts, e);
		json_decref(facts);
	}
	invoice_free(&i);
	return r;
}

enum err invoice_withdraw(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, MAY_INVOICE_WITHDRAW, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)))
		r = withdraw_step(d, &o, reason, who, e);
	store_rollback(d->store);
	order_free(&o);
	return r ? r : invoice_shown(d, no, out, e);
}
