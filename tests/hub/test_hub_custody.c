/* Custody at headquarters: orders go to a review site and come home decided; a stolen certificate finds no way to another site's
 * orders. What a site tries with them that it may not is in test_hub_custody_rogue.c. */
#include "custody_case.h"
#include "desk/sitename.h"
#include "desk/staff.h"
#include "sync/refusal.h"
#include "hub/giving.h"
#include "hub/share.h"
#include "sync/envelope.h"
#include "sync/internal.h"

static void an_order_goes_to_review_and_comes_home_approved(void **state)
{
	struct hub_case *c = *state;
	away(c);
	approved(c, REVIEW);
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
	claimed(c, REVIEW);
	site_is(OK, review_return(c->d[REVIEW], c->no, "印章不清楚", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("returned", status_at(c, COUNTER));
	/* signed again it goes there again, and is rejected */
	SYNC(c, COUNTER);
	nothing_refused();
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW);
	claimed(c, REVIEW);
	site_is(OK, review_reject(c->d[REVIEW], c->no, "材料不真实", &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	assert_string_equal("refunding", status_at(c, COUNTER));
	SYNC(c, COUNTER);
	nothing_refused();
}

/* By one person alone, which is a date in their row that doesn't travel. */
static void whoever_keyed_it_in_may_have_been_disabled(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	paid_order(c);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	site_is(OK, staff_disable(c->d[COUNTER], "op1", &c->e), &c->e);
	SYNC(c, COUNTER);
	nothing_refused();
	SYNC(c, REVIEW);
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	SYNC(c, COUNTER);
	nothing_refused();
	site_as(&c->site[COUNTER], c->d[COUNTER], "mg1");
	site_is(OK, order_show(c->d[COUNTER], c->no, &out, &c->e), &c->e);
	assert_string_equal("approved", json_text(out, "status"));
	json_decref(out);
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

static void it_is_told_by_name_whose_order_it_is(void **state)
{
	struct hub_case *c = *state;
	char title[SITE_TITLE_SIZE];
	json_t *out = NULL;
	site_at(c, COUNTER);
	site_is(OK, site_describe(hub, codes[COUNTER], "海淀受理点", NULL, &out, &c->e), &c->e);
	json_decref(out);
	away(c);
	approved(c, REVIEW);
	snprintf(title, sizeof title, "海淀受理点（%s）", codes[COUNTER]);
	site_is(OK, order_show(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	assert_string_equal(title, json_text(out, "next_who"));
	json_decref(out);
	site_is(ERR_DESK_CUSTODY, review_approve(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	assert_non_null(strstr(c->e.detail, title));
	/* of one that nobody has told of */
	assert_string_equal("110108-09", site_title(c->d[REVIEW], "110108-09", title));
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

/* "site name;site name" of what a review site may hand an order on to. */
static const char *receivers(struct hub_case *c, int i)
{
	static char text[300];
	json_t *rows = NULL, *row;
	size_t k;
	site_as(&c->site[i], c->d[i], "rv1");
	site_is(OK, review_sites(c->d[i], &rows, &c->e), &c->e);
	text[0] = '\0';
	json_array_foreach(rows, k, row)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %s", k ? ";" : "", json_text(row, "site"), json_text(row, "name"));
	json_decref(rows);
	return text;
}

static void review_sites_know_each_other(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	char wanted[200];
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, REVIEW);
	assert_string_equal(receivers(c, REVIEW), "");
	site_at(c, REVIEW2);
	site_is(OK, site_describe(hub, codes[REVIEW2], "第二审核点", NULL, &out, &c->e), &c->e);
	json_decref(out);
	SYNC(c, REVIEW);
	snprintf(wanted, sizeof wanted, "%s 第二审核点", codes[REVIEW2]);
	assert_string_equal(receivers(c, REVIEW), wanted);
	assert_null(newest(c, COUNTER, "review-sites")); /* nothing of a counter's */
	site_is(OK, site_revoke(hub, codes[REVIEW2], &c->e), &c->e);
	SYNC(c, REVIEW);
	assert_string_equal(receivers(c, REVIEW), "");
	site_as(&c->site[REVIEW], c->d[REVIEW], "is1");
	site_is(ERR_DESK_FORBIDDEN, review_sites(c->d[REVIEW], &out, &c->e), &c->e);
}

static size_t shares(struct hub_case *c)
{
	json_t *rows = NULL;
	site_is(OK, share_list(hub, &rows, &c->e), &c->e);
	size_t n = json_array_size(rows);
	json_decref(rows);
	return n;
}

static void a_revoked_review_site_has_no_share(void **state)
{
	struct hub_case *c = *state;
	site_at(c, REVIEW);
	site_at(c, REVIEW2);
	site_is(OK, share_set(hub, "110000", "", codes[REVIEW2], 1, &c->e), &c->e);
	site_is(OK, share_set(hub, "", "", codes[REVIEW], 1, &c->e), &c->e);
	assert_int_equal(shares(c), 2);
	site_is(OK, site_revoke(hub, codes[REVIEW2], &c->e), &c->e);
	assert_int_equal(shares(c), 1);
	site_is(ERR_HUB_REVOKED, share_set(hub, "110000", "", codes[REVIEW2], 2, &c->e), &c->e);
	site_is(OK, share_set(hub, "110000", "", codes[REVIEW2], 0, &c->e), &c->e); /* it can be taken out */
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
	site_is(ERR_HUB_REGION, share_set(hub, "999999", "", codes[REVIEW], 1, &c->e), &c->e); /* a slip of the finger would send nothing there */
	site_is(ERR_HUB_NO_SITE, share_set(hub, "", "", codes[COUNTER], 1, &c->e), &c->e);
	site_is(ERR_USAGE, share_set(hub, "", "", codes[REVIEW], 1001, &c->e), &c->e);
	site_is(ERR_HUB_REGION, share_set(hub, "a b", "", codes[REVIEW], 1, &c->e), &c->e);
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

static void a_region_of_the_table_holds_those_below_it(void **state)
{
	struct hub_case *c = *state;
	char to[SITE_CODE_SIZE];
	site_at(c, REVIEW);
	site_at(c, REVIEW2);
	site_is(OK, share_set(hub, "110000", "", codes[REVIEW2], 1, &c->e), &c->e);
	site_is(OK, share_set(hub, "", "", codes[REVIEW], 1, &c->e), &c->e);
	site_is(OK, giving_choose(hub, "110114", "CERT-UNIT", to, &c->e), &c->e);
	assert_string_equal(codes[REVIEW2], to);
	site_is(OK, giving_choose(hub, "310114", "CERT-UNIT", to, &c->e), &c->e);
	assert_string_equal(codes[REVIEW], to);
	site_is(OK, giving_choose(hub, "", "CERT-UNIT", to, &c->e), &c->e);
	assert_string_equal(codes[REVIEW], to);
	site_is(OK, share_set(hub, "110114", "", codes[REVIEW], 1, &c->e), &c->e);
	site_is(OK, giving_choose(hub, "110114", "CERT-UNIT", to, &c->e), &c->e);
	assert_string_equal(codes[REVIEW], to); /* the district's own goes before the city's */
	site_is(OK, giving_choose(hub, "110108", "CERT-UNIT", to, &c->e), &c->e);
	assert_string_equal(codes[REVIEW2], to);
	site_is(OK, share_set(hub, "", "CERT-UNIT", codes[REVIEW2], 1, &c->e), &c->e);
	site_is(OK, giving_choose(hub, "110114", "CERT-UNIT", to, &c->e), &c->e);
	assert_string_equal(codes[REVIEW2], to); /* and the product before both */
	site_is(ERR_HUB_REGION, share_set(hub, "11x", "", codes[REVIEW], 1, &c->e), &c->e);
	site_is(OK, share_set(hub, "11x", "", codes[REVIEW], 0, &c->e), &c->e);
}

static void orders_of_a_revoked_review_site_go_to_another(void **state)
{
	struct hub_case *c = *state;
	away(c);
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	assert_string_equal(codes[REVIEW], held_by(c->no));
	assert_true(alarmed(REVIEW, "stranded", c->no));
	site_at(c, REVIEW2);
	assert_string_equal(codes[REVIEW2], held_by(c->no));
	SYNC(c, REVIEW2);
	approved(c, REVIEW2);
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

/* Why an order came back stands on it, in people's words; returned and signed anew it is asked once more. */
static void what_was_not_taken_says_so_and_is_asked_again(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	char sentence[300];
	paid_order(c);
	line.lose_journal = true;
	sync_at(c, COUNTER);
	line.lose_journal = false;
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	SYNC(c, COUNTER);
	struct desk *d = c->d[COUNTER];
	site_as(&c->site[COUNTER], d, "op1");
	site_is(OK, order_show(d, c->no, &out, &c->e), &c->e);
	assert_non_null(strstr(refusal_sentence(json_text(out, "not_taken"), sentence, sizeof sentence), "现在没有审核点（"));
	json_decref(out);
	site_is(OK, order_history(d, c->no, &out, &c->e), &c->e);
	for (size_t i = 0; i < json_array_size(out); i++)
		assert_null(strchr(json_text(json_array_get(out, i), "action_title"), '.')); /* none by its code */
	json_decref(out);
	site_at(c, REVIEW2);
	SYNC(c, COUNTER);
	assert_string_equal("", held_by(c->no)); /* not by itself */
	claimed(c, COUNTER);
	site_is(ERR_DESK_NOT_TAKEN, review_approve(d, c->no, &out, &c->e), &c->e); /* headquarters would refuse that too */
	site_is(OK, review_return(d, c->no, "重新送审", &out, &c->e), &c->e);
	json_decref(out);
	site_as(&c->site[COUNTER], d, "op1");
	json_t *seen = json_pack("{sbsb}", "identity_seen", 1, "consent", 1);
	site_is(OK, draft_edit(d, c->no, seen, &c->e), &c->e);
	json_decref(seen);
	d->clock.fixed = desk_now(d) + 61; /* a code is sent once a minute */
	site_sign(&c->site[COUNTER], d, c->no);
	site_is(OK, order_show(d, c->no, &out, &c->e), &c->e);
	assert_true(json_is_null(json_object_get(out, "not_taken")));
	json_decref(out);
	SYNC(c, COUNTER);
	SYNC(c, REVIEW2);
	assert_string_equal(codes[REVIEW2], held_by(c->no));
	assert_string_equal("订单状态不能这样变化（7: 草稿 > 审核中）", refusal_sentence("TRANSITION: 7: draft > in-review", sentence, sizeof sentence));
	assert_string_equal("操作人的角色不允许这个操作（x/op1 收款）", refusal_sentence("ROLE: x/op1 pay.take", sentence, sizeof sentence));
}

static void what_was_not_taken_is_the_counters_again_where_no_review_site_is_left(void **state)
{
	struct hub_case *c = *state;
	paid_order(c);
	line.lose_journal = true;
	sync_at(c, COUNTER);
	line.lose_journal = false;
	site_is(OK, site_revoke(hub, codes[REVIEW], &c->e), &c->e);
	SYNC(c, COUNTER);
	approved(c, COUNTER);
	SYNC(c, COUNTER);
	assert_int_equal(1, refused_at(COUNTER)); /* that it was given to nobody */
	assert_string_equal("approved", status_at(c, COUNTER));
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
	char path[120] = "";
	paid_order(c);
	SYNC(c, COUNTER);
	json_t *item = newest(c, REVIEW, "custody"), *first = json_array_get(json_object_get(item, "files"), 0);
	snprintf(path, sizeof path, "/v1/files/%s", json_text(first, "digest"));
	json_decref(item);
	assert_int_equal(200, ask(c, REVIEW, "GET", path, "of=110114-01", NULL, 0, "", NULL));
	SYNC(c, REVIEW);
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	assert_int_equal(404, ask(c, REVIEW, "GET", path, "of=110114-01", NULL, 0, "", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_order_goes_to_review_and_comes_home_approved),
		HUB_TEST(every_decision_comes_home),
		HUB_TEST(whoever_keyed_it_in_may_have_been_disabled),
		HUB_TEST(the_giver_hears_who_has_it),
		HUB_TEST(it_is_told_by_name_whose_order_it_is),
		HUB_TEST(the_receiver_gets_one_orders_key),
		HUB_TEST(items_are_signed_for_their_site_and_number),
		HUB_TEST(counters_hear_whether_there_is_a_review_site),
		HUB_TEST(review_sites_know_each_other),
		HUB_TEST(a_revoked_review_site_has_no_share),
		HUB_TEST(review_sites_share_by_what_they_hold),
		HUB_TEST(a_table_of_shares_goes_before),
		HUB_TEST(a_region_of_the_table_holds_those_below_it),
		HUB_TEST(orders_of_a_revoked_review_site_go_to_another),
		HUB_TEST(without_a_review_site_it_comes_back_refused),
		HUB_TEST(what_was_not_taken_says_so_and_is_asked_again),
		HUB_TEST(what_was_not_taken_is_the_counters_again_where_no_review_site_is_left),
		HUB_TEST(a_stolen_certificate_finds_no_way_to_anothers_order),
		HUB_TEST(what_went_home_is_closed_to_the_review_site),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
