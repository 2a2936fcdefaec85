/* First PINs: recorded sealed before they are set, sent, and sent again for seven days. Each lies under a data key of
 * its own, which is destroyed with it: then the journal's copies of the row can't give it back either. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/issuing.h"
#include "rules/check.h"

enum { KEEP_SECONDS = 7 * 86400, DK_SIZE = 8 };

/* Whom the PIN goes to: the first row that fits. An empty auth fits any. */
static const struct route {
	const char *customer, *auth, *channel, *target, *of, *check;
} routes[] = {
	{"unit", "legal-mobile", "sms", "legal_mobile", "legal", "mobile"},
	{"unit", "legal-bank-card", "sms", "legal_mobile", "legal", "mobile"},
	{"unit", "bank-account", "remark", "account_number", "unit", "bank_account"},
	{"person", "", "sms", "person_mobile", "person", "mobile"},
};

static const struct route *route(const struct order *o)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(routes[i].customer, o->customer) == 0 && *json_text(o->values, routes[i].target) &&
		    (!*routes[i].auth || strcmp(routes[i].auth, json_text(o->values, "enterprise_auth")) == 0))
			return &routes[i];
	return NULL;
}

enum err pin_check_target(const struct order *o, struct error *e)
{
	return route(o) ? OK : error_set(e, ERR_DESK_PIN_TARGET, "%s", o->no);
}

const char *pin_target_of(const struct order *o)
{
	const struct route *to = route(o);
	return to ? to->of : "agent";
}

enum err pin_judge_target(struct desk *d, const struct order *o, const char *target, char *out, size_t size, struct error *e)
{
	const struct route *to = route(o);
	struct check_context context = {.today = desk_now(d)};
	struct check_result verdict = {0};
	if (!to)
		return error_set(e, ERR_DESK_PIN_TARGET, "%s", o->no);
	char *folded = check_normalise(check_find(to->check), target && *target ? target : json_text(o->values, to->target));
	if (!folded)
		return error_set(e, ERR_MEMORY, "%s", o->no);
	check_judge(check_find(to->check), folded, &context, &verdict);
	bool good = verdict.verdict != VERDICT_INVALID && strlen(folded) < size;
	text_copy(out, size, folded);
	OPENSSL_cleanse(folded, strlen(folded));
	free(folded);
	return good ? OK : error_set(e, ERR_DESK_PIN_NUMBER, "%s", verdict.message);
}

static int64_t blob_dk(const struct bytes *blob)
{
	uint64_t dk = 0;
	for (size_t i = 0; i < DK_SIZE && blob->length > DK_SIZE; i++)
		dk = dk << 8 | blob->data[i];
	return (int64_t)dk;
}

/* The blob of a PIN: its data key's id (8 bytes) and the sealed digits. */
static enum err seal_pin(struct desk *d, int digits, struct bytes *out, struct error *e)
{
	struct bytes sealed = {0};
	char pin[TOKEN_PIN_MOST + 1];
	uint8_t head[DK_SIZE];
	int64_t dk = 0;
	size_t n = digits < TOKEN_PIN_LEAST ? TOKEN_PIN_LEAST : digits > TOKEN_PIN_MOST ? TOKEN_PIN_MOST : (size_t)digits;
	random_digits(pin, n);
	enum err r = datakey_new(d->store, &dk, e);
	if (!r)
		r = datakey_seal(d->store, dk, "pin_delivery.pin", pin, n, &sealed, e);
	for (size_t i = 0; i < DK_SIZE; i++)
		head[i] = (uint8_t)((uint64_t)dk >> (8 * (DK_SIZE - 1 - i)));
	if (!r && (bytes_add(out, head, sizeof head) || bytes_add(out, sealed.data, sealed.length)))
		r = error_set(e, ERR_MEMORY, "pin");
	OPENSSL_cleanse(pin, sizeof pin);
	bytes_free(&sealed);
	return r;
}

enum err pin_record(struct desk *d, const struct order *o, int64_t item_id, const char *key_serial, struct error *e)
{
	const struct route *to = route(o);
	return to ? pin_record_to(d, o, item_id, key_serial, json_text(o->values, to->target), e) : error_set(e, ERR_DESK_PIN_TARGET, "%s", o->no);
}

enum err pin_record_to(struct desk *d, const struct order *o, int64_t item_id, const char *key_serial, const char *to, struct error *e)
{
	struct bytes pin = {0}, target = {0};
	const struct route *by = route(o);
	enum err r = by ? OK : error_set(e, ERR_DESK_PIN_TARGET, "%s", o->no);
	if (!r && !(r = seal_pin(d, d->config.pin_digits, &pin, e)) &&
	    !(r = datakey_seal(d->store, o->dk, "pin_delivery.target", to, strlen(to), &target, e)))
		r = store_insert(d->store, SQL_PIN_INSERT, NULL, e, "iittbbi", o->dk, item_id, key_serial, by->channel,
		                 (const void *)target.data, target.length, (const void *)pin.data, pin.length, desk_now(d));
	bytes_free(&pin);
	bytes_free(&target);
	return r;
}

void pin_free(struct pin_row *p)
{
	notify_drop(&p->letter);
	secret_wipe(&p->pin);
	secret_wipe(&p->target);
}

static enum err unseal_row(struct desk *d, const struct order *o, const struct bytes *pin, const struct bytes *target,
                           struct pin_row *out, struct error *e)
{
	struct bytes plain = {0}, to = {0};
	enum err r = datakey_open(d->store, o->dk, "pin_delivery.target", target->data, target->length, &to, e);
	if (!r && pin->length > DK_SIZE)
		r = datakey_open(d->store, blob_dk(pin), "pin_delivery.pin", pin->data + DK_SIZE, pin->length - DK_SIZE, &plain,
		                 e);
	if (!r && (!secret_set(&out->target, to.data, to.length) ||
	           !secret_set(&out->pin, plain.data ? (char *)plain.data : "", plain.length)))
		r = error_set(e, ERR_SEALED, "pin_delivery");
	bytes_free(&plain);
	bytes_free(&to);
	return r;
}

static enum err copy_blob(const struct rows *rows, int column, struct bytes *out)
{
	size_t n;
	const void *data = rows_blob(rows, column, &n);
	return data ? bytes_add(out, data, n) : OK;
}

enum err pin_load(struct desk *d, const struct order *o, int64_t item_id, const char *key_serial, struct pin_row *out,
                  struct error *e)
{
	struct rows *rows = NULL;
	struct bytes pin = {0}, target = {0};
	*out = (struct pin_row){0};
	enum err r = store_query(d->store, SQL_PIN_OF_ITEM, &rows, e, "it", item_id, key_serial);
	if (r)
		return r;
	if (rows_next(rows)) {
		out->id = rows_int(rows, 0);
		text_copy(out->state, sizeof out->state, rows_text(rows, 1));
		out->remark = strcmp(rows_text(rows, 2), "remark") == 0;
		if (copy_blob(rows, 3, &target) || copy_blob(rows, 4, &pin))
			r = error_set(e, ERR_MEMORY, "pin");
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	if (!r && out->id)
		r = unseal_row(d, o, &pin, &target, out, e);
	bytes_free(&pin);
	bytes_free(&target);
	return r;
}

/* The one message that gives a PIN: made ready (`id` NULL), or sent. */
static enum err give(struct desk *d, const struct order *o, const char *key_serial, struct pin_row *p, char *id, struct error *e)
{
	const struct message_value values[] = {{"customer", o->name}, {"serial", key_serial}, {"pin", p->pin.data}};
	size_t count = sizeof values / sizeof *values;
	return id ? desk_message(d, NOTIFY_SMS, p->target.data, "pin", values, count, id, e)
	          : desk_message_ready(d, NOTIFY_SMS, p->target.data, "pin", values, count, &p->letter, e);
}

void pin_make_ready(struct desk *d, const struct order *o, const char *key_serial, struct pin_row *p)
{
	if (!p->remark && !p->letter)
		give(d, o, key_serial, p, NULL, NULL);
}

enum err pin_send(struct desk *d, const struct order *o, const char *key_serial, struct pin_row *p, struct error *e)
{
	char id[NOTIFY_ID_SIZE] = "";
	enum err r = p->letter ? notify_post(&p->letter, id, e) : give(d, o, key_serial, p, id, e);
	return r ? r : store_run(d->store, SQL_PIN_SET_SENT, NULL, e, "iti", p->id, id, desk_now(d));
}

/* Wipes a PIN's blob and destroys its key; the row stays. */
static enum err destroy(struct desk *d, enum sql q, int64_t id, const struct bytes *blob, struct error *e)
{
	enum err r = store_run(d->store, q, NULL, e, "i", id);
	if (!r && blob->length > DK_SIZE)
		r = store_run(d->store, SQL_PIN_KEY_DESTROY, NULL, e, "i", blob_dk(blob));
	return r;
}

enum err pin_fail(struct desk *d, int64_t id, struct error *e)
{
	struct bytes blob = {0};
	enum err r = blob_load(d, SQL_PIN_BLOB, id, &blob, e);
	if (!r)
		r = destroy(d, SQL_PIN_FAIL, id, &blob, e);
	bytes_free(&blob);
	return r;
}

/* One of the order's PINs goes out again, to the target it went to before. */
static enum err resend_one(struct desk *d, const struct order *o, const json_t *row, json_t *sent, struct error *e)
{
	struct pin_row pin = {0};
	const char *serial = json_text(row, "key_serial");
	char until[17];
	int64_t end = json_number(row, "sent_at") + KEEP_SECONDS;
	civil_minute_text(end, until);
	enum err r = pin_load(d, o, json_number(row, "item_id"), serial, &pin, e);
	if (!r && pin.remark && strcmp(pin.state, "set") == 0)
		r = error_set(e, ERR_DESK_PIN_GONE, "%s", tr("还没有列入银行附言清单", "it waits for the bank's list still"));
	else if (!r && strcmp(pin.state, "delivered") == 0)
		r = error_set(e, ERR_DESK_PIN_GONE, "%s", tr("已确认收到，密码已清除", "its delivery was confirmed, and it was wiped"));
	else if (!r && (strcmp(pin.state, "sent") != 0 || !pin.pin.length || desk_now(d) > end))
		r = error_set(e, ERR_DESK_PIN_GONE, tr("已过七天（%s）或已清除", "seven days are over (%s), or it was wiped"),
		              until);
	if (!r && pin.remark) /* the next list has it once more */
		r = store_run(d->store, SQL_PIN_SET_STATE, NULL, e, "it", pin.id, "set");
	else if (!r) {
		char id[NOTIFY_ID_SIZE] = "";
		r = give(d, o, serial, &pin, id, e);
		if (!r)
			r = store_run(d->store, SQL_PIN_SET_MESSAGE, NULL, e, "it", pin.id, id);
	}
	if (!r) {
		char *masked = text_mask(pin.target.data);
		json_t *one = json_pack("{ss ss ss}", "key_serial", serial, "channel", pin.remark ? "remark" : "sms", "sent_to", masked ? masked : "");
		desk_time(one, "until", end);
		json_array_append_new(sent, one);
		free(masked);
	}
	pin_free(&pin);
	return r;
}

enum err pin_resend(struct desk *d, const char *no, json_t **out, struct error *e)
{
	struct order o = {0};
	json_t *rows = NULL, *row, *sent = json_array();
	size_t i;
	*out = NULL;
	enum err r = desk_allow(d, MAY_PIN_RESEND, NULL, e);
	if (!r && !(r = order_load(d, no, &o, e)))
		r = o.draft ? error_set(e, ERR_DESK_PIN_GONE, "%s", o.status)
		            : store_rows(d->store, SQL_PIN_OF_ORDER, &rows, e, "i", o.id);
	if (!r && json_array_size(rows) == 0)
		r = error_set(e, ERR_DESK_PIN_GONE, "%s", tr("还没有设置密码", "none was set yet"));
	if (!r)
		r = store_begin(d->store, e);
	json_array_foreach(rows, i, row)
		if (!r)
			r = resend_one(d, &o, row, sent, e);
	if (!r)
		r = desk_commit(d, MAY_PIN_RESEND, NULL, no, NULL, NULL, e);
	store_rollback(d->store);
	if (!r)
		*out = json_pack("{ss sO}", "order", no, "sent", sent);
	json_decref(sent);
	json_decref(rows);
	order_free(&o);
	return r;
}

/* One that was sent: the PIN and its key go; `keys` gets its key. Inside a step. */
static enum err receive_one(struct desk *d, const struct order *o, const json_t *row, json_t *keys, struct error *e)
{
	struct pin_row pin = {0};
	struct bytes blob = {0};
	const char *serial = json_text(row, "key_serial");
	enum err r = pin_load(d, o, json_number(row, "item_id"), serial, &pin, e);
	if (!r && strcmp(pin.state, "sent") == 0 && !(r = blob_load(d, SQL_PIN_BLOB, pin.id, &blob, e)) &&
	    !(r = destroy(d, SQL_PIN_RECEIVED, pin.id, &blob, e)))
		json_array_append_new(keys, json_string(serial));
	bytes_free(&blob);
	pin_free(&pin);
	return r;
}

/* Inside a step, which it commits. */
static enum err receive(struct desk *d, const struct order *o, const char *serial, struct error *e)
{
	json_t *rows = NULL, *row, *keys = json_array(), *facts = NULL;
	size_t i;
	enum err r = o->away ? order_away(o, e) : o->draft ? OK : store_rows(d->store, SQL_PIN_OF_ORDER, &rows, e, "i", o->id);
	json_array_foreach(rows, i, row)
		if (!r && (!serial || !*serial || strcmp(serial, json_text(row, "key_serial")) == 0))
			r = receive_one(d, o, row, keys, e);
	if (!r && !json_array_size(keys))
		r = error_set(e, ERR_DESK_PIN_NOT_SENT, "%s", o->no);
	if (!r) {
		facts = json_pack("{sO}", "keys", keys);
		r = desk_commit(d, MAY_PIN_RECEIVED, NULL, o->no, NULL, facts, e);
	}
	json_decref(facts);
	json_decref(keys);
	json_decref(rows);
	return r;
}

enum err pin_received(struct desk *d, const char *no, const char *serial, json_t **out, struct error *e)
{
	struct order o = {0};
	*out = NULL;
	enum err r = desk_allow(d, MAY_PIN_RECEIVED, NULL, e);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = order_load(d, no, &o, e)))
		r = receive(d, &o, serial, e);
	store_rollback(d->store);
	order_free(&o);
	return r ? r : order_show(d, no, out, e);
}

/* Wipes at most one page of late PINs; *n is how many. Inside a step. */
static enum err purge_page(struct desk *d, int64_t before, int64_t *n, struct error *e)
{
	enum { PAGE = 500 };
	struct bytes blobs[PAGE] = {0};
	int64_t ids[PAGE];
	struct rows *rows = NULL;
	enum err r = store_query(d->store, SQL_PIN_LATE, &rows, e, "i", before);
	*n = 0;
	while (!r && *n < PAGE && rows_next(rows)) {
		ids[*n] = rows_int(rows, 0);
		r = copy_blob(rows, 1, &blobs[(*n)++]);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	r = r ? r : end;
	for (int64_t i = 0; i < *n; i++) {
		if (!r)
			r = destroy(d, SQL_PIN_WIPE, ids[i], &blobs[i], e);
		bytes_free(&blobs[i]);
	}
	return r;
}

enum err pin_purge(struct desk *d, int64_t *gone, struct error *e)
{
	int64_t before = desk_now(d) - KEEP_SECONDS, n = 0;
	*gone = 0;
	enum err r = store_int(d->store, SQL_PIN_LATE_COUNT, 0, &n, e, "i", before);
	while (!r && n > 0) {
		if (!(r = store_begin(d->store, e)) && !(r = purge_page(d, before, &n, e)) && n > 0) {
			json_t *facts = json_pack("{sI}", "pins", (json_int_t)n);
			r = desk_commit(d, MAY_TICK, "pin.purge", d->site, NULL, facts, e);
			json_decref(facts);
		}
		store_rollback(d->store);
		if (!r)
			*gone += n;
	}
	return r;
}
