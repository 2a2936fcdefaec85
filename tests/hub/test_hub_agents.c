/* Agents on file of a unit at headquarters: they go along with its certificate, and who was taken off file is off. */
#include "certcase.h"
#include "desk/agents.h"
#include "desk/subject.h"
#include "hub/holding.h"

static const char USCC[] = "91110105MA01ABCD5F";

/* As an order of theirs that was approved would leave it. */
static void put_agent(struct hub_case *c, const char *name, const char *number, const char *order)
{
	struct desk *d = site_at(c, COUNTER);
	struct bytes sealed = {0};
	char digest[DIGEST_TEXT_SIZE];
	int64_t customer = 0, dk = 0;
	json_t *data = json_pack("{ss ss ss}", "agent_name", name, "agent_id_number", number, "agent_mobile", "13700137000");
	number_digest(d, USCC, digest);
	site_is(OK, store_int(d->store, SQL_CUSTOMER_BY_NUMBER, 0, &customer, &c->e, "t", (const char *)digest), &c->e);
	number_digest(d, number, digest);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, datakey_new(d->store, &dk, &c->e), &c->e);
	site_is(OK, datakey_seal_json(d->store, dk, "agent.data", data, &sealed, &c->e), &c->e);
	site_is(OK, store_insert(d->store, SQL_AGENT_INSERT, NULL, &c->e, "iitbt", dk, customer, (const char *)digest, (const void *)sealed.data,
	                         sealed.length, order), &c->e);
	rogue_commit(c, COUNTER, "order.handover", "op1", c->no, NULL);
	bytes_free(&sealed);
	json_decref(data);
}

/* "李四* 王五": the contact with a star. */
static void agents_are(struct hub_case *c, int i, const char *wanted)
{
	char have[200] = "";
	json_t *all = NULL, *row;
	size_t n;
	struct desk *d = site_at(c, i);
	site_as(&c->site[i], d, "op1");
	site_is(OK, agents_list(d, USCC, &all, &c->e), &c->e);
	json_array_foreach(all, n, row)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s%s", n ? " " : "", json_text(row, "name"), json_flag(row, "contact") ? "*" : "");
	json_decref(all);
	assert_string_equal(wanted, have);
}

static void take_off(struct hub_case *c, int i, const char *name)
{
	json_t *all = NULL, *row, *out = NULL;
	size_t n;
	int64_t agent = -1;
	struct desk *d = site_at(c, i);
	site_as(&c->site[i], d, "op1");
	site_is(OK, agents_list(d, USCC, &all, &c->e), &c->e);
	json_array_foreach(all, n, row)
		if (strcmp(json_text(row, "name"), name) == 0)
			agent = json_number(row, "agent");
	site_is(OK, agent_remove(d, USCC, agent, "已离职", &out, &c->e), &c->e);
	json_decref(out);
	json_decref(all);
}

/* Both have told all they have; nothing of it was refused. */
static void all_told(struct hub_case *c)
{
	for (int round = 0; round < 2; round++) {
		SYNC(c, COUNTER);
		SYNC(c, OTHER);
	}
	for (int i = 0; i < SITES; i++)
		if (refused_at(i))
			fail_msg("%s", why_refused(i));
}

static void goes_to(struct hub_case *c, int i)
{
	struct holding_given given = {0};
	all_told(c);
	site_is(OK, db_begin(hub->db, &c->e), &c->e);
	site_is(OK, holding_give(hub, &(struct holding_asked){.to = codes[i], .issuer = info.issuer, .serial = info.serial}, &given, &c->e), &c->e);
	snprintf(why, sizeof why, "%s", given.why ? given.why : "");
	assert_string_equal("", why);
	assert_null(answer);
	site_is(OK, db_commit(hub->db, &c->e), &c->e);
	SYNC(c, i);
	assert_string_equal(codes[i], holder_at(c, i));
	all_told(c);
}

static void agents_on_file_come_with_a_certificate(void **state)
{
	struct hub_case *c = *state;
	char waiting[64];
	done(c);
	put_agent(c, "王五", "110105200002290013", c->no);
	put_agent(c, "赵六", "E12345678", "");
	snprintf(waiting, sizeof waiting, "%s", c->no);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-person", NULL, waiting);
	put_agent(c, "孙七", "E87654321", waiting); /* in review */
	agents_are(c, COUNTER, "李四* 王五");
	goes_to(c, OTHER);
	agents_are(c, OTHER, "李四* 王五");
}

static void an_agent_taken_off_file_does_not_come(void **state)
{
	struct hub_case *c = *state;
	done(c);
	put_agent(c, "王五", "110105200002290013", c->no);
	all_told(c);
	take_off(c, COUNTER, "王五");
	goes_to(c, OTHER);
	agents_are(c, OTHER, "李四*");
}

static void who_was_taken_off_file_here_stays_off(void **state)
{
	struct hub_case *c = *state;
	done(c);
	put_agent(c, "王五", "110105200002290013", c->no);
	goes_to(c, OTHER);
	take_off(c, OTHER, "王五");
	agents_are(c, OTHER, "李四*");
	goes_to(c, COUNTER);
	agents_are(c, COUNTER, "李四* 王五"); /* on file there until it is said there */
	goes_to(c, OTHER);
	agents_are(c, OTHER, "李四*");
}

/* The contact's leaving changes what is on file of the unit; the next one is the contact at the other counter too. */
static void the_contact_who_left_is_not_the_contact_elsewhere(void **state)
{
	struct hub_case *c = *state;
	done(c);
	put_agent(c, "王五", "110105200002290013", c->no);
	take_off(c, COUNTER, "李四");
	agents_are(c, COUNTER, "王五*");
	goes_to(c, OTHER);
	agents_are(c, OTHER, "王五*");
}

static void taking_an_agent_off_file_asks_for_the_permission(void **state)
{
	struct hub_case *c = *state;
	char digest[DIGEST_TEXT_SIZE];
	int64_t customer = 0;
	json_t *facts = json_pack("{si ss}", "agent", 1, "reason", "已离职");
	done(c);
	put_agent(c, "王五", "110105200002290013", c->no);
	all_told(c);
	struct desk *d = site_at(c, COUNTER);
	number_digest(d, USCC, digest);
	site_is(OK, store_int(d->store, SQL_CUSTOMER_BY_NUMBER, 0, &customer, &c->e, "t", (const char *)digest), &c->e);
	number_digest(d, "110105200002290013", digest);
	site_is(OK, store_begin(d->store, &c->e), &c->e);
	site_is(OK, store_run(d->store, SQL_AGENT_REMOVE, NULL, &c->e, "it", customer, (const char *)digest), &c->e);
	rogue_commit(c, COUNTER, "agent.remove", "is1", "customer-1", facts);
	json_decref(facts);
	SYNC(c, COUNTER);
	REFUSED(COUNTER, "ROLE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(agents_on_file_come_with_a_certificate),
		HUB_TEST(an_agent_taken_off_file_does_not_come),
		HUB_TEST(who_was_taken_off_file_here_stays_off),
		HUB_TEST(the_contact_who_left_is_not_the_contact_elsewhere),
		HUB_TEST(taking_an_agent_off_file_asks_for_the_permission),
	};
	return cmocka_run_group_tests(tests, start, end);
}
