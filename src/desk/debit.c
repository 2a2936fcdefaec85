#include "desk/debit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/match.h"
#include "desk/refundrow.h"

enum { REFERENCE_SIZE = 192 };

static enum err import_one(struct desk *d, int64_t dk, int64_t statement, const char *bank, const struct statement_entry *entry,
                           struct error *e)
{
	struct bytes sealed = {0};
	char date[11], reference[REFERENCE_SIZE];
	civil_date_text(entry->date, date);
	snprintf(reference, sizeof reference, "%s:%s", bank, entry->id);
	json_t *data = json_pack("{ss ss ss}", "payer_name", entry->payer_name, "payer_account", entry->payer_account, "remark",
	                         entry->remark);
	enum err r = data ? datakey_seal_json(d->store, dk, "statement_entry.data", data, &sealed, e) : ERR_MEMORY;
	if (!r)
		r = store_run(d->store, SQL_DEBIT_INSERT, NULL, e, "iittib", dk, statement, reference, date, entry->amount_fen,
		              (const void *)sealed.data, sealed.length);
	json_decref(data);
	bytes_free(&sealed);
	return r;
}

enum err debit_import(struct desk *d, int64_t dk, int64_t statement, const struct statement *s, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < s->outgoing_count; i++)
		r = import_one(d, dk, statement, s->bank, &s->outgoing[i], e);
	return r;
}

static const char *bare(const char *reference)
{
	const char *colon = strchr(reference, ':');
	return colon ? colon + 1 : reference;
}

/* The refund that the debit is, or NULL. All are looked at: one that is left out could be the second that fits as well. */
static const json_t *choose(const struct bank_entry *debit, const json_t *refunds)
{
	size_t n = json_array_size(refunds), count = 0, i;
	struct statement_candidate *candidates = calloc(n ? n : 1, sizeof *candidates);
	const json_t **rows = calloc(n ? n : 1, sizeof *rows), *row, *proven = NULL;
	if (!candidates || !rows)
		abort();
	json_array_foreach((json_t *)refunds, i, row) {
		if (strcmp(json_text(row, "state"), "done") == 0) {
			if (!proven && strcmp(json_text(row, "reference"), bare(debit->reference)) == 0)
				proven = row;
		} else {
			const char *order = json_text(row, "order");
			rows[count] = row;
			candidates[count++] = (struct statement_candidate){*order ? order : bare(json_text(row, "entry")), json_number(row, "amount"),
			                                                   json_text(row, "name"), "", 0};
		}
	}
	int at = proven ? -1 : statement_choose(&debit->as_read, candidates, count);
	const json_t *chosen = proven ? proven : at < 0 ? NULL : rows[at];
	free(candidates);
	free(rows);
	return chosen;
}

/* The debit is this refund's. *done stays false where it can't be now. */
static enum err settle(struct desk *d, const struct bank_entry *debit, const json_t *refund, const struct staff *who, bool *done,
                       struct error *e)
{
	struct order o = {0};
	int64_t changed = 0, used = 0;
	const char *no = json_text(refund, "order"), *subject = *no ? no : json_text(refund, "entry"), *reference = bare(debit->reference);
	bool paid = strcmp(json_text(refund, "state"), "done") == 0, refunded = false;
	enum err r = store_begin(d->store, e);
	if (r)
		return r;
	if ((r = store_run(d->store, SQL_DEBIT_BIND, &changed, e, "ii", debit->id, json_number(refund, "id"))) || changed != 1)
		goto out;
	if (!paid && *no)
		r = order_load(d, no, &o, e);
	if (!r && !paid)
		r = store_int(d->store, SQL_REFUND_HAS_REFERENCE, 0, &used, e, "tt", "transfer", reference);
	if (r || used)
		goto out;
	struct error why = {0};
	if (!paid && (r = refund_settle(d, json_number(refund, "id"), *no ? &o : NULL, who->id, 0, reference, &refunded, &why))) {
		if (error_exit(r) == EXIT_REFUSED) /* somebody was quicker, or a red invoice is missing: the debit waits */
			r = OK;
		else if (e)
			*e = why;
		goto out;
	}
	json_t *facts = json_pack("{ss sO}", "reference", reference, "amount", json_object_get(refund, "amount"));
	r = desk_commit(d, MAY_REFUND_DONE, "refund.statement", subject, NULL, facts, e);
	json_decref(facts);
	*done = r == OK;
	if (*done && refunded)
		refund_tell(d, &o);
out:
	store_rollback(d->store);
	order_free(&o);
	return r;
}

/* A cursor must not stand open while its table changes. */
static enum err load_open(struct desk *d, struct bank_entry **out, size_t *count, struct error *e)
{
	struct rows *rows = NULL;
	size_t room = 0;
	*out = NULL;
	*count = 0;
	enum err r = store_query(d->store, SQL_DEBITS_OPEN, &rows, e, "");
	while (!r && rows_next(rows)) {
		if (*count == room) {
			room = room ? room * 2 : 64;
			struct bank_entry *more = realloc(*out, room * sizeof *more);
			if (!more) {
				r = error_set(e, ERR_MEMORY, "debits");
				break;
			}
			*out = more;
		}
		r = bank_entry_read(d, rows, &(*out)[*count], e);
		++*count;
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err match_one(struct desk *d, struct bank_entry *debit, const struct staff *who, json_t *proven, struct error *e)
{
	json_t *refunds = NULL;
	bool done = false;
	enum err r = store_rows(d->store, SQL_REFUND_TRANSFERS, &refunds, e, "i", debit->as_read.amount_fen);
	debit->as_read.id = debit->reference;
	const json_t *refund = r ? NULL : choose(debit, refunds);
	if (refund && !(r = settle(d, debit, refund, who, &done, e)) && done) {
		const char *no = json_text(refund, "order");
		json_array_append_new(proven, json_pack("{ss sO}", "refund_of", *no ? no : json_text(refund, "entry"), "amount",
		                                        json_object_get(refund, "amount")));
	}
	json_decref(refunds);
	return r;
}

enum err debit_match_all(struct desk *d, const struct staff *who, json_t *proven, struct error *e)
{
	struct bank_entry *debits = NULL;
	size_t count = 0;
	enum err r = load_open(d, &debits, &count, e);
	for (size_t i = 0; i < count; i++) {
		if (!r)
			r = match_one(d, &debits[i], who, proven, e);
		json_decref(debits[i].data);
	}
	free(debits);
	return r;
}
