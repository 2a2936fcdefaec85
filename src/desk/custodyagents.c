/* Agents on file that come with a certificate. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "desk/custodyrow.h"
#include "desk/subject.h"

enum { AGENTS_MOST = 1000 };

struct coming {
	struct desk *d;
	int64_t dk, customer;
	bool newer;
	const char *order;
	json_t *data;
	const struct bytes *sealed;
};

/* As they were here before. */
struct known {
	int64_t id, dk;
	bool off; /* taken off file */
};

static enum err find_known(const struct coming *c, const char *digest, struct known *k, struct error *e)
{
	struct rows *rows = NULL;
	enum err r = store_query(c->d->store, SQL_AGENT_GET, &rows, e, "it", c->customer, digest);
	if (!r && rows_next(rows))
		*k = (struct known){rows_int(rows, 0), rows_int(rows, 1), !*rows_text(rows, 2)};
	enum err end = rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

static enum err renew(const struct coming *c, const struct known *k, struct error *e)
{
	struct bytes sealed = {0};
	enum err r = datakey_seal_json(c->d->store, k->dk, "agent.data", c->data, &sealed, e);
	if (!r)
		r = store_run(c->d->store, SQL_AGENT_UPDATE, NULL, e, "ibt", k->id, (const void *)sealed.data, sealed.length, c->order);
	bytes_free(&sealed);
	return r;
}

static enum err take(const struct coming *c, struct error *e)
{
	char digest[DIGEST_TEXT_SIZE];
	struct known k = {0};
	const char *number = json_text(c->data, "agent_id_number");
	if (!*number || !*c->order)
		return error_set(e, ERR_STORE_REPLICA, "agent");
	number_digest(c->d, number, digest);
	enum err r = find_known(c, digest, &k, e);
	if (r || k.off || (k.id && !c->newer))
		return r;
	return k.id ? renew(c, &k, e) : store_insert(c->d->store, SQL_AGENT_INSERT, NULL, e, "iitbt", c->dk, c->customer, (const char *)digest,
	                                             (const void *)c->sealed->data, c->sealed->length, c->order);
}

enum err custody_agents(struct desk *d, const json_t *agents, int64_t dk, int64_t customer, bool newer, struct error *e)
{
	const json_t *one;
	size_t i;
	enum err r = json_array_size(agents) > AGENTS_MOST ? error_set(e, ERR_STORE_REPLICA, "agent") : OK;
	json_array_foreach(agents, i, one) {
		const char *hex = json_text(one, "data");
		size_t n = strlen(hex) / 2;
		struct bytes sealed = {.data = malloc(n + 1), .length = n};
		struct coming c = {.d = d, .dk = dk, .customer = customer, .newer = newer, .order = json_text(one, "last_order"), .sealed = &sealed};
		if (!r && (!sealed.data || !hex_decode((uint8_t *)sealed.data, n, hex)))
			r = error_set(e, ERR_STORE_REPLICA, "agent");
		if (!r && !(r = datakey_open_json(d->store, dk, "agent.data", sealed.data, n, &c.data, e)))
			r = take(&c, e);
		json_decref(c.data);
		free(sealed.data);
	}
	return r;
}
