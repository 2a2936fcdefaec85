#include "desk/mainkey.h"

#include <string.h>

#include "base/json.h"

enum err main_key_free(struct desk *d, const struct order *o, const struct subject *about, const char *role, const char *product,
                       struct error *e)
{
	json_t *other = NULL;
	bool lives = about->id && (about->status == CERT_ACTIVE || about->status == CERT_SUSPENDED); /* the new one takes its place */
	if (strcmp(o->customer, "unit") != 0 || strcmp(role, "main") != 0 || lives)
		return OK;
	enum err r = store_row(d->store, SQL_SUBJECT_MAIN_OTHER, &other, e, "ittii", o->customer_id, product, o->channel, desk_now(d),
	                       o->order_id);
	if (!r && other)
		r = error_set(e, ERR_DESK_MAIN_ISSUED, "%s", json_text(other, "key_serial"));
	json_decref(other);
	return r;
}
