#include "desk/staffnumber.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"

bool staff_number_valid(const char *number)
{
	size_t n = strlen(number);
	return n < STAFF_NUMBER_SIZE && strspn(number, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == n;
}

enum err staff_number(struct desk *d, const char *login, const char *number, struct error *e)
{
	int64_t taken = 0, changed = 0;
	enum err r = desk_allow(d, MAY_STAFF, NULL, e);
	if (!r && !staff_number_valid(number))
		r = error_set(e, ERR_DESK_STAFF_NUMBER, tr("%.40s 不是工号", "%.40s is none"), number);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = store_int(d->store, SQL_STAFF_NUMBER_TAKEN, 0, &taken, e, "tt", login, number)) && taken)
		r = error_set(e, ERR_DESK_STAFF_NUMBER, tr("%s 已是本受理点另一用户的", "%s is another login's here"), number);
	if (!r && !(r = store_run(d->store, SQL_STAFF_SET_NUMBER, &changed, e, "tt", login, number)) && !changed)
		r = error_set(e, ERR_DESK_NO_STAFF, "%s", login);
	if (!r) {
		json_t *facts = json_pack("{ss}", "number", number);
		r = desk_commit(d, MAY_STAFF, "staff.number", login, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	return r;
}

enum err staff_number_of(struct desk *d, int64_t id, char out[STAFF_NUMBER_SIZE], struct error *e)
{
	struct rows *rows = NULL;
	out[0] = '\0';
	enum err r = store_query(d->store, SQL_STAFF_NUMBER_GET, &rows, e, "i", id);
	if (!r && rows_next(rows))
		text_copy(out, STAFF_NUMBER_SIZE, rows_text(rows, 0));
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err staff_same_person(struct desk *d, int64_t one, int64_t other, bool *same, struct error *e)
{
	int64_t found = 0;
	enum err r = store_int(d->store, SQL_STAFF_SAME, 0, &found, e, "ii", one, other);
	*same = one == other || found != 0;
	return r;
}
