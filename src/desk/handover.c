#include "desk/handover.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/handoverundo.h"
#include "desk/handrow.h"
#include "desk/identityrow.h"
#include "desk/issuing.h"
#include "desk/keyrow.h"
#include "desk/keys.h"
#include "desk/oldkey.h"
#include "desk/slot.h"
#include "desk/staffkey.h"
#include "rules/certstate.h"
#include "rules/contact.h"
#include "rules/keystate.h"

enum { TRACKING_LEAST = 6, TRACKING_MOST = 40 };

static enum err load_items(struct desk *d, const struct order *o, json_t **items, struct error *e)
{
	*items = NULL;
	return o->draft ? error_set(e, ERR_DESK_STATUS, "%s", o->status)
	                : store_rows(d->store, SQL_ITEM_OF_ORDER, items, e, "i", o->id);
}

static const json_t *item_with_key(const json_t *items, const char *serial)
{
	json_t *item;
	size_t i;
	json_array_foreach((json_t *)items, i, item)
		if (strcmp(json_text(item, "key_serial"), serial) == 0)
			return item;
	return NULL;
}

/* All serials of the order's keys, for sentences. */
static void expected_serials(const json_t *items, char *out, size_t size)
{
	json_t *item;
	size_t i;
	out[0] = '\0';
	json_array_foreach((json_t *)items, i, item)
		lang_list_add(out, size, json_text(item, "key_serial"));
}

static enum err other_key(const json_t *items, struct error *e)
{
	char serials[256];
	expected_serials(items, serials, sizeof serials);
	return error_set(e, ERR_DESK_OTHER_KEY, tr("应为 %s", "%s is needed"), serials);
}

/* The order's key, where it is in; else the one key that is; NULL. */
static const char *inserted(const struct token_info *in, size_t count, const json_t *items)
{
	for (size_t i = 0; i < count; i++)
		if (item_with_key(items, in[i].serial))
			return in[i].serial;
	return count == 1 ? in->serial : NULL;
}

enum err handover_preview(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	struct token_info *in = NULL;
	size_t count = 0;
	json_t *items = NULL, *certificate = NULL;
	char serials[256], old[TOKEN_SERIAL_SIZE] = "";
	*out = NULL;
	enum err r = desk_allow(d, MAY_HANDOVER, NULL, e);
	if (r || (r = order_load(d, no, &o, e)) || (r = load_items(d, &o, &items, e)) || (r = oldkey_due(d, &o, old, e)))
		goto out;
	customer_keys(d, &in, &count, NULL); /* no reader: nothing is in, and the screen shows what is expected */
	const char *there = inserted(in, count, items);
	const json_t *item = there ? item_with_key(items, there) : NULL;
	const char *serial = json_text(item ? item : json_array_get(items, 0), "serial");
	expected_serials(items, serials, sizeof serials);
	if (*serial)
		r = cert_show(d, serial, &certificate, e);
	if (!r)
		*out = json_pack("{ss so ss so so so sb sb}", "order", no, "key_serial", there ? json_string(there) : json_null(), "expected_serial",
		                 serials, "certificate", certificate ? json_incref(certificate) : json_null(), "takers", handing_takers(&o),
		                 "old_key", *old ? json_string(old) : json_null(), "old_inserted", *old && token_among(in, count, old) != NULL,
		                 "old_waits", *old && json_flag(o.values, "waits_to_decrypt"));
out:
	free(in);
	json_decref(certificate);
	json_decref(items);
	order_free(&o);
	return r;
}

/* Neither over the counter nor by mail: what may not be used, and a key that was reported lost or damaged. `certificate` may be NULL. */
static enum err may_go_out(struct desk *d, const json_t *item, int64_t *certificate, struct error *e)
{
	json_t *row = NULL;
	struct key_row key = {0};
	const char *serial = json_text(item, "key_serial");
	enum err r = store_row(d->store, SQL_HANDOVER_CERTIFICATE, &row, e, "it", json_number(item, "id"), serial);
	if (!r && !row)
		r = error_set(e, ERR_DESK_NO_CERT, "%s", json_text(item, "serial"));
	if (!r && !json_number(row, "good"))
		r = error_set(e, ERR_HANDOVER_STATE, tr("%s 的证书%s", "%s, its certificate is %s"), serial,
		              cert_state_title_why(json_text(row, "state"), json_text(row, "reason")));
	if (!r && !(r = key_load(d, serial, &key, e)) && key_out_of_use(key.state))
		r = error_set(e, ERR_HANDOVER_STATE, tr("%s 已登记为%s", "%s is %s"), serial, key_state_title(key.state));
	if (!r && certificate)
		*certificate = json_number(row, "id");
	json_decref(row);
	return r;
}

/* What is on the key must be what was issued for this item. */
static enum err check_content(struct desk *d, const json_t *item, struct token *t, struct error *e)
{
	struct bytes mine = {0}, there = {0};
	int64_t certificate = 0;
	enum token_slot slot = TOKEN_SLOT_SIGN;
	enum err r = may_go_out(d, item, &certificate, e);
	if (!r && !(r = blob_load(d, SQL_CERT_DER, certificate, &mine, e)) &&
	    !(r = slot_of(d, json_text(item, "product"), &slot, e)) && !(r = token_read_certificate(t, slot, &there, e)) &&
	    (there.length != mine.length || memcmp(there.data, mine.data, mine.length) != 0))
		r = error_set(e, ERR_DESK_OTHER_KEY,
		              tr("%s 里的证书与记录不符", "the certificate on %s is not the recorded one"), json_text(item, "key_serial"));
	bytes_free(&mine);
	bytes_free(&there);
	return r;
}

/* A new PIN that was begun is set before the key goes out. */
static enum err check_pin(struct desk *d, const struct order *o, const json_t *item, struct error *e)
{
	struct pin_row pin = {0};
	const char *serial = json_text(item, "key_serial");
	enum err r = pin_load(d, o, json_number(item, "id"), serial, &pin, e);
	if (!r && pin.id && strcmp(pin.state, "recorded") == 0)
		r = error_set(e, ERR_DESK_PIN_OPEN, "%s", serial);
	pin_free(&pin);
	return r;
}

/* Inserts the record of one item; `data`, which it releases, is personal. Inside a step. */
static enum err record(struct desk *d, const struct order *o, const json_t *item, const struct staff *who,
                       const char *to, const char *receipt, json_t *data, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = data ? datakey_seal_json(d->store, o->dk, "handover.data", data, &sealed, e)
	                  : error_set(e, ERR_MEMORY, "handover");
	if (!r && !(r = check_pin(d, o, item, e)))
		r = store_insert(d->store, SQL_HANDOVER_INSERT, NULL, e, "iiitttbii", o->dk, o->id, json_number(item, "id"),
		                 json_text(item, "key_serial"), to, receipt, (const void *)sealed.data, sealed.length, who->id,
		                 desk_now(d));
	json_decref(data);
	bytes_free(&sealed);
	return r;
}

/* A key that was reported lost before it was handed over, and found, counts as its holder's since. */
static enum err move_key(struct desk *d, const struct order *o, const json_t *item, const char *state, struct error *e)
{
	struct key_row key = {0};
	const char *serial = json_text(item, "key_serial");
	bool own = json_number(item, "own_medium") != 0;
	enum err r = own ? OK : key_load(d, serial, &key, e);
	bool there = strcmp(state, "handed-over") == 0 && strcmp(key.state, state) == 0;
	return r || own || there ? r : key_move(d, serial, state, o->id, "", NULL, e);
}

/* The order is done with its last key. Inside a step. */
static enum err finish_order(struct desk *d, struct order *o, struct error *e)
{
	int64_t open = 0;
	enum err r = store_int(d->store, SQL_HANDOVER_OPEN_COUNT, 0, &open, e, "i", o->id);
	if (!r && open == 0 && !(r = order_advance(d, o, "hand-over", e)) && !(r = order_advance(d, o, "finish", e)))
		r = store_run(d->store, SQL_ITEM_ORDER_DONE, NULL, e, "ii", o->id, desk_now(d));
	return r;
}

enum err handing_check(struct desk *d, const struct handing *h, struct error *e)
{
	struct token *token = NULL;
	enum err r = token_open(json_text(h->item, "key_serial"), &token, e);
	if (!r)
		r = check_content(d, h->item, token, e);
	token_close(&token);
	return r;
}

static enum err take_one(struct desk *d, const struct handing *h, const struct staff *who, const struct handing_taker *by, const char *receipt,
                         struct oldkeys *old, bool *resumed, struct error *e)
{
	struct order *o = h->order;
	json_t *before = NULL;
	enum err r = identity_settled(d, o, e);
	if (!r)
		r = store_row(d->store, SQL_HANDOVER_OF_ITEM, &before, e, "i", json_number(h->item, "id"));
	if (!r && before)
		r = error_set(e, ERR_DESK_STATUS, tr("%s 已经领取", "%s was handed over already"), json_text(h->item, "key_serial"));
	if (!r && !handing_title(o, by->to))
		r = error_set(e, ERR_DESK_TAKER, "%s", tr("legal，个人没有法定代表人", "legal, and a person has no legal representative"));
	if (!r && !(r = may_go_out(d, h->item, NULL, e)) &&
	    !(r = record(d, o, h->item, who, by->to, receipt, handing_record(o, by), e)) &&
	    !(r = move_key(d, o, h->item, "handed-over", e)) && !(r = oldkeys_collect(d, o, old, e)) &&
	    !(r = handover_resume(d, json_number(h->item, "id"), json_text(h->item, "key_serial"), resumed, e)))
		r = finish_order(d, o, e);
	json_decref(before);
	return r;
}

static enum err commit_taken(struct desk *d, const struct handing *h, size_t count, const char *visit, const struct handing_taker *by, const char *receipt,
                             const struct oldkeys *old, struct error *e)
{
	json_t *facts, *keys = json_array(), *orders = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(keys, json_string(json_text(h[i].item, "key_serial")));
		if (!i || h[i].order != h[i - 1].order)
			json_array_append_new(orders, json_string(h[i].order->no));
	}
	if (visit)
		facts = json_pack("{ss ss sO sO}", "to", by->to, "receipt", receipt, "keys", keys, "orders", orders);
	else
		facts = json_pack("{ss ss ss}", "key", json_text(h->item, "key_serial"), "to", by->to, "receipt", receipt);
	enum err r = oldkeys_done(old, facts, e);
	if (!r)
		r = desk_commit(d, MAY_HANDOVER, visit ? "visit.handover" : NULL, visit ? visit : h->order->no, NULL, facts, e);
	json_decref(facts);
	json_decref(keys);
	json_decref(orders);
	return r;
}

/* As it stands now: another window, or another site, may have been at it while the key was read. Inside the step. */
static enum err judge_order(struct desk *d, struct order *o, struct error *e)
{
	struct order now = {0};
	const char *next;
	enum err r = order_load(d, o->no, &now, e);
	if (!r)
		r = order_next(&now, "hand-over", &next, e);
	if (r) {
		order_free(&now);
		return r;
	}
	order_free(o);
	*o = now;
	return OK;
}

enum err handing_take(struct desk *d, const struct handing *h, size_t count, const char *visit, const struct staff *who, const struct handing_taker *by,
                      const char *receipt, struct error *e)
{
	struct oldkeys old = {0};
	bool *resumed = calloc(count, sizeof *resumed);
	enum err r = resumed ? oldkeys_look(d, by->given, &old, e) : error_set(e, ERR_MEMORY, "%s", "");
	if (!r)
		r = store_begin(d->store, e);
	for (size_t i = 0; !r && i < count; i++)
		if (!i || h[i].order != h[i - 1].order)
			r = judge_order(d, h[i].order, e);
	if (!r)
		r = handing_receipt(d, h->order, by, receipt, e);
	for (size_t i = 0; !r && i < count; i++)
		r = take_one(d, &h[i], who, by, receipt, &old, &resumed[i], e);
	if (!r)
		r = commit_taken(d, h, count, visit, by, receipt, &old, e);
	store_rollback(d->store);
	oldkeys_free(&old);
	enum err published = OK;
	for (size_t i = 0; !r && i < count; i++) {
		enum err one = resumed[i] ? handover_resumed(d, h[i].order, json_text(h[i].item, "key_serial"), published ? NULL : e) : OK;
		published = published ? published : one;
	}
	free(resumed);
	return r ? r : published;
}

enum err handover_take_by(struct desk *d, const char *no, const char *serial, const struct handover_taker *taker, const char *receipt,
                          json_t **out, struct error *e)
{
	struct order o = {0};
	struct token *token = NULL;
	json_t *items = NULL;
	const struct staff *who = NULL;
	const char *next;
	struct handing h = {.order = &o};
	struct handing_taker by = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_HANDOVER, &who, e);
	if (r || (r = order_load(d, no, &o, e)) || (r = order_next(&o, "hand-over", &next, e)) ||
	    (r = load_items(d, &o, &items, e)))
		goto out;
	if (!(r = handing_taker(d, taker, &by, e)) && !(r = handing_receipt(d, &o, &by, receipt, e)) && serial && *serial &&
	    !item_with_key(items, serial))
		r = other_key(items, e);
	if (!r)
		r = token_open(serial, &token, e);
	if (!r && !(h.item = item_with_key(items, token_serial(token))))
		r = other_key(items, e);
	if (!r && !(r = check_content(d, h.item, token, e)))
		r = handing_take(d, &h, 1, NULL, who, &by, receipt, e);
out:
	token_close(&token);
	json_decref(items);
	order_free(&o);
	handing_taker_free(&by);
	return r ? r : order_show(d, no, out, e);
}

static bool tracking_valid(const char *s)
{
	size_t n = strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
	return n >= TRACKING_LEAST && n <= TRACKING_MOST && !s[n];
}

/* A parcel brings nothing back: what is collected has to be here before. Inside a step. */
static enum err collected(struct desk *d, const struct order *o, struct error *e)
{
	char old[TOKEN_SERIAL_SIZE];
	enum err r = oldkey_due(d, o, old, e);
	return r || !*old ? r : error_set(e, ERR_HANDOVER_OLD_MAIL, "%s", old);
}

/* The order that may go into the mail, and its keys. Inside the step. */
static enum err judge_mail(struct desk *d, const char *no, const char *tracking, struct order *o, json_t **items, struct error *e)
{
	const char *next;
	enum err r = order_load(d, no, o, e);
	if (!r && !(r = order_next(o, "mail", &next, e)))
		r = load_items(d, o, items, e);
	if (!r && strcmp(o->delivery, "mail") != 0)
		r = error_set(e, ERR_DESK_STATUS, "%s", tr("订单约定窗口领取", "the order is to be fetched at the desk"));
	else if (!r && (!tracking || !tracking_valid(tracking)))
		r = error_set(e, ERR_DESK_TRACKING, "%s", tracking ? tracking : "");
	if (!r && !(r = identity_settled(d, o, e)))
		r = collected(d, o, e);
	return r;
}

/* What a mistaken hand-over suspended is in use again, as with the right one. *published: the step stands, its revocation list
 * may wait. `o` is the caller's to free. */
static enum err mail(struct desk *d, const char *no, struct order *o, const struct staff *who, const char *tracking, enum err *published,
                     struct error *e)
{
	json_t *items = NULL, *item, *resumed = json_array();
	size_t i;
	enum err r = store_begin(d->store, e);
	if (!r)
		r = judge_mail(d, no, tracking, o, &items, e);
	json_array_foreach(items, i, item) {
		bool again = false;
		json_t *before = NULL;
		if (r || (r = store_row(d->store, SQL_HANDOVER_OF_ITEM, &before, e, "i", json_number(item, "id"))))
			break;
		bool there = before != NULL; /* fetched at the desk: the others are mailed */
		json_decref(before);
		if (there)
			continue;
		if (!(r = may_go_out(d, item, NULL, e)) &&
		    !(r = record(d, o, item, who, "mail", tracking,
		                 json_pack("{ss ss}", "name", contact_value(o->values, "name"), "address", json_text(o->values, "mail_address")), e)) && !(r = move_key(d, o, item, "in-transit", e)))
			r = handover_resume(d, json_number(item, "id"), json_text(item, "key_serial"), &again, e);
		if (again)
			json_array_append(resumed, item);
	}
	if (!r && !(r = order_advance(d, o, "mail", e))) {
		json_t *facts = json_pack("{ss}", "tracking", tracking);
		r = desk_commit(d, MAY_MAIL, NULL, o->no, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	json_array_foreach(resumed, i, item)
		if (!r && !*published)
			*published = handover_resumed(d, o, json_text(item, "key_serial"), e);
		else if (!r)
			handover_resumed(d, o, json_text(item, "key_serial"), NULL);
	json_decref(resumed);
	json_decref(items);
	return r;
}

/* Told by SMS; the mail is recorded already, so a message that can't go doesn't undo it. */
static void tell(struct desk *d, const struct order *o, const char *tracking)
{
	const struct message_value values[] = {{"customer", o->name},
	                                       {"order", o->no},
	                                       {"tracking", tracking},
	                                       {"site", d->site_name},
	                                       {"phone", d->config.phone}};
	desk_message(d, NOTIFY_SMS, contact_value(o->values, "mobile"), "mailed", values, sizeof values / sizeof *values, NULL, NULL);
}

enum err handover_mail(struct desk *d, const char *no, const char *tracking, json_t **out, struct error *e)
{
	struct order o = {0};
	const struct staff *who = NULL;
	enum err published = OK;
	*out = NULL;
	enum err r = desk_allow(d, MAY_MAIL, &who, e);
	if (!r && !(r = mail(d, no, &o, who, tracking, &published, e)))
		tell(d, &o, tracking);
	order_free(&o);
	r = r ? r : published;
	return r ? r : order_show(d, no, out, e);
}
