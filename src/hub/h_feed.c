/* GET /v1/feed. */
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "hub/authority.h"
#include "hub/feed.h"
#include "hub/h_data.h"

static json_t *item_of(const struct db_rows *rows)
{
	struct bytes text = {0};
	size_t length = 0;
	const void *signature = db_rows_blob(rows, 3, &length);
	json_t *item = NULL;
	if (signature && base64_encode(signature, length, &text) == OK && text.data)
		item = json_pack("{sI ss ss ss}", "n", (json_int_t)db_rows_int(rows, 0), "kind", db_rows_text(rows, 1), "body", db_rows_text(rows, 2),
		                 "signature", (char *)text.data);
	bytes_free(&text);
	return item;
}

/* An item that says nothing yet: the newest revocation list, as it is now. */
static enum err fill_crl(struct hub *hub, const char *site, json_t *item, struct error *e)
{
	struct bytes body = {0}, signature = {0};
	enum err r = authority_crl_item(hub, &body, e);
	if (!r)
		r = feed_sign(hub, site, json_number(item, "n"), "crl", &body, &signature, e);
	if (!r && json_object_set_new(item, "body", json_string((char *)body.data)))
		r = error_set(e, ERR_MEMORY, "feed");
	if (!r)
		r = json_set_base64(item, "signature", signature.data, signature.length, e);
	bytes_free(&body);
	bytes_free(&signature);
	return r;
}

static enum err fill(struct hub *hub, const char *site, json_t *items, struct error *e)
{
	json_t *item;
	size_t i;
	enum err r = OK;
	json_array_foreach(items, i, item)
		if (!r && strcmp(json_text(item, "kind"), "crl") == 0 && strcmp(json_text(item, "body"), "{}") == 0)
			r = fill_crl(hub, site, item, e);
	return r;
}

enum err h_feed_get(struct hub *hub, struct request *q, struct reply *p, struct error *e)
{
	struct db_rows *rows = NULL;
	int64_t after = request_number(q, "after", 0), last = 0;
	size_t bytes = 0;
	bool known = false;
	if (after < 0)
		return reply_say(p, 400, SAY_REQUEST, NULL);
	enum err r = feed_had(hub, q->site, after, &known, e);
	if (r || !known)
		return r ? r : reply_say(p, 503, SAY_OLDER, NULL);
	if ((r = feed_went_on(hub, q->site, after, e)))
		return r;
	json_t *items = json_array();
	r = db_query(hub->db, HUB_SQL_FEED_AFTER, &rows, e, "tii", q->site, after, (int64_t)PAGE_ITEMS);
	while (!r && bytes < FEED_BODY_MOST / 4 && db_rows_next(rows)) {
		json_t *item = item_of(rows);
		bytes += strlen(db_rows_text(rows, 2));
		r = item && json_array_append_new(items, item) == 0 ? OK : error_set(e, ERR_MEMORY, "feed");
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end))
		r = fill(hub, q->site, items, e);
	if (!r)
		r = db_int(hub->db, HUB_SQL_FEED_LAST, 0, &last, e, "t", q->site);
	if (!r)
		r = reply_json(p, json_pack("{sO sI}", "items", items, "last", (json_int_t)last));
	json_decref(items);
	return r;
}
