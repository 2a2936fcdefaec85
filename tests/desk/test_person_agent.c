/* A person and the agent who comes for them: who is checked, whose phone is asked, who counts as being there. */
#define LIFE_FORM    "new-person"
#define LIFE_CHANGES "{'own_medium':false,'delivery':'counter'}"
#include "life.h"

#include "base/text.h"
#include "desk/query.h"

#define PERSON "13700137000"
#define AGENT  "'agent_is_holder':false," LISI
#define LISI   "'agent_name':'李四','agent_mobile':'13900139000','agent_id_kind':'resident-id'," \
	"'agent_id_number':'110101199003071233','agent_id_valid_until':'长期'"

/* Of an order, "of method, of method …", as they were made; "!" where it failed. */
static void checks_are(struct life *l, const char *wanted)
{
	char have[400] = "";
	json_t *o = NULL, *row;
	size_t i;
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	json_array_foreach(json_object_get(o, "identity_checks"), i, row)
		snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s%s %s", i ? ", " : "",
		         strcmp(json_text(row, "result"), "failed") == 0 ? "!" : "", json_text(row, "of"), json_text(row, "method"));
	json_decref(o);
	assert_string_equal(have, wanted);
}

static void signed_new(struct life *l, const char *changes)
{
	json_t *c = data(changes);
	site_signed(&l->t.site, l->d, "new-person", c, l->no);
	json_decref(c);
}

static void test_who_came_in_person_is_checked_face_to_face(void **state)
{
	struct life *l = *state;
	signed_new(l, "{}");
	checks_are(l, "person face-matches");
}

static void test_the_agent_who_came_is_checked_and_the_persons_originals_seen(void **state)
{
	struct life *l = *state;
	signed_new(l, "{" AGENT "}");
	checks_are(l, "person originals-seen, agent face-matches");
}

static void test_a_former_agent_in_hidden_fields_was_not_there(void **state)
{
	struct life *l = *state;
	signed_new(l, "{'agent_is_holder':true," LISI "}");
	checks_are(l, "person face-matches");
}

/* The documents that the order can't do without. A person has no legal representative whose letter they could bring. */
static void asks_for(struct life *l, const char *wanted)
{
	char have[400] = "";
	json_t *kinds = NULL, *each;
	size_t i;
	IS(OK, attach_kinds(l->d, l->no, &kinds, &l->e));
	json_array_foreach(kinds, i, each) {
		assert_string_not_equal(json_text(each, "kind"), "legal-authorisation");
		if (json_flag(each, "required"))
			snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", *have ? " " : "", json_text(each, "kind"));
	}
	assert_string_equal(have, wanted);
	json_decref(kinds);
}

/* A draft of these values, of the certificate, but where it is a new one. */
static void required_are(struct life *l, const char *form, const char *values, const char *wanted)
{
	json_t *v = data(values);
	as(l, "op1");
	site_is(OK, strcmp(form, "new-person") == 0 ? draft_new(l->d, form, v, l->no, &l->e) : about(l, form, NULL, NULL, values), &l->e);
	asks_for(l, wanted);
	json_decref(v);
}

static void test_an_agent_of_a_person_brings_a_power_of_attorney_and_their_card(void **state)
{
	struct life *l = *state;
	static const char *const forms[] = {"new-person", "replace-person"};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		required_are(l, forms[i], "{'agent_is_holder':true}", "agent-id-head agent-id-emblem");
		required_are(l, forms[i], "{" AGENT "}", "agent-id-head agent-id-emblem proxy-id-head proxy-id-emblem person-authorisation");
	}
	required_are(l, "revoke-person", "{}", "revocation-form"); /* whose form asks for no agent: never refused for want of papers */
}

#define CHANGE(values) about(l, "change-person", KEY, &l->pin, values)

/* Sends the codes: `to` is the phone in the order's message, and `old` whose is asked to agree ("": nobody's). Masked. */
static void codes_go(struct life *l, const char *to, const char *old, char code[32], char old_code[32])
{
	json_t *sent = NULL;
	char word[ORDER_NO_SIZE + 16], *masked = text_mask(to), *masked_old = text_mask(old);
	site_is(OK, sign_send(l->d, l->no, &sent, &l->e), &l->e);
	assert_string_equal(json_text(sent, "sent_to"), masked);
	assert_string_equal(json_text(sent, "sent_to_old"), masked_old);
	snprintf(word, sizeof word, "%s，验证码", l->no);
	site_message(&l->t.site, "sms", word, code);
	if (*old)
		site_message(&l->t.site, "sms", "手机号正在变更，验证码", old_code);
	json_decref(sent);
	free(masked);
	free(masked_old);
}

/* The newly keyed agent's own code alone would let anybody with the key take the certificate over. */
static void test_a_new_agent_needs_a_code_to_the_persons_phone_too(void **state)
{
	struct life *l = *state;
	char code[32], old_code[32];
	insert(KEY);
	site_is(OK, CHANGE("{" AGENT ",'person_email':'p2@example.com','consent':true}"), &l->e);
	codes_go(l, "13900139000", PERSON, code, old_code);
	IS(ERR_DESK_TWO_CODES, sign_code(l->d, l->no, code, &out, &l->e));
	IS(ERR_DESK_CODE_OLD, sign_codes(l->d, l->no, code, "000000", &out, &l->e));
	IS(OK, sign_codes(l->d, l->no, code, old_code, &out, &l->e));
	checks_are(l, "!person code-on-file, person key-signature, person code-on-file, agent code-new-phone");
	status_of(l, "in-review"); /* who acts for the person changes */
}

static void test_a_replacement_by_a_new_agent_needs_the_persons_code(void **state)
{
	struct life *l = *state;
	char code[32], old_code[32];
	site_is(OK, about(l, "replace-person", NULL, NULL, "{" AGENT ",'reason':'lost','agent_auth':'mobile','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	codes_go(l, "13900139000", PERSON, code, old_code);
	IS(ERR_DESK_TWO_CODES, sign_code(l->d, l->no, code, &out, &l->e));
	IS(OK, sign_codes(l->d, l->no, code, old_code, &out, &l->e));
	checks_are(l, "person originals-seen, agent face-matches, person code-on-file, agent code-new-phone");
}

static void test_in_person_one_code_to_the_own_phone_is_enough(void **state)
{
	struct life *l = *state;
	char code[32];
	insert(KEY);
	/* what is hidden changes nothing */
	site_is(OK, CHANGE("{" LISI ",'person_email':'p2@example.com','consent':true}"), &l->e);
	codes_go(l, PERSON, "", code, NULL);
	IS(OK, sign_code(l->d, l->no, code, &out, &l->e));
	checks_are(l, "person key-signature, person code-on-file");
	status_of(l, "done");
}

/* Once keyed, hidden since: neither the query nor a loss report nor a notice goes there. */
static void test_a_former_agents_phone_hears_nothing(void **state)
{
	struct life *l = *state;
	char code[32], *masked = text_mask(PERSON);
	json_t *sent = NULL;
	insert(KEY);
	site_is(OK, CHANGE("{" LISI ",'person_email':'p2@example.com','consent':true}"), &l->e);
	sign(l);
	status_of(l, "done");
	pull();
	later(l, 61);
	site_is(OK, query_send(l->d, "resident-id", "110105200002290013", &sent, &l->e), &l->e);
	assert_string_equal(json_text(sent, "sent_to"), masked);
	json_decref(sent);
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	codes_go(l, PERSON, "", code, NULL);
	IS(OK, sign_code(l->d, l->no, code, &out, &l->e));
	status_of(l, "done");
	char out[64];
	assert_int_not_equal(shell(out, sizeof out, "grep -rl 13900139000 %s/outbox", l->t.site.dir), 0);
	free(masked);
}

static void test_a_persons_new_phone_needs_a_code_to_the_old_one(void **state)
{
	struct life *l = *state;
	char code[32], old_code[32];
	insert(KEY);
	site_is(OK, CHANGE("{'person_mobile':'13700137009','consent':true}"), &l->e);
	codes_go(l, "13700137009", PERSON, code, old_code);
	IS(OK, sign_codes(l->d, l->no, code, old_code, &out, &l->e));
	checks_are(l, "person key-signature, person code-on-file, person code-new-phone");
	status_of(l, "done");
}

/* A person has no legal representative whose letter they could bring. */
static void test_a_persons_old_phone_out_of_reach_needs_their_card_identity_and_review(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, CHANGE("{'person_mobile':'13700137009','old_phone_unreachable':true,'consent':true}"), &l->e);
	IS(ERR_DESK_IDENTITY, sign_send(l->d, l->no, &out, &l->e));
	json_t *seen = data("{'identity_seen':true}");
	IS(OK, draft_edit(l->d, l->no, seen, &l->e));
	json_decref(seen);
	IS(ERR_DESK_DOCUMENTS, sign_send(l->d, l->no, &out, &l->e));
	asks_for(l, "agent-id-head agent-id-emblem");
	documents(l);
	sign(l);
	status_of(l, "in-review");
	checks_are(l, "person face-matches, person key-signature, person code-new-phone");
	approve(l);
	status_of(l, "done");
}

/* Nobody's phone would agree to an agent who is new. */
static void test_an_agent_brings_papers_where_the_persons_phone_is_out_of_reach(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, CHANGE("{" AGENT ",'consent':true}"), &l->e);
	asks_for(l, ""); /* the person's phone agrees */
	json_t *lost = data("{'old_phone_unreachable':true}");
	IS(OK, draft_edit(l->d, l->no, lost, &l->e));
	json_decref(lost);
	asks_for(l, "agent-id-head agent-id-emblem proxy-id-head proxy-id-emblem person-authorisation");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_who_came_in_person_is_checked_face_to_face),
		LIFE(test_the_agent_who_came_is_checked_and_the_persons_originals_seen),
		LIFE(test_an_agent_of_a_person_brings_a_power_of_attorney_and_their_card),
		LIFE(test_a_former_agent_in_hidden_fields_was_not_there),
		LIFE(test_a_new_agent_needs_a_code_to_the_persons_phone_too),
		LIFE(test_a_replacement_by_a_new_agent_needs_the_persons_code),
		LIFE(test_in_person_one_code_to_the_own_phone_is_enough),
		LIFE(test_a_former_agents_phone_hears_nothing),
		LIFE(test_a_persons_old_phone_out_of_reach_needs_their_card_identity_and_review),
		LIFE(test_an_agent_brings_papers_where_the_persons_phone_is_out_of_reach),
		LIFE(test_a_persons_new_phone_needs_a_code_to_the_old_one),
	};
	return RUN_LIFE(tests);
}
