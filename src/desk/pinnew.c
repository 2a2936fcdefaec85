/* A PIN that went to the wrong place, or that nobody can read any more: identity is checked again, and the key gets another. */
#include <openssl/crypto.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/issuing.h"
#include "rules/transition.h"

enum { LAST_TRY = 1 };

struct renewing {
	struct desk *d;
	struct journey j; /* the order's lock, its row, the item, the key and its secrets */
	struct pin_row pin;
};

/* Whoever looked at the customer again didn't key the order in. */
static enum err confirmed(struct desk *d, const struct order *o, struct error *e)
{
	bool second = d->second.roles & permission_roles(MAY_PIN_NEW_CONFIRM);
	return order_separate(d, o, second ? &d->second : &d->actor, MAY_PIN_NEW_CONFIRM, e);
}

static enum err find_item(struct renewing *n, const char *serial, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i, count = 0;
	enum err r = store_rows(n->d->store, SQL_ITEM_OF_ORDER, &rows, e, "i", n->j.o.id);
	json_array_foreach(rows, i, row)
		if (!serial || strcmp(serial, json_text(row, "key_serial")) == 0) {
			item_read(row, &n->j.item);
			count++;
		}
	json_decref(rows);
	if (r || (count == 1 && n->j.item.key_serial[0]))
		return r;
	return count > 1 ? error_set(e, ERR_DESK_KEY_CHOOSE, "%s", n->j.o.no) : error_set(e, ERR_DESK_OTHER_KEY, "%s", serial ? serial : "");
}

/* Made, and not yet in the customer's hands: after that it is unlocked with its holder. */
static enum err load(struct renewing *n, const char *no, const char *serial, struct error *e)
{
	int64_t taken = 0;
	enum err r = order_load(n->d, no, &n->j.o, e);
	if (!r && n->j.o.away)
		r = order_away(&n->j.o, e);
	if (!r && strcmp(n->j.o.status, "issued") != 0)
		r = error_set(e, ERR_DESK_STATUS, "%s", status_title(n->j.o.status));
	if (!r && !(r = confirmed(n->d, &n->j.o, e)) && !(r = journey_lock(&n->j, e)) && !(r = find_item(n, serial, e)) &&
	    !(r = journey_subject(&n->j, e)))
		r = store_int(n->d->store, SQL_HANDOVER_OF_ITEM, 0, &taken, e, "i", n->j.item.id);
	if (!r && (taken || n->j.again))
		r = error_set(e, ERR_DESK_STATUS, "%s", taken ? tr("介质已经领取，请办理解锁", "the key is handed over: unlock it")
		                                            : tr("介质一直是客户的，密码没有变", "the key is the customer's and keeps its PIN"));
	return r;
}

/* The key itself, with tries enough. */
static enum err open_key(struct renewing *n, struct error *e)
{
	int tries = TOKEN_TRIES_UNKNOWN;
	enum err r = token_open(n->j.item.key_serial, &n->j.token, e);
	if (r == ERR_TOKEN_OTHER)
		return error_set(e, ERR_DESK_OTHER_KEY, tr("应为 %s", "%s is needed"), n->j.item.key_serial);
	if (!r && !(r = token_tries_left(n->j.token, TOKEN_PUK, &tries, e)) && tries != TOKEN_TRIES_UNKNOWN && tries <= LAST_TRY)
		r = error_set(e, ERR_DESK_KEY_BLOCKED, "%s", n->j.item.key_serial);
	if (!r && !(r = key_load(n->d, n->j.item.key_serial, &n->j.key, e)) && !(r = journey_lock_key(&n->j, e)))
		r = key_secrets_load(n->d, &n->j.key, &n->j.secrets, e);
	return r;
}

/* Recorded before it is set: a cut leaves a PIN that is known, and the same command goes on with a new one. */
static enum err record(struct renewing *n, const char *target, const struct staff *who, struct error *e)
{
	struct order *o = &n->j.o;
	char evidence[DIGEST_TEXT_SIZE];
	struct pin_row old = {0};
	enum err r = store_begin(n->d->store, e);
	if (r)
		return r;
	digest_keyed(store_key(n->d->store), "pin.target", target, strlen(target), evidence);
	if (!(r = pin_load(n->d, o, n->j.item.id, n->j.item.key_serial, &old, e)) && old.id)
		r = pin_fail(n->d, old.id, e);
	if (!r && !(r = pin_record_to(n->d, o, n->j.item.id, n->j.item.key_serial, target, e)) &&
	    !(r = store_insert(n->d->store, SQL_IDENTITY_INSERT, NULL, e, "iitttit" "ti", o->dk, o->id, pin_target_of(o), "originals-seen",
	                       "face-to-face", who->id, o->no, evidence, desk_now(n->d)))) {
		json_t *facts = json_pack("{ss}", "key", n->j.item.key_serial);
		r = desk_commit(n->d, MAY_PIN_NEW, NULL, o->no, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(n->d->store);
	pin_free(&old);
	return r ? r : pin_load(n->d, o, n->j.item.id, n->j.item.key_serial, &n->pin, e);
}

static enum err set(struct renewing *n, struct error *e)
{
	const struct key_secrets *s = &n->j.secrets;
	enum err r = token_begin(n->j.token, e);
	if (r)
		return r;
	if (!(r = token_unblock(n->j.token, &s->puk, &n->pin.pin, e)))
		r = token_verify_pin(n->j.token, &n->pin.pin, e);
	token_end(n->j.token);
	return r;
}

static enum err finish(struct renewing *n, struct error *e)
{
	enum err r = store_begin(n->d->store, e);
	if (r)
		return r;
	r = store_run(n->d->store, SQL_PIN_SET_STATE, NULL, e, "it", n->pin.id, "set");
	if (!r && !n->pin.remark)
		r = pin_send(n->d, &n->j.o, n->j.item.key_serial, &n->pin, e);
	if (!r)
		r = desk_commit(n->d, MAY_PIN_NEW, "pin.set", n->j.o.no, NULL, NULL, e);
	store_rollback(n->d->store);
	return r;
}

enum err pin_new_target(struct desk *d, const char *no, const char *target, struct error *e)
{
	struct order o = {0};
	char to[128] = "";
	enum err r = desk_allow(d, MAY_PIN_NEW, NULL, e);
	if (!r && !(r = order_load(d, no, &o, e)))
		r = pin_judge_target(d, &o, target, to, sizeof to, e);
	OPENSSL_cleanse(to, sizeof to);
	order_free(&o);
	return r;
}

enum err pin_new(struct desk *d, const char *no, const char *serial, const char *target, bool seen, json_t **out, struct error *e)
{
	struct renewing n = {.d = d, .j = {.lock = -1, .d = d}};
	char to[128] = "";
	*out = NULL;
	enum err r = desk_two(d, MAY_PIN_NEW, MAY_PIN_NEW_CONFIRM, e);
	struct staff second = d->second, who = d->actor; /* for both steps of this one action */
	if (!r && !seen)
		r = error_set(e, ERR_DESK_PIN_SEEN, "%s", no);
	if (!r && !(r = load(&n, no, serial, e)) && !(r = pin_judge_target(d, &n.j.o, target, to, sizeof to, e)) && !(r = open_key(&n, e)) &&
	    !(r = record(&n, to, &who, e)) && !(r = set(&n, e))) {
		d->second = second;
		r = finish(&n, e);
	}
	pin_free(&n.pin);
	OPENSSL_cleanse(to, sizeof to);
	journey_close(&n.j);
	return r ? r : order_show(d, no, out, e);
}
