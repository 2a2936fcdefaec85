/* The third proof of a certificate: a replacement at another counter that a review site approved, by the use cases themselves. */
#include "proof_case.h"

enum { ANSWERS_MOST = 60 };

static void an_approved_review_brings_it(void **state)
{
	struct hub_case *c = *state;
	struct key_row key = {0};
	struct key_secrets secrets = {0};
	ready(c);
	in_review(c, info.serial, NULL);
	assert_string_equal(info.serial, text_of(c, REVIEW, "elsewhere", "certificate")); /* the reviewer sees it */
	gets_nothing(c, OTHER);
	approve_as(c, "rv1");
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	assert_string_equal(info.serial, text_of(c, OTHER, "about", "certificate"));
	assert_string_equal("suspended", text_of(c, OTHER, "about", "status"));
	assert_string_equal("lost", text_of(c, OTHER, "about", "key_state"));
	site_is(OK, key_load(c->d[OTHER], KEY, &key, &c->e), &c->e);
	site_is(OK, key_secrets_load(c->d[OTHER], &key, &secrets, &c->e), &c->e);
	assert_string_equal(PUK, secrets.puk.data);
	key_secrets_wipe(&secrets);
	SYNC(c, COUNTER);
	assert_string_equal(codes[OTHER], holder_at(c, COUNTER));
	SYNC(c, COUNTER);
	nobody_refused();
}

/* It was collected there: its book keeps it, and the certificate goes alone. */
static void a_key_in_the_others_drawer_stays_in_its_book(void **state)
{
	struct hub_case *c = *state;
	struct key_row key = {0};
	ready(c);
	site_is(OK, key_load(site_at(c, COUNTER), KEY, &key, &c->e), &c->e);
	site_is(OK, store_begin(c->d[COUNTER]->store, &c->e), &c->e);
	set(c, "usb_key", json_pack("{ss}", "state", "returned"), &key.id);
	rogue_commit(c, COUNTER, "key.return", "is1", KEY, NULL);
	SYNC(c, COUNTER);
	in_review(c, info.serial, NULL);
	approve_as(c, "rv1");
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	SYNC(c, COUNTER);
	assert_string_equal(codes[OTHER], holder_at(c, COUNTER));
	site_is(OK, key_load(c->d[COUNTER], KEY, &key, &c->e), &c->e);
	assert_string_equal(codes[COUNTER], key.custodian);
	assert_string_equal("returned", key.state);
	nobody_refused();
}

/* A message of this template that a site's outbox has; its text and to whom it goes are left in `heard`. */
static struct {
	char to[64], text[1000];
} heard;
static bool hears_of_move(struct hub_case *c, int i)
{
	char command[300];
	snprintf(command, sizeof command, "cat '%s'/outbox/sms/*.json 2>/dev/null | jq -rs '[.[] | select(.template == \"certificate-moved\")] | last | .to, .text'", c->site[i].dir);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(heard.to, sizeof heard.to, f));
	assert_non_null(fgets(heard.text, sizeof heard.text, f));
	pclose(f);
	return strcmp(heard.to, "null\n") != 0;
}

static void the_phone_on_file_hears_of_it_from_whom_it_leaves(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	json_t *sample = site_sample("new-unit", NULL), *other_phone = json_pack("{ss}", "agent_mobile", "13911112222");
	in_review(c, info.serial, other_phone); /* the thief's own phone is in the order */
	approve_as(c, "rv1");
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	assert_false(hears_of_move(c, COUNTER));
	SYNC(c, COUNTER);
	assert_true(hears_of_move(c, COUNTER));
	heard.to[strcspn(heard.to, "\n")] = '\0';
	assert_string_equal(json_text(sample, "agent_mobile"), heard.to);
	assert_non_null(strstr(heard.text, c->no));
	assert_non_null(strstr(heard.text, KEY));
	assert_false(hears_of_move(c, OTHER));
	json_decref(sample);
	json_decref(other_phone);
}

/* Given once more where it got lost, it was the asker's already: nobody is told twice, least of all by the asker. */
static void a_move_is_told_once(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	assert_int_equal(200, asks(c, OTHER));
	SYNC(c, COUNTER);
	assert_true(hears_of_move(c, COUNTER));
	size_t told = site_messages(&c->site[COUNTER], "sms");
	site_is(OK, store_run(c->d[OTHER]->store, SQL_SYNC_STATE_FEED, NULL, &c->e, "i", hub_int(HUB_SQL_FEED_LAST, "t", codes[OTHER])), &c->e);
	assert_int_equal(200, asks(c, OTHER));
	SYNC(c, OTHER);
	SYNC(c, COUNTER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	assert_int_equal(told, site_messages(&c->site[COUNTER], "sms"));
	assert_false(hears_of_move(c, OTHER));
}

/* A customer, a certificate and its item that came from another counter go on to the review site with an order of this one. */
static void an_order_about_what_came_goes_to_review(void **state)
{
	struct hub_case *c = *state;
	struct holding_given given = {0};
	json_t *changes = json_pack("{ss ss sb sb}", "reason", "damaged", "product", "unit-1y", "identity_seen", 1, "consent", 1);
	struct desk *d;
	ready(c);
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, holding_give(hub, &(struct holding_asked){.to = codes[OTHER], .issuer = info.issuer, .serial = info.serial}, &given, &c->e), &c->e);
	assert_null(given.why);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	SYNC(c, OTHER);
	d = c->d[OTHER];
	site_as(&c->site[OTHER], d, "op1");
	site_is(OK, draft_new_about(d, "replace-unit", &(struct draft_about){.certificate = info.serial}, changes, c->no, &c->e), &c->e);
	site_attach(&c->site[OTHER], d, c->no);
	site_sign(&c->site[OTHER], d, c->no);
	site_pay(d, c->no);
	SYNC(c, OTHER);
	nobody_refused();
	SYNC(c, REVIEW);
	assert_string_equal(info.serial, text_of(c, REVIEW, "about", "certificate"));
	approve_as(c, "rv1");
	SYNC(c, OTHER);
	assert_string_equal("approved", text_of(c, OTHER, NULL, "status"));
	nobody_refused();
	json_decref(changes);
}

/* What is keyed in to get it is no news of its holder. */
static void what_was_on_file_is_compared_with_what_was_keyed_in(void **state)
{
	struct hub_case *c = *state;
	json_t *changes = json_pack("{ss}", "agent_mobile", "13900001111"), *out = NULL, *row;
	size_t i;
	bool found = false;
	ready(c);
	in_review(c, info.serial, changes);
	approve_as(c, "rv1");
	SYNC(c, OTHER);
	site_as(&c->site[OTHER], c->d[OTHER], "op1");
	site_is(OK, order_reveal(c->d[OTHER], c->no, &out, &c->e), &c->e);
	json_array_foreach(json_object_get(out, "changes"), i, row)
		if (strcmp(json_text(row, "field"), "agent_mobile") == 0) {
			found = true;
			assert_string_equal("13900001111", json_text(row, "after"));
			assert_string_not_equal("13900001111", json_text(row, "before"));
		}
	assert_true(found);
	json_decref(out);
	json_decref(changes);
}

static void nothing_is_made_before_it_has_come(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	struct order o = {0};
	site_is(OK, order_load(c->d[OTHER], c->no, &o, &c->e), &c->e);
	site_is(ERR_DESK_ELSEWHERE_NOT, elsewhere_awaited(c->d[OTHER], &o, &c->e), &c->e);
	site_is(OK, elsewhere_said(c->d[OTHER], c->no, "", &c->e), &c->e);
	site_is(ERR_DESK_ELSEWHERE_WAITS, elsewhere_awaited(c->d[OTHER], &o, &c->e), &c->e);
	order_free(&o);
}

static void what_was_given_and_got_lost_is_given_again(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	approved(c, info.serial, NULL);
	assert_int_equal(200, asks(c, OTHER));
	site_is(OK, store_run(c->d[OTHER]->store, SQL_SYNC_STATE_FEED, NULL, &c->e, "i", hub_int(HUB_SQL_FEED_LAST, "t", codes[OTHER])), &c->e);
	gets_nothing(c, OTHER);
	assert_int_equal(200, asks(c, OTHER));
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	SYNC(c, OTHER);
	nobody_refused();
}

/* Every answer is lost once, each time one later: at the end it is there, once, and the order is about it. */
static void a_line_that_is_cut_again_and_again_brings_it_once(void **state)
{
	struct hub_case *c = *state;
	enum err r = ERR_NET_CUT;
	ready(c);
	in_review(c, info.serial, NULL);
	approve_as(c, "rv1");
	for (int n = 1; r && n < ANSWERS_MOST; n++) {
		line.cut_answer = n;
		r = sync_at(c, OTHER);
		line.cut_answer = 0;
	}
	site_is(OK, r, &c->e);
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	assert_string_equal(info.serial, text_of(c, OTHER, "about", "certificate"));
	SYNC(c, COUNTER);
	assert_string_equal(codes[OTHER], holder_at(c, COUNTER));
	SYNC(c, COUNTER);
	nobody_refused();
}

/* The same with requests that never arrive. */
static void requests_that_get_lost_are_sent_again(void **state)
{
	struct hub_case *c = *state;
	ready(c);
	in_review(c, info.serial, NULL);
	approve_as(c, "rv1");
	for (int n = 5; n > 0; n--) {
		line.cut_before = 1;
		site_is(ERR_NET_CUT, sync_at(c, OTHER), &c->e);
	}
	SYNC(c, OTHER);
	assert_string_equal(codes[OTHER], holder_at(c, OTHER));
	nobody_refused();
}

/* Two proofs for one certificate: whoever comes second waits until the first has it, and one holds it at the end. */
static void of_two_that_ask_at_once_one_gets_it(void **state)
{
	struct hub_case *c = *state;
	struct holding_given given = {0};
	json_t *held = NULL;
	ready(c);
	approved(c, info.serial, NULL);
	/* a third counter was quicker */
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, holding_give(hub, &(struct holding_asked){.to = codes[REVIEW], .issuer = info.issuer, .serial = info.serial}, &given, &c->e), &c->e);
	assert_null(given.why);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	REFUSES(409, "under-way", asks(c, OTHER));
	assert_string_equal(codes[REVIEW], json_text(answer, "at"));
	gets_nothing(c, OTHER);
	site_is(OK, db_row(hub->db, HUB_SQL_HOLDING_GET, &held, &c->e, "tt", info.issuer, info.serial), &c->e);
	assert_string_equal(codes[REVIEW], json_text(held, "custodian"));
	json_decref(held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_key_in_the_others_drawer_stays_in_its_book),
		HUB_TEST(an_approved_review_brings_it),
		HUB_TEST(the_phone_on_file_hears_of_it_from_whom_it_leaves),
		HUB_TEST(a_move_is_told_once),
		HUB_TEST(an_order_about_what_came_goes_to_review),
		HUB_TEST(what_was_on_file_is_compared_with_what_was_keyed_in),
		HUB_TEST(nothing_is_made_before_it_has_come),
		HUB_TEST(what_was_given_and_got_lost_is_given_again),
		HUB_TEST(a_line_that_is_cut_again_and_again_brings_it_once),
		HUB_TEST(requests_that_get_lost_are_sent_again),
		HUB_TEST(of_two_that_ask_at_once_one_gets_it),
	};
	return cmocka_run_group_tests(tests, start, end);
}
