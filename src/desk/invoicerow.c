#include "desk/invoicerow.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "rules/contact.h"

enum { NUMBER_LEAST = 8, NUMBER_MOST = INVOICE_NUMBER_SIZE - 1 };

/* An application whose kind is none of these wants no invoice. */
static const struct {
	const char *name, *zh, *en;
} kinds[] = {{"ordinary", "普票", "ordinary"}, {"special", "专票", "special"}};

static const struct {
	const char *name, *zh, *en;
} states[] = {
	{"requested", "待开票", "requested"}, {"exported", "已导出", "in a list"}, {"issued", "已开票", "issued"},
	{"sent", "已发送", "sent"},           {"red", "已红冲", "red"},            {"cancelled", "已取消", "cancelled"},
};

static const char *kind_title(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return tr(kinds[i].zh, kinds[i].en);
	return kind;
}

static bool wanted(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return true;
	return false;
}

const char *invoice_state_title(const char *state)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].name, state) == 0)
			return tr(states[i].zh, states[i].en);
	return state;
}

void invoice_name_row(json_t *row)
{
	static const char *const times[] = {"requested_at", "exported_at", "filed_at", "sent_at", "ended_at", "red_sent_at"};
	static const char *const own[] = {"order_id", "status"}; /* the store's, and the order's */
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		desk_time(row, times[i], json_number(row, times[i]));
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		json_object_del(row, own[i]);
	json_object_set_new(row, "pdf", json_boolean(json_number(row, "pdf")));
	json_object_set_new(row, "red_pdf", json_boolean(json_number(row, "red_pdf")));
	json_object_set_new(row, "red_due", json_boolean(json_number(row, "red_due")));
	json_object_set_new(row, "kind_title", json_string(kind_title(json_text(row, "kind"))));
	json_object_set_new(row, "state_title", json_string(invoice_state_title(json_text(row, "state"))));
}

enum err invoice_of_order(struct desk *d, int64_t order_id, json_t **out, struct error *e)
{
	static const char *const known[] = {"id", "order", "name"};
	enum err r = store_row(d->store, SQL_INVOICE_OF_ORDER, out, e, "i", order_id);
	if (r || !*out)
		return r;
	invoice_name_row(*out);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		json_object_del(*out, known[i]);
	return OK;
}

/* What the tax office is told of the buyer. The title is the customer's name and nothing else. */
static json_t *buyer_of(const json_t *values)
{
	return json_pack("{ss ss ss ss}", "title", customer_name(values), "tax_number", json_text(values, "invoice_tax_number"),
	                 "address_phone", json_text(values, "invoice_address_phone"), "bank_account", json_text(values, "invoice_bank_account"));
}

static const char *kind_of(const json_t *values)
{
	const char *kind = json_text(values, "invoice_kind");
	return *kind ? kind : kinds[0].name; /* a form that doesn't ask */
}

enum err invoice_ask(struct desk *d, const struct order *o, const char *kind, const struct staff *who, bool *made, struct error *e)
{
	struct bytes sealed = {0};
	int64_t amount = 0;
	*made = false;
	if (!kind)
		kind = kind_of(o->values);
	enum err r = store_int(d->store, SQL_INVOICE_ORDER_AMOUNT, 0, &amount, e, "i", o->order_id);
	if (r || amount == 0 || !wanted(kind))
		return r;
	json_t *buyer = buyer_of(o->values);
	if (!(r = datakey_seal_json(d->store, o->dk, "invoice.data", buyer, &sealed, e)))
		r = who ? store_insert(d->store, SQL_INVOICE_INSERT, NULL, e, "itiib", o->order_id, kind, desk_now(d), who->id,
		                       (const void *)sealed.data, sealed.length)
		        : store_insert(d->store, SQL_INVOICE_INSERT, NULL, e, "itinb", o->order_id, kind, desk_now(d),
		                       (const void *)sealed.data, sealed.length);
	*made = r == OK;
	json_decref(buyer);
	bytes_free(&sealed);
	return r;
}

/* A request that nobody has seen yet follows the application. */
static enum err renew(struct desk *d, const struct order *o, int64_t id, struct error *e)
{
	struct bytes sealed = {0};
	const char *kind = kind_of(o->values);
	if (!wanted(kind))
		return store_run(d->store, SQL_INVOICE_CANCEL, NULL, e, "ii", id, desk_now(d));
	json_t *buyer = buyer_of(o->values);
	enum err r = datakey_seal_json(d->store, o->dk, "invoice.data", buyer, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_INVOICE_RENEW, NULL, e, "itb", id, kind, (const void *)sealed.data, sealed.length);
	json_decref(buyer);
	bytes_free(&sealed);
	return r;
}

struct live {
	int64_t id;
	char state[10];
	bool same; /* kind, amount and buyer are still the application's */
};

static enum err find_live(struct desk *d, const struct order *o, struct live *out, struct error *e)
{
	struct rows *rows = NULL;
	json_t *data = NULL, *buyer = NULL;
	size_t length;
	*out = (struct live){0};
	enum err r = store_query(d->store, SQL_INVOICE_LIVE, &rows, e, "i", o->order_id);
	if (r || !rows_next(rows)) {
		enum err end = rows_end(&rows, e);
		return r ? r : end;
	}
	out->id = rows_int(rows, 0);
	text_copy(out->state, sizeof out->state, rows_text(rows, 2));
	const void *blob = rows_blob(rows, 3, &length);
	if (!(r = datakey_open_json(d->store, o->dk, "invoice.data", blob, length, &data, e)) && (buyer = buyer_of(o->values)))
		out->same = strcmp(rows_text(rows, 1), kind_of(o->values)) == 0 && rows_int(rows, 4) && json_equal(data, buyer);
	json_decref(data);
	json_decref(buyer);
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* Paid: a request, or the one there is goes on. What was issued stays; where it is wrong now it is red_due. */
static enum err on_paid(struct desk *d, const struct order *o, struct error *e)
{
	struct live live;
	bool made;
	enum err r = find_live(d, o, &live, e);
	if (!r && live.id && strcmp(live.state, "requested") == 0)
		return renew(d, o, live.id, e);
	bool stale = live.id && strcmp(live.state, "exported") == 0 && !live.same;
	if (!r && stale)
		r = store_run(d->store, SQL_INVOICE_CANCEL, NULL, e, "ii", live.id, desk_now(d));
	return r || (live.id && !stale) ? r : invoice_ask(d, o, NULL, NULL, &made, e);
}

static enum err on_unpaid(struct desk *d, const struct order *o, struct error *e)
{
	return store_run(d->store, SQL_INVOICE_DROP, NULL, e, "iii", o->order_id, desk_now(d), (int64_t)0);
}

static enum err on_end(struct desk *d, const struct order *o, struct error *e)
{
	return store_run(d->store, SQL_INVOICE_DROP, NULL, e, "iii", o->order_id, desk_now(d), (int64_t)1);
}

static enum err on_refunded(struct desk *d, const struct order *o, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_INVOICE_ISSUED, &row, e, "i", o->order_id);
	if (!r && row)
		r = error_set(e, ERR_DESK_INVOICE_RED, "%s", json_text(row, "number"));
	json_decref(row);
	return r ? r : on_end(d, o, e);
}

static const struct {
	const char *status;
	enum err (*follow)(struct desk *d, const struct order *o, struct error *e);
} consequences[] = {
	{"paid", on_paid},    {"awaiting-payment", on_unpaid}, {"cancelled", on_end},
	{"refunding", on_end}, {"refunded", on_refunded},
};

enum err invoice_follow(struct desk *d, const struct order *o, struct error *e)
{
	for (size_t i = 0; i < sizeof consequences / sizeof *consequences; i++)
		if (strcmp(consequences[i].status, o->status) == 0)
			return consequences[i].follow(d, o, e);
	return OK;
}

const char *invoice_address(const json_t *values)
{
	const char *own = json_text(values, "invoice_email");
	return *own ? own : contact_value(values, "email");
}

static bool alive(const json_t *row)
{
	return strcmp(json_text(row, "state"), "red") != 0 && strcmp(json_text(row, "state"), "cancelled") != 0;
}

/* Which of the order's invoices is meant, newest first. */
static const json_t *choose(const json_t *rows)
{
	size_t i;
	json_t *row;
	json_array_foreach((json_t *)rows, i, row)
		if (alive(row))
			return row;
	json_array_foreach((json_t *)rows, i, row)
		if (strcmp(json_text(row, "state"), "cancelled") == 0 && json_number(row, "batch") && !*json_text(row, "number"))
			return row;
	return json_array_get(rows, 0);
}

static enum err load_private(struct desk *d, struct invoice *i, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	enum err r = store_query(d->store, SQL_INVOICE_PRIVATE, &rows, e, "i", i->id);
	if (r)
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 1, &length);
		i->dk = rows_int(rows, 0);
		text_copy(i->file, sizeof i->file, rows_text(rows, 2));
		text_copy(i->digest, sizeof i->digest, rows_text(rows, 3));
		r = datakey_open_json(d->store, i->dk, "invoice.data", blob, length, &i->data, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err invoice_look(struct desk *d, const struct order *o, struct invoice *out, struct error *e)
{
	json_t *rows = NULL;
	*out = (struct invoice){0};
	enum err r = store_rows(d->store, SQL_INVOICE_OF_ORDER, &rows, e, "i", o->order_id);
	const json_t *row = r ? NULL : choose(rows);
	if (!r && !row)
		r = error_set(e, ERR_DESK_INVOICE_NONE, "%s", o->no);
	if (!r) {
		out->row = json_incref((json_t *)row);
		out->id = json_number(row, "id");
		out->amount = json_number(row, "amount");
		out->exported = json_number(row, "batch") != 0;
		out->red_due = json_number(row, "red_due") != 0;
		text_copy(out->state, sizeof out->state, json_text(row, "state"));
		text_copy(out->number, sizeof out->number, json_text(row, "number"));
		text_copy(out->date, sizeof out->date, json_text(row, "issued_date"));
	}
	json_decref(rows);
	return r;
}

enum err invoice_load(struct desk *d, const struct order *o, struct invoice *out, struct error *e)
{
	enum err r = invoice_look(d, o, out, e);
	if (!r)
		r = load_private(d, out, e);
	if (r)
		invoice_free(out);
	return r;
}

void invoice_free(struct invoice *i)
{
	json_decref(i->row);
	json_decref(i->data);
	i->row = i->data = NULL;
}

enum err invoice_clean_number(struct desk *d, const char *number, int64_t own_id, char out[INVOICE_NUMBER_SIZE], struct error *e)
{
	char *folded = text_fold_width(number);
	int64_t used = 0;
	if (!folded)
		return error_set(e, ERR_MEMORY, "%s", "");
	text_trim(folded);
	size_t n = strlen(folded);
	bool good = n >= NUMBER_LEAST && n <= NUMBER_MOST && strspn(folded, "0123456789") == n;
	if (good)
		text_copy(out, INVOICE_NUMBER_SIZE, folded);
	free(folded);
	enum err r = good ? store_int(d->store, SQL_INVOICE_NUMBER_USED, 0, &used, e, "ti", out, own_id) : OK;
	return r ? r : !good || used ? error_set(e, ERR_DESK_INVOICE_NUMBER, "%s", number) : OK;
}

enum err invoice_check_date(struct desk *d, const struct order *o, const char *date, struct error *e)
{
	int64_t day;
	char signed_date[11];
	if (!civil_parse_date(date, &day))
		return error_set(e, ERR_DESK_DATE, "%s", date);
	civil_date_text(o->signed_at, signed_date);
	if (day > desk_now(d) || strcmp(date, signed_date) < 0)
		return error_set(e, ERR_DESK_INVOICE_DATE, "%s", date);
	return OK;
}

enum err invoice_judge(struct desk *d, const struct order *o, struct invoice *i, const char *number, const char *date, bool *same, struct error *e)
{
	char clean[INVOICE_NUMBER_SIZE];
	bool late = strcmp(i->state, "cancelled") == 0 && i->exported && !*i->number;
	*same = false;
	if (!alive(i->row) && !late)
		return error_set(e, ERR_DESK_INVOICE_STATE, "%s %s", o->no, invoice_state_title(i->state));
	if (!number)
		number = i->number;
	if (!date)
		date = i->date;
	enum err r = invoice_clean_number(d, number, i->id, clean, e);
	if (!r)
		r = invoice_check_date(d, o, date, e);
	if (r)
		return r;
	*same = strcmp(clean, i->number) == 0 && strcmp(date, i->date) == 0;
	if (*i->number && !*same)
		return error_set(e, ERR_DESK_INVOICE_STATE, tr("%s 已登记发票 %s（%s）", "%s has invoice %s (%s)"), o->no, i->number, i->date);
	text_copy(i->number, sizeof i->number, clean);
	text_copy(i->date, sizeof i->date, date);
	return OK;
}

enum err invoice_issue(struct desk *d, const struct order *o, struct invoice *i, const char *number, const char *date,
                       const struct staff *who, bool *same, struct error *e)
{
	enum err r = invoice_judge(d, o, i, number, date, same, e);
	return r || *same ? r : store_run(d->store, SQL_INVOICE_ISSUE, NULL, e, "ittii", i->id, i->number, i->date, desk_now(d), who->id);
}
