#include "desk/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/keyrow.h"
#include "desk/sitename.h"
#include "desk/stock.h"
#include "desk/slot.h"
#include "desk/staffkey.h"
#include "rules/keystate.h"

static enum err move_insert(struct desk *d, const struct key_row *key, const char *from, const char *to, const char *drawer,
                            int64_t order_id, const char *reason, struct error *e)
{
	char date[11];
	desk_business_date(d, date);
	return store_insert(d->store, SQL_KEY_MOVE_INSERT, NULL, e, "iitttiitit", key->dk, key->id, from, to, drawer,
	                    order_id, d->actor.id, date, desk_now(d), reason);
}

enum err key_make(struct desk *d, const char *serial, const char *medium, const char *state, const char *drawer, int64_t order_id,
                  const char *reason, struct key_row *out, struct error *e)
{
	struct key_row key = {0};
	enum err r = datakey_new(d->store, &key.dk, e);
	if (!r)
		r = store_insert(d->store, SQL_KEY_INSERT, &key.id, e, "ittttiti", key.dk, serial, medium, state, drawer,
		                 order_id, d->site, desk_now(d));
	if (!r)
		r = move_insert(d, &key, "", state, drawer, order_id, reason, e);
	return r || !out ? r : key_load(d, serial, out, e);
}

enum err key_put(struct desk *d, const struct key_row *key, const char *state, const char *drawer, int64_t order_id,
                 const char *reason, struct error *e)
{
	/* what was sent to a site and hasn't arrived is still in our books */
	if (strcmp(key->custodian, d->site) != 0 && strcmp(key->state, "in-transit") != 0)
		return site_has_taken(d, key->custodian, e);
	enum err r = store_run(d->store, SQL_KEY_SET_STATE, NULL, e, "ittii", key->id, state, drawer, order_id, desk_now(d));
	return r ? r : move_insert(d, key, key->state, state, drawer, order_id, reason, e);
}

enum err key_move(struct desk *d, const char *serial, const char *to_state, int64_t order_id, const char *reason,
                  const char *medium, struct error *e)
{
	struct key_row key;
	char taken[96] = "";
	enum err r = key_load(d, serial, &key, e);
	if (r)
		return r;
	if (!key.id && medium && key_may_move("", to_state))
		return key_make(d, serial, medium, to_state, d->station, order_id, reason, NULL, e);
	if (!key.id)
		return error_set(e, ERR_DESK_NO_KEY, "%s", serial);
	if (!key_may_move(key.state, to_state))
		return error_set(e, ERR_DESK_KEY_MOVE, tr("%s（%s → %s）", "%s (%s to %s)"), serial, key_state_title(key.state),
		                 key_state_title(to_state));
	bool comes = key_in_drawer(to_state) && !key_in_drawer(key.state);
	/* used at another station: it stays in its drawer's book, and the book says where it is */
	if (strcmp(to_state, "reserved") == 0 && strcmp(key.drawer, d->station) != 0 && !*reason) {
		snprintf(taken, sizeof taken, tr("由工位 %s 取用", "taken by station %s"), d->station);
		reason = taken;
	}
	return key_put(d, &key, to_state, comes ? d->station : key.drawer, order_id, reason, e);
}

static json_t *text_or_null(const char *s)
{
	return *s ? json_string(s) : json_null();
}

/* From the first slot of any product that has one. */
static enum err read_any(struct desk *d, struct token *t, struct bytes *der)
{
	enum token_slot slots[SLOTS_MOST];
	size_t n = 0;
	enum err r = slots_known(d, slots, &n, NULL), found = ERR_TOKEN_NO_CERTIFICATE;
	for (size_t i = 0; !r && i < n && found; i++)
		found = token_read_certificate(t, slots[i], der, NULL);
	return r ? r : found;
}

/* {"serial","subject","not_before","not_after"} of the certificate on the key, or null. */
static json_t *certificate_on(struct desk *d, const char *serial)
{
	struct token *t = NULL;
	struct bytes der = {0};
	struct cert_info info = {0};
	json_t *out = NULL;
	if (!token_open(serial, &t, NULL) && !read_any(d, t, &der) && !cert_info(der.data, der.length, &info, NULL)) {
		char subject[1024];
		text_printable(subject, sizeof subject, info.subject);
		out = json_pack("{ss ss}", "serial", info.serial, "subject", subject);
		desk_time(out, "not_before", info.not_before);
		desk_time(out, "not_after", info.not_after);
	}
	cert_info_free(&info);
	bytes_free(&der);
	token_close(&t);
	return out ? out : json_null();
}

/* One key as lists show it; `info` is NULL for one that isn't in. */
static enum err describe(struct desk *d, const char *serial, const struct token_info *info, json_t **out,
                         struct error *e)
{
	struct key_row key = {0};
	enum err r = *serial ? key_load(d, serial, &key, e) : OK;
	if (r)
		return r;
	*out = json_pack("{so so so so so so so}", "serial", text_or_null(serial), "reader",
	                 text_or_null(info ? info->reader : ""), "driver",
	                 text_or_null(info && info->driver ? info->driver : ""), "state", text_or_null(key.state), "medium",
	                 text_or_null(key.medium), "drawer", text_or_null(key.drawer), "order", text_or_null(key.order));
	char owner[33] = "";
	bool staffs = false, tries = info && info->pin_tries != TOKEN_TRIES_UNKNOWN;
	json_object_set_new(*out, "pin_tries", tries ? json_integer(info->pin_tries) : json_null());
	json_object_set_new(*out, "busy", json_boolean(info && info->busy));
	if ((r = staff_key_owner(d, serial, owner, &staffs, e)))
		return r;
	json_object_set_new(*out, "staff", text_or_null(owner));
	json_object_set_new(*out, "certificate", info && *serial ? certificate_on(d, serial) : json_null());
	return OK;
}

enum err keys_inserted(struct desk *d, json_t **out, struct error *e)
{
	struct token_info *list = NULL;
	size_t n = 0;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (!r)
		r = token_list(&list, &n, e);
	json_t *all = json_array(), *one = NULL;
	for (size_t i = 0; !r && i < n; i++)
		if (!(r = describe(d, list[i].serial, &list[i], &one, e)))
			json_array_append_new(all, one);
	free(list);
	if (r)
		json_decref(all);
	else
		*out = all;
	return r;
}

/* Times of rows from the store become texts. */
static void time_of_rows(json_t *rows, const char *column)
{
	json_t *row;
	size_t i;
	json_array_foreach(rows, i, row)
		desk_time(row, column, json_number(row, column));
}

static enum err add_moves(struct desk *d, const struct key_row *key, json_t *out, struct error *e)
{
	json_t *moves = NULL;
	enum err r = store_rows(d->store, SQL_KEY_MOVES, &moves, e, "i", key->id);
	time_of_rows(moves, "moved_at");
	json_object_set_new(out, "moves", moves ? moves : json_array());
	return r;
}

enum err keys_info(struct desk *d, const char *serial, json_t **out, struct error *e)
{
	struct token_info *list = NULL;
	struct key_row key = {0};
	size_t n = 0;
	json_t *one = NULL;
	*out = NULL;
	enum err r = desk_allow(d, MAY_KEY_VIEW, NULL, e);
	if (r)
		return r;
	token_list(&list, &n, NULL); /* without a reader the store's word is all there is */
	const struct token_info *in = token_among(list, n, serial);
	if (!(r = key_load(d, serial, &key, e)) && !key.id && !in)
		r = error_set(e, ERR_DESK_NO_KEY, "%s", serial);
	if (!r && !(r = describe(d, serial, in, &one, e)))
		r = add_moves(d, &key, one, e);
	free(list);
	if (r)
		json_decref(one);
	else
		*out = one;
	return r;
}
