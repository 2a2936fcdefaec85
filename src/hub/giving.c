#include "hub/giving.h"

#include <openssl/x509.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "hub/bundle.h"
#include "hub/feed.h"
#include "rules/region.h"
#include "sync/envelope.h"

void giving_free(struct giving *g)
{
	json_decref(g->missing);
	*g = (struct giving){0};
}

/* --- whom it goes to --------------------------------------------------------------------------------------------- */

enum err giving_choose(struct hub *hub, const char *region, const char *product, char site[SITE_CODE_SIZE], struct error *e)
{
	json_t *rows = NULL, *row;
	size_t i;
	int best = -1;
	int64_t held = 0, weight = 1;
	site[0] = '\0';
	enum err r = db_list(hub->db, HUB_SQL_REVIEW_SHARE_SITES, &rows, e, "");
	json_array_foreach(rows, i, row) {
		const char *of = json_text(row, "product"), *in = json_text(row, "region");
		int rank = (int)region_depth(in) + (*of ? 10 : 0);
		int64_t its = json_number(row, "held"), share = json_number(row, "weight");
		if ((*of && strcmp(of, product) != 0) || !region_within(region, in) || rank < best || (rank == best && its * weight >= held * share))
			continue;
		best = rank;
		held = its;
		weight = share;
		text_copy(site, SITE_CODE_SIZE, json_text(row, "site"));
	}
	json_decref(rows);
	rows = NULL;
	if (!r && !*site && !(r = db_list(hub->db, HUB_SQL_REVIEW_SITES, &rows, e, "")) && json_array_size(rows))
		text_copy(site, SITE_CODE_SIZE, json_text(json_array_get(rows, 0), "code"));
	json_decref(rows);
	return r;
}

static enum err region_of(struct hub *hub, const char *site, char region[64], struct error *e)
{
	json_t *row = NULL;
	enum err r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", site);
	text_copy(region, 64, json_text(row, "region"));
	json_decref(row);
	return r;
}

static enum err judge_receiver(struct judging *j, struct giving *g, bool review_gives, struct error *e)
{
	struct hub *hub = j->view.hub;
	json_t *row = NULL;
	char region[64];
	enum err r = OK;
	if (!*g->to) {
		if (!(r = region_of(hub, g->home, region, e)) && !(r = giving_choose(hub, region, bundle_product(g->bundle), g->to, e)) && !*g->to)
			r = judge_refuse(j, REFUSAL_NO_REVIEW, "%s", g->order);
		return r;
	}
	r = db_row(hub->db, HUB_SQL_SITE_GET, &row, e, "t", g->to);
	bool joined = row && strcmp(json_text(row, "state"), "joined") == 0;
	bool review = joined && strcmp(json_text(row, "kind"), "review") == 0;
	bool home = joined && review_gives && strcmp(g->to, g->home) == 0;
	json_decref(row);
	if (r || ((review || home) && strcmp(g->to, j->view.site) != 0))
		return r;
	return judge_refuse(j, REFUSAL_RECEIVER, "%s %s", g->order, g->to);
}

/* --- what it is ---------------------------------------------------------------------------------------------------- */

/* One state of kind custody, of a row that is this order's here. */
static enum err find_state(struct judging *j, struct giving *g, struct error *e)
{
	char no[64];
	for (size_t i = 0; i < j->entry->state_count; i++)
		if (strcmp(j->entry->states[i].kind, "custody") == 0) {
			if (g->state)
				return judge_refuse(j, REFUSAL_BUNDLE, "%s", g->order);
			g->state = &j->entry->states[i];
			g->bundle = j->view.opened[i];
		}
	enum err r = g->state ? view_order_no(&j->view, g->state->record, no, e) : OK;
	if (!r && (!g->state || strcmp(no, g->order) != 0))
		return judge_refuse(j, REFUSAL_BUNDLE, "%s", g->order);
	return r;
}

/* What the giver itself was given, where the order isn't its own. */
static enum err earlier_bundle(struct judging *j, const char *order, json_t **out, struct error *e)
{
	struct db_rows *rows = NULL;
	char from[SITE_CODE_SIZE] = "";
	struct bytes body = {0};
	int64_t seq = 0, record = 0, version = 0, dk = 0;
	size_t length = 0;
	bool missing;
	*out = NULL;
	enum err r = db_query(j->view.hub->db, HUB_SQL_CUSTODY_GET, &rows, e, "t", order);
	if (!r && db_rows_next(rows)) {
		text_copy(from, sizeof from, db_rows_text(rows, 2));
		seq = db_rows_int(rows, 3);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (r || (r = end) || !*from || (r = db_query(j->view.hub->db, HUB_SQL_STATE_OF_KIND, &rows, e, "tti", from, "custody", seq)))
		return r;
	if (db_rows_next(rows) && !db_rows_null(rows, 3)) {
		record = db_rows_int(rows, 0);
		version = db_rows_int(rows, 1);
		dk = db_rows_int(rows, 2);
		const void *sealed = db_rows_blob(rows, 3, &length);
		r = bytes_add(&body, sealed, length);
	}
	end = db_rows_end(&rows, r ? NULL : e);
	struct keyring ring = {.hub = j->view.hub, .site = from};
	if (!r && !(r = end) && body.length)
		r = keyring_open_state(&ring, "custody", record, version, dk, body.data, body.length, out, &missing, e);
	keyring_free(&ring);
	bytes_free(&body);
	return r;
}

static enum err judge_review(struct judging *j, struct giving *g, struct error *e)
{
	json_t *row = NULL, *earlier = NULL;
	enum err r = view_now(&j->view, "orders", g->state->record, &row, e);
	if (!r && strcmp(json_text(row, "status"), "in-review") != 0)
		r = judge_refuse(j, REFUSAL_NOT_IN_REVIEW, "%s", g->order);
	if (!r && !*j->why && json_number(row, "dk") != g->state->dk)
		r = judge_refuse(j, REFUSAL_BUNDLE, "%s dk", g->order);
	if (!r && !*j->why && strcmp(g->home, j->view.site) != 0)
		r = earlier_bundle(j, g->order, &earlier, e);
	if (!r && !*j->why)
		r = bundle_judge(j, g->bundle, g->order, g->home, g->state->record, earlier, e);
	json_decref(row);
	json_decref(earlier);
	return r;
}

/* Files are the order's documents, and lie here whole as its home sent them. */
static enum err judge_files(struct judging *j, struct giving *g, struct error *e)
{
	const json_t *file;
	size_t i;
	enum err r = OK;
	json_array_foreach(g->files, i, file) {
		const char *digest = json_is_string(file) ? json_string_value(file) : "";
		struct db_rows *rows = NULL;
		if (!posted_digest(digest) || !bundle_has_file(g->bundle, digest))
			return judge_refuse(j, REFUSAL_FILE, "%s", g->order);
		if ((r = db_query(j->view.hub->db, HUB_SQL_FILE_GET, &rows, e, "tt", g->home, digest)))
			return r;
		bool whole = db_rows_next(rows) && db_rows_int(rows, 2);
		if ((r = db_rows_end(&rows, e)))
			return r;
		if (!whole && json_object_get(j->gone, digest))
			return judge_refuse(j, REFUSAL_FILE, "%s", g->order);
		if (!whole && !g->missing)
			g->missing = json_array();
		if (!whole)
			json_array_append_new(g->missing, json_string(digest));
	}
	return r;
}

static enum err judge_home(struct judging *j, struct giving *g, const json_t *custody, struct error *e)
{
	char custodian[SITE_CODE_SIZE], home[SITE_CODE_SIZE];
	enum err r = judge_custodian(j->view.hub, g->order, custodian, home, e);
	if (r)
		return r;
	/* an order that never moved: judge_holds_order has looked at its number */
	const char *right = *home ? home : j->view.site;
	if (strcmp(json_text(custody, "home"), right) != 0)
		return judge_refuse(j, REFUSAL_CUSTODY, "%s home", g->order);
	text_copy(g->home, sizeof g->home, right);
	return OK;
}

enum err giving_judge(struct judging *j, struct giving *g, struct error *e)
{
	const json_t *custody = json_object_get(json_object_get(j->entry->entry, "facts"), "custody");
	json_t *site = NULL;
	*g = (struct giving){0};
	if (*j->why)
		return OK;
	if (!custody) {
		for (size_t i = 0; i < j->entry->state_count; i++)
			if (strcmp(j->entry->states[i].kind, "custody") == 0)
				return judge_refuse(j, REFUSAL_BUNDLE, "custody %lld", (long long)j->entry->states[i].record);
		return OK;
	}
	g->any = true;
	text_copy(g->order, sizeof g->order, json_text(custody, "order"));
	text_copy(g->to, sizeof g->to, json_text(custody, "to"));
	g->decision = json_text(custody, "decision");
	g->files = json_object_get(custody, "files");
	text_copy(j->order, sizeof j->order, g->order);
	enum err r = db_row(j->view.hub->db, HUB_SQL_SITE_GET, &site, e, "t", j->view.site);
	bool review_gives = strcmp(json_text(site, "kind"), "review") == 0;
	json_decref(site);
	if (!r && !(r = find_state(j, g, e)) && !*j->why)
		r = judge_home(j, g, custody, e);
	if (!r && !*j->why && *g->decision && (!review_gives || strcmp(g->to, g->home) != 0 || json_array_size(g->files)))
		r = judge_refuse(j, REFUSAL_RECEIVER, "%s %s", g->order, g->to);
	if (!r && !*j->why && !*g->decision && review_gives && strcmp(g->to, g->home) == 0)
		r = judge_refuse(j, REFUSAL_DECISION, "%s", g->order);
	if (!r && !*j->why)
		r = *g->decision ? bundle_judge_decision(j, g->bundle, g->order, g->decision, g->state->record, e) : judge_review(j, g, e);
	if (!r && !*j->why)
		r = judge_receiver(j, g, review_gives, e);
	if (!r && !*j->why)
		r = judge_files(j, g, e);
	return r;
}

/* --- handing it over ----------------------------------------------------------------------------------------------- */

/* The order's data key for the receiver, and for nobody else. */
static enum err add_key(struct hub *hub, struct keyring *ring, int64_t dk, const char *to, json_t *item, struct error *e)
{
	X509 *certificate = NULL;
	const uint8_t *key = NULL;
	unsigned char *der = NULL;
	struct bytes cms = {0};
	enum err r = keyring_get(ring, dk, &key, e);
	if (!r && !key)
		r = error_set(e, ERR_SEALED, "%s/%lld", ring->site, (long long)dk);
	if (!r)
		r = hub_certificate(hub, to, "encrypt", &certificate, e);
	int n = r ? -1 : i2d_X509(certificate, &der);
	if (!r)
		r = n > 0 ? envelope_seal(der, (size_t)n, ring->site, dk, key, &cms, e) : error_set(e, ERR_CRYPTO, "certificate");
	if (!r)
		r = json_set_base64(item, "cms", cms.data, cms.length, e);
	json_object_set_new(item, "dk", json_integer(dk));
	bytes_free(&cms);
	OPENSSL_free(der);
	X509_free(certificate);
	return r;
}

static enum err add_files(struct hub *hub, const char *home, const char *to, const char *order, const json_t *files, json_t *item,
                          struct error *e)
{
	json_t *list = json_array();
	const json_t *file;
	size_t i;
	enum err r = db_run(hub->db, HUB_SQL_CUSTODY_FILE_FORGET, NULL, e, "tt", order, to);
	json_array_foreach(files, i, file) {
		int64_t size = 0;
		const char *digest = json_string_value(file);
		if (r || (r = db_int(hub->db, HUB_SQL_FILE_GET, 0, &size, e, "tt", home, digest)))
			break;
		json_array_append_new(list, json_pack("{sssI}", "digest", digest, "size", (json_int_t)size));
		r = db_run(hub->db, HUB_SQL_CUSTODY_FILE_INSERT, NULL, e, "tttt", to, home, digest, order);
	}
	json_object_set_new(item, "files", list);
	return r;
}

struct handing {
	const char *from, *to, *order, *home, *decision;
	int64_t seq, record, version, dk;
	struct posted_value sealed;
	const json_t *files;
};

static enum err hand_over(struct hub *hub, struct keyring *ring, const struct handing *h, struct error *e)
{
	json_t *item = json_pack("{ss ss ss sI sI sI}", "order", h->order, "from", h->from, "home", h->home, "seq", (json_int_t)h->seq, "record",
	                         (json_int_t)h->record, "version", (json_int_t)h->version);
	enum err r = item ? OK : error_set(e, ERR_MEMORY, "custody");
	if (!r && *h->decision)
		json_object_set_new(item, "decision", json_string(h->decision));
	if (!r)
		r = json_set_base64(item, "bundle", h->sealed.data, h->sealed.length, e);
	if (!r)
		r = add_key(hub, ring, h->dk, h->to, item, e);
	if (!r)
		r = add_files(hub, h->home, h->to, h->order, h->files, item, e);
	if (!r && !(r = feed_name_site(hub, item, h->home, e)))
		r = feed_name_site(hub, item, h->from, e);
	if (r) {
		json_decref(item);
		return r;
	}
	if ((r = feed_add(hub, h->to, "custody", h->order, item, e)))
		return r;
	return db_run(hub->db, HUB_SQL_CUSTODY_PUT, NULL, e, "tttti", h->order, h->home, h->to, h->from, h->seq);
}

static enum err tell_given(struct hub *hub, const char *site, const char *order, const char *to, struct error *e)
{
	json_t *item = json_pack("{ss ss}", "order", order, "to", to);
	enum err r = item ? feed_name_site(hub, item, to, e) : error_set(e, ERR_MEMORY, "%s", order);
	if (r) {
		json_decref(item);
		return r;
	}
	return feed_add(hub, site, "given", "", item, e);
}

enum err giving_note(struct judging *j, const struct giving *g, struct error *e)
{
	struct hub *hub = j->view.hub;
	const struct handing h = {.from = j->view.site, .to = g->to, .order = g->order, .home = g->home, .decision = g->decision,
	                          .seq = j->entry->seq, .record = g->state->record, .version = g->state->version, .dk = g->state->dk,
	                          .sealed = g->state->body, .files = g->files};
	enum err r = hand_over(hub, j->view.ring, &h, e);
	return r ? r : tell_given(hub, j->view.site, g->order, g->to, e);
}

/* --- taking it ----------------------------------------------------------------------------------------------------- */

static enum err find_item(struct judging *j, const char *order, const char *from, int64_t seq, struct error *e)
{
	struct db_rows *rows = NULL;
	enum err r = db_query(j->view.hub->db, HUB_SQL_FEED_CUSTODY_OF, &rows, e, "tt", j->view.site, order);
	while (!r && db_rows_next(rows)) {
		const char *text = db_rows_text(rows, 1);
		json_t *body = json_of_line(text);
		if (strcmp(json_text(body, "from"), from) == 0 && json_number(body, "seq") == seq) {
			const char *decision = json_text(body, "decision");
			text_copy(j->taken, sizeof j->taken, *decision ? decision : "review");
			j->taken_item = db_rows_int(rows, 0);
		}
		json_decref(body);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	return r ? r : end;
}

enum err giving_judge_take(struct judging *j, struct error *e)
{
	const json_t *taken = json_object_get(json_object_get(j->entry->entry, "facts"), "taken");
	const char *order = json_text(taken, "order");
	if (strcmp(j->deed.action, "custody.take") != 0)
		return taken ? judge_refuse(j, REFUSAL_NOT_GIVEN, "%s", order) : OK;
	enum err r = find_item(j, order, json_text(taken, "from"), json_number(taken, "seq"), e);
	for (size_t i = 0; !r && *j->taken && i < j->entry->state_count; i++) {
		char no[64];
		if (strcmp(j->entry->states[i].kind, "orders") != 0 || (r = view_order_no(&j->view, j->entry->states[i].record, no, e)))
			continue;
		if (strcmp(no, order) != 0) /* one order was given, one comes */
			return judge_refuse(j, REFUSAL_NOT_GIVEN, "%s", no);
	}
	return r || *j->taken ? r : judge_refuse(j, REFUSAL_NOT_GIVEN, "%s", order);
}

/* A review site can't carry out what came: the order is its home's again, where a person looks. */
static enum err note_untaken(struct judging *j, const json_t *untaken, struct error *e)
{
	struct hub *hub = j->view.hub;
	const char *order = json_text(untaken, "order"), *from = json_text(untaken, "from");
	json_t *held = NULL;
	char why[200];
	text_printable(why, sizeof why, json_text(untaken, "why"));
	enum err r = find_item(j, order, from, json_number(untaken, "seq"), e);
	if (!r)
		r = db_row(hub->db, HUB_SQL_CUSTODY_GET, &held, e, "t", order);
	if (!r && *j->taken && held && strcmp(json_text(held, "custodian"), j->view.site) == 0) {
		const char *home = json_text(held, "home");
		r = db_run(hub->db, HUB_SQL_CUSTODY_PUT, NULL, e, "tttti", order, home, home, (const char *)j->view.site, j->entry->seq);
		if (!r)
			r = feed_add(hub, home, "refused", "", json_pack("{ss sI ss}", "order", order, "seq", (json_int_t)json_number(untaken, "seq"), "why", why), e);
		if (!r)
			r = hub_alarm_once(hub, j->view.site, "untaken", why, HUB_ALARMS_A_DAY, e);
	}
	json_decref(held);
	return r;
}

enum err giving_note_take(struct judging *j, struct error *e)
{
	const json_t *untaken = json_object_get(json_object_get(j->entry->entry, "facts"), "untaken");
	enum err r = untaken && strcmp(json_text(j->entry->entry, "action"), "custody.untaken") == 0 ? note_untaken(j, untaken, e) : OK;
	return r ? r : *j->taken ? db_run(j->view.hub->db, HUB_SQL_FEED_DONE, NULL, e, "ti", j->view.site, j->taken_item) : OK;
}

/* --- from a revoked site to another ----------------------------------------------------------------------------------- */

static enum err give_again(struct hub *hub, const char *gone, const json_t *row, const char *to, struct error *e)
{
	const char *order = json_text(row, "order_no"), *from = json_text(row, "site");
	struct handing h = {.from = from, .to = to, .order = order, .home = json_text(row, "home"), .decision = "", .seq = json_number(row, "seq")};
	struct keyring ring = {.hub = hub, .site = from};
	struct bytes sealed = {0};
	struct db_rows *rows = NULL;
	json_t *entry = NULL, *items = NULL, *item;
	size_t length = 0, i;
	enum err r = db_query(hub->db, HUB_SQL_STATE_OF_KIND, &rows, e, "tti", from, "custody", h.seq);
	if (!r && db_rows_next(rows) && !db_rows_null(rows, 3)) {
		h.record = db_rows_int(rows, 0);
		h.version = db_rows_int(rows, 1);
		h.dk = db_rows_int(rows, 2);
		const void *body = db_rows_blob(rows, 3, &length);
		r = bytes_add(&sealed, body, length);
	}
	enum err end = db_rows_end(&rows, r ? NULL : e);
	if (!r && !(r = end))
		r = db_query(hub->db, HUB_SQL_ENTRY_AFTER, &rows, e, "tii", from, h.seq - 1, (int64_t)1);
	if (!r && db_rows_next(rows))
		entry = json_of_line(db_rows_text(rows, 1));
	end = db_rows_end(&rows, r ? NULL : e);
	h.sealed = (struct posted_value){sealed.data, sealed.length};
	h.files = json_object_get(json_object_get(json_object_get(entry, "facts"), "custody"), "files");
	if (!r && !(r = end) && sealed.length && !(r = hand_over(hub, &ring, &h, e)))
		r = tell_given(hub, gone, order, to, e); /* it may come back */
	if (!r)
		r = db_list(hub->db, HUB_SQL_FEED_CUSTODY_OF, &items, e, "tt", gone, order);
	json_array_foreach(items, i, item)
		if (!r)
			r = db_run(hub->db, HUB_SQL_FEED_DONE, NULL, e, "ti", gone, json_number(item, "n"));
	json_decref(items);
	json_decref(entry);
	keyring_free(&ring);
	bytes_free(&sealed);
	return r;
}

/* Once for each order: the alarm stays until a person has done something. */
static enum err alarm_stranded(struct hub *hub, const char *site, const char *order, struct error *e)
{
	return hub_alarm_once(hub, site, "stranded", order, 0, e);
}

enum err giving_rescue(struct hub *hub, struct error *e)
{
	json_t *rows = NULL, *row;
	char to[SITE_CODE_SIZE], region[64];
	size_t i;
	enum err r = db_list(hub->db, HUB_SQL_CUSTODY_STRANDED, &rows, e, "");
	json_array_foreach(rows, i, row) {
		const char *gone = json_text(row, "custodian"), *order = json_text(row, "order_no");
		if (r || (r = region_of(hub, json_text(row, "home"), region, e)) || (r = giving_choose(hub, region, "", to, e)))
			break;
		if (strcmp(json_text(row, "home"), gone) != 0) /* not its own, that came back decided */
			r = *to ? give_again(hub, gone, row, to, e) : alarm_stranded(hub, gone, order, e);
	}
	json_decref(rows);
	return r;
}
