#include "desk/staffkey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "desk/keylist.h"

enum err staff_key_owner(struct desk *d, const char *serial, char out[33], bool *is, struct error *e)
{
	json_t *row = NULL;
	enum err r = *serial ? store_row(d->store, SQL_STAFF_KEY_OWNER, &row, e, "t", serial) : OK;
	*is = row != NULL;
	if (out)
		text_copy(out, 33, row ? json_text(row, "login") : "");
	json_decref(row);
	return r;
}

static enum err refuse(const char *serial, const char *why, struct error *e)
{
	return error_set(e, ERR_DESK_STAFF_KEY, tr("%s（%s）", "%s (%s)"), serial, why);
}

/* A key can't be staff's and a customer's. Inside a step. */
static enum err check_free(struct desk *d, const char *login, const char *serial, struct error *e)
{
	char owner[33], why[80];
	bool is = false;
	int64_t known = 0;
	if (!*serial)
		return OK;
	enum err r = staff_key_owner(d, serial, owner, &is, e);
	if (!r && is && strcmp(owner, login) != 0) {
		snprintf(why, sizeof why, tr("是 %s 的", "it is %s's"), owner);
		return refuse(serial, why, e);
	}
	if (!r)
		r = store_int(d->store, SQL_STAFF_KEY_KNOWN, 0, &known, e, "t", serial);
	return r || !known ? r : refuse(serial, tr("是库存或客户的介质", "it is of the stock or a customer's"), e);
}

enum err staff_key(struct desk *d, const char *login, const char *serial, struct error *e)
{
	int64_t changed = 0;
	enum err r = desk_allow(d, MAY_STAFF, NULL, e);
	if (!r && *serial && !key_serial_valid(serial))
		r = error_set(e, ERR_DESK_SERIAL, "%.60s", serial);
	if (r || (r = store_begin(d->store, e)))
		return r;
	if (!(r = check_free(d, login, serial, e)) && !(r = store_run(d->store, SQL_STAFF_SET_KEY, &changed, e, "tt", login, serial)) && !changed)
		r = error_set(e, ERR_DESK_NO_STAFF, "%s", login);
	if (!r) {
		json_t *facts = json_pack("{ss}", "key", serial);
		r = desk_commit(d, MAY_STAFF, "staff.key", login, NULL, facts, e);
		json_decref(facts);
	}
	store_rollback(d->store);
	return r;
}

enum err customer_keys(struct desk *d, struct token_info **list, size_t *count, struct error *e)
{
	size_t n = 0, kept = 0;
	*count = 0;
	enum err r = token_list(list, &n, e);
	for (size_t i = 0; !r && i < n; i++) {
		bool staffs = false;
		if (!(r = staff_key_owner(d, (*list)[i].serial, NULL, &staffs, e)) && !staffs)
			(*list)[kept++] = (*list)[i];
	}
	if (r) {
		free(*list);
		*list = NULL;
		return r;
	}
	*count = kept;
	return OK;
}

void keys_text(const struct token_info *list, size_t count, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		lang_list_add(out, size, list[i].busy ? list[i].reader : list[i].serial);
}

/* Where staff's keys are in beside it, or alone, the one that isn't theirs. */
static enum err open_only(struct desk *d, struct token **out, struct error *e)
{
	struct token_info *list = NULL;
	size_t n = 0;
	char names[256];
	enum err r = customer_keys(d, &list, &n, e);
	keys_text(list, n, names, sizeof names);
	if (!r && n == 1 && !list[0].busy)
		r = token_open_begun(list[0].serial, NULL, out, e);
	else if (!r)
		r = error_set(e, n == 0 ? ERR_TOKEN_NONE : n == 1 ? ERR_TOKEN_BUSY : ERR_TOKEN_SEVERAL, "%s", names);
	free(list);
	return r;
}

enum err customer_key_open(struct desk *d, const char *serial, struct token *ahead, struct token **out, struct error *e)
{
	int64_t any = 0;
	char owner[33], why[80];
	bool staffs = false;
	*out = NULL;
	enum err r = store_int(d->store, SQL_STAFF_KEY_ANY, 0, &any, e, "");
	bool only = !r && any && (!serial || !*serial);
	if (!r && any && !only && !(r = staff_key_owner(d, serial, owner, &staffs, e)) && staffs) {
		snprintf(why, sizeof why, tr("是 %s 的", "it is %s's"), owner);
		r = refuse(serial, why, e);
	}
	if (!r && !only)
		return token_open_begun(serial, ahead, out, e);
	token_close(&ahead);
	return r ? r : open_only(d, out, e);
}
