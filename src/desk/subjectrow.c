#include "desk/subject.h"

enum err subject_on_file(struct desk *d, enum sql q, const char *bind, int64_t id, int64_t *dk, json_t **out, struct error *e)
{
	struct rows *rows = NULL;
	size_t length;
	*out = NULL;
	enum err r = store_query(d->store, q, &rows, e, "i", id);
	if (r)
		return r;
	if (rows_next(rows)) {
		const void *blob = rows_blob(rows, 1, &length);
		if (dk)
			*dk = rows_int(rows, 0);
		r = datakey_open_json(d->store, rows_int(rows, 0), bind, blob, length, out, e);
	}
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err subject_data(struct desk *d, int64_t customer_id, int64_t *dk, json_t **out, struct error *e)
{
	return subject_on_file(d, SQL_SUBJECT_DATA, "customer.data", customer_id, dk, out, e);
}

enum err subject_holder(struct desk *d, struct subject *s, const json_t **out, struct error *e)
{
	enum err r = s->holder ? OK : subject_data(d, s->customer_id, NULL, &s->holder, e);
	*out = s->holder;
	return r;
}
