/* Undoing an issue: the order goes back to approved, so that it can be issued on any key, or refunded. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "desk/cert.h"
#include "desk/issuing.h"
#include "desk/mainkey.h"
#include "desk/slot.h"
#include "desk/tables.h"

/* Which of the items' keys are at hand, each item's row gets "at_hand". Readers are slow: before the step. */
static enum err load_items(struct journey *j, json_t **rows, struct error *e)
{
	json_t *row;
	size_t i;
	struct ca *ca;
	bool made = false;
	enum err r = store_rows(j->d->store, SQL_ITEM_OF_ORDER, rows, e, "i", j->o.id);
	json_array_foreach(*rows, i, row) {
		const char *serial = json_text(row, "key_serial");
		json_object_set_new(row, "at_hand", json_boolean(*serial && key_is_in(serial)));
		made = made || *json_text(row, "serial");
	}
	return !r && made ? desk_ca(j->d, &ca, e) : r; /* no revocation without the CRL that tells of it */
}

static enum err take_back(struct journey *j, const json_t *row, const char *reason, json_t *facts, bool *revoked,
                          struct error *e)
{
	const char *state = "";
	bool its_own = false;
	item_read(row, &j->item);
	if (!*j->item.key_serial)
		return OK;
	enum err r = item_take_back(j, json_flag(row, "at_hand"), reason, &its_own, &state, e);
	*revoked = *revoked || its_own;
	if (!r)
		json_array_append_new(facts, json_pack("{sI ss ss ss ss}", "item", (json_int_t)j->item.position, "step",
		                                       j->item.step, "key", j->item.key_serial, "key_state", state,
		                                       "certificate", its_own ? j->item.serial : ""));
	return r;
}

/* Reported lost, it can't be put right any more, and nothing works on it: its certificate is suspended. */
static bool key_lost(const struct journey *j)
{
	return strcmp(j->about.key_state, "lost") == 0;
}

/* Revoked meanwhile, or another site's by now: nothing is made anew of it. */
static bool no_way_on(const struct journey *j)
{
	return j->about.status == CERT_REVOKED || *j->about.custodian;
}

/* A product that asks for a new pair (rekey) has destroyed the old one: there is nothing to go back to. */
static enum err only_forward(struct journey *j, const json_t *rows, struct error *e)
{
	json_t *product = NULL;
	item_read(json_array_get(rows, 0), &j->item);
	/* where the unit has another main key by now, there is no way forward */
	if (!*j->item.serial && main_key_free(j->d, &j->o, &j->about, j->item.role, j->item.product, NULL) == ERR_DESK_MAIN_ISSUED)
		return OK;
	enum err r = j->again && !key_lost(j) ? tables_product(j->d, j->item.product, &product, e) : OK;
	j->rekey = json_number(product, "rekey") != 0;
	if (!r && j->rekey && !no_way_on(j) && *j->item.step && strcmp(j->item.step, "reserved") != 0)
		r = error_set(e, ERR_DESK_FORWARD, "%s", j->o.no);
	json_decref(product);
	return r;
}

/* From the certificate on, a renewal or change may have replaced the one that the customer works with. */
static enum err put_back(struct journey *j, const json_t *rows, struct error *e)
{
	if (!j->again)
		return OK;
	item_read(json_array_get(rows, 0), &j->item);
	if (!*j->item.serial || key_lost(j) || j->rekey)
		return OK;
	enum err r = slot_of(j->d, j->item.product, &j->slot, e);
	if (!r)
		r = token_open(j->item.key_serial, &j->token, e);
	if (!r)
		r = key_load(j->d, j->item.key_serial, &j->key, e);
	return r ? r : journey_put_back(j, e);
}

static enum err undo(struct journey *j, const json_t *rows, const char *reason, bool *revoked, struct error *e)
{
	const json_t *row;
	size_t i;
	json_t *items = json_array(), *facts = json_pack("{ss sO}", "reason", reason, "items", items);
	enum err r = facts ? store_begin(j->d->store, e) : error_set(e, ERR_MEMORY, "facts");
	json_array_foreach(rows, i, row)
		if (!r)
			r = take_back(j, row, reason, items, revoked, e);
	if (!r && !(r = order_advance(j->d, &j->o, "undo-issue", e)))
		r = desk_commit(j->d, MAY_ISSUE_UNDO, NULL, j->o.no, NULL, facts, e);
	store_rollback(j->d->store);
	json_decref(facts);
	json_decref(items);
	return r;
}

enum err issue_undo(struct desk *d, const char *no, const char *reason, json_t **out, struct error *e)
{
	struct journey j = {.lock = -1, .d = d};
	json_t *rows = NULL;
	const char *to;
	bool revoked = false;
	*out = NULL;
	enum err r = desk_allow(d, MAY_ISSUE_UNDO, NULL, e);
	if (!r && !reason_good(reason))
		r = error_set(e, ERR_DESK_REASON, "%s", no);
	if (!r && !(r = order_load(d, no, &j.o, e)) && !(r = order_next(&j.o, "undo-issue", &to, e)) &&
	    !(r = desk_clock_right(d, e)) && !(r = journey_lock(&j, e)) && !(r = journey_subject(&j, e)) &&
	    !(r = load_items(&j, &rows, e)) && !(r = only_forward(&j, rows, e)) && !(r = put_back(&j, rows, e)) &&
	    !(r = undo(&j, rows, reason, &revoked, e)) && revoked)
		r = crl_publish(d, e);
	json_decref(rows);
	journey_close(&j);
	return r ? r : order_show(d, no, out, e);
}
