#include "desk/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/agentrow.h"
#include "desk/slot.h"
#include "desk/staffkey.h"
#include "rules/certstate.h"
#include "rules/term.h"

static const struct {
	const char *state;
	enum cert_status status;
} states[] = {
	{"active", CERT_ACTIVE},   {"expired", CERT_EXPIRED},       {"suspended", CERT_SUSPENDED},
	{"revoked", CERT_REVOKED}, {"superseded", CERT_SUPERSEDED},
};
enum { STATES = sizeof states / sizeof *states };

static size_t state_index(const char *name)
{
	size_t i = 0;
	while (i + 1 < STATES && strcmp(states[i].state, name) != 0)
		i++;
	return i;
}

static const char *state_name(enum cert_status status)
{
	size_t i = 0;
	while (i + 1 < STATES && states[i].status != status)
		i++;
	return states[i].state;
}

const char *subject_status(const struct desk *d, const struct subject *s)
{
	return state_name(s->status == CERT_SUSPENDED && s->not_after < desk_now(d) ? CERT_EXPIRED : s->status);
}

static const char *status_text(const struct subject *s)
{
	return cert_state_title_why(state_name(s->status), s->reason);
}

static void read_certificate(const struct desk *d, const struct rows *row, struct subject *s)
{
	enum { ID, CUSTOMER_ID, ORDER_ID, NOT_BEFORE, NOT_AFTER, STATE, CUSTODIAN, TEXTS };
	const struct {
		char *to;
		size_t size;
	} texts[] = { /* in the order of the statement's columns */
		{s->serial, sizeof s->serial},       {s->subject, sizeof s->subject},     {s->key_serial, sizeof s->key_serial},
		{s->key_state, sizeof s->key_state}, {s->reason, sizeof s->reason},       {s->product, sizeof s->product},
		{s->medium, sizeof s->medium},       {s->algorithm, sizeof s->algorithm}, {s->role, sizeof s->role},
		{s->channel, sizeof s->channel},     {s->customer, sizeof s->customer},   {s->name, sizeof s->name},
	};
	s->id = rows_int(row, ID);
	s->customer_id = rows_int(row, CUSTOMER_ID);
	s->order_id = rows_int(row, ORDER_ID);
	s->not_before = rows_int(row, NOT_BEFORE);
	s->not_after = rows_int(row, NOT_AFTER);
	s->status = states[state_index(rows_text(row, STATE))].status;
	if (s->status == CERT_ACTIVE && s->not_after < desk_now(d))
		s->status = CERT_EXPIRED;
	if (strcmp(rows_text(row, CUSTODIAN), d->site) != 0)
		text_copy(s->custodian, sizeof s->custodian, rows_text(row, CUSTODIAN));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		text_copy(texts[i].to, texts[i].size, rows_text(row, TEXTS + (int)i));
}

/* By id, or with 0 the newest of this serial. */
static enum err load_certificate(struct desk *d, int64_t id, const char *serial, struct subject *s, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_SUBJECT_CERTIFICATE, &rows, e, "it", id, serial);
	if (r)
		return r;
	if (rows_next(rows))
		read_certificate(d, rows, s);
	enum err end = rows_end(&rows, e);
	return end || s->id ? end : error_set(e, ERR_DESK_NO_CERT, "%s", serial);
}

/* Its holder's data were destroyed: nothing can be done about it, nor anything taken from it. */
static enum err is_purged(struct desk *d, const struct subject *s, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_SUBJECT_ORDER_NO, &row, e, "i", s->order_id);
	if (!r)
		r = error_set(e, ERR_DESK_PURGED, "%s", json_text(row, "no"));
	json_decref(row);
	return r;
}

enum err subject_from_certificate(struct desk *d, const char *serial, struct subject *out, struct error *e)
{
	char folded[CERT_SERIAL_SIZE];
	*out = (struct subject){0};
	cert_fold_serial(serial, folded);
	enum err r = load_certificate(d, 0, folded, out, e);
	return !r && !*out->subject ? is_purged(d, out, e) : r;
}

enum err subject_only_key(struct desk *d, struct error *e)
{
	struct token_info *list = NULL;
	size_t n = 0;
	char names[256];
	enum err r = customer_keys(d, &list, &n, e);
	keys_text(list, n, names, sizeof names);
	free(list);
	return r || n <= 1 ? r : error_set(e, ERR_DESK_ONE_KEY, "%s", names);
}

static enum err prove(struct token *t, enum token_slot slot, const struct secret *pin, struct error *e)
{
	enum err r = token_begin(t, e);
	if (r)
		return r;
	if (!(r = token_verify_pin(t, pin, e)))
		r = token_test_signature(t, slot, NULL, e);
	token_end(t);
	return r;
}

static enum err find_in_slot(struct desk *d, struct token *t, enum token_slot slot, struct subject *out, bool *unknown, struct error *e)
{
	struct bytes der = {0}, mine = {0};
	struct cert_info info = {0};
	int64_t id = 0;
	enum err r = token_read_certificate(t, slot, &der, e);
	if (!r && (r = cert_info(der.data, der.length, &info, e)) == OK)
		r = store_int(d->store, SQL_SUBJECT_BY_SERIAL, 0, &id, e, "t", info.serial);
	if (!r && id && !(r = blob_load(d, SQL_CERT_DER, id, &mine, e)) &&
	    (mine.length != der.length || memcmp(mine.data, der.data, der.length) != 0))
		id = 0; /* a serial is its issuer's: another CA's may be the same */
	*unknown |= !r && !id;
	if (!r)
		r = id ? load_certificate(d, id, "", out, e) : ERR_DESK_KEY_FOREIGN;
	if (r == ERR_DESK_KEY_FOREIGN || r == ERR_TOKEN_NO_CERTIFICATE || r == ERR_TOKEN_CERTIFICATE)
		r = error_set(e, ERR_DESK_KEY_FOREIGN, "%s", token_serial(t));
	else if (!r && strcmp(out->key_serial, token_serial(t)) != 0) /* a copy on another key opens nothing */
		r = error_set(e, ERR_DESK_KEY_FOREIGN, "%s", token_serial(t));
	cert_info_free(&info);
	bytes_free(&der);
	bytes_free(&mine);
	return r;
}

/* In the slot of any product: whose it is shows when it is read. */
static enum err find_on_key(struct desk *d, struct token *t, enum token_slot *slot, struct subject *out, bool *unknown, struct error *e)
{
	enum token_slot slots[SLOTS_MOST];
	size_t n = 0;
	enum err r = slots_known(d, slots, &n, e), found = ERR_DESK_KEY_FOREIGN;
	for (size_t i = 0; !r && i < n && found == ERR_DESK_KEY_FOREIGN; i++) {
		*slot = slots[i];
		found = find_in_slot(d, t, slots[i], out, unknown, e);
	}
	return r ? r : found;
}

/* A key whose certificate isn't of this site: where there is a headquarters, it may know. */
static enum err elsewhere_or_foreign(struct desk *d, const char *key_serial, struct error *e)
{
	json_t *state = NULL;
	enum err r = store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	bool joined = json_number(state, "joined") != 0, down = strcmp(json_text(state, "line"), "down") == 0;
	json_decref(state);
	return r ? r : error_set(e, !joined ? ERR_DESK_KEY_FOREIGN : down ? ERR_DESK_CERT_ELSEWHERE_DOWN : ERR_DESK_CERT_ELSEWHERE, "%s", key_serial);
}

enum err subject_from_key(struct desk *d, const char *serial, const struct secret *pin, struct subject *out, struct error *e)
{
	struct token *t = NULL;
	enum token_slot slot = TOKEN_SLOT_SIGN;
	bool unknown = false;
	*out = (struct subject){0};
	enum err r = subject_only_key(d, e);
	if (!r && !(r = customer_key_open(d, serial, NULL, &t, e)) && (r = find_on_key(d, t, &slot, out, &unknown, e)) == ERR_DESK_KEY_FOREIGN && unknown)
		r = elsewhere_or_foreign(d, token_serial(t), e);
	if (!r && pin && !(r = prove(t, slot, pin, e)))
		out->proven = true;
	token_close(&t);
	return r;
}

static enum err load_row(struct desk *d, const struct order *o, bool always, struct subject *out, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	enum err r = store_query(d->store, o->draft ? SQL_DRAFT_SUBJECT_GET : SQL_ORDER_SUBJECT_GET, &rows, e, "i", o->id);
	if (r)
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 5, &length);
		r = load_certificate(d, rows_int(rows, 0), "", out, e);
		out->proven = strcmp(rows_text(rows, 2), "key") == 0;
		out->review = rows_int(rows, 3) != 0;
		out->makes = rows_int(rows, 4) != 0;
		if (!r && (always || o->draft || *rows_text(rows, 6)))
			r = datakey_open_json(d->store, o->dk, "subject.before", blob, length, &out->before, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	return r ? r : agents_stand_in(d, o, out, e);
}

static enum err load(struct desk *d, const struct order *o, bool always, struct subject *out, struct error *e)
{
	const struct business *b = business_find(o->business);
	*out = (struct subject){0};
	if (!b || b->about == ABOUT_NOTHING)
		return OK;
	enum err r = load_row(d, o, always, out, e);
	if (r)
		subject_free(out);
	return r;
}

enum err subject_load(struct desk *d, const struct order *o, struct subject *out, struct error *e)
{
	return load(d, o, true, out, e);
}

enum err subject_load_changed(struct desk *d, const struct order *o, struct subject *out, struct error *e)
{
	return load(d, o, false, out, e);
}

void subject_free(struct subject *s)
{
	json_decref(s->before);
	json_decref(s->holder);
	s->before = s->holder = NULL;
}

/* A key that is with the customer, or with us between issue and hand-over. */
static bool key_usable(const char *state)
{
	static const char *const usable[] = {"handed-over", "customer-owned", "made", "in-transit", "locked"};
	for (size_t i = 0; i < sizeof usable / sizeof *usable; i++)
		if (strcmp(usable[i], state) == 0)
			return true;
	return false;
}

bool subject_own_ground(const struct subject *s)
{
	return s->status == CERT_SUSPENDED && cert_own_reason(s->reason);
}

bool subject_undone(const struct subject *s)
{
	return s->status == CERT_SUSPENDED && strcmp(s->reason, CERT_HANDOVER_UNDONE) == 0;
}

/* What is done with any certificate that isn't over, suspended or not, is done with such a one too. */
static bool open_to_undone(const struct business *b)
{
	const unsigned both = CERT_ACTIVE | CERT_SUSPENDED;
	return (b->certificate & both) == both;
}

/* Whoever brings a certificate that is over wants the one that took its place, or learns that there is none. */
static enum err is_over(struct desk *d, const struct subject *s, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_SUBJECT_SUCCESSOR, &rows, e, "i", s->id);
	if (r)
		return r;
	if (rows_next(rows))
		r = error_set(e, ERR_DESK_CERT_REPLACED, tr("介质 %s 里的 %s", "%s, key %s"), rows_text(rows, lang_now() == LANG_ZH), rows_text(rows, lang_now() != LANG_ZH));
	else
		r = error_set(e, ERR_DESK_CERT_STATE, tr("状态为“%s”（%s）", "in state “%s” (%s)"), status_text(s), s->serial);
	enum err end = rows_end(&rows, NULL);
	return end ? end : r;
}

static enum err not_in_window(const struct desk *d, const struct subject *s, struct error *e)
{
	bool over = s->not_after < desk_now(d);
	char day[11];
	civil_date_text(over ? s->not_after : s->not_after - TERM_RENEWAL_BEFORE + 1, day);
	return error_set(e, over ? ERR_DESK_WINDOW_OVER : ERR_DESK_WINDOW, "%s", day);
}

/* A loss that is reported already, or not at all, has its own way on. */
static enum err not_in_this_state(const struct business *b, const struct subject *s, struct error *e)
{
	if (b->certificate == CERT_SUSPENDED && s->status == CERT_ACTIVE)
		return error_set(e, ERR_DESK_CERT_NOT_HELD, "%s", s->serial);
	if (s->status == CERT_SUSPENDED && b->makes == MAKES_NOTHING && !subject_own_ground(s))
		return error_set(e, ERR_DESK_CERT_HELD, "%s", s->serial);
	return error_set(e, ERR_DESK_CERT_STATE, tr("状态为“%s”（%s）", "in state “%s” (%s)"), status_text(s), s->serial);
}

enum err subject_fit(struct desk *d, const struct business *b, const struct subject *s, struct error *e)
{
	if (*s->custodian)
		return site_has_taken(d, s->custodian, e);
	if (s->status & (CERT_REVOKED | CERT_SUPERSEDED))
		return is_over(d, s, e);
	if (subject_own_ground(s) && (b->about == ABOUT_KEY || b->certificate == CERT_SUSPENDED || b->makes == MAKES_NEW))
		return error_set(e, ERR_DESK_OWN_GROUND, "%s", s->serial);
	if (subject_undone(s) && !open_to_undone(b))
		return error_set(e, ERR_DESK_CERT_UNDONE, "%s", s->serial);
	if (b->about == ABOUT_KEY && !key_usable(s->key_state))
		return error_set(e, ERR_DESK_KEY_LOST, "%s", s->key_serial);
	if (b->about == ABOUT_KEY && s->status == CERT_SUSPENDED)
		return error_set(e, ERR_DESK_KEY_LOST, "%s", s->key_serial);
	if (!(b->certificate & s->status))
		return not_in_this_state(b, s, e);
	return b->end == END_RENEWED && !term_renewal_open(desk_now(d), s->not_after) ? not_in_window(d, s, e) : OK;
}

/* A field of this form that only the certificate's own order can tell. */
static bool asks_order(const struct form *form, const json_t *own)
{
	for (size_t i = 0; i < form->field_count; i++)
		if (form->fields[i].keep == KEEP_ORDER && !json_object_get(own, form->fields[i].name))
			return true;
	return false;
}

/* This certificate's own order knows best what was bought; who its holder is says the customer's last one alone, which may
 * have taken something away. */
static void fill_in(const struct form *form, const json_t *own, const json_t *made, const json_t *holder, json_t *values)
{
	for (size_t i = 0; i < form->field_count; i++) {
		const struct form_field *f = &form->fields[i];
		const json_t *from[] = {own, f->keep == KEEP_ORDER ? made : NULL, holder}, *value;
		if (f->keep == KEEP_NEVER && f->type != FIELD_HIDDEN)
			continue;
		for (size_t k = 0; k < 3; k++)
			if ((value = json_object_get(from[k], f->name))) {
				json_object_set(values, f->name, (json_t *)value);
				break;
			}
	}
}

enum err subject_prefill(struct desk *d, const struct subject *s, const struct form *form, json_t *values, struct error *e)
{
	json_t *holder = NULL, *made = NULL, *own = json_pack("{ss ss ss ss ss}", "customer_kind", s->customer, "channel", s->channel, "product",
	                                                      s->product, "medium", s->medium, "key_role", s->role);
	int64_t unlocked = 0;
	enum err r = own ? subject_data(d, s->customer_id, NULL, &holder, e) : ERR_MEMORY;
	if (!r && asks_order(form, own))
		r = subject_on_file(d, SQL_SUBJECT_ORDER_DATA, "orders.data", s->order_id, NULL, &made, e);
	if (!r)
		fill_in(form, own, made, holder, values);
	if (!r && strcmp(form->business, "unlock") == 0 &&
	    !(r = store_int(d->store, SQL_SUBJECT_UNLOCKED, 0, &unlocked, e, "ti", s->key_serial, s->customer_id)))
		json_object_set_new(values, "verify_way", json_string(unlocked ? "phone" : "identity"));
	json_decref(holder);
	json_decref(made);
	json_decref(own);
	return r;
}

enum err subject_phone_now(struct desk *d, struct subject *s, struct error *e)
{
	static const char *const names[] = {"agent_mobile", "person_mobile", "agent_is_holder"};
	const json_t *holder = NULL;
	json_t *value;
	enum err r = agents_phone_now(d, s, e);
	if (!r)
		r = subject_holder(d, s, &holder, e);
	for (size_t i = s->stands_in; !r && i < sizeof names / sizeof *names; i++) /* whose phone is another's than the contact's */
		if (json_object_get(s->before, names[i]) && (value = json_object_get(holder, names[i])))
			json_object_set(s->before, names[i], value);
	return r;
}

enum err subject_to_draft(struct desk *d, int64_t draft, int64_t dk, const struct subject *s, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = datakey_seal_json(d->store, dk, "subject.before", s->before, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_DRAFT_SUBJECT_SET, NULL, e, "iittb", draft, s->id, s->key_serial, s->proven ? "key" : "",
		              (const void *)sealed.data, sealed.length);
	bytes_free(&sealed);
	return r;
}

enum err subject_to_order(struct desk *d, const struct order *o, const struct subject *s, const char *changed, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = datakey_seal_json(d->store, o->dk, "subject.before", s->before, &sealed, e);
	if (!r)
		r = store_run(d->store, SQL_ORDER_SUBJECT_SET, NULL, e, "iiittiitb", o->dk, o->order_id, s->id, s->key_serial,
		              s->proven ? "key" : "", (int64_t)s->review, (int64_t)s->makes, changed, (const void *)sealed.data, sealed.length);
	bytes_free(&sealed);
	return r;
}

enum err subject_back_to_draft(struct desk *d, const struct order *o, int64_t draft, struct error *e)
{
	return store_run(d->store, SQL_DRAFT_SUBJECT_FROM_ORDER, NULL, e, "ii", draft, o->order_id);
}
