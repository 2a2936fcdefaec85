#include "desk/handoverundo.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/certcustody.h"
#include "desk/handover.h"
#include "desk/keys.h"
#include "desk/tell.h"
#include "rules/business.h"
#include "token/token.h"

static void tell(struct desk *d, const struct order *o, const char *template, const char *serial)
{
	const struct message_value values[] = {{"serial", serial}};
	tell_customer(d, o, template, values, 1, NULL);
}

/* Takes one hand-over back: the key counts as made again, its certificate is suspended, below the CA's own suspension too. Inside a step. */
static enum err take_back(struct desk *d, const struct order *o, const json_t *row, const struct staff *who, const char *reason,
                          struct error *e)
{
	int64_t now = desk_now(d), certificate = json_number(row, "certificate");
	enum err r = certificate ? certificate_ours(d, certificate, e) : OK;
	if (!r)
		r = store_run(d->store, SQL_UNDO_HANDOVER, NULL, e, "ii", json_number(row, "id"), now);
	if (!r)
		r = store_insert(d->store, SQL_UNDO_INSERT, NULL, e, "iiitii", o->dk, json_number(row, "id"), certificate, reason, who->id,
		                 now);
	if (!r && !json_number(row, "own_medium"))
		r = key_move(d, json_text(row, "key_serial"), "made", o->id, reason, NULL, e);
	if (!r && certificate)
		r = store_run(d->store, SQL_CERT_SET_STATE, NULL, e, "itit", certificate, "suspended", now,
		              json_number(row, "own_ground") ? cert_own_over(CERT_HANDOVER_UNDONE) : CERT_HANDOVER_UNDONE);
	return r;
}

/* The hand-overs that count and are meant; mailed keys are on their way and come back by other means. What is over can't be handed over
 * again: the order would be issued for ever. */
static enum err load_rows(struct desk *d, const struct order *o, const char *serial, json_t **rows, struct error *e)
{
	char over[TOKEN_SERIAL_SIZE] = "";
	enum err r = store_rows(d->store, SQL_UNDO_HANDOVERS, rows, e, "i", o->order_id);
	for (size_t i = json_array_size(*rows); i-- > 0;) {
		const json_t *row = json_array_get(*rows, i);
		bool meant = strcmp(json_text(row, "to_whom"), "mail") != 0 && (!serial || strcmp(json_text(row, "key_serial"), serial) == 0);
		if (meant && json_number(row, "over"))
			text_copy(over, sizeof over, json_text(row, "key_serial"));
		if (!meant || json_number(row, "over"))
			json_array_remove(*rows, i);
	}
	if (r || json_array_size(*rows) > 0)
		return r;
	return *over ? error_set(e, ERR_HANDOVER_OVER, "%s", over) : error_set(e, ERR_HANDOVER_NONE, "%s", serial ? serial : o->no);
}

/* A part of an order may be handed over while it is still issued; else it goes back to that. */
static enum err reopen(struct desk *d, struct order *o, struct error *e)
{
	if (strcmp(o->status, "issued") == 0)
		return OK;
	enum err r = order_advance(d, o, "undo-hand-over", e);
	return r ? r : store_run(d->store, SQL_UNDO_ORDER_OPEN, NULL, e, "i", o->order_id);
}

/* Inside a step, which it commits. */
static enum err undo(struct desk *d, struct order *o, const json_t *rows, const struct staff *who, const char *reason,
                     struct error *e)
{
	json_t *row;
	size_t i;
	struct bytes keys = {0};
	enum err r = reopen(d, o, e);
	json_array_foreach((json_t *)rows, i, row) {
		if (!r)
			r = take_back(d, o, row, who, reason, e);
		if (!r)
			r = bytes_format(&keys, "%s%s", i ? ", " : "", json_text(row, "key_serial"));
	}
	json_t *facts = r ? NULL : json_pack("{ss ss}", "reason", reason, "keys", (const char *)keys.data);
	if (!r && !facts)
		r = error_set(e, ERR_MEMORY, "%s", "keys");
	if (!r)
		r = desk_commit(d, MAY_HANDOVER_UNDO, NULL, o->no, NULL, facts, e);
	json_decref(facts);
	bytes_free(&keys);
	return r;
}

enum err handover_undo(struct desk *d, const char *no, const char *serial, const char *reason, json_t **out, struct error *e)
{
	struct order o = {0};
	json_t *rows = NULL, *row;
	size_t i;
	const struct staff *who;
	const char *to;
	*out = NULL;
	enum err r = desk_allow(d, MAY_HANDOVER_UNDO, &who, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)) && (strcmp(o.status, "issued") == 0 || !(r = order_next(&o, "undo-hand-over", &to, e))) &&
	    !(r = load_rows(d, &o, serial, &rows, e)))
		r = undo(d, &o, rows, who, reason, e);
	store_rollback(d->store);
	enum err published = r ? OK : crl_publish(d, e);
	json_array_foreach(rows, i, row)
		if (!r && json_number(row, "certificate"))
			tell(d, &o, "handover-undone", json_text(row, "key_serial"));
	json_decref(rows);
	order_free(&o);
	r = r ? r : published;
	return r ? r : order_show(d, no, out, e);
}

enum err handover_resume(struct desk *d, int64_t item, const char *key_serial, bool *resumed, struct error *e)
{
	json_t *row = NULL;
	*resumed = false;
	enum err r = store_row(d->store, SQL_UNDO_WAITING, &row, e, "it", item, key_serial);
	if (!r && row && !(r = store_run(d->store, SQL_CERT_SET_STATE, NULL, e, "itit", json_number(row, "certificate"), "active",
	                                 desk_now(d), "")) &&
	    !(r = store_run(d->store, SQL_UNDO_RESUMED, NULL, e, "ii", json_number(row, "id"), desk_now(d))))
		*resumed = true;
	json_decref(row);
	return r;
}

enum err handover_resumed(struct desk *d, const struct order *o, const char *key_serial, struct error *e)
{
	enum err r = crl_publish(d, e);
	tell(d, o, "handover-righted", key_serial);
	return r;
}
