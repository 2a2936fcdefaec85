#include "desk/mainkey.h"

#include <string.h>

#include "base/json.h"
#include "desk/tables.h"

/* The new one takes its place. */
static bool lives(const struct subject *about)
{
	return about->id && (about->status == CERT_ACTIVE || about->status == CERT_SUSPENDED);
}

enum err main_key_free(struct desk *d, const struct order *o, const struct subject *about, const char *role, const char *product,
                       struct error *e)
{
	json_t *other = NULL;
	if (strcmp(o->customer, "unit") != 0 || strcmp(role, "main") != 0 || lives(about))
		return OK;
	enum err r = store_row(d->store, SQL_SUBJECT_MAIN_OTHER, &other, e, "ittii", o->customer_id, product, o->channel, desk_now(d),
	                       o->order_id);
	if (!r && other)
		r = error_set(e, ERR_DESK_MAIN_ISSUED, "%s", json_text(other, "key_serial"));
	json_decref(other);
	return r;
}

static const char *role_of(const struct order *draft, const struct subject *about)
{
	return about->id ? about->role : tables_role(draft->values, 1);
}

static enum err has_one(struct desk *d, const struct order *draft, const struct subject *about, const char *digest, const char *product,
                        struct error *e)
{
	json_t *row = NULL;
	struct order holder = *draft;
	holder.customer_id = about->customer_id;
	if (about->id)
		return main_key_free(d, &holder, about, about->role, product, e);
	enum err r = store_row(d->store, SQL_SUBJECT_MAIN, &row, e, "ttti", digest, product, draft->channel, desk_now(d));
	if (!r && row)
		r = error_set(e, ERR_DESK_MAIN_KEY, "%s", json_text(row, "key_serial"));
	json_decref(row);
	return r;
}

enum err main_key_asked(struct desk *d, const struct order *draft, const struct subject *about, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	const char *product = json_text(draft->values, "product");
	json_t *row = NULL;
	if (strcmp(draft->customer, "unit") != 0 || strcmp(role_of(draft, about), "main") != 0 || lives(about))
		return OK;
	number_digest(d, customer_number(about->id ? about->before : draft->values), digest);
	enum err r = has_one(d, draft, about, digest, product, e);
	if (!r && !(r = store_row(d->store, SQL_SUBJECT_MAIN_ASKED, &row, e, "tttii", digest, product, draft->channel, desk_now(d),
	                          draft->order_id)) && row)
		r = error_set(e, ERR_DESK_MAIN_ASKED, "%s", json_text(row, "no"));
	json_decref(row);
	return r;
}

bool main_key_twice(const struct order *a, const struct order *b)
{
	static const char *const same[] = {"product", "channel"};
	const struct order *both[] = {a, b};
	for (size_t i = 0; i < 2; i++)
		if (strcmp(both[i]->business, "new") != 0 || strcmp(both[i]->customer, "unit") != 0 ||
		    strcmp(tables_role(both[i]->values, 1), "main") != 0)
			return false;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (strcmp(json_text(a->values, same[i]), json_text(b->values, same[i])) != 0)
			return false;
	return strcmp(customer_number(a->values), customer_number(b->values)) == 0;
}
