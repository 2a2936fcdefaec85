#include "desk/slot.h"

#include "base/json.h"

enum token_slot slot_in(const json_t *product)
{
	enum token_slot slot;
	return token_slot_named(json_text(product, "slot"), &slot) ? slot : TOKEN_SLOT_SIGN;
}

enum err slot_of(struct desk *d, const char *product, enum token_slot *out, struct error *e)
{
	json_t *row = NULL;
	enum err r = store_row(d->store, SQL_PRODUCT_GET, &row, e, "it", desk_now(d), product);
	*out = slot_in(row);
	json_decref(row);
	return r;
}

enum err slots_known(struct desk *d, enum token_slot out[SLOTS_MOST], size_t *count, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = store_rows(d->store, SQL_PRODUCT_ROWS, &rows, e, "i", desk_now(d));
	*count = 1;
	out[0] = TOKEN_SLOT_SIGN;
	json_array_foreach(rows, i, row) {
		bool there = false;
		for (size_t k = 0; k < *count; k++)
			there = there || out[k] == slot_in(row);
		if (!there && *count < SLOTS_MOST)
			out[(*count)++] = slot_in(row);
	}
	json_decref(rows);
	return r;
}
