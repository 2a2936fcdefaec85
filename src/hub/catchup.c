#include "hub/catchup.h"

#include "base/json.h"
#include "base/text.h"
#include "ca/cert.h"
#include "hub/authority.h"
#include "hub/mainkey.h"

struct work {
	const char *mark; /* the setting that says it was done */
	enum hub_sql missing; /* some behind a serial, in order of serials */
	enum err (*note)(struct hub *hub, const json_t *row, struct error *e);
};

/* What can't be read any more is noted as nobody's. */
static enum err note_holder(struct hub *hub, const json_t *row, struct error *e)
{
	const char *site = json_text(row, "site");
	struct keyring ring = {.hub = hub, .site = site};
	struct view view;
	struct mainkey m;
	int64_t order = 0;
	view_begin(&view, hub, site, &ring, NULL, NULL);
	enum err r = db_int(hub->db, HUB_SQL_ORDER_RECORD_FIND, 0, &order, e, "tt", site, json_text(row, "order_no"));
	if (!r)
		r = mainkey_find(&view, order, json_number(row, "item"), &m, e);
	if (!r)
		r = mainkey_note(hub, &m, site, json_text(row, "key"), e);
	view_end(&view);
	keyring_free(&ring);
	return r;
}

static enum err note_pair(struct hub *hub, const json_t *row, struct error *e)
{
	return authority_note_pair(hub, json_text(row, "serial"), e);
}

static const struct work works[] = {
	{"ca_holders", HUB_SQL_CA_HOLDER_MISSING, note_holder},
	{"ca_pairs", HUB_SQL_CA_PAIR_MISSING, note_pair},
};

/* Those behind `after`, which becomes the last one's serial. */
static enum err note_some(struct hub *hub, const struct work *w, char after[CERT_SERIAL_SIZE], bool *more, struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	enum err r = db_begin(hub->db, e);
	if (!r && !(r = db_lock(hub->db, "ca", w->mark, e)))
		r = db_list(hub->db, w->missing, &rows, e, "t", after);
	json_array_foreach(rows, i, row) {
		if (!r)
			r = w->note(hub, row, e);
		text_copy(after, CERT_SERIAL_SIZE, json_text(row, "serial"));
	}
	*more = !r && json_array_size(rows);
	if (!r && !*more)
		r = db_run(hub->db, HUB_SQL_SETTING_SET, NULL, e, "tt", w->mark, "1");
	if (!r)
		r = db_commit(hub->db, e);
	db_rollback(hub->db);
	json_decref(rows);
	return r;
}

static enum err run(struct hub *hub, const struct work *w, struct error *e)
{
	json_t *done = NULL;
	char after[CERT_SERIAL_SIZE] = "";
	bool more = true;
	enum err r = db_row(hub->db, HUB_SQL_SETTING_GET, &done, e, "t", w->mark);
	if (!r && !done && !(r = authority_open(hub, e)))
		while (!r && more)
			r = note_some(hub, w, after, &more, e);
	json_decref(done);
	return r;
}

enum err catchup_run(struct hub *hub, struct error *e)
{
	enum err r = OK;
	for (size_t i = 0; !r && i < sizeof works / sizeof *works && authority_exists(hub); i++)
		r = run(hub, &works[i], e);
	return r;
}
