/* Which key an item may take, and how it is taken back. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/cert.h"
#include "desk/fieldtext.h"
#include "desk/issuing.h"
#include "desk/keys.h"
#include "rules/keystate.h"

static enum err unfit(const struct journey *j, const char *why, struct error *e)
{
	return error_set(e, ERR_DESK_KEY_STATE, tr("%s（%s）", "%s (%s)"), token_serial(j->token), why);
}

static enum err taken(const struct journey *j, const char *no, struct error *e)
{
	char why[ORDER_NO_SIZE + 40];
	snprintf(why, sizeof why, tr("已用于订单 %s", "it is order %s's"), no);
	return unfit(j, why, e);
}

/* The customer's own key: unknown to us, or known as the customer's. */
static bool own_state(const char *state)
{
	return strcmp(state, "customer-owned") == 0 || strcmp(state, "handed-over") == 0;
}

/* A key of the stock for somebody who brings their own: only where the issuer names it, and the journal and the day's
 * balance say so. */
static bool given_from_stock(const struct journey *j)
{
	return j->named && strcmp(j->key.state, "in-stock") == 0;
}

enum err journey_check_key(struct journey *j, struct error *e)
{
	const char *serial = token_serial(j->token);
	json_t *live = NULL;
	enum err r = OK;
	if (!j->item.own_medium && !j->key.id)
		return error_set(e, ERR_DESK_NOT_STOCK, "%s", serial);
	if (!j->item.own_medium && strcmp(j->key.state, "in-stock") != 0)
		return unfit(j, key_state_title(j->key.state), e);
	if (j->item.own_medium && j->key.id && !own_state(j->key.state) && !given_from_stock(j))
		return unfit(j, tr("是受理点的介质，不是客户自带的", "it is the service point's, not the customer's"), e);
	if (j->key.id && strcmp(j->key.medium, j->item.medium) != 0)
		return error_set(e, ERR_DESK_KEY_MEDIUM, tr("%s 是 %s，订单要 %s", "%s is of the kind %s, the order wants %s"), serial,
			code_text(j->d, "media", j->key.medium), code_text(j->d, "media", j->item.medium));
	if (!(r = store_row(j->d->store, SQL_KEY_LIVE_ITEM, &live, e, "ti", serial, j->item.id)) && live)
		r = taken(j, json_text(live, "no"), e);
	json_decref(live);
	live = NULL;
	if (!r &&
	    !(r = store_row(j->d->store, SQL_KEY_LIVE_CERTIFICATE, &live, e, "tii", serial, desk_now(j->d), j->o.id)) &&
	    live)
		r = error_set(e, ERR_DESK_KEY_USED, "%s", json_text(live, "serial"));
	json_decref(live);
	return r;
}

/* A certificate that we know to be dead may be overwritten, one from elsewhere only after its end. */
static enum err check_certificate(struct journey *j, const struct bytes *der, struct error *e)
{
	struct cert_info info = {0};
	json_t *known = NULL;
	if (cert_info(der->data, der->length, &info, NULL))
		return OK; /* nothing that anybody could use */
	enum err r = OK;
	if (info.not_after >= desk_now(j->d) &&
	    !(r = store_row(j->d->store, SQL_CERT_BY_SERIAL, &known, e, "t", info.serial))) {
		const char *state = json_text(known, "state");
		if (strcmp(state, "revoked") != 0 && strcmp(state, "superseded") != 0)
			r = error_set(e, ERR_DESK_KEY_USED, "%s", info.subject);
	}
	json_decref(known);
	cert_info_free(&info);
	return r;
}

enum err journey_check_card(struct journey *j, struct error *e)
{
	struct bytes der = {0};
	size_t length; /* wanted by step_secure, and asked where the key is looked at anyway */
	int pin = 0, puk = 0;
	enum err r = token_begin(j->token, e);
	if (r)
		return r;
	if (!(r = token_tries_left(j->token, TOKEN_PIN, &pin, e)) && !(r = token_tries_left(j->token, TOKEN_PUK, &puk, e)) &&
	    !(r = token_management_key_length(j->token, &length, e)))
		r = token_read_certificate(j->token, j->slot, &der, e);
	token_end(j->token);
	if (r == ERR_TOKEN_NO_CERTIFICATE || r == ERR_TOKEN_CERTIFICATE)
		r = OK;
	else if (!r)
		r = check_certificate(j, &der, e);
	if (!r && (pin == 0 || puk == 0))
		r = error_set(e, ERR_DESK_KEY_BLOCKED, "%s", token_serial(j->token));
	bytes_free(&der);
	return r;
}

static const char *reserve_reason(const struct journey *j)
{
	return j->item.own_medium && strcmp(j->key.state, "in-stock") == 0
	               ? tr("订单为自备介质，未计介质费", "the order brings its own medium: no medium was paid for")
	               : "";
}

/* What stays where it is only gets the order's name. */
static enum err take_key(struct journey *j, const char *serial, struct error *e)
{
	const char *state = j->item.own_medium ? "customer-owned" : "reserved";
	enum err r = key_load(j->d, serial, &j->key, e);
	if (r || j->again || (r = journey_check_key(j, e))) /* looked at again: another session may have taken it since */
		return r;
	r = key_move(j->d, serial, state, j->o.id, reserve_reason(j), j->item.own_medium && !j->key.id ? j->item.medium : NULL, e);
	return r ? r : key_load(j->d, serial, &j->key, e);
}

enum err step_reserve_keep(struct journey *j, struct error *e)
{
	const char *serial = token_serial(j->token);
	int64_t changed = 0;
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = take_key(j, serial, e)) &&
	    !(r = store_run(j->d->store, SQL_ITEM_RESERVE, &changed, e, "iti", j->item.id, serial, desk_now(j->d))))
		r = changed == 1 ? order_advance(j->d, &j->o, "start-issue", e)
		                 : error_set(e, ERR_DESK_STATUS, "%s",
		                             tr("别处正在为这张订单制证", "another session is issuing this order"));
	if (!r && !j->again)
		r = journey_next_secrets(j, e);
	if (!r) {
		text_copy(j->item.key_serial, sizeof j->item.key_serial, serial);
		r = journey_commit(j, "issue.reserved", e);
	}
	store_rollback(j->d->store);
	if (!r)
		text_copy(j->item.step, sizeof j->item.step, "reserved");
	return r;
}

/* Revokes the item's certificate, so that none stays valid that nobody holds; what headquarters was asked for and hasn't answered is
 * given up, and counts no more there. Inside a step. */
static enum err revoke_made(struct journey *j, bool *revoked, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(j->d->store, SQL_CERT_OF_ITEM, &row, e, "it", j->item.id, j->item.key_serial);
	*revoked = row != NULL;
	if (!r && row)
		r = cert_revoke(j->d, json_number(row, "id"), "cessation-of-operation", e);
	if (!r)
		r = store_run(j->d->store, SQL_CA_REQUEST_GIVE_UP, NULL, e, "ii", j->item.id, desk_now(j->d));
	json_decref(row);
	return r;
}

static enum err wipe_pin(struct journey *j, struct error *e)
{
	struct pin_row pin;
	enum err r = pin_load(j->d, &j->o, j->item.id, j->item.key_serial, &pin, e);
	if (!r && pin.id)
		r = pin_fail(j->d, pin.id, e);
	pin_free(&pin);
	return r;
}

static enum err start_over(struct journey *j, enum sql q, struct error *e)
{
	int64_t changed = 0;
	enum err r = store_run(j->d->store, q, &changed, e, "iti", j->item.id, j->item.step, desk_now(j->d));
	return r || changed == 1 ? r : error_set(e, ERR_DESK_STATUS, "%s", j->item.step);
}

bool key_is_in(const char *serial)
{
	struct token_info *list = NULL;
	size_t n = 0;
	if (token_list(&list, &n, NULL))
		return false;
	bool found = token_among(list, n, serial) != NULL;
	free(list);
	return found;
}

/* A customer's own key stays the customer's; one given from the stock for it is the stock's again. */
static enum err state_after(struct journey *j, bool at_hand, const char **state, struct error *e)
{
	struct key_row key = {0};
	json_t *row = NULL;
	*state = j->about.key_state;
	if (j->again) /* it never moved */
		return OK;
	enum err r = key_load(j->d, j->item.key_serial, &key, e);
	if (!r)
		r = store_row(j->d->store, SQL_KEY_BEFORE_ORDER, &row, e, "ii", key.id, j->o.id);
	bool stock = !j->item.own_medium || strcmp(json_text(row, "from_state"), "in-stock") == 0;
	bool untouched = strcmp(j->item.step, "reserved") == 0;
	*state = !stock ? "customer-owned" : untouched || at_hand ? "in-stock" : "damaged";
	json_decref(row);
	return r;
}

enum err item_take_back(struct journey *j, bool at_hand, const char *why, bool *revoked, const char **state,
                        struct error *e)
{
	enum err r = state_after(j, at_hand, state, e);
	if (!r && !(r = revoke_made(j, revoked, e)) && !(r = wipe_pin(j, e)) &&
	    (j->again || !(r = key_move(j->d, j->item.key_serial, *state, 0, why, NULL, e))))
		r = start_over(j, SQL_ITEM_RELEASE, e);
	return r;
}

enum err journey_release(struct journey *j, struct error *e)
{
	bool revoked = false;
	const char *state;
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = item_take_back(j, false, tr("制证时更换介质", "replaced while issuing"), &revoked, &state, e)))
		r = journey_commit(j, "issue.released", e);
	store_rollback(j->d->store);
	if (r)
		return r;
	j->item.key_serial[0] = j->item.step[0] = j->item.serial[0] = '\0';
	return revoked ? crl_refresh(j->d, e) : OK;
}

enum err journey_rewind(struct journey *j, struct error *e)
{
	bool revoked = false;
	enum err r = store_begin(j->d->store, e);
	if (r)
		return r;
	if (!(r = revoke_made(j, &revoked, e)) && !(r = start_over(j, SQL_ITEM_REWIND, e)))
		r = journey_commit(j, "issue.rewound", e);
	store_rollback(j->d->store);
	return !r && revoked ? crl_refresh(j->d, e) : r;
}
