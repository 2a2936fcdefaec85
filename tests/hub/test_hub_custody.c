/* Custody at headquarters: orders go to a review site and come home decided; whatever else a site tries with them is refused, and
 * a stolen certificate finds no way to another site's orders. */
#include "hubcase.h"
#include "desk/attach.h"
#include "desk/custodyrow.h"
#include "hub/share.h"
#include "sync/envelope.h"
#include "sync/internal.h"

static json_t *feed_of(struct hub_case *c, int i)
{
	json_t *out = NULL;
	assert_int_equal(200, ask(c, i, "GET", "/v1/feed", "after=0", NULL, 0, "", &out));
	return out;
}

/* The newest item of a kind that is still in a site's feed, its body parsed; NULL where there is none. */
static json_t *newest(struct hub_case *c, int i, const char *kind)
{
	json_t *feed = feed_of(c, i), *item, *body = NULL;
	size_t k;
	json_array_foreach(json_object_get(feed, "items"), k, item)
		if (strcmp(json_text(item, "kind"), kind) == 0) {
			json_decref(body);
			body = json_loads(json_text(item, "body"), 0, NULL);
		}
	json_decref(feed);
	return body;
}

static const char *held_by(const char *no)
{
	static char custodian[64];
	struct db_rows *rows = NULL;
	struct error e = {0};
	custodian[0] = '\0';
	site_is(OK, db_query(hub->db, HUB_SQL_CUSTODY_GET, &rows, &e, "t", no), &e);
	if (db_rows_next(rows))
		snprintf(custodian, sizeof custodian, "%s", db_rows_text(rows, 1));
	db_rows_end(&rows, NULL);
	return custodian;
}

/* An order in review at the counter, with a review site that has joined; not synced yet. */
static void paid_order(struct hub_case *c)
{
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER); /* hears of the review site */
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
}

/* … and now at the review site. */
static void away(struct hub_case *c)
{
	paid_order(c);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

static const char *status_at(struct hub_case *c, int i)
{
	static char status[32];
	json_t *out = NULL;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, order_show(c->d[i], c->no, &out, &c->e), &c->e);
	snprintf(status, sizeof status, "%s", json_text(out, "status"));
	json_decref(out);
	return status;
}

static void nothing_refused(void)
{
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s: %s", codes[i], why_refused(i));
}

static void an_order_goes_to_review_and_comes_home_approved(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	away(c);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	assert_string_equal(codes[COUNTER], held_by(c->no));
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
	SYNC(c, COUNTER);
	nothing_refused();
	/* taken: what lay in the feeds is forgotten */
	json_t *item = newest(c, REVIEW, "custody"), *home = newest(c, COUNTER, "custody");
	assert_null(item);
	assert_null(home);
}

static void every_decision_comes_home(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	away(c);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, review_return(c->d[REVIEW], c->no, "印章不清楚", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("returned", status_at(c, COUNTER));
	/* signed again it goes there again, and is rejected */
	json_t *draft = NULL;
	site_as(&c->site[COUNTER], c->d[COUNTER], "op1");
	(void)draft;
	SYNC(c, COUNTER);
	nothing_refused();
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, review_reject(c->d[REVIEW], c->no, "材料不真实", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("refunding", status_at(c, COUNTER));
	SYNC(c, COUNTER);
	nothing_refused();
}

static void the_giver_hears_who_has_it(void **state)
{
	struct hub_case *c = *state;
	paid_order(c);
	SYNC(c, COUNTER);
	json_t *given = newest(c, COUNTER, "given");
	assert_string_equal(c->no, json_text(given, "order"));
	assert_string_equal(codes[REVIEW], json_text(given, "to"));
	json_decref(given);
}

/* The item names files, keys and states of this one order; its key is sealed to the receiver and opens nothing else. */
static void the_receiver_gets_one_orders_key(void **state)
{
	struct hub_case *c = *state;
	uint8_t key[DATA_KEY_SIZE];
	struct bytes cms = {0};
	struct sync *counter = NULL, *review = NULL;
	paid_order(c);
	SYNC(c, COUNTER);
	json_t *item = newest(c, REVIEW, "custody");
	assert_non_null(item);
	site_is(OK, sync_open(c->d[COUNTER], &counter, &c->e), &c->e);
	site_is(OK, sync_open(c->d[REVIEW], &review, &c->e), &c->e);
	const char *text = json_text(item, "cms");
	assert_true(base64_decode(text, strlen(text), &cms));
	assert_int_equal(ERR_SEALED, envelope_open(counter->encrypt, cms.data, cms.length, codes[COUNTER], json_number(item, "dk"), key, NULL));
	site_is(OK, envelope_open(review->encrypt, cms.data, cms.length, codes[COUNTER], json_number(item, "dk"), key, &c->e), &c->e);
	assert_true(json_array_size(json_object_get(item, "files")) > 0);
	sync_close(&counter);
	sync_close(&review);
	bytes_free(&cms);
	json_decref(item);
}

static void items_are_signed_for_their_site_and_number(void **state)
{
	struct hub_case *c = *state;
	json_t *item;
	size_t i;
	paid_order(c);
	SYNC(c, COUNTER);
	json_t *feed = feed_of(c, REVIEW);
	EVP_PKEY *key = X509_get0_pubkey(hub->sign);
	assert_true(json_array_size(json_object_get(feed, "items")) > 0);
	json_array_foreach(json_object_get(feed, "items"), i, item) {
		struct bytes text = {0};
		bytes_format(&text, "%s %lld %s %s", codes[REVIEW], (long long)json_number(item, "n"), json_text(item, "kind"), json_text(item, "body"));
		assert_true(line_signed(key, (char *)text.data, text.length, json_text(item, "signature")));
		text.length = 0;
		bytes_format(&text, "%s %lld %s %s", codes[COUNTER], (long long)json_number(item, "n"), json_text(item, "kind"), json_text(item, "body"));
		assert_false(line_signed(key, (char *)text.data, text.length, json_text(item, "signature")));
		bytes_free(&text);
	}
	json_decref(feed);
}

static void counters_hear_whether_there_is_a_review_site(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	json_t *route = newest(c, COUNTER, "route");
	assert_null(route);
	site_at(c, REVIEW);
	route = newest(c, COUNTER, "route");
	assert_true(json_flag(route, "review"));
	json_decref(route);
	site_at(c, OTHER); /* joins later and hears it too */
	route = newest(c, OTHER, "route");
	assert_true(json_flag(route, "review"));
	json_decref(route);
	site_at(c, REVIEW2);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	route = newest(c, COUNTER, "route");
	assert_true(json_flag(route, "review")); /* one is left */
	json_decref(route);
	site_is(OK, site_revoke(hub, codes[REVIEW2], &c->e), &c->e);
	route = newest(c, COUNTER, "route");
	assert_non_null(route);
	assert_false(json_flag(route, "review"));
	json_decref(route);
}

static void review_sites_share_by_what_they_hold(void **state)
{
	struct hub_case *c = *state;
	site_at(c, REVIEW2);
	char first[64];
	paid_order(c);
	SYNC(c, COUNTER);
	snprintf(first, sizeof first, "%s", held_by(c->no));
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	assert_string_not_equal(first, held_by(c->no));
}

static void a_table_of_shares_goes_before(void **state)
{
	struct hub_case *c = *state;
	site_at(c, REVIEW2);
	paid_order(c);
	site_is(OK, share_set(hub, "110000", "", codes[REVIEW2], 1, &c->e), &c->e);
	site_is(OK, share_set(hub, "", "", codes[REVIEW], 1, &c->e), &c->e);
	site_is(OK, share_set(hub, "310000", "", codes[REVIEW], 1, &c->e), &c->e);
	site_is(ERR_HUB_NO_SITE, share_set(hub, "", "", codes[COUNTER], 1, &c->e), &c->e);
	site_is(ERR_USAGE, share_set(hub, "", "", codes[REVIEW], 1001, &c->e), &c->e);
	site_is(ERR_USAGE, share_set(hub, "a b", "", codes[REVIEW], 1, &c->e), &c->e);
	SYNC(c, COUNTER);
	assert_string_equal(codes[REVIEW2], held_by(c->no));
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	assert_string_equal(codes[REVIEW2], held_by(c->no)); /* the region's own, though it holds more */
	site_is(OK, share_set(hub, "110000", "", codes[REVIEW2], 0, &c->e), &c->e);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	assert_string_equal(codes[REVIEW], held_by(c->no)); /* … until its row is gone */
}

static void orders_of_a_revoked_review_site_go_to_another(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	away(c);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	assert_string_equal(codes[REVIEW], held_by(c->no));
	assert_true(alarmed(REVIEW, "stranded", c->no));
	site_at(c, REVIEW2);
	assert_string_equal(codes[REVIEW2], held_by(c->no));
	SYNC(c, REVIEW2);
	site_as(&c->site[REVIEW2], c->d[REVIEW2], "rv1");
	site_is(OK, review_claim(c->d[REVIEW2], c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, review_approve(c->d[REVIEW2], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW2);
	SYNC(c, COUNTER);
	assert_string_equal("approved", status_at(c, COUNTER));
	nothing_refused();
}

static void without_a_review_site_it_comes_back_refused(void **state)
{
	struct hub_case *c = *state;
	paid_order(c);
	line.lose_journal = true; /* given already when the review site is revoked */
	sync_at(c, COUNTER);
	line.lose_journal = false;
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "NO_REVIEW");
	assert_string_equal("", held_by(c->no));
	assert_string_equal("in-review", status_at(c, COUNTER));
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER)); /* the rest flows on */
	assert_int_equal(0, hub_int(HUB_SQL_ENTRY_HEAD, "t", codes[COUNTER]) == 0);
}

/* --- a site that does what it may not ---------------------------------------------------------------------------------- */

static void an_order_that_is_away_is_not_changed_at_home(void **state)
{
	struct hub_case *c = *state;
	int64_t changed;
	away(c);
	struct desk *d = c->d[COUNTER];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", order_id(c, COUNTER, c->no), "approved", "in-review"), &c->e);
	rogue_commit(c, COUNTER, "review.approve", "rv1", c->no, NULL);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "CUSTODY");
	assert_true(alarmed(COUNTER, "refused", "CUSTODY"));
	json_t *item = newest(c, COUNTER, "entry-refused");
	assert_string_equal(c->no, json_text(item, "order"));
	json_decref(item);
	/* what it does otherwise flows on */
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER));
}

static void an_order_is_given_once(void **state)
{
	struct hub_case *c = *state;
	int64_t changed, given = 0;
	away(c);
	struct desk *d = c->d[COUNTER];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_CUSTODY_SET, &changed, &c->e, "itt", order_id(c, COUNTER, c->no), codes[COUNTER], CUSTODY_HEADQUARTERS), &c->e);
	rogue_commit(c, COUNTER, "custody.back", "system", c->no, NULL);
	d->timer = true;
	site_is(OK, custody_give(d, &given, &c->e), &c->e);
	d->timer = false;
	assert_int_equal(1, given);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "CUSTODY");
	assert_string_equal(codes[REVIEW], held_by(c->no));
	assert_true(refused_at(COUNTER) >= 2);
}

/* A decision that nobody with the role made. */
static void a_decision_is_a_reviewers(void **state)
{
	struct hub_case *c = *state;
	int64_t changed, id;
	away(c);
	struct desk *d = c->d[REVIEW];
	id = order_id(c, REVIEW, c->no);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_REVIEW_DECIDE, NULL, &c->e, "iiit", id, c->site[REVIEW].people[1].id, desk_now(d), ""), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", id, "approved", "in-review"), &c->e);
	rogue_commit(c, REVIEW, "review.approve", "op1", c->no, NULL);
	SYNC(c, REVIEW);
	REFUSED(REVIEW, "ROLE");
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

static void the_one_who_decided_is_the_one_who_acted(void **state)
{
	struct hub_case *c = *state;
	int64_t changed, id;
	away(c);
	struct desk *d = c->d[REVIEW];
	id = order_id(c, REVIEW, c->no);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_REVIEW_DECIDE, NULL, &c->e, "iiit", id, c->site[REVIEW].people[1].id, desk_now(d), ""), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", id, "approved", "in-review"), &c->e);
	rogue_commit(c, REVIEW, "review.approve", "rv1", c->no, NULL);
	SYNC(c, REVIEW);
	REFUSED(REVIEW, "REVIEWER");
}

/* Gives the order with other words than the decision is. */
static void send_home_as(struct hub_case *c, const char *decision, const char *to, const char *told)
{
	struct desk *d = c->d[REVIEW];
	int64_t changed, id = order_id(c, REVIEW, c->no);
	struct staff *rv = &c->site[REVIEW].people[2];
	json_t *row = NULL;
	assert_string_equal("rv1", rv->login);
	int64_t now = desk_now(d);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_REVIEW_DECIDE, NULL, &c->e, "iiit", id, rv->id, now, ""), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", id, "rejected", "in-review"), &c->e);
	site_is(OK, store_run(d->store, SQL_CUSTODY_SET, &changed, &c->e, "itt", id, to, codes[REVIEW]), &c->e);
	json_t *said = json_pack("{ss ss s{ss ss sI} sI ss}", "order", c->no, "decision", told, "reviewer", "login", rv->login, "name", rv->name, "id",
	                         (json_int_t)rv->id, "decided_at", (json_int_t)now, "reason", "");
	json_t *facts = json_pack("{s{ss ss ss s[] ss}}", "custody", "order", c->no, "to", to, "home", codes[COUNTER], "files", "decision", decision);
	struct rows *rows = NULL;
	site_is(OK, store_query(d->store, SQL_ORDER_GET, &rows, &c->e, "t", c->no), &c->e);
	assert_true(rows_next(rows));
	int64_t dk = rows_int(rows, 1);
	rows_end(&rows, NULL);
	site_is(OK, store_state(d->store, "custody", id, dk, said, &c->e), &c->e);
	rogue_commit(c, REVIEW, "review.reject", "rv1", c->no, facts);
	json_decref(said);
	json_decref(facts);
	json_decref(row);
	SYNC(c, REVIEW);
}

static void a_decision_goes_home_as_it_was_made(void **state)
{
	struct hub_case *c = *state;
	away(c);
	send_home_as(c, "approve", codes[COUNTER], "approve");
	REFUSED(REVIEW, "DECISION");
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

static void what_is_sealed_says_what_the_entry_says(void **state)
{
	struct hub_case *c = *state;
	away(c);
	send_home_as(c, "reject", codes[COUNTER], "approve");
	REFUSED(REVIEW, "DECISION");
}

static void a_review_site_gives_to_nobody_but_its_home(void **state)
{
	struct hub_case *c = *state;
	site_at(c, OTHER);
	away(c);
	send_home_as(c, "reject", codes[OTHER], "reject");
	REFUSED(REVIEW, "RECEIVER");
	assert_string_equal(codes[REVIEW], held_by(c->no));
	json_t *item = newest(c, OTHER, "custody");
	assert_null(item);
}

/* Whoever takes what wasn't given to them has nothing of it: the home goes on with its order. */
static void nobody_takes_what_was_not_given(void **state)
{
	struct hub_case *c = *state;
	paid_order(c);
	SYNC(c, COUNTER);
	struct desk *d = site_at(c, OTHER);
	json_t *facts = json_pack("{s{ss ss sI}}", "taken", "order", c->no, "from", codes[COUNTER], "seq", (json_int_t)hub_seq(COUNTER));
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	rogue_commit(c, OTHER, "custody.take", "system", c->no, facts);
	json_decref(facts);
	SYNC(c, OTHER);
	REFUSED(OTHER, "NOT_GIVEN");
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

/* The order of another site in one's own numbers. */
static void nobody_has_orders_with_another_sites_number(void **state)
{
	struct hub_case *c = *state;
	char own[ORDER_NO_SIZE];
	int64_t changed;
	(void)changed;
	site_at(c, OTHER);
	site_signed(&c->site[OTHER], c->d[OTHER], "new-unit", NULL, own);
	paid_order(c);
	SYNC(c, COUNTER);
	/* its journal can't hold a number that it doesn't give: a forged entry says so */
	struct desk *d = c->d[OTHER];
	int64_t at = 0;
	char hash[DIGEST_TEXT_SIZE];
	site_is(OK, journal_head(d->store, &changed, &at, hash, &c->e), &c->e);
	json_t *facts = json_pack("{s{ss ss ss s[]}}", "custody", "order", c->no, "to", "", "home", codes[OTHER], "files");
	json_t *bundle = json_pack("{ss ss s[]}", "order", c->no, "home", codes[OTHER], "records");
	int64_t id = order_id(c, OTHER, own), dk = 0;
	struct rows *rows = NULL;
	site_is(OK, store_query(d->store, SQL_ORDER_GET, &rows, &c->e, "t", own), &c->e);
	assert_true(rows_next(rows));
	dk = rows_int(rows, 1);
	rows_end(&rows, NULL);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_state(d->store, "custody", id, dk, bundle, &c->e), &c->e);
	rogue_commit(c, OTHER, "custody.give", "system", c->no, facts);
	json_decref(facts);
	json_decref(bundle);
	SYNC(c, OTHER);
	REFUSED(OTHER, "BUNDLE");
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

/* Gives the counter's order with a bundle that `change` has altered. */
static void give_altered(struct hub_case *c, void (*change)(struct hub_case *c, json_t *records))
{
	struct desk *d = c->d[COUNTER];
	struct order o = {0};
	json_t *bundle = NULL, *files = json_array();
	int64_t changed;
	struct rows *rows = NULL;
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, order_load(d, c->no, &o, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_CUSTODY_SET, &changed, &c->e, "itt", o.order_id, CUSTODY_HEADQUARTERS, codes[COUNTER]), &c->e);
	site_is(OK, custody_bundle(d, &o, &bundle, &c->e), &c->e);
	site_is(OK, store_query(d->store, SQL_CUSTODY_FILES, &rows, &c->e, "i", o.order_id), &c->e);
	while (rows_next(rows))
		json_array_append_new(files, json_string(rows_text(rows, 0)));
	rows_end(&rows, NULL);
	change(c, json_object_get(bundle, "records"));
	site_is(OK, store_state(d->store, "custody", o.order_id, o.dk, bundle, &c->e), &c->e);
	json_t *facts = json_pack("{s{ss ss ss sO}}", "custody", "order", c->no, "to", "", "home", codes[COUNTER], "files", files);
	struct step step = {.action = "custody.give", .subject = c->no, .site = codes[COUNTER], .station = "1", .actor = "system", .program = "certdesk",
	                    .facts = facts, .files = files, .now = desk_now(d)};
	site_is(OK, store_commit(d->store, &step, &c->e), &c->e);
	json_decref(facts);
	json_decref(files);
	json_decref(bundle);
	order_free(&o);
	SYNC(c, COUNTER);
}

static json_t *record_of(json_t *records, const char *kind)
{
	json_t *record;
	size_t i;
	json_array_foreach(records, i, record)
		if (strcmp(json_text(record, "kind"), kind) == 0)
			return record;
	fail_msg("no %s", kind);
	return NULL;
}

static void change_nothing(struct hub_case *c, json_t *records)
{
	(void)c;
	(void)records;
}
static void change_amount(struct hub_case *c, json_t *records)
{
	(void)c;
	json_object_set_new(json_object_get(record_of(records, "orders"), "row"), "amount", json_integer(1));
}
static void change_document(struct hub_case *c, json_t *records)
{
	(void)c;
	json_object_set_new(json_object_get(record_of(records, "document"), "row"), "digest",
	                    json_string("sha256:0000000000000000000000000000000000000000000000000000000000000000"));
}
static void drop_document(struct hub_case *c, json_t *records)
{
	(void)c;
	for (size_t i = json_array_size(records); i-- > 0;)
		if (strcmp(json_text(json_array_get(records, i), "kind"), "document") == 0) {
			json_array_remove(records, i);
			return;
		}
}
static void change_site(struct hub_case *c, json_t *records)
{
	(void)c;
	json_object_set_new(record_of(records, "customer"), "site", json_string(codes[OTHER]));
}
static void change_number(struct hub_case *c, json_t *records)
{
	(void)c;
	json_object_set_new(record_of(records, "line"), "id", json_integer(999));
}
static void change_reference(struct hub_case *c, json_t *records)
{
	(void)c;
	json_object_set_new(json_object_get(record_of(records, "line"), "row"), "order_id", json_integer(0));
}
static void add_stranger(struct hub_case *c, json_t *records)
{
	(void)c;
	json_array_append_new(records, json_pack("{ss ss si s{ss}}", "kind", "staff", "site", codes[COUNTER], "id", 1, "row", "name", "系统管理员"));
}
static void add_money(struct hub_case *c, json_t *records)
{
	(void)c;
	json_array_append_new(records, json_pack("{ss ss si s{si}}", "kind", "payment", "site", codes[COUNTER], "id", 1, "row", "amount", 1));
}

static void what_is_handed_over_is_what_was_journalled(void **state)
{
	static void (*const changes[])(struct hub_case *, json_t *) = {change_amount, change_document, drop_document, change_site,
	                                                               change_number, change_reference, add_stranger, add_money};
	struct hub_case *c = *state;
	paid_order(c);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		/* refused, it came back: it is tried with the next */
		give_altered(c, changes[i]);
		if (refused_at(COUNTER) != (int64_t)i + 1)
			fail_msg("change %zu was taken", i);
		REFUSED(COUNTER, "BUNDLE");
		assert_string_equal("", held_by(c->no));
		struct desk *d = c->d[COUNTER];
		int64_t changed;
		site_is(OK, store_begin(d->store, &c->e), &c->e);
		site_is(OK, store_run(d->store, SQL_CUSTODY_SET, &changed, &c->e, "itt", order_id(c, COUNTER, c->no), codes[COUNTER], CUSTODY_HEADQUARTERS), &c->e);
		rogue_commit(c, COUNTER, "custody.back", "system", c->no, NULL);
	}
	give_altered(c, change_nothing);
	assert_int_equal((int)(sizeof changes / sizeof *changes), refused_at(COUNTER));
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

/* --- a stolen certificate ------------------------------------------------------------------------------------------------ */

static size_t count_text(const json_t *value, const char *what)
{
	char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
	size_t n = 0;
	for (const char *at = text; at && (at = strstr(at, what)); at++)
		n++;
	free(text);
	return n;
}

/* Every route, with another site's certificate and everything that could be known of the order: nothing of it comes out. */
static void a_stolen_certificate_finds_no_way_to_anothers_order(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL, *file;
	size_t i;
	away(c);
	SYNC(c, OTHER);
	json_t *feed = feed_of(c, OTHER);
	assert_int_equal(0, count_text(feed, c->no));
	json_decref(feed);
	assert_int_equal(200, ask(c, OTHER, "GET", "/v1/journal", "after=0", NULL, 0, "", &out));
	assert_int_equal(0, count_text(out, c->no));
	json_decref(out);
	/* files: not by having or asking, not by saying whose, not by announcing them as one's own */
	json_t *digests = NULL;
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_CUSTODY_FILES, &rows, &c->e, "i", order_id(c, COUNTER, c->no)), &c->e);
	digests = json_array();
	while (rows_next(rows))
		json_array_append_new(digests, json_string(rows_text(rows, 0)));
	rows_end(&rows, NULL);
	assert_true(json_array_size(digests) > 0);
	json_array_foreach(digests, i, file) {
		char path[120], of[64];
		snprintf(path, sizeof path, "/v1/files/%s", json_string_value(file));
		for (int s = 0; s < SITES; s++) {
			snprintf(of, sizeof of, "of=%s", codes[s]);
			assert_int_equal(404, ask(c, OTHER, "GET", path, of, NULL, 0, "", NULL));
		}
		assert_int_equal(404, ask(c, OTHER, "GET", path, "of=../110114-01", NULL, 0, "", NULL));
		assert_int_equal(404, ask(c, OTHER, "GET", path, "", NULL, 0, "", NULL));
		assert_int_equal(404, ask(c, OTHER, "HEAD", path, "", NULL, 0, "", NULL));
		/* its own site gets it back (a rolled back disk), as its own alone */
		assert_int_equal(200, ask(c, COUNTER, "GET", path, "of=110114-01", NULL, 0, "", NULL));
		assert_int_equal(404, ask(c, COUNTER, "GET", path, "of=000000-R1", NULL, 0, "", NULL));
	}
	json_decref(digests);
	/* another site's data key as one's own: its envelope says whose it is */
	struct db_rows *keys = NULL;
	size_t length = 0;
	struct bytes cms = {0};
	site_is(OK, db_query(hub->db, HUB_SQL_DATA_KEY_GET, &keys, &c->e, "ti", codes[COUNTER], (int64_t)1), &c->e);
	assert_true(db_rows_next(keys));
	const void *sealed = db_rows_blob(keys, 0, &length);
	assert_int_equal(OK, base64_encode(sealed, length, &cms));
	db_rows_end(&keys, NULL);
	json_t *body = json_deep_copy(line.posted); /* of that site, its newest */
	json_object_set_new(body, "keys", json_pack("[{sI ss}]", "dk", (json_int_t)9999, "cms", (char *)cms.data));
	assert_int_equal(200, post(c, OTHER, body, NULL));
	assert_true(alarmed(OTHER, "key", "9999"));
	site_is(OK, db_query(hub->db, HUB_SQL_DATA_KEY_GET, &keys, &c->e, "ti", codes[OTHER], (int64_t)9999), &c->e);
	assert_false(db_rows_next(keys));
	db_rows_end(&keys, NULL);
	assert_int_equal(200, ask(c, OTHER, "GET", "/v1/journal", "after=0", NULL, 0, "", &out));
	json_decref(out);
	json_decref(body);
	bytes_free(&cms);
	/* and it stays where it is */
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

/* The review site itself: what it gave back is closed to it. */
static void what_went_home_is_closed_to_the_review_site(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	char path[120] = "";
	paid_order(c);
	SYNC(c, COUNTER);
	json_t *item = newest(c, REVIEW, "custody"), *first = json_array_get(json_object_get(item, "files"), 0);
	snprintf(path, sizeof path, "/v1/files/%s", json_text(first, "digest"));
	json_decref(item);
	assert_int_equal(200, ask(c, REVIEW, "GET", path, "of=110114-01", NULL, 0, "", NULL));
	SYNC(c, REVIEW);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(OK, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	site_is(OK, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	assert_int_equal(404, ask(c, REVIEW, "GET", path, "of=110114-01", NULL, 0, "", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_order_goes_to_review_and_comes_home_approved),
		HUB_TEST(every_decision_comes_home),
		HUB_TEST(the_giver_hears_who_has_it),
		HUB_TEST(the_receiver_gets_one_orders_key),
		HUB_TEST(items_are_signed_for_their_site_and_number),
		HUB_TEST(counters_hear_whether_there_is_a_review_site),
		HUB_TEST(review_sites_share_by_what_they_hold),
		HUB_TEST(a_table_of_shares_goes_before),
		HUB_TEST(orders_of_a_revoked_review_site_go_to_another),
		HUB_TEST(without_a_review_site_it_comes_back_refused),
		HUB_TEST(an_order_that_is_away_is_not_changed_at_home),
		HUB_TEST(an_order_is_given_once),
		HUB_TEST(a_decision_is_a_reviewers),
		HUB_TEST(the_one_who_decided_is_the_one_who_acted),
		HUB_TEST(a_decision_goes_home_as_it_was_made),
		HUB_TEST(what_is_sealed_says_what_the_entry_says),
		HUB_TEST(a_review_site_gives_to_nobody_but_its_home),
		HUB_TEST(nobody_takes_what_was_not_given),
		HUB_TEST(nobody_has_orders_with_another_sites_number),
		HUB_TEST(what_is_handed_over_is_what_was_journalled),
		HUB_TEST(a_stolen_certificate_finds_no_way_to_anothers_order),
		HUB_TEST(what_went_home_is_closed_to_the_review_site),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
