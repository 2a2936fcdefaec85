/* Custody at headquarters: whatever a site tries with orders that it may not is refused, and nobody's order moves by it. */
#include "custody_case.h"
#include "desk/custodyrow.h"

/* The counter has the order that is away again, by its own word alone. */
static void taken_back(struct hub_case *c)
{
	int64_t changed;
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_CUSTODY_SET, &changed, &c->e, "itt", order_id(c, COUNTER, c->no), codes[COUNTER], CUSTODY_HEADQUARTERS),
	        &c->e);
	rogue_commit(c, COUNTER, "custody.back", "system", c->no, NULL);
}

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
	int64_t given = 0;
	away(c);
	taken_back(c);
	struct desk *d = c->d[COUNTER];
	d->timer = true;
	site_is(OK, custody_give(d, &given, &c->e), &c->e);
	d->timer = false;
	assert_int_equal(1, given);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "CUSTODY");
	assert_string_equal(codes[REVIEW], held_by(c->no));
	assert_true(refused_at(COUNTER) >= 2);
}

/* The order is away, and its review says that op1 approved it; the entry that `actor` did. */
static void approved_by_op1(struct hub_case *c, const char *actor)
{
	away(c);
	struct desk *d = c->d[REVIEW];
	int64_t changed, id = order_id(c, REVIEW, c->no);
	assert_string_equal("op1", c->site[REVIEW].people[1].login);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_REVIEW_DECIDE, NULL, &c->e, "iiit", id, c->site[REVIEW].people[1].id, desk_now(d), ""), &c->e);
	site_is(OK, store_run(d->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", id, "approved", "in-review"), &c->e);
	rogue_commit(c, REVIEW, "review.approve", actor, c->no, NULL);
	SYNC(c, REVIEW);
}

/* A decision that nobody with the role made. */
static void a_decision_is_a_reviewers(void **state)
{
	struct hub_case *c = *state;
	approved_by_op1(c, "op1");
	REFUSED(REVIEW, "ROLE");
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

static void the_one_who_decided_is_the_one_who_acted(void **state)
{
	struct hub_case *c = *state;
	approved_by_op1(c, "rv1");
	REFUSED(REVIEW, "REVIEWER");
}

/* op1 of the counter is rv1 of the review site, by their number, and keyed the order in that is there now. */
static void keyed_by_the_reviewer(struct hub_case *c)
{
	named(c, COUNTER, "op1", "王一人");
	named(c, REVIEW, "rv1", "王一人");
	numbered(c, COUNTER, "op1", "E-1001");
	numbered(c, REVIEW, "rv1", "E-1001");
	away(c);
}

/* A row of the review site's own copies is another now, by its administrator's word. */
static void copy_altered(struct hub_case *c, const char *kind, int64_t id, json_t *row)
{
	struct desk *d = c->d[REVIEW];
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, replica_put(d->store, kind, row, &id, &c->e), &c->e);
	rogue_commit(c, REVIEW, strcmp(kind, "staff") == 0 ? "staff.number" : "review.claim", strcmp(kind, "staff") == 0 ? "root1" : "rv1", c->no, NULL);
	json_decref(row);
}

static int64_t copied_keyer(struct hub_case *c)
{
	int64_t id = 0;
	char login[40];
	snprintf(login, sizeof login, "%s/op1", codes[COUNTER]);
	site_is(OK, store_int(c->d[REVIEW]->store, SQL_STAFF_BY_LOGIN_ANY, 0, &id, &c->e, "t", (const char *)login), &c->e);
	assert_true(id > 0);
	return id;
}

static void stays_away(struct hub_case *c)
{
	SYNC(c, REVIEW);
	REFUSED(REVIEW, "REVIEWER");
	assert_true(alarmed(REVIEW, "refused", "REVIEWER"));
	assert_string_equal(codes[REVIEW], held_by(c->no));
	assert_null(newest(c, COUNTER, "custody"));
}

/* Who keyed it in is in the home's own journal: a review site that takes the number from its copy of them is found out. */
static void a_number_stripped_from_a_copy_makes_no_other_person(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	keyed_by_the_reviewer(c);
	site_as(&c->site[REVIEW], c->d[REVIEW], "rv1");
	site_is(ERR_DESK_SEPARATION, review_claim(c->d[REVIEW], c->no, &out, &c->e), &c->e);
	copy_altered(c, "staff", copied_keyer(c), json_pack("{ss}", "number", ""));
	approved(c, REVIEW);
	stays_away(c);
}

/* … and one that takes them off the order. */
static void keyers_stripped_from_a_copy_keyed_it_in_nevertheless(void **state)
{
	struct hub_case *c = *state;
	keyed_by_the_reviewer(c);
	copy_altered(c, "orders", order_id(c, REVIEW, c->no), json_pack("{ss}", "keyers", ","));
	approved(c, REVIEW);
	stays_away(c);
}

/* Somebody else of the same review site is none of them, whatever the copies say. */
static void another_reviewer_decides(void **state)
{
	struct hub_case *c = *state;
	keyed_by_the_reviewer(c);
	numbered(c, REVIEW, "rv1", "E-1002");
	approved(c, REVIEW);
	SYNC(c, REVIEW);
	nothing_refused();
	assert_string_equal(codes[COUNTER], held_by(c->no));
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
		taken_back(c);
	}
	give_altered(c, change_nothing);
	assert_int_equal((int)(sizeof changes / sizeof *changes), refused_at(COUNTER));
	assert_string_equal(codes[REVIEW], held_by(c->no));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_order_that_is_away_is_not_changed_at_home),
		HUB_TEST(an_order_is_given_once),
		HUB_TEST(a_decision_is_a_reviewers),
		HUB_TEST(the_one_who_decided_is_the_one_who_acted),
		HUB_TEST(a_number_stripped_from_a_copy_makes_no_other_person),
		HUB_TEST(keyers_stripped_from_a_copy_keyed_it_in_nevertheless),
		HUB_TEST(another_reviewer_decides),
		HUB_TEST(a_decision_goes_home_as_it_was_made),
		HUB_TEST(what_is_sealed_says_what_the_entry_says),
		HUB_TEST(a_review_site_gives_to_nobody_but_its_home),
		HUB_TEST(nobody_takes_what_was_not_given),
		HUB_TEST(nobody_has_orders_with_another_sites_number),
		HUB_TEST(what_is_handed_over_is_what_was_journalled),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
