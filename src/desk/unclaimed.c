#include "desk/unclaimed.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/effect.h"
#include "desk/match.h"
#include "desk/refundrow.h"
#include "rules/transition.h"

enum { ORDER_LEAST = 12 };

static const char order_letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";

static void entry_end(struct bank_entry *entry)
{
	json_decref(entry->data);
	entry->data = NULL;
}

/* The order whose number stands in the remark. */
static enum err named_order(struct desk *d, const char *remark, json_t **row, struct error *e)
{
	char word[ORDER_NO_SIZE];
	enum err r = OK;
	for (const char *at = remark; *at && !r && !*row;) {
		size_t n = strspn(at, order_letters);
		if (n >= ORDER_LEAST && n < sizeof word) {
			text_copy(word, n + 1, at);
			r = store_row(d->store, SQL_UNCLAIMED_ORDER, row, e, "t", word);
		}
		at += n ? n : 1;
	}
	return r;
}

/* Else an order of this payer that waits for this much, or a dead one that had announced it. */
static enum err fitting_order(struct desk *d, const struct bank_entry *entry, json_t **row, struct error *e)
{
	json_t *rows = NULL, *each;
	size_t i;
	enum err r = store_rows(d->store, SQL_UNCLAIMED_FITTING, &rows, e, "it", entry->as_read.amount_fen,
	                         entry->as_read.payer_name);
	json_array_foreach(rows, i, each) {
		const struct statement_candidate candidate = {json_text(each, "order"), entry->as_read.amount_fen, json_text(each, "name"), "", 0};
		if (!*row && statement_match(&entry->as_read, &candidate).verdict == STATEMENT_EXACT)
			*row = json_incref(each);
	}
	json_decref(rows);
	return r;
}

static enum err describe(struct desk *d, const struct bank_entry *entry, json_t *list, struct error *e)
{
	json_t *row = NULL;
	enum err r = named_order(d, entry->as_read.remark, &row, e);
	if (!r && !row)
		r = fitting_order(d, entry, &row, e);
	char *account = r ? NULL : text_mask(entry->as_read.payer_account);
	json_t *order = row ? json_object_get(row, "order") : NULL, *name = row ? json_object_get(row, "name") : NULL;
	json_t *status = row ? json_object_get(row, "status") : NULL;
	if (account)
		json_array_append_new(list, json_pack("{ss ss sI ss ss ss sO? sO? sO?}", "reference", entry->reference, "booked_date",
		                                      entry->booked_date, "amount", (json_int_t)entry->as_read.amount_fen, "payer_name",
		                                      entry->as_read.payer_name, "payer_account", account, "remark", entry->as_read.remark,
		                                      "order", order, "name", name, "status", status));
	free(account);
	json_decref(row);
	return r;
}

/* In what the bank said of it; `amount` is the text as money, or -1. */
static bool says(const struct bank_entry *entry, const char *text, int64_t amount)
{
	const char *const parts[] = {entry->as_read.payer_name, entry->as_read.payer_account, entry->as_read.remark, entry->reference,
		entry->booked_date};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(parts[i], text))
			return true;
	return entry->as_read.amount_fen == amount;
}

static enum err list_some(struct desk *d, const char *text, int64_t skip, int64_t limit, json_t *list, struct error *e)
{
	struct rows *rows = NULL;
	int64_t amount = -1;
	if (!money_parse(text, &amount))
		amount = -1;
	enum err r = store_query(d->store, SQL_STATEMENT_ENTRIES_OPEN, &rows, e, "");
	while (!r && (int64_t)json_array_size(list) < limit && rows_next(rows)) {
		struct bank_entry entry = {0};
		if (skip > 0 && !*text) {
			skip--;
			continue;
		}
		if (!(r = bank_entry_read(d, rows, &entry, e)) && (!*text || says(&entry, text, amount)) && skip-- <= 0)
			r = describe(d, &entry, list, e);
		entry_end(&entry);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err unclaimed_list(struct desk *d, const struct unclaimed_wish *wish, json_t **out, struct error *e)
{
	char *text = NULL;
	int64_t limit = wish && wish->limit > 0 && wish->limit < UNCLAIMED_MOST ? wish->limit : UNCLAIMED_MOST;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ORDER_VIEW, NULL, e);
	if (r)
		return r;
	if (!(text = text_nfc(wish && wish->text ? wish->text : "")))
		return error_set(e, ERR_DESK_FILTER, "%s", tr("不是 UTF-8 文本", "not UTF-8 text"));
	text_trim(text);
	*out = json_array();
	if ((r = list_some(d, text, wish ? wish->skip : 0, limit, *out, e))) {
		json_decref(*out);
		*out = NULL;
	}
	free(text);
	return r;
}

enum err unclaimed_count(struct desk *d, int64_t *count, struct error *e)
{
	return store_int(d->store, SQL_STATEMENT_OPEN_COUNT, 0, count, e, "");
}

static enum err load_entry(struct desk *d, const char *reference, struct bank_entry *out, struct error *e)
{
	struct rows *rows = NULL;
	*out = (struct bank_entry){0};
	enum err r = store_query(d->store, SQL_STATEMENT_ENTRY_GET, &rows, e, "t", reference);
	if (r)
		return r;
	r = rows_next(rows) ? bank_entry_read(d, rows, out, e) : error_set(e, ERR_UNCLAIMED_NONE, "%s", reference);
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

/* Something must say that the payer pays for this order; else a manager answers for it. */
static enum err check_payer(struct desk *d, const struct order *o, const struct bank_entry *entry, const struct staff **who,
                            struct error *e)
{
	const struct statement_candidate candidate = {o->no, o->amount, o->name, json_text(o->values, "account_number"), 0};
	return statement_match(&entry->as_read, &candidate).verdict == STATEMENT_NONE ? desk_allow(d, MAY_UNCLAIMED_OTHER, who, e) : OK;
}

/* Inside a step. */
static enum err claim(struct desk *d, struct order *o, const struct bank_entry *entry, const struct staff *who, const char *reason,
                      json_t *names, struct error *e)
{
	int64_t paid = 0;
	const char *to;
	bool together = false, fits = false;
	bool waits = strcmp(o->status, "awaiting-payment") == 0;
	enum err r = waits ? OK : status_ended(o->status) ? order_next(o, "refund", &to, e)
	                                                  : error_set(e, ERR_DESK_STATUS, "%s %s", o->no, status_title(o->status));
	if (!r && !(r = check_payer(d, o, entry, &who, e)))
		r = bank_entry_pay_together(d, o, entry, who->id, names, &together, &fits, e);
	if (!r && together)
		return fits ? OK : error_set(e, ERR_DESK_STATUS, "%s %s", o->no, status_title(o->status));
	if (!r && !(r = bank_entry_pay(d, o, entry, e)))
		r = order_paid(d, o->order_id, &paid, e);
	if (r || !waits)
		return r ? r : refund_begin(d, o, who->id, reason, NULL, e);
	if (paid >= o->amount && !(r = refund_surplus(d, o, who->id, e)))
		r = effect_paid(d, o, e);
	return r;
}

enum err unclaimed_claim(struct desk *d, const char *reference, const char *no, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	struct bank_entry entry = {0};
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, MAY_UNCLAIMED, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", reference);
	if (r || (r = store_begin(d->store, e)))
		return r;
	json_t *names = json_array();
	if (!(r = order_load(d, no, &o, e)) && !(r = load_entry(d, reference, &entry, e)) &&
	    !(r = claim(d, &o, &entry, who, reason, names, e))) {
		json_t *facts = json_pack("{ss sI ss}", "reference", reference, "amount", (json_int_t)entry.as_read.amount_fen, "reason",
		                          reason);
		if (json_array_size(names) > 0)
			json_object_set(facts, "orders", names);
		r = desk_commit(d, MAY_UNCLAIMED, NULL, no, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	json_decref(names);
	entry_end(&entry);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}

/* The money stands in the books as a payment of nobody's, and goes back from there. Inside a step. */
static enum err give_back(struct desk *d, const struct bank_entry *entry, const struct staff *who, const char *reason, struct error *e)
{
	int64_t payment = 0, changed = 0, amount = entry->as_read.amount_fen;
	if (entry->payment)
		return refund_unclaimed(d, entry->dk, entry->payment, "alipay", amount, who->id, reason, e);
	char receipt[BANK_RECEIPT_SIZE], date[11];
	desk_business_date(d, date);
	enum err r = bank_entry_receipt(d, entry, receipt, e);
	if (!r)
		r = store_insert(d->store, SQL_PAYMENT_INSERT, &payment, e, "ittitnntin", entry->dk, "transfer", receipt, amount, "unclaimed",
		                 date, desk_now(d));
	if (!r && !(r = store_run(d->store, SQL_STATEMENT_ENTRY_MATCH, &changed, e, "ii", entry->id, payment)) && changed != 1)
		r = error_set(e, ERR_UNCLAIMED_NONE, "%s", entry->reference);
	return r ? r : refund_unclaimed(d, entry->dk, payment, "transfer", amount, who->id, reason, e);
}

enum err unclaimed_refund(struct desk *d, const char *reference, const char *reason, json_t **out, struct error *e)
{
	struct bank_entry entry = {0};
	const struct staff *who;
	*out = NULL;
	enum err r = desk_allow(d, MAY_REFUND_ASK, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", reference);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = load_entry(d, reference, &entry, e)) && !(r = give_back(d, &entry, who, reason, e))) {
		json_t *facts = json_pack("{sI ss}", "amount", (json_int_t)entry.as_read.amount_fen, "reason", reason);
		r = desk_commit(d, MAY_REFUND_ASK, "unclaimed.refund", reference, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	if (!r)
		*out = json_pack("{ss sI ss}", "refund_of", reference, "amount", (json_int_t)entry.as_read.amount_fen, "state", "asked");
	entry_end(&entry);
	return r;
}
