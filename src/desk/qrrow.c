#include "desk/qrrow.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/visitrow.h"

bool trade_is(const struct trade *t, const char *state)
{
	return strcmp(t->state, state) == 0;
}

bool trade_ended(const struct trade *t)
{
	return trade_is(t, "paid") || trade_is(t, "closed");
}

void trade_free(struct trade *t)
{
	json_decref(t->row);
	json_decref(t->parts);
	*t = (struct trade){0};
}

enum err trade_load(struct desk *d, const char *trade, struct trade *t, struct error *e)
{
	json_t *part;
	size_t i;
	*t = (struct trade){.waits = true};
	enum err r = store_row(d->store, SQL_QR_TRADE_GET, &t->row, e, "t", trade);
	if (!r && !t->row)
		r = error_set(e, ERR_QR_NONE, "%s", trade);
	if (r)
		return r;
	t->id = json_number(t->row, "id");
	t->dk = json_number(t->row, "dk");
	t->amount = json_number(t->row, "amount");
	t->staff_id = json_number(t->row, "staff_id");
	t->expires_at = json_number(t->row, "expires_at");
	text_copy(t->trade, sizeof t->trade, trade);
	text_copy(t->subject, sizeof t->subject, json_text(t->row, "subject"));
	text_copy(t->state, sizeof t->state, json_text(t->row, "state"));
	r = store_rows(d->store, SQL_QR_TRADE_PARTS, &t->parts, e, "i", t->id);
	json_array_foreach(t->parts, i, part)
		t->waits = t->waits && strcmp(json_text(part, "status"), "awaiting-payment") == 0;
	if (r)
		trade_free(t);
	return r;
}

static const char *state_title(const char *state)
{
	static const struct {
		const char *state, *zh, *en;
	} titles[] = {{"asked", "正在出码", "being made"},
	              {"shown", "等待付款", "waits for payment"},
	              {"ending", "正在作废", "being closed"},
	              {"paid", "已支付", "paid"},
	              {"closed", "已作废", "closed"}};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (strcmp(titles[i].state, state) == 0)
			return tr(titles[i].zh, titles[i].en);
	return state;
}

static json_t *trade_json(const struct trade *t)
{
	json_t *out = json_pack("{ss ss sI ss ss sO sO sb}", "trade", t->trade, "subject", t->subject, "amount", (json_int_t)t->amount, "state",
	                        t->state, "state_title", state_title(t->state), "code_text", json_object_get(t->row, "code"), "receipt",
	                        json_object_get(t->row, "receipt"), "late", strcmp(json_text(t->row, "payment"), "unclaimed") == 0);
	desk_time(out, "asked_at", json_number(t->row, "asked_at"));
	desk_time(out, "expires_at", t->expires_at);
	return out;
}

enum err qr_show(struct desk *d, const char *trade, json_t **out, struct error *e)
{
	struct trade t;
	enum err r = trade_load(d, trade, &t, e);
	if (!r)
		*out = trade_json(&t);
	trade_free(&t);
	return r;
}

json_t *trade_facts(const struct trade *t)
{
	json_t *names = json_array(), *part;
	size_t i;
	json_array_foreach(t->parts, i, part)
		json_array_append(names, json_object_get(part, "order"));
	return json_pack("{ss sI ss so}", "method", "alipay", "amount", (json_int_t)t->amount, "trade", t->trade, "orders", names);
}

void due_free(struct due *u)
{
	visit_free_orders(&u->orders, u->count);
	free(u->due);
}

enum err trade_open_of(struct desk *d, const char *subject, char trade[QR_TRADE_SIZE], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_QR_TRADE_OF, &row, e, "t", subject);
	text_copy(trade, QR_TRADE_SIZE, json_text(row, "trade"));
	json_decref(row);
	return r;
}

enum err qr_of(struct desk *d, const char *subject, json_t **out, struct error *e)
{
	char trade[QR_TRADE_SIZE] = "";
	*out = NULL;
	enum err r = trade_open_of(d, subject, trade, e);
	return r || !*trade ? r : qr_show(d, trade, out, e);
}

enum err qr_open_of_order(struct desk *d, int64_t order_id, enum qr_open *open, char subject[ORDER_NO_SIZE], struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_QR_TRADE_OF_ORDER, &row, e, "i", order_id);
	*open = !row ? QR_NONE_OPEN : strcmp(json_text(row, "state"), "ending") == 0 ? QR_ENDING : QR_SHOWN;
	if (subject)
		text_copy(subject, ORDER_NO_SIZE, json_text(row, "subject"));
	json_decref(row);
	return r;
}
