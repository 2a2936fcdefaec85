#include "desk/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/debit.h"
#include "desk/effect.h"
#include "desk/orderrow.h"
#include "desk/pay.h"
#include "desk/refundrow.h"
#include "pay/statement.h"
#include "rules/transition.h"

/* The orders that wait for money, as the matching rule wants them: all of them, as one that is missing could be the second
 * that an entry fits equally well. */
struct waiting {
	struct statement_candidate *candidates;
	struct order *orders;
	size_t count;
};

static void waiting_free(struct waiting *w)
{
	for (size_t i = 0; i < w->count; i++)
		order_free(&w->orders[i]);
	free(w->orders);
	free(w->candidates);
	*w = (struct waiting){0};
}

/* The transfer that was announced for this order and others of its visit (SQL_PAYMENT_OPEN_OF: one that is waited for): its id, and its
 * sum; 0 where there is none. */
static enum err announced_together(struct desk *d, const struct order *o, enum sql q, int64_t *payment, int64_t *sum, struct error *e)
{
	json_t *open = NULL, *rows = NULL;
	enum err r = store_row(d->store, q, &open, e, "i", o->order_id);
	if (!r && open)
		r = store_rows(d->store, SQL_PAYMENT_ORDERS, &rows, e, "i", json_number(open, "id"));
	if (json_array_size(rows) > 1) {
		*payment = json_number(open, "id");
		*sum = json_number(open, "amount");
	}
	json_decref(open);
	json_decref(rows);
	return r;
}

static enum err load_waiting(struct desk *d, struct waiting *w, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_ORDERS_AWAITING, &rows, e, "");
	size_t n = json_array_size(rows);
	*w = (struct waiting){calloc(n ? n : 1, sizeof *w->candidates), calloc(n ? n : 1, sizeof *w->orders), 0};
	if (!r && (!w->candidates || !w->orders))
		r = error_set(e, ERR_MEMORY, "%s", "orders");
	json_array_foreach(rows, i, row) {
		if (r)
			break;
		struct order *o = &w->orders[w->count];
		int64_t paid = 0, together = 0, sum = 0;
		if ((r = order_load(d, json_text(row, "no"), o, e)))
			break;
		if (!(r = order_paid(d, o->order_id, &paid, e)))
			r = announced_together(d, o, SQL_PAYMENT_OPEN_OF, &together, &sum, e);
		w->candidates[w->count++] = (struct statement_candidate){o->no, together ? sum : o->amount - paid, o->name,
		                                                         json_text(o->values, "account_number"), together};
	}
	json_decref(rows);
	if (r)
		waiting_free(w);
	return r;
}

/* What came by a code is a payment already, of nobody's. */
static enum err claim_payment(struct desk *d, const struct order *o, const struct bank_entry *entry, struct error *e)
{
	int64_t changed = 0;
	char date[11];
	desk_business_date(d, date);
	enum err r = store_run(d->store, SQL_QR_PAYMENT_CLAIM, &changed, e, "iit", entry->payment, desk_now(d), date);
	if (!r && changed != 1)
		r = error_set(e, ERR_UNCLAIMED_NONE, "%s", entry->reference);
	return r ? r : store_insert(d->store, SQL_PAYMENT_ALLOCATE, NULL, e, "iiii", o->dk, entry->payment, o->order_id, entry->as_read.amount_fen);
}

enum err bank_entry_pay(struct desk *d, const struct order *o, const struct bank_entry *entry, struct error *e)
{
	if (entry->payment)
		return claim_payment(d, o, entry, e);
	json_t *open = NULL;
	int64_t now = desk_now(d), amount = entry->as_read.amount_fen, payment = 0, changed = 0;
	char date[11], receipt[BANK_RECEIPT_SIZE];
	desk_business_date(d, date);
	int64_t together = 0, sum = 0;
	enum err r = announced_together(d, o, SQL_PAYMENT_ANNOUNCED_OF, &together, &sum, e);
	if (!r && !together) /* what others wait for too isn't this order's to change */
		r = store_row(d->store, SQL_PAYMENT_ANNOUNCED_OF, &open, e, "i", o->order_id);
	bool same = open && json_number(open, "amount") == amount;
	payment = json_number(open, "id");
	if (!r && open && !same)
		r = store_run(d->store, SQL_PAYMENT_VOID, NULL, e, "it", payment, tr("到账金额不同", "another amount arrived"));
	if (!r && same)
		r = store_run(d->store, SQL_PAYMENT_VERIFY, NULL, e, "iit", payment, now, date);
	else if (!r && !(r = bank_entry_receipt(d, entry, receipt, e)) &&
	         !(r = store_insert(d->store, SQL_PAYMENT_INSERT, &payment, e, "ittitnntii", o->dk, "transfer", receipt, amount, "verified",
	                            date, now, now)))
		r = store_insert(d->store, SQL_PAYMENT_ALLOCATE, NULL, e, "iiii", o->dk, payment, o->order_id, amount);
	json_decref(open);
	if (!r)
		r = store_run(d->store, SQL_STATEMENT_ENTRY_MATCH, &changed, e, "ii", entry->id, payment);
	return r || changed == 1 ? r : error_set(e, ERR_UNCLAIMED_NONE, "%s", entry->reference);
}

static bool is_dead(const struct order *o)
{
	const char *to;
	return strcmp(o->status, "refunding") == 0 || (status_ended(o->status) && order_next(o, "refund", &to, NULL) == OK);
}

/* One order of those that an announced transfer is for. Money for one that died since waits to go back, that of one that was returned
 * counts when it is signed again. *fits is false where it isn't what was announced for it any more. */
static enum err settle_part(struct desk *d, const char *no, int64_t by, bool *fits, struct error *e)
{
	struct order o = {0};
	int64_t paid = 0;
	const char *to;
	enum err r = order_load(d, no, &o, e);
	if (!r)
		r = order_paid(d, o.order_id, &paid, e);
	bool dead = !r && is_dead(&o);
	*fits = !r && (dead || o.draft || (order_next(&o, "pay", &to, NULL) == OK && o.amount == paid));
	if (!r && dead)
		r = refund_begin(d, &o, by, tr("订单已终止", "the order has ended"), NULL, e);
	else if (!r && *fits && !o.draft)
		r = effect_paid(d, &o, e);
	order_free(&o);
	return r;
}

/* The announced transfer of several orders has come: all of them go on. */
static enum err settle_together(struct desk *d, int64_t payment, const struct bank_entry *entry, int64_t by, json_t *names, bool *fits,
                                struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	int64_t now = desk_now(d), changed = 0;
	char date[11];
	desk_business_date(d, date);
	enum err r = store_run(d->store, SQL_PAYMENT_VERIFY, NULL, e, "iit", payment, now, date);
	if (!r)
		r = store_run(d->store, SQL_STATEMENT_ENTRY_MATCH, &changed, e, "ii", entry->id, payment);
	*fits = changed == 1;
	if (!r && *fits)
		r = store_rows(d->store, SQL_PAYMENT_ORDERS, &rows, e, "i", payment);
	json_array_foreach(rows, i, row) {
		if (r || !*fits)
			break;
		json_array_append(names, json_object_get(row, "order"));
		r = settle_part(d, json_text(row, "order"), by, fits, e);
	}
	json_decref(rows);
	return r;
}

enum err bank_entry_pay_together(struct desk *d, const struct order *o, const struct bank_entry *entry, int64_t by, json_t *names,
                                 bool *together, bool *fits, struct error *e)
{
	int64_t payment = 0, sum = 0;
	enum err r = entry->payment ? OK : announced_together(d, o, SQL_PAYMENT_ANNOUNCED_OF, &payment, &sum, e);
	*together = !r && payment && sum == entry->as_read.amount_fen;
	return *together ? settle_together(d, payment, entry, by, names, fits, e) : r;
}

/* The entry is this order's alone. */
static enum err settle_alone(struct desk *d, struct order *o, const struct bank_entry *entry, bool *fits, struct error *e)
{
	int64_t paid = 0;
	const char *to;
	enum err r = order_paid(d, o->order_id, &paid, e);
	if (r || order_next(o, "pay", &to, NULL) || o->amount - paid != entry->as_read.amount_fen)
		return r;
	if ((r = bank_entry_pay(d, o, entry, e)))
		return r == ERR_UNCLAIMED_NONE ? OK : r;
	*fits = true;
	return effect_paid(d, o, e);
}

/* The entry pays for the order, and for those that it was announced with. *done stays false where orders or entry have
 * changed since they were chosen. */
static enum err settle(struct desk *d, const char *no, const struct bank_entry *entry, bool *done, struct error *e)
{
	struct order o = {0};
	int64_t amount = entry->as_read.amount_fen;
	json_t *names = json_array();
	bool together = false, fits = false;
	enum err r = store_begin(d->store, e);
	if (!r && !(r = order_load(d, no, &o, e)) && !(r = bank_entry_pay_together(d, &o, entry, 0, names, &together, &fits, e)) && !together)
		r = settle_alone(d, &o, entry, &fits, e);
	if (!r && fits) {
		json_t *facts = json_pack("{sssI}", "reference", entry->reference, "amount", (json_int_t)amount);
		if (json_array_size(names) > 0)
			json_object_set(facts, "orders", names);
		r = desk_commit(d, MAY_PAY_VERIFY, "statement.match", no, NULL, facts, e);
		json_decref(facts);
		*done = r == OK;
	}
	store_rollback(d->store);
	order_free(&o);
	json_decref(names);
	return r;
}

/* The candidate is this order, or is paid together with it. */
static bool meant(const struct waiting *w, size_t at, const char *order)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->candidates[i].order, order) == 0)
			return i == at || (w->candidates[i].together && w->candidates[i].together == w->candidates[at].together);
	return false;
}

/* A rule that forbids one order to go on (its certificate is gone, a step before it is missing) is no reason to leave the
 * other entries lying: this one stays unclaimed. */
static bool left_unclaimed(enum err r)
{
	return r != OK && error_exit(r) == EXIT_REFUSED;
}

static json_t *refusal(const char *order, const struct bank_entry *entry, const struct error *why)
{
	char sentence[700];
	return json_pack("{ss ss sI ss}", "order", order, "reference", entry->reference, "amount", (json_int_t)entry->as_read.amount_fen, "why",
	                 error_sentence(why, sentence, sizeof sentence));
}

/* An entry, and the order that it is for. */
struct pick {
	struct bank_entry entry;
	char order[ORDER_NO_SIZE];
};
struct picks {
	struct pick *all;
	size_t count, room;
};

/* Takes over the entry. */
static void pick(struct picks *p, const struct bank_entry *entry, struct waiting *w, size_t at)
{
	if (p->count == p->room) {
		p->room = p->room ? p->room * 2 : 16;
		if (!(p->all = realloc(p->all, p->room * sizeof *p->all)))
			abort();
	}
	struct pick *one = &p->all[p->count++];
	one->entry = *entry;
	text_copy(one->order, sizeof one->order, w->candidates[at].order);
	int64_t together = w->candidates[at].together;
	for (size_t i = 0; i < w->count; i++) /* paid: no second entry is for it */
		if (i == at || (together && w->candidates[i].together == together))
			w->candidates[i].amount_fen = -1;
}

/* Of the open entries, those that pay for an order; with `only` for that one. Nothing is changed while they are read. */
static enum err pick_all(struct desk *d, const char *only, struct picks *p, struct error *e)
{
	struct waiting w = {0};
	struct rows *rows = NULL;
	enum err r = load_waiting(d, &w, e);
	if (!r)
		r = store_query(d->store, SQL_STATEMENT_ENTRIES_OPEN, &rows, e, "");
	while (!r && w.count && rows_next(rows)) {
		struct bank_entry entry;
		if ((r = bank_entry_read(d, rows, &entry, e)))
			break;
		int at = statement_choose(&entry.as_read, w.candidates, w.count);
		if (at < 0 || (only && !meant(&w, (size_t)at, only)))
			json_decref(entry.data);
		else
			pick(p, &entry, &w, (size_t)at);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	waiting_free(&w);
	return r ? r : end;
}

/* Goes through the open entries; with `only` those that pay for that order. */
static enum err match(struct desk *d, const char *only, json_t *matched, json_t *refused, struct error *e)
{
	struct picks p = {0};
	enum err r = pick_all(d, only, &p, e);
	for (size_t i = 0; i < p.count; i++) {
		struct error why = {0};
		bool done = false;
		struct bank_entry *entry = &p.all[i].entry;
		entry->as_read.id = entry->reference;
		enum err one = r ? OK : settle(d, p.all[i].order, entry, &done, &why);
		if (done)
			json_array_append_new(matched, json_pack("{sssI}", "order", p.all[i].order, "amount", (json_int_t)entry->as_read.amount_fen));
		else if (left_unclaimed(one))
			json_array_append_new(refused, refusal(p.all[i].order, entry, &why));
		if (one && (only || !left_unclaimed(one))) {
			r = one;
			if (e)
				*e = why;
		}
		json_decref(entry->data);
	}
	free(p.all);
	return r;
}

enum err match_order(struct desk *d, const char *no, bool *matched, struct error *e)
{
	json_t *done = json_array(), *refused = json_array();
	enum err r = match(d, no, done, refused, e);
	if (matched)
		*matched = json_array_size(done) > 0;
	json_decref(done);
	json_decref(refused);
	return r;
}

enum err match_announced(struct desk *d, const char *no, struct error *e)
{
	struct error why = {0};
	enum err r = match_order(d, no, NULL, &why);
	if (left_unclaimed(r))
		return OK;
	if (r && e)
		*e = why;
	return r;
}

/* Goes through all open entries: [{"order","amount"}] of what was matched, and [{"order","reference","amount","why"}] of what
 * pays for an order that may not go on: that money stays unclaimed, and the rest is matched. */
static enum err match_all(struct desk *d, json_t **matched, json_t **refused, struct error *e)
{
	*matched = json_array();
	*refused = json_array();
	return match(d, NULL, *matched, *refused, e);
}

static enum err import_entry(struct desk *d, int64_t dk, int64_t statement, const char *bank, const struct statement_entry *entry,
                             int64_t *new_rows, struct error *e)
{
	struct bytes sealed = {0};
	char date[11], reference[192];
	int64_t changed = 0;
	civil_date_text(entry->date, date);
	snprintf(reference, sizeof reference, "%s:%s", bank, entry->id); /* unique within one bank only */
	json_t *data = json_pack("{ssssss}", "payer_name", entry->payer_name, "payer_account", entry->payer_account, "remark",
	                         entry->remark);
	enum err r = data ? datakey_seal_json(d->store, dk, "statement_entry.data", data, &sealed, e) : ERR_MEMORY;
	if (!r)
		r = store_run(d->store, SQL_STATEMENT_ENTRY_INSERT, &changed, e, "iittib", dk, statement, reference, date, entry->amount_fen,
		              (const void *)sealed.data, sealed.length);
	*new_rows += changed;
	json_decref(data);
	bytes_free(&sealed);
	return r;
}

static enum err import_rows(struct desk *d, const struct statement *s, const char *digest, const struct staff *who, int64_t *new_rows,
                            struct error *e)
{
	int64_t dk = 0, statement = 0, known = 0;
	enum err r = store_int(d->store, SQL_STATEMENT_HAS, 0, &known, e, "t", digest);
	if (r || known || (r = store_begin(d->store, e)))
		return r;
	if ((r = store_int(d->store, SQL_STATEMENT_HAS, 0, &known, e, "t", digest)) || known) { /* another window was quicker */
		store_rollback(d->store);
		return r;
	}
	if (!(r = datakey_new(d->store, &dk, e)))
		r = store_insert(d->store, SQL_STATEMENT_INSERT, &statement, e, "ittii", dk, digest, s->bank, who->id, desk_now(d));
	for (size_t i = 0; !r && i < s->count; i++)
		r = import_entry(d, dk, statement, s->bank, &s->entries[i], new_rows, e);
	if (!r)
		r = debit_import(d, dk, statement, s, e);
	if (!r) {
		json_t *facts = json_pack("{sssIsI}", "map", s->bank, "entries", (json_int_t)s->count, "new", (json_int_t)*new_rows);
		r = desk_commit(d, MAY_STATEMENT, NULL, digest, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	return r;
}

/* The file's identity is its entries, so that the same statement saved twice is one. */
static void statement_digest(const struct statement *s, char out[DIGEST_TEXT_SIZE])
{
	struct bytes all = {0};
	for (size_t i = 0; i < s->count + s->outgoing_count; i++) {
		bool in = i < s->count;
		const struct statement_entry *entry = in ? &s->entries[i] : &s->outgoing[i - s->count];
		if (bytes_format(&all, "%s%s|%lld|%lld\n", in ? "" : "-", entry->id, (long long)entry->date, (long long)entry->amount_fen))
			abort();
	}
	digest_text(all.data ? all.data : (const uint8_t *)"", all.length, out);
	bytes_free(&all);
}

/* [{"reference","amount","payer_name"}]: what the bank took back, which may have paid for an order. */
static json_t *taken_back(const struct statement *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->reversed_count; i++)
		json_array_append_new(list, json_pack("{ss sI ss}", "reference", s->reversed[i].id, "amount", (json_int_t)s->reversed[i].amount_fen,
		                                      "payer_name", s->reversed[i].payer_name));
	return list;
}

enum err statement_import(struct desk *d, const char *path, json_t **out, struct error *e)
{
	struct statement_maps *maps = NULL;
	struct statement s = {0};
	const struct staff *who;
	json_t *matched = NULL, *refused = NULL, *proven = json_array();
	char digest[DIGEST_TEXT_SIZE], *file = NULL;
	int64_t new_rows = 0, open = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_STATEMENT, &who, e);
	if (r) {
		json_decref(proven);
		return r;
	}
	if (asprintf(&file, "%s/forms/tables/statements.tsv", d->share) < 0)
		return ERR_MEMORY;
	if (!(r = statement_maps_load(file, &maps, e)) && !(r = statement_read_file(maps, path, &s, e))) {
		statement_digest(&s, digest);
		if (!(r = import_rows(d, &s, digest, who, &new_rows, e)) && !(r = match_all(d, &matched, &refused, e)) &&
		    !(r = debit_match_all(d, who, proven, e)))
			r = store_int(d->store, SQL_STATEMENT_OPEN_COUNT, 0, &open, e, "");
	}
	if (!r)
		*out = json_pack("{sI sI sO sO sO so sI}", "entries", (json_int_t)s.count, "new", (json_int_t)new_rows, "matched", matched, "refused",
		                 refused, "refunds", proven, "taken_back", taken_back(&s), "unmatched", (json_int_t)open);
	json_decref(matched);
	json_decref(refused);
	json_decref(proven);
	statement_free(&s);
	statement_maps_free(&maps);
	free(file);
	return r;
}
