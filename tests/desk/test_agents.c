/* A unit can have several agents on file: each acts for it by themself. */
#include "life.h"

#include "desk/agents.h"
#include "desk/query.h"
#include "desk/unlock.h"

#define USCC  "91110105MA01ABCD5F"
#define WANG  "'agent_name':'王五','agent_mobile':'13700137000','agent_email':'wangwu@example.com','agent_id_kind':'resident-id'," \
	"'agent_id_number':'110105200002290013','agent_id_valid_until':'长期'"
#define ZHAO  "'agent_name':'赵六','agent_mobile':'13600136000','agent_email':'zhaoliu@example.com','agent_id_kind':'passport'," \
	"'agent_id_number':'E12345678','agent_id_valid_until':'2036-01-01'"

/* "李四 王五*": the contact with a star. */
static void agents_are(struct life *l, const char *wanted)
{
	char have[200] = "";
	json_t *all = NULL, *row;
	size_t i;
	as(l, "op1");
	IS(OK, agents_list(l->d, USCC, &all, &l->e));
	json_array_foreach(all, i, row)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s%s", i ? " " : "", json_text(row, "name"), json_flag(row, "contact") ? "*" : "");
	json_decref(all);
	assert_string_equal(have, wanted);
}

static int64_t agent_named(struct life *l, const char *name)
{
	json_t *all = NULL, *row;
	size_t i;
	int64_t id = -1;
	as(l, "op1");
	IS(OK, agents_list(l->d, USCC, &all, &l->e));
	json_array_foreach(all, i, row)
		if (strcmp(json_text(row, "name"), name) == 0)
			id = json_number(row, "agent");
	json_decref(all);
	return id;
}

/* Of the draft. */
static void chosen_is(struct life *l, const char *name)
{
	json_t *all = NULL, *row;
	size_t i, marked = 0;
	IS(OK, draft_agents(l->d, l->no, &all, &l->e));
	json_array_foreach(all, i, row)
		if (json_flag(row, "chosen")) {
			assert_string_equal(json_text(row, "name"), name);
			marked++;
		}
	assert_int_equal(marked, 1);
	json_decref(all);
}

static char third[ORDER_NO_SIZE];

/* A new application of the same unit, for a secondary key, by another agent; approved, and issued where `key` isn't NULL. */
static void applied_by(struct life *l, const char *agent, const char *key)
{
	char text[500];
	snprintf(text, sizeof text, "{'key_role':'secondary',%s}", agent);
	json_t *changes = data(text);
	site_approved(&l->t.site, l->d, "new-unit", changes, third);
	json_decref(changes);
	if (key) {
		insert(key);
		as(l, "is1");
		IS(OK, issue_run(l->d, third, key, NULL, NULL, &out, &l->e));
		pull();
		later(l, 120);
	}
}

static void two_agents(struct life *l)
{
	applied_by(l, WANG, OTHER);
	agents_are(l, "李四 王五*");
}

static enum err renewal(struct life *l, const char *values)
{
	left(l, 60 * DAY);
	insert(KEY);
	return about(l, "renew-unit", KEY, &l->pin, values);
}

/* Sends the code, which goes to this phone and to no other. */
static void code_goes_to(struct life *l, const char *masked)
{
	json_t *sent = NULL;
	as(l, "op1");
	IS(OK, sign_send(l->d, l->no, &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to"), masked);
	assert_null(json_object_get(sent, "sent_to_old"));
	json_decref(sent);
}

static void sign_by_code(struct life *l)
{
	char code[32];
	site_message(&l->t.site, "sms", "验证码", code);
	IS(OK, sign_code(l->d, l->no, code, &out, &l->e));
}

static void test_an_agent_comes_on_file_with_what_was_approved(void **state)
{
	struct life *l = *state;
	agents_are(l, "李四*");
	applied_by(l, WANG, NULL); /* approved, and nothing made yet */
	agents_are(l, "李四*");
	json_t *changes = data("{'key_role':'secondary'," ZHAO "}");
	site_signed(&l->t.site, l->d, "new-unit", changes, l->no); /* nobody has looked at it */
	json_decref(changes);
	agents_are(l, "李四*");
	insert(OTHER);
	as(l, "is1");
	IS(OK, issue_run(l->d, third, OTHER, NULL, NULL, &out, &l->e));
	agents_are(l, "李四 王五*"); /* whose application is the newest that counts */
}

static void test_a_renewal_by_another_agent_on_file_is_no_change_of_agent(void **state)
{
	struct life *l = *state;
	json_t *o = NULL;
	two_agents(l);
	site_is(OK, renewal(l, NULL), &l->e);
	IS(OK, draft_agent(l->d, l->no, agent_named(l, "李四"), &l->e));
	code_goes_to(l, "139****9000");
	sign_by_code(l);
	pay(l);
	status_of(l, "approved"); /* without a review */
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	assert_int_equal(json_array_size(json_object_get(o, "changes")), 0);
	const json_t *checks = json_object_get(o, "identity_checks");
	assert_string_equal(json_text(json_array_get(checks, json_array_size(checks) - 1), "method"), "code-on-file");
	json_decref(o);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	agents_are(l, "李四 王五*"); /* the contact stays */
}

static void test_an_agent_keyed_in_by_hand_is_known_by_their_number(void **state)
{
	struct life *l = *state;
	two_agents(l);
	site_is(OK, renewal(l, "{'agent_name':'李四','agent_mobile':'13900139000','agent_id_number':'110101199003071233'}"), &l->e);
	code_goes_to(l, "139****9000");
}

static void test_an_agent_who_is_not_on_file_is_a_change(void **state)
{
	struct life *l = *state;
	json_t *sent = NULL;
	two_agents(l);
	site_is(OK, renewal(l, "{" ZHAO "}"), &l->e);
	as(l, "op1");
	IS(OK, sign_send(l->d, l->no, &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to"), "136****6000");
	assert_string_equal(json_text(sent, "sent_to_old"), "137****7000"); /* the contact agrees */
	json_decref(sent);
}

static void test_a_new_phone_of_an_agent_needs_the_code_to_their_old_one(void **state)
{
	struct life *l = *state;
	json_t *sent = NULL, *phone = data("{'agent_mobile':'13500135000'}");
	two_agents(l);
	site_is(OK, renewal(l, NULL), &l->e);
	IS(OK, draft_agent(l->d, l->no, agent_named(l, "李四"), &l->e));
	IS(OK, draft_edit(l->d, l->no, phone, &l->e));
	chosen_is(l, "李四");
	IS(OK, sign_send(l->d, l->no, &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to"), "135****5000");
	assert_string_equal(json_text(sent, "sent_to_old"), "139****9000"); /* their own, not the contact's */
	json_decref(sent);
	json_decref(phone);
}

static void test_a_loss_is_reported_by_any_agent_on_file(void **state)
{
	struct life *l = *state;
	two_agents(l);
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent': true}"), &l->e);
	IS(OK, draft_agent(l->d, l->no, agent_named(l, "李四"), &l->e));
	code_goes_to(l, "139****9000");
	sign_by_code(l);
	status_of(l, "done");
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
}

static void test_the_querys_code_goes_to_the_agent_who_stands_there(void **state)
{
	struct life *l = *state;
	json_t *sent = NULL;
	char code[32];
	two_agents(l);
	as(l, "op1");
	IS(OK, query_send_to(l->d, "uscc", USCC, agent_named(l, "李四"), &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to"), "139****9000");
	json_decref(sent);
	site_message(&l->t.site, "sms", "验证码", code);
	IS(OK, query_code(l->d, "uscc", USCC, code, &out, &l->e));
	IS(ERR_DESK_AGENT, query_send_to(l->d, "uscc", USCC, 4711, &out, &l->e));
	sent = NULL;
	later(l, 61);
	IS(OK, query_send(l->d, "uscc", USCC, &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to"), "137****7000");
	json_decref(sent);
}

static void test_who_was_taken_off_file_is_a_stranger(void **state)
{
	struct life *l = *state;
	json_t *sent = NULL;
	two_agents(l);
	int64_t li = agent_named(l, "李四");
	site_is(OK, renewal(l, NULL), &l->e);
	IS(OK, draft_agent(l->d, l->no, li, &l->e));
	IS(ERR_DESK_REASON, agent_remove(l->d, USCC, li, " ", &out, &l->e));
	as(l, "rv1");
	IS(ERR_DESK_FORBIDDEN, agent_remove(l->d, USCC, li, "已离职", &out, &l->e));
	as(l, "op1");
	IS(OK, agent_remove(l->d, USCC, li, "已离职", &out, &l->e));
	agents_are(l, "王五*");
	IS(ERR_DESK_AGENT, draft_agent(l->d, l->no, li, &l->e));
	IS(OK, sign_send(l->d, l->no, &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to_old"), "137****7000");
	json_decref(sent);
	IS(ERR_DESK_AGENT, agent_remove(l->d, USCC, agent_named(l, "王五"), "也走了", &out, &l->e)); /* somebody has to be there */
}

static void test_another_agent_is_the_contact_where_the_contact_goes(void **state)
{
	struct life *l = *state;
	two_agents(l);
	IS(OK, agent_remove(l->d, USCC, agent_named(l, "王五"), "已离职", &out, &l->e));
	agents_are(l, "李四*");
	site_is(OK, renewal(l, NULL), &l->e);
	code_goes_to(l, "139****9000");
}

static void test_an_unlock_code_goes_to_the_agent_who_asked_for_it(void **state)
{
	struct life *l = *state;
	struct secret pin;
	char code[32];
	json_t *sent = NULL;
	two_agents(l);
	secret_set(&pin, "24681357", 8);
	insert(KEY);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	sign(l);
	approve(l);
	site_message(&l->t.site, "mail", "解锁授权码", code);
	as(l, "is1");
	IS(OK, key_unlock(l->d, l->no, code, &pin, &out, &l->e));
	later(l, 3600);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	IS(OK, draft_agent(l->d, l->no, agent_named(l, "李四"), &l->e));
	code_goes_to(l, "139****9000");
	sign_by_code(l);
	status_of(l, "approved");
	later(l, 7200 + 1);
	as(l, "is1");
	IS(OK, key_unlock_send(l->d, l->no, &sent, &l->e));
	assert_string_equal(json_text(sent, "sent_to"), "139****9000");
	json_decref(sent);
	secret_wipe(&pin);
}

static void test_a_change_of_agent_puts_the_new_one_in_the_old_ones_place(void **state)
{
	struct life *l = *state;
	char code[32], old[32], word[ORDER_NO_SIZE + 16];
	two_agents(l);
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'consent':true," ZHAO "}"), &l->e);
	documents(l);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	snprintf(word, sizeof word, "%s，验证码", l->no);
	site_message(&l->t.site, "sms", word, code);
	site_message(&l->t.site, "sms", "手机号正在变更，验证码", old);
	IS(OK, sign_codes(l->d, l->no, code, old, &out, &l->e));
	pay(l);
	approve(l);
	status_of(l, "done");
	agents_are(l, "李四 赵六*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_an_agent_comes_on_file_with_what_was_approved), LIFE(test_a_renewal_by_another_agent_on_file_is_no_change_of_agent),
		LIFE(test_an_agent_keyed_in_by_hand_is_known_by_their_number), LIFE(test_an_agent_who_is_not_on_file_is_a_change),
		LIFE(test_a_new_phone_of_an_agent_needs_the_code_to_their_old_one), LIFE(test_a_loss_is_reported_by_any_agent_on_file),
		LIFE(test_the_querys_code_goes_to_the_agent_who_stands_there), LIFE(test_who_was_taken_off_file_is_a_stranger),
		LIFE(test_an_unlock_code_goes_to_the_agent_who_asked_for_it),
		LIFE(test_another_agent_is_the_contact_where_the_contact_goes), LIFE(test_a_change_of_agent_puts_the_new_one_in_the_old_ones_place),
	};
	return RUN_LIFE(tests);
}
