/* Orders that move: to a review site as a bundle, home as a decision, and nothing else that a bundle may do. */
#include "case.h"
#include "away.h"
#include "desk/custodyrow.h"
#include "desk/orderrow.h"

static struct site review_site, second_site;
static json_t *out;

/* For the next result; the one before is done with. */
static json_t **fresh(void)
{
	json_decref(out);
	out = NULL;
	return &out;
}

struct away {
	struct unit_case *c;
	struct site site;
	struct desk *d; /* the review site */
	struct error e;
	int64_t feed;
};

#define GOOD(call) site_is(OK, call, &c->e)

static int both_make(void **state)
{
	base_make(state);
	site_make_as(&review_site, "000000-R1", 0);
	site_make_as(&second_site, "000000-R2", 0);
	return 0;
}

static int both_end(void **state)
{
	site_end(&review_site);
	site_end(&second_site);
	return base_end(state);
}

static int away_make(void **state)
{
	struct away *a = calloc(1, sizeof *a);
	void *inner = NULL;
	char name[16];
	case_make(&inner);
	a->c = inner;
	snprintf(name, sizeof name, "r%d", case_number);
	site_copy(&review_site, name, &a->site);
	a->d = site_open(&a->site);
	a->d->clock.fixed = a->c->d->clock.fixed;
	joined(a->c->d, &a->e);
	joined(a->d, &a->e);
	*state = a;
	return 0;
}

static int away_end(void **state)
{
	struct away *a = *state;
	void *inner = a->c;
	desk_close(&a->d);
	case_end(&inner);
	json_decref(out);
	out = NULL;
	free(a);
	return 0;
}

static void in_review_away(struct away *a)
{
	struct unit_case *c = a->c;
	int64_t count = 0;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	c->d->timer = true;
	GOOD(custody_give(c->d, &count, &c->e));
	c->d->timer = false;
	assert_int_equal(count, 1);
}

static enum err take(struct away *a, struct desk *to, const char *from, const json_t *bundle, const uint8_t *key, const char *decision)
{
	struct custody_item item = {.order = a->c->no, .from = from, .home = "110114-01", .decision = decision, .seq = 1, .feed = ++a->feed,
	                            .bundle = bundle, .key = key};
	to->timer = true;
	enum err r = custody_take(to, &item, &a->e);
	to->timer = false;
	return r;
}

static void reach_review(struct away *a)
{
	uint8_t key[DATA_KEY_SIZE];
	in_review_away(a);
	json_t *bundle = given(a->c->d, key, &a->e);
	site_is(OK, take(a, a->d, "110114-01", bundle, key, ""), &a->e);
	json_decref(bundle);
}

static void come_back(struct away *a, const char *decision)
{
	uint8_t key[DATA_KEY_SIZE];
	json_t *said = given(a->d, key, &a->e);
	site_is(OK, take(a, a->c->d, "000000-R1", said, NULL, decision), &a->e);
	json_decref(said);
}

static const char *status_there(struct away *a, struct desk *d, const char *login, const struct site *site)
{
	site_as(site, d, login);
	site_is(OK, order_show(d, a->c->no, fresh(), &a->e), &a->e);
	return json_text(out, "status");
}

static void test_an_order_in_review_is_only_looked_at_here(void **state)
{
	struct away *a = *state;
	struct unit_case *c = a->c;
	in_review_away(a);
	assert_string_equal(status_there(a, c->d, "op1", &c->site), "in-review");
	assert_string_equal(json_text(out, "next_who"), "总部");
	site_as(&c->site, c->d, "rv1");
	site_is(ERR_DESK_CUSTODY, review_claim(c->d, c->no, fresh(), &c->e), &c->e);
	site_is(ERR_DESK_QUEUE_EMPTY, review_claim(c->d, NULL, fresh(), &c->e), &c->e);
	site_as(&c->site, c->d, "op1");
	json_t *notes = json_pack("{ss}", "notes", "别处在审");
	site_is(ERR_DESK_CUSTODY, draft_edit(c->d, c->no, notes, &c->e), &c->e); /* signed or not */
	json_decref(notes);
	chain_is_whole(c->d, &c->e);
}

static void test_what_somebody_has_claimed_stays(void **state)
{
	struct away *a = *state;
	struct unit_case *c = a->c;
	int64_t count = 0;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "rv1");
	GOOD(store_run(c->d->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)0));
	GOOD(review_claim(c->d, c->no, fresh(), &c->e)); /* before there was a review site */
	GOOD(store_run(c->d->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)1));
	GOOD(custody_give(c->d, &count, &c->e));
	assert_int_equal(count, 0);
	GOOD(review_claim(c->d, c->no, fresh(), &c->e));
	GOOD(review_approve(c->d, c->no, fresh(), &c->e));
}

/* However long the line is down, or in the second before it went. */
static void test_what_headquarters_reviews_is_never_reviewed_here(void **state)
{
	struct away *a = *state;
	struct unit_case *c = a->c;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "rv1");
	site_is(ERR_DESK_REVIEW_AWAY, review_claim(c->d, c->no, fresh(), &c->e), &c->e);
	site_is(ERR_DESK_QUEUE_EMPTY, review_claim(c->d, NULL, fresh(), &c->e), &c->e);
	site_is(ERR_DESK_CLAIM_FIRST, review_approve(c->d, c->no, fresh(), &c->e), &c->e);
	GOOD(order_show(c->d, c->no, fresh(), &c->e));
	assert_string_equal(json_text(out, "next_who"), "总部（线路通时自动送去）");
	GOOD(store_run(c->d->store, SQL_SYNC_STATE_REVIEW, NULL, &c->e, "i", (int64_t)0)); /* the last review site is gone */
	GOOD(review_claim(c->d, c->no, fresh(), &c->e));
	chain_is_whole(c->d, &c->e);
}

static void test_approved_elsewhere_is_issued_here(void **state)
{
	struct away *a = *state;
	reach_review(a);
	assert_string_equal(status_there(a, a->d, "rv1", &a->site), "in-review");
	assert_string_equal(json_text(json_object_get(out, "fields"), "unit_name"), "北京示例科技有限公司");
	assert_int_equal(json_array_size(json_object_get(out, "items")), 1);
	assert_string_equal(json_text(out, "staff"), "王受理");
	site_is(OK, review_claim(a->d, a->c->no, fresh(), &a->e), &a->e);
	site_is(OK, review_approve(a->d, a->c->no, fresh(), &a->e), &a->e);
	site_is(ERR_DESK_CUSTODY, review_claim(a->d, a->c->no, fresh(), &a->e), &a->e);
	/* what is still to do is home's: no list and no deadline of the review site holds it any more */
	json_t *counts = NULL;
	int64_t running = -1;
	site_is(OK, store_rows(a->d->store, SQL_ORDER_COUNTS, &counts, &a->e, ""), &a->e);
	assert_int_equal(json_array_size(counts), 0);
	json_decref(counts);
	json_t *filter = json_pack("{ss sb}", "status", "approved", "queue", 1);
	site_is(OK, order_list(a->d, filter, fresh(), &a->e), &a->e);
	assert_int_equal(json_array_size(out), 0);
	json_decref(filter);
	site_is(OK, store_int(a->d->store, SQL_DEADLINE_LATE_COUNT, -1, &running, &a->e, "i", desk_now(a->d) + 365 * 86400), &a->e);
	assert_int_equal(running, 0);
	come_back(a, "approve");
	assert_string_equal(status_there(a, a->c->d, "op1", &a->c->site), "approved");
	assert_string_equal(json_text(out, "reviewer"), "赵审核");
	chain_is_whole(a->c->d, &a->e);
	chain_is_whole(a->d, &a->e);
}

static void test_returned_elsewhere_is_a_draft_here_and_goes_again(void **state)
{
	struct away *a = *state;
	struct unit_case *c = a->c;
	uint8_t key[DATA_KEY_SIZE];
	char code[32];
	int64_t count = 0;
	reach_review(a);
	site_as(&a->site, a->d, "rv1");
	site_is(OK, review_claim(a->d, c->no, fresh(), &a->e), &a->e);
	site_is(OK, review_return(a->d, c->no, "印章不清楚", fresh(), &a->e), &a->e);
	come_back(a, "return");
	assert_string_equal(status_there(a, c->d, "op1", &c->site), "returned");
	assert_string_equal(json_text(out, "decision"), "印章不清楚");
	/* a clearer scan, signed again: the second bundle takes the place of the first */
	GOOD(attach_add(c->d, c->no, "seal-sample", site_picture(&c->site, "clearer-seal.jpg"), false, fresh(), &c->e));
	later(c, 120);
	a->d->clock.fixed = c->d->clock.fixed;
	GOOD(sign_send(c->d, c->no, fresh(), &c->e));
	site_message(&c->site, "sms", "验证码", code);
	GOOD(sign_code(c->d, c->no, code, fresh(), &c->e));
	GOOD(custody_give(c->d, &count, &c->e));
	assert_int_equal(count, 1);
	json_t *bundle = given(c->d, key, &a->e);
	site_is(OK, take(a, a->d, "110114-01", bundle, key, ""), &a->e);
	json_decref(bundle);
	assert_string_equal(status_there(a, a->d, "rv1", &a->site), "in-review");
	assert_int_equal(json_array_size(json_object_get(out, "items")), 1);
	chain_is_whole(a->d, &a->e);
	chain_is_whole(c->d, &a->e);
}

static void test_money_of_an_order_rejected_elsewhere_waits_here(void **state)
{
	struct away *a = *state;
	reach_review(a);
	site_as(&a->site, a->d, "rv1");
	site_is(OK, review_claim(a->d, a->c->no, fresh(), &a->e), &a->e);
	site_is(OK, review_reject(a->d, a->c->no, "资料不实", fresh(), &a->e), &a->e);
	assert_string_equal(status_there(a, a->d, "rv1", &a->site), "rejected");
	come_back(a, "reject");
	assert_string_equal(status_there(a, a->c->d, "op1", &a->c->site), "refunding");
	chain_is_whole(a->c->d, &a->e);
}

static void test_who_keyed_it_in_is_the_same_person_at_the_review_site(void **state)
{
	struct away *a = *state;
	struct order o = {0};
	int64_t keyer = 0;
	reach_review(a);
	site_is(OK, order_load(a->d, a->c->no, &o, &a->e), &a->e);
	site_is(OK, store_int(a->d->store, SQL_STAFF_BY_LOGIN_ANY, 0, &keyer, &a->e, "t", "110114-01/op1"), &a->e);
	assert_true(keyer > 0);
	struct staff same = {.id = keyer};
	site_is(ERR_DESK_SEPARATION, order_separate(a->d, &o, &same, MAY_REVIEW, &a->e), &a->e);
	assert_string_equal(o.home, "110114-01");
	order_free(&o);
	/* and nobody who could be let in */
	site_as(&a->site, a->d, "root1");
	assert_int_not_equal(OK, staff_roles(a->d, "110114-01/op1", "reviewer", &a->e));
	site_is(OK, staff_list(a->d, fresh(), &a->e), &a->e);
	assert_int_equal(json_array_size(out), 6);
}

/* A certificate that went on from counter to counter brought them under other numbers: still one person. */
static void test_somebody_who_came_another_way_is_known(void **state)
{
	struct away *a = *state;
	int64_t first = 0, second = 0, keyer = 0;
	json_t *map = json_array();
	site_is(OK, store_begin(a->d->store, &a->e), &a->e);
	site_is(OK, custody_person(a->d, "110114-03", 5, "110114-01/op1", "王受理", "", map, &first, &a->e), &a->e);
	site_is(OK, custody_person(a->d, "110114-04", 9, "110114-01/op1", "王受理", "", map, &second, &a->e), &a->e);
	a->d->timer = true;
	site_is(OK, desk_commit(a->d, MAY_SYNC, "custody.certificate", a->d->site, NULL, NULL, &a->e), &a->e);
	a->d->timer = false;
	assert_true(first > 0);
	assert_int_equal(first, second);
	assert_int_equal(json_array_size(map), 1);
	json_decref(map);
	reach_review(a);
	site_is(OK, store_int(a->d->store, SQL_STAFF_BY_LOGIN_ANY, 0, &keyer, &a->e, "t", "110114-01/op1"), &a->e);
	assert_int_equal(first, keyer);
}

static void test_a_decision_is_carried_out_once(void **state)
{
	struct away *a = *state;
	uint8_t key[DATA_KEY_SIZE];
	reach_review(a);
	site_as(&a->site, a->d, "rv1");
	site_is(OK, review_claim(a->d, a->c->no, fresh(), &a->e), &a->e);
	site_is(OK, review_approve(a->d, a->c->no, fresh(), &a->e), &a->e);
	json_t *said = given(a->d, key, &a->e);
	site_is(OK, take(a, a->c->d, "000000-R1", said, NULL, "approve"), &a->e);
	size_t messages = site_messages(&a->c->site, "sms");
	site_is(OK, take(a, a->c->d, "000000-R1", said, NULL, "approve"), &a->e);
	assert_int_equal(site_messages(&a->c->site, "sms"), messages);
	json_decref(said);
}

static void test_what_headquarters_refuses_comes_back_and_stays(void **state)
{
	struct away *a = *state;
	struct unit_case *c = a->c;
	int64_t count = 0;
	in_review_away(a);
	c->d->timer = true;
	GOOD(custody_refused(c->d, c->no, 9, "not yours", 1, &c->e));
	GOOD(custody_give(c->d, &count, &c->e));
	c->d->timer = false;
	assert_int_equal(count, 0);
	site_as(&c->site, c->d, "rv1");
	GOOD(review_claim(c->d, c->no, fresh(), &c->e));
	chain_is_whole(c->d, &c->e);
}

/* Each change to a right bundle that may write nothing. */
static void alter(json_t *bundle, int how)
{
	json_t *records = json_object_get(bundle, "records"), *record, *row;
	size_t i;
	json_array_foreach(records, i, record)
	{
		row = json_object_get(record, "row");
		bool order = strcmp(json_text(record, "kind"), "orders") == 0;
		if (how == 0 && order) /* somebody else's order */
			json_object_set_new(row, "no", json_string("X"));
		if (how == 1 && order) /* a reference past the list's end */
			json_object_set_new(row, "customer_id", json_integer(5000));
		if (how == 2 && order)
			json_object_set_new(row, "custodian\" = 1; --", json_string("x"));
		if (how == 3) /* says that these rows are the receiver's own */
			json_object_set_new(record, "site", json_string("000000-R1"));
		if (how == 4 && i == 0)
			json_object_set_new(record, "kind", json_string("headquarters"));
		if (how == 5 && order)
			json_object_set_new(row, "id", json_integer(1));
		if (how == 6 && order)
			json_object_set_new(row, "data", json_string("zz"));
		if (how == 7 && order)
			json_object_set_new(row, "status", json_string("made-up"));
	}
	if (how == 8)
		json_array_clear(records);
	if (how == 9)
		json_object_set_new(bundle, "home", json_string("000000-R1"));
	if (how == 10)
		json_object_set_new(bundle, "records", json_string("none"));
}

/* A newer program's table or column, by a name that one could have: told apart, and nothing is written either. */
static void test_a_newer_programs_bundle_has_no_place_here(void **state)
{
	struct away *a = *state;
	uint8_t key[DATA_KEY_SIZE];
	in_review_away(a);
	json_t *bundle = given(a->c->d, key, &a->e);
	for (int how = 0; how < 3; how++) {
		json_t *newer = json_deep_copy(bundle), *record, *records = json_object_get(newer, "records");
		size_t i;
		json_array_foreach(records, i, record)
			if (how < 2 && strcmp(json_text(record, "kind"), "orders") == 0)
				json_object_set_new(json_object_get(record, "row"), "shade", json_string(how ? "" : "green"));
		if (how == 2)
			json_object_set_new(json_array_get(records, 0), "kind", json_string("keepsake"));
		site_is(how == 1 ? OK : ERR_STORE_NO_PLACE, take(a, a->d, "110114-01", newer, key, ""), &a->e);
		json_decref(newer);
	}
	json_decref(bundle);
}

static void test_a_wrong_bundle_writes_nothing(void **state)
{
	struct away *a = *state;
	uint8_t key[DATA_KEY_SIZE];
	int64_t before, after, at;
	char hash[DIGEST_TEXT_SIZE];
	in_review_away(a);
	json_t *bundle = given(a->c->d, key, &a->e);
	site_is(OK, journal_head(a->d->store, &before, &at, hash, &a->e), &a->e);
	for (int how = 0; how <= 10; how++) {
		json_t *wrong = json_deep_copy(bundle);
		alter(wrong, how);
		site_is(ERR_STORE_REPLICA, take(a, a->d, "110114-01", wrong, key, ""), &a->e);
		json_decref(wrong);
	}
	site_is(OK, journal_head(a->d->store, &after, &at, hash, &a->e), &a->e);
	assert_int_equal(before, after);
	site_is(OK, take(a, a->d, "110114-01", bundle, key, ""), &a->e);
	json_decref(bundle);
	chain_is_whole(a->d, &a->e);
}

static void test_a_decision_on_what_is_not_ours_is_refused(void **state)
{
	struct away *a = *state;
	json_t *said = json_pack("{ss ss s{ss ss si} sI ss}", "order", a->c->no, "decision", "approve", "reviewer", "login", "x", "name", "x", "id", 1,
	                         "decided_at", (json_int_t)desk_now(a->d), "reason", "");
	reach_review(a);
	json_object_set_new(said, "order", json_string(a->c->no));
	site_is(ERR_STORE_REPLICA, take(a, a->d, "000000-R2", said, NULL, "approve"), &a->e);
	json_object_set_new(said, "decision", json_string("issue"));
	site_is(ERR_STORE_REPLICA, take(a, a->c->d, "000000-R2", said, NULL, "issue"), &a->e);
	json_decref(said);
}

/* R2, joined, at the same hour. */
static struct desk *second_open(struct away *a, struct site *site)
{
	char name[16];
	snprintf(name, sizeof name, "s%d", case_number);
	site_copy(&second_site, name, site);
	struct desk *d = site_open(site);
	d->clock.fixed = a->c->d->clock.fixed;
	joined(d, &a->e);
	return d;
}

static void pass_on(struct away *a, struct desk *from, const struct site *site, const char *to, struct desk *there)
{
	uint8_t key[DATA_KEY_SIZE];
	char code[40];
	snprintf(code, sizeof code, "%s", from->site);
	site_as(site, from, "rv1");
	site_is(OK, review_pass(from, a->c->no, to, "", fresh(), &a->e), &a->e);
	json_t *bundle = given(from, key, &a->e);
	site_is(OK, take(a, there, code, bundle, key, ""), &a->e);
	json_decref(bundle);
}

static void test_passed_on_to_another_review_site_it_goes_home_from_there(void **state)
{
	struct away *a = *state;
	struct site site;
	uint8_t key[DATA_KEY_SIZE];
	struct order o = {0};
	struct desk *second = second_open(a, &site);
	reach_review(a);
	pass_on(a, a->d, &a->site, "000000-R2", second);
	/* the first one has no work with it any more, and only looks on */
	int64_t late_there = 0, late_here = 0, far = desk_now(a->d) + 400 * 86400;
	site_is(OK, store_int(second->store, SQL_DEADLINE_LATE_COUNT, 0, &late_there, &a->e, "i", far), &a->e);
	site_is(OK, store_int(a->d->store, SQL_DEADLINE_LATE_COUNT, 0, &late_here, &a->e, "i", far), &a->e);
	assert_int_equal(late_there, 1);
	assert_int_equal(late_here, 0);
	site_as(&a->site, a->d, "rv1");
	site_is(ERR_DESK_CUSTODY, review_claim(a->d, a->c->no, fresh(), &a->e), &a->e);
	site_is(ERR_DESK_CUSTODY, review_pass(a->d, a->c->no, "000000-R3", "", fresh(), &a->e), &a->e);
	/* the second has all of it, and knows whose it is */
	assert_string_equal(status_there(a, second, "rv1", &site), "in-review");
	assert_string_equal(json_text(json_object_get(out, "fields"), "unit_name"), "北京示例科技有限公司");
	assert_int_equal(json_array_size(json_object_get(out, "items")), 1);
	site_is(OK, order_load(second, a->c->no, &o, &a->e), &a->e);
	assert_string_equal(o.home, "110114-01");
	order_free(&o);
	site_is(OK, review_list(second, fresh(), &a->e), &a->e);
	assert_string_equal(json_text(json_array_get(out, 0), "site"), "110114-01");
	site_is(OK, review_claim(second, a->c->no, fresh(), &a->e), &a->e);
	site_is(OK, review_approve(second, a->c->no, fresh(), &a->e), &a->e);
	json_t *said = given(second, key, &a->e);
	site_is(OK, take(a, a->c->d, "000000-R2", said, NULL, "approve"), &a->e);
	json_decref(said);
	assert_string_equal(status_there(a, a->c->d, "op1", &a->c->site), "approved");
	chain_is_whole(a->c->d, &a->e);
	chain_is_whole(a->d, &a->e);
	chain_is_whole(second, &a->e);
	desk_close(&second);
}

static void test_passed_on_and_back_it_is_the_same_order(void **state)
{
	struct away *a = *state;
	struct site site;
	struct desk *second = second_open(a, &site);
	reach_review(a);
	pass_on(a, a->d, &a->site, "000000-R2", second);
	pass_on(a, second, &site, "000000-R1", a->d);
	assert_string_equal(status_there(a, a->d, "rv1", &a->site), "in-review");
	assert_int_equal(json_array_size(json_object_get(out, "items")), 1);
	site_is(OK, review_claim(a->d, a->c->no, fresh(), &a->e), &a->e);
	site_is(OK, review_reject(a->d, a->c->no, "资料不实", fresh(), &a->e), &a->e);
	come_back(a, "reject");
	assert_string_equal(status_there(a, a->c->d, "op1", &a->c->site), "refunding");
	chain_is_whole(a->d, &a->e);
	chain_is_whole(second, &a->e);
	desk_close(&second);
}

static void test_an_order_is_passed_on_only_by_who_may(void **state)
{
	struct away *a = *state;
	static const char *const wrong[] = {"000000-R1", "110114-01", "", "../R2", "000000 R2"};
	reach_review(a);
	site_as(&a->site, a->d, "op1");
	site_is(ERR_DESK_FORBIDDEN, review_pass(a->d, a->c->no, "000000-R2", "", fresh(), &a->e), &a->e);
	site_as(&a->site, a->d, "rv1");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		site_is(ERR_DESK_POINT, review_pass(a->d, a->c->no, wrong[i], "", fresh(), &a->e), &a->e);
	/* what another reviewer has claimed */
	struct order o = {0};
	int64_t other = 0;
	site_is(OK, order_load(a->d, a->c->no, &o, &a->e), &a->e);
	site_is(OK, store_int(a->d->store, SQL_STAFF_BY_LOGIN_ANY, 0, &other, &a->e, "t", "mg1"), &a->e);
	site_is(OK, store_begin(a->d->store, &a->e), &a->e);
	site_is(OK, store_run(a->d->store, SQL_REVIEW_CLAIM_SET, NULL, &a->e, "iii", o.id, other, desk_now(a->d)), &a->e);
	a->d->timer = true;
	site_is(OK, desk_commit(a->d, MAY_REVIEW, "review.claim", o.no, NULL, NULL, &a->e), &a->e);
	a->d->timer = false;
	site_is(ERR_DESK_CLAIMED, review_pass(a->d, a->c->no, "000000-R2", "", fresh(), &a->e), &a->e);
	order_free(&o);
	assert_string_equal(status_there(a, a->d, "rv1", &a->site), "in-review");
}

static void test_without_headquarters_nothing_is_passed_on(void **state)
{
	struct away *a = *state;
	struct site site;
	char no[ORDER_NO_SIZE];
	site_copy(&second_site, "alone", &site);
	struct desk *alone = site_open(&site);
	site_paid(&site, alone, "new-unit", NULL, no);
	site_as(&site, alone, "rv1");
	site_is(ERR_SYNC_NOT_JOINED, review_pass(alone, no, "000000-R1", "", fresh(), &a->e), &a->e);
	desk_close(&alone);
}

static void test_a_site_is_shown_by_the_name_that_headquarters_told(void **state)
{
	struct away *a = *state;
	char title[SITE_TITLE_SIZE];
	json_t *names = json_pack("{ss ss ss si ss}", "110108-01", "海淀受理点", "110108-02", "", "../keys", "甲", "110108-03", 5, "110108-04", "110108-04");
	site_is(OK, site_names_keep(a->d, names, &a->e), &a->e);
	json_object_set_new(names, "110108-01", json_string("海淀第一受理点"));
	site_is(OK, site_names_keep(a->d, names, &a->e), &a->e);
	assert_string_equal("海淀第一受理点（110108-01）", site_title(a->d, "110108-01", title));
	static const char *const nameless[] = {"110108-02", "../keys", "110108-03", "110108-04", "110108-05"};
	for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++)
		assert_string_equal(nameless[i], site_title(a->d, nameless[i], title));
	assert_string_equal("总部", site_title(a->d, CUSTODY_HEADQUARTERS, title));
	json_t *longest = json_pack("{s o}", "110108-01", json_sprintf("%0300d", 1));
	site_is(OK, site_names_keep(a->d, longest, &a->e), &a->e);
	assert_non_null(strstr(site_title(a->d, "110108-01", title), "（110108-01）"));
	json_decref(longest);
	json_decref(names);
}

int main(void)
{
#define AWAY(f) cmocka_unit_test_setup_teardown(f, away_make, away_end)
	const struct CMUnitTest tests[] = {
		AWAY(test_an_order_in_review_is_only_looked_at_here), AWAY(test_what_somebody_has_claimed_stays),
		AWAY(test_what_headquarters_reviews_is_never_reviewed_here),
		AWAY(test_approved_elsewhere_is_issued_here), AWAY(test_returned_elsewhere_is_a_draft_here_and_goes_again),
		AWAY(test_money_of_an_order_rejected_elsewhere_waits_here), AWAY(test_who_keyed_it_in_is_the_same_person_at_the_review_site),
		AWAY(test_somebody_who_came_another_way_is_known),
		AWAY(test_a_decision_is_carried_out_once), AWAY(test_what_headquarters_refuses_comes_back_and_stays),
		AWAY(test_a_newer_programs_bundle_has_no_place_here),
		AWAY(test_a_wrong_bundle_writes_nothing), AWAY(test_a_decision_on_what_is_not_ours_is_refused),
		AWAY(test_passed_on_to_another_review_site_it_goes_home_from_there), AWAY(test_passed_on_and_back_it_is_the_same_order),
		AWAY(test_an_order_is_passed_on_only_by_who_may), AWAY(test_without_headquarters_nothing_is_passed_on),
		AWAY(test_a_site_is_shown_by_the_name_that_headquarters_told),
	};
	return cmocka_run_group_tests(tests, both_make, both_end);
}
