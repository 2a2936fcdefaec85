/* One main certificate for a unit under headquarters' authority, whichever counter asks for it. */
#include "ca_case.h"
#include "hub/catchup.h"

/* Two counters with the sample's unit, each with an approved application for its main certificate; only the second one's is asked for still. */
static struct asked second_of_two(struct hub_case *c, struct asked *first)
{
	authority(c);
	*first = requested(c, COUNTER);
	struct asked second = requested(c, OTHER);
	noted(c, first, key_one);
	noted(c, &second, key_two);
	issued(c, first, key_one);
	return second;
}

static void another_counter_gets_no_second_one(void **state)
{
	struct hub_case *c = *state;
	struct asked a, b = second_of_two(c, &a);
	says_no(c, OTHER, &b, key_two, "order", "main");
	assert_int_equal(1, issued_count());
	assert_true(alarmed(OTHER, "ca", "main"));
	/* the same one again is no second */
	issued(c, &a, key_one);
	assert_int_equal(1, issued_count());
	asked_free(&a);
	asked_free(&b);
}

static void the_sentence_says_how_the_money_goes_back_and_nothing_of_the_other_counter(void **state)
{
	struct hub_case *c = *state;
	struct asked a, b = second_of_two(c, &a);
	struct error e = {0};
	char sentence[ERROR_DETAIL_SIZE * 3];
	json_t *out = NULL;
	site_as(&c->site[OTHER], c->d[OTHER], "is1");
	json_t *body = json_pack("{ss ss sI ss ss sI sI}", "key", key_two, "order", b.no, "item", (json_int_t)b.item, "profile", "unit-1y", "request", b.pem,
	                         "not_before", (json_int_t)b.from, "not_after", (json_int_t)b.to);
	assert_int_equal(ERR_SYNC_CA_MAIN, sync_ask_ca(c->d[OTHER], body, false, &out, &e));
	assert_null(out);
	error_sentence(&e, sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "撤销制证"));
	assert_non_null(strstr(sentence, "退款"));
	assert_null(strstr(sentence, codes[COUNTER]));
	assert_null(strstr(sentence, "10000001"));
	assert_int_equal(EXIT_REFUSED, error_exit(ERR_SYNC_CA_MAIN));
	json_decref(body);
	asked_free(&a);
	asked_free(&b);
}

static void once_the_first_is_revoked_the_second_counter_gets_one(void **state)
{
	struct hub_case *c = *state;
	struct asked a, b = second_of_two(c, &a);
	written(c, &a);
	says_no(c, OTHER, &b, key_two, "order", "main");
	set_state(c, &a, "suspended", "");
	says_no(c, OTHER, &b, key_two, "order", "main");
	set_state(c, &a, "revoked", "cessation-of-operation");
	issued(c, &b, key_two);
	assert_int_equal(2, issued_count());
	asked_free(&a);
	asked_free(&b);
}

static void another_unit_and_a_secondary_key_are_others(void **state)
{
	struct hub_case *c = *state;
	struct asked a, b = second_of_two(c, &a);
	begin(c, OTHER);
	put(c, OTHER, "item", json_pack("{ss}", "role", "secondary"), b.item);
	rogue_commit(c, OTHER, "issue.requested", "is1", b.no, NULL);
	SYNC(c, OTHER);
	issued(c, &b, key_two);
	asked_free(&a);
	asked_free(&b);
}

/* Issued by a headquarters that noted nothing of the kind. */
static void those_from_before_count(void **state)
{
	struct hub_case *c = *state;
	struct asked a, b = second_of_two(c, &a);
	in_database(c, "DELETE FROM ca_holder; DELETE FROM setting WHERE name = 'ca_holders'");
	site_is(OK, catchup_run(hub, &c->e), &c->e);
	says_no(c, OTHER, &b, key_two, "order", "main");
	asked_free(&a);
	asked_free(&b);
}

/* What the database keeps of the unit tells nothing of it. */
static void the_database_alone_names_no_unit(void **state)
{
	struct hub_case *c = *state;
	struct asked a, b = second_of_two(c, &a);
	char command[300];
	snprintf(command, sizeof command, "test \"$(sqlite3 '%s/hub.db' \"SELECT count(*) FROM ca_holder WHERE holder GLOB 'sha256:*' OR holder GLOB 'hmac*'\")\" = 1", c->dir);
	assert_int_equal(0, system(command));
	snprintf(command, sizeof command, "! sqlite3 '%s/hub.db' .dump | grep -q 91110105MA01ABCD5F", c->dir);
	assert_int_equal(0, system(command));
	asked_free(&a);
	asked_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(another_counter_gets_no_second_one),
		HUB_TEST(the_sentence_says_how_the_money_goes_back_and_nothing_of_the_other_counter),
		HUB_TEST(once_the_first_is_revoked_the_second_counter_gets_one),
		HUB_TEST(another_unit_and_a_secondary_key_are_others),
		HUB_TEST(those_from_before_count),
		HUB_TEST(the_database_alone_names_no_unit),
	};
	return cmocka_run_group_tests(tests, hub_sites_make, hub_sites_end);
}
