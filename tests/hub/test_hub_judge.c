/* What a site may do, judged at headquarters by its own states: each refusal, and that the rest flows on. */
#include "hubcase.h"
#include "store/replica.h"

static void put(struct hub_case *c, const char *kind, json_t *row, int64_t id)
{
	site_is(OK, replica_put(c->d[COUNTER]->store, kind, row, &id, &c->e), &c->e);
	json_decref(row);
}

static void begin(struct hub_case *c)
{
	site_is(OK, store_begin(site_at(c, COUNTER)->store, &c->e), &c->e);
}

static void set_status(struct hub_case *c, const char *from, const char *to)
{
	int64_t changed;
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_ORDER_SET_STATUS, &changed, &c->e, "itt", order_id(c, COUNTER, c->no), to, from), &c->e);
	assert_int_equal(1, changed);
}

static void commit(struct hub_case *c, const char *action, const char *actor)
{
	rogue_commit(c, COUNTER, action, actor, *c->no ? c->no : codes[COUNTER], NULL);
}

/* Synced: one entry was refused for this, and what is done next is taken. */
static void refused_for(struct hub_case *c, const char *name)
{
	char words[40];
	SYNC(c, COUNTER);
	snprintf(words, sizeof words, "\n%s", name);
	if (!strstr(why_refused(COUNTER), words))
		fail_msg("refused:%s, not %s", why_refused(COUNTER), name);
	assert_int_equal(1, refused_at(COUNTER));
	assert_true(alarmed(COUNTER, "refused", name));
	int64_t seq = hub_seq(COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
	assert_true(hub_seq(COUNTER) > seq);
	assert_int_equal(1, refused_at(COUNTER));
}

static void in_review(struct hub_case *c)
{
	site_at(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
}

static void signed_order(struct hub_case *c)
{
	site_at(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
}

static struct staff *person(struct hub_case *c, const char *login)
{
	for (size_t i = 0; i < c->site[COUNTER].count; i++)
		if (strcmp(c->site[COUNTER].people[i].login, login) == 0)
			return &c->site[COUNTER].people[i];
	fail();
	return NULL;
}

static void decide(struct hub_case *c, const char *reviewer)
{
	site_is(OK, store_run(c->d[COUNTER]->store, SQL_REVIEW_DECIDE, NULL, &c->e, "iiit", order_id(c, COUNTER, c->no), person(c, reviewer)->id,
	                      desk_now(c->d[COUNTER]), ""), &c->e);
}

static void an_operator_approves_nothing(void **state)
{
	struct hub_case *c = *state;
	in_review(c);
	begin(c);
	decide(c, "op1");
	set_status(c, "in-review", "approved");
	commit(c, "review.approve", "op1");
	refused_for(c, "ROLE");
}

static void nobody_unknown_acts(void **state)
{
	struct hub_case *c = *state;
	in_review(c);
	begin(c);
	decide(c, "rv1");
	set_status(c, "in-review", "approved");
	commit(c, "review.approve", "nobody");
	refused_for(c, "ACTOR");
}

static void nobody_disabled_acts(void **state)
{
	struct hub_case *c = *state;
	in_review(c);
	begin(c);
	put(c, "staff", json_pack("{si}", "disabled", 1), person(c, "rv1")->id);
	commit(c, "staff.disable", "root1");
	begin(c);
	decide(c, "rv1");
	set_status(c, "in-review", "approved");
	commit(c, "review.approve", "rv1");
	refused_for(c, "ACTOR");
}

static void a_reviewer_reviews_nothing_of_their_own(void **state)
{
	struct hub_case *c = *state;
	char keyers[32];
	in_review(c);
	begin(c);
	snprintf(keyers, sizeof keyers, ",%lld,", (long long)person(c, "rv1")->id);
	put(c, "orders", json_pack("{ss}", "keyers", keyers), order_id(c, COUNTER, c->no));
	decide(c, "rv1");
	set_status(c, "in-review", "approved");
	commit(c, "review.approve", "rv1");
	refused_for(c, "REVIEWER");
}

static void an_action_does_what_it_says(void **state)
{
	struct hub_case *c = *state;
	in_review(c);
	begin(c);
	set_status(c, "in-review", "approved");
	commit(c, "order.handover", "op1");
	refused_for(c, "TRANSITION");
}

static void nothing_is_skipped(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	begin(c);
	decide(c, "rv1");
	set_status(c, "awaiting-payment", "approved");
	commit(c, "review.approve", "rv1");
	refused_for(c, "TRANSITION");
}

static void an_action_that_nobody_knows_is_refused(void **state)
{
	struct hub_case *c = *state;
	in_review(c);
	begin(c);
	set_status(c, "in-review", "approved");
	commit(c, "order.magic", "op1");
	refused_for(c, "ACTION");
}

static void the_timer_takes_no_money(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	begin(c);
	set_status(c, "awaiting-payment", "in-review");
	commit(c, "pay.take", "system");
	refused_for(c, "ROLE");
}

static void what_isnt_paid_goes_no_further(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	begin(c);
	set_status(c, "awaiting-payment", "in-review");
	commit(c, "pay.take", "op1");
	refused_for(c, "PAYMENT");
}

static void what_isnt_signed_goes_no_further(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	begin(c);
	put(c, "signature", json_pack("{ss}", "state", "void"), 1);
	set_status(c, "awaiting-payment", "in-review");
	commit(c, "pay.take", "op1");
	refused_for(c, "SIGNATURE");
}

static void roles_are_an_administrators_to_give(void **state)
{
	struct hub_case *c = *state;
	begin(c);
	put(c, "staff", json_pack("{ss}", "roles", "operator,reviewer,issuer,manager"), person(c, "op1")->id);
	commit(c, "order.reveal", "op1");
	refused_for(c, "STAFF");
}

static void prices_are_a_managers(void **state)
{
	struct hub_case *c = *state;
	begin(c);
	put(c, "product", json_pack("{si}", "term_months", 99), 1);
	commit(c, "order.reveal", "op1");
	refused_for(c, "ROLE");
}

static void a_number_is_the_sites_own(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	SYNC(c, COUNTER);
	begin(c);
	int64_t id = 0;
	json_t *row = NULL;
	site_is(OK, replica_row(c->d[COUNTER]->store, "orders", order_id(c, COUNTER, c->no), &row, &c->e), &c->e);
	json_object_set_new(row, "no", json_string("11011402-261122-00011"));
	json_object_del(row, "id");
	site_is(OK, replica_put(c->d[COUNTER]->store, "orders", row, &id, &c->e), &c->e);
	json_decref(row);
	commit(c, "order.sign", "op1");
	refused_for(c, "NUMBER");
	/* nor does an order get another number */
	assert_int_equal(0, hub_int(HUB_SQL_ORDER_RECORD_FIND, "tt", codes[COUNTER], "11011402-261122-00011"));
}

static void a_record_stays_with_its_order(void **state)
{
	struct hub_case *c = *state;
	char first[ORDER_NO_SIZE];
	int64_t document;
	signed_order(c);
	snprintf(first, sizeof first, "%s", c->no);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_CUSTODY_PARTS, &rows, &c->e, "i", order_id(c, COUNTER, first)), &c->e);
	document = 0;
	while (rows_next(rows))
		if (strcmp(rows_text(rows, 0), "document") == 0)
			document = rows_int(rows, 1);
	rows_end(&rows, NULL);
	assert_true(document > 0);
	begin(c);
	put(c, "document", json_pack("{sI}", "order_id", (json_int_t)order_id(c, COUNTER, c->no)), document);
	commit(c, "order.voucher", "op1");
	refused_for(c, "PART");
}

static void no_certificate_without_approval(void **state)
{
	struct hub_case *c = *state;
	in_review(c);
	int64_t order = order_id(c, COUNTER, c->no), item = 0, id = 0;
	json_t *row = NULL;
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_CUSTODY_PARTS, &rows, &c->e, "i", order), &c->e);
	while (rows_next(rows))
		if (strcmp(rows_text(rows, 0), "item") == 0 && !item)
			item = rows_int(rows, 1);
	rows_end(&rows, NULL);
	begin(c);
	site_is(OK, replica_row(c->d[COUNTER]->store, "orders", order, &row, &c->e), &c->e);
	json_t *certificate = json_pack("{sI ss ss sI sI sI ss ss ss sI sI ss sI ss ss}", "dk", (json_int_t)json_number(row, "dk"), "issuer", "CN=x", "serial",
	                                "7F01", "order_id", (json_int_t)order, "item_id", (json_int_t)item, "customer_id",
	                                (json_int_t)json_number(row, "customer_id"), "key_serial", "10000001", "product", "P1", "subject", "CN=x",
	                                "not_before", (json_int_t)1, "not_after", (json_int_t)2, "state", "active", "state_at", (json_int_t)1, "custodian",
	                                codes[COUNTER], "der", "00");
	json_decref(row);
	assert_non_null(certificate);
	site_is(OK, replica_put(c->d[COUNTER]->store, "certificate", certificate, &id, &c->e), &c->e);
	json_decref(certificate);
	commit(c, "issue.certified", "is1");
	refused_for(c, "ISSUE");
}

/* The order once more under another number, with another value in a field of its form, as if just signed. */
static void keyed_in(struct hub_case *c, const char *no, const char *field, const char *value)
{
	struct store *s = c->d[COUNTER]->store;
	uint8_t sealed[16384];
	struct bytes again = {0};
	json_t *row = NULL, *values = NULL;
	int64_t id = 0;
	site_is(OK, replica_row(s, "orders", order_id(c, COUNTER, c->no), &row, &c->e), &c->e);
	const char *hex = json_text(row, "data");
	int64_t dk = json_number(row, "dk");
	assert_true(strlen(hex) / 2 < sizeof sealed && hex_decode(sealed, strlen(hex) / 2, hex));
	site_is(OK, datakey_open_json(s, dk, "orders.data", sealed, strlen(hex) / 2, &values, &c->e), &c->e);
	assert_true(*json_text(values, field));
	json_object_set_new(values, field, json_string(value));
	site_is(OK, datakey_seal_json(s, dk, "orders.data", values, &again, &c->e), &c->e);
	hex_encode((char *)sealed, again.data, again.length);
	json_object_set_new(row, "data", json_string((char *)sealed));
	json_object_set_new(row, "no", json_string(no));
	json_object_set_new(row, "status", json_string("signed"));
	json_object_del(row, "id");
	site_is(OK, replica_put(s, "orders", row, &id, &c->e), &c->e);
	bytes_free(&again);
	json_decref(values);
	json_decref(row);
}

/* Checks on what is keyed, again at headquarters. */
static void what_was_keyed_in_is_checked_again(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	begin(c);
	keyed_in(c, "11011401-261126-90001", "uscc", "91110105MA01B2C3X6");
	commit(c, "order.sign", "op1");
	refused_for(c, "VALUE");
}

static void what_was_keyed_in_right_is_taken(void **state)
{
	struct hub_case *c = *state;
	signed_order(c);
	begin(c);
	keyed_in(c, "11011401-261126-90002", "agent_mobile", "13911112222");
	commit(c, "order.sign", "op1");
	SYNC(c, COUNTER);
	assert_int_equal(0, refused_at(COUNTER));
}

/* A key that never came: what it opens is refused, not the queue. */
static void what_cant_be_opened_is_refused_and_passed(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	SYNC(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	line.lose_journal = true;
	sync_once(c->d[COUNTER], &out, &c->e);
	line.lose_journal = false;
	json_decref(out);
	json_t *body = json_deep_copy(line.posted);
	assert_true(json_array_size(json_object_get(body, "keys")) > 0);
	json_object_set_new(body, "keys", json_array());
	assert_int_equal(200, post(c, COUNTER, body, &out));
	assert_true(json_array_size(json_object_get(out, "refused")) > 0);
	REFUSED(COUNTER, "KEY");
	json_decref(out);
	/* sent again it is acknowledged again, with the same word */
	assert_int_equal(200, post(c, COUNTER, body, &out));
	assert_true(json_array_size(json_object_get(out, "refused")) > 0);
	json_decref(out);
	json_decref(body);
	c->no[0] = '\0';
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, c->no);
	SYNC(c, COUNTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(an_operator_approves_nothing),
		HUB_TEST(nobody_unknown_acts),
		HUB_TEST(nobody_disabled_acts),
		HUB_TEST(a_reviewer_reviews_nothing_of_their_own),
		HUB_TEST(an_action_does_what_it_says),
		HUB_TEST(nothing_is_skipped),
		HUB_TEST(an_action_that_nobody_knows_is_refused),
		HUB_TEST(the_timer_takes_no_money),
		HUB_TEST(what_isnt_paid_goes_no_further),
		HUB_TEST(what_isnt_signed_goes_no_further),
		HUB_TEST(roles_are_an_administrators_to_give),
		HUB_TEST(prices_are_a_managers),
		HUB_TEST(a_number_is_the_sites_own),
		HUB_TEST(a_record_stays_with_its_order),
		HUB_TEST(no_certificate_without_approval),
		HUB_TEST(what_was_keyed_in_is_checked_again),
		HUB_TEST(what_was_keyed_in_right_is_taken),
		HUB_TEST(what_cant_be_opened_is_refused_and_passed),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
