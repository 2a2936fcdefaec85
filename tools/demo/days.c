#include "days.h"

#include "base/json.h"
#include "base/money.h"
#include "desk/day.h"
#include "desk/till.h"

/* As few notes and coins as make the sum. */
static enum err pieces_of(struct desk *d, int64_t fen, json_t **out, struct error *e)
{
	const struct code_table *table = NULL;
	enum err r = codes_table(d->codes, "denominations", &table, e);
	*out = json_object();
	for (size_t i = 0; !r && i < codes_count(table); i++) {
		int64_t each = 0;
		const char *code = codes_at(table, i)->code;
		if (money_parse(code, &each) && each > 0 && fen >= each) {
			json_object_set_new(*out, code, json_integer(fen / each));
			fen %= each;
		}
	}
	return r;
}

static enum err close_shift(struct desk *d, const json_t *shift, struct error *e)
{
	struct till_where at = {json_text(shift, "station"), json_text(shift, "date")};
	json_t *pieces = NULL, *out = NULL;
	enum err r = pieces_of(d, json_number(shift, "expected_cash"), &pieces, e);
	struct till_counted counted = {pieces, json_number(shift, "expected_pos"), json_number(shift, "expected_cheques")};
	if (!r)
		r = till_count(d, &at, &counted, &out, e);
	json_decref(out);
	out = NULL;
	if (!r)
		r = till_close(d, &at, NULL, &out, e);
	json_decref(out);
	json_decref(pieces);
	return r;
}

static enum err confirm_pos(struct desk *d, const json_t *shifts, struct error *e)
{
	int64_t pos = 0;
	size_t i;
	const json_t *shift;
	json_t *out = NULL;
	json_array_foreach(shifts, i, shift)
		pos += json_number(shift, "expected_pos");
	enum err r = day_confirm(d, NULL, "pos", pos, NULL, &out, e);
	json_decref(out);
	return r;
}

static enum err waive(struct desk *d, const char *item, const char *reason, struct error *e)
{
	json_t *out = NULL;
	enum err r = day_waive(d, NULL, item, reason, &out, e);
	json_decref(out);
	return r;
}

enum err days_end(struct desk *manager, struct error *e)
{
	struct till_where all = {0};
	json_t *shifts = NULL, *shift, *out = NULL;
	size_t i;
	enum err r = till_show(manager, &all, &shifts, e);
	json_array_foreach(shifts, i, shift)
		if (!r)
			r = close_shift(manager, shift, e);
	if (!r && !(r = confirm_pos(manager, shifts, e)) && !(r = waive(manager, "statement", "演示：没有银行对账单", e)) &&
	    !(r = waive(manager, "keys", "演示：每周五盘点", e)))
		r = day_close(manager, NULL, &out, e);
	json_decref(out);
	json_decref(shifts);
	return r;
}
