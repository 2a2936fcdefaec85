/* Identity checks that failed: every one leaves its record, whoever found it out. */
#include "life.h"

#include "desk/cert.h"
#include "desk/identity.h"

static json_t *checks_of(struct life *l, const char *subject)
{
	json_t *rows = NULL;
	IS(OK, identity_list(l->d, subject, &rows, &l->e));
	return rows;
}

/* The newest check: "agent face-matches failed not-alike". */
static void newest_is(struct life *l, const char *subject, size_t count, const char *wanted)
{
	json_t *rows = checks_of(l, subject);
	char have[120];
	const json_t *row = json_array_get(rows, json_array_size(rows) - 1);
	assert_int_equal(json_array_size(rows), count);
	snprintf(have, sizeof have, "%s %s %s %s", json_text(row, "of"), json_text(row, "method"), json_text(row, "result"), json_text(row, "reason"));
	json_decref(rows);
	assert_string_equal(have, wanted);
}

/* Of the unit that has a main key already. */
static void another_draft(struct life *l)
{
	json_t *changes = data("{'key_role': 'secondary'}");
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
}

static void journalled(struct life *l, const char *no, const char *of, const char *method)
{
	json_t *history = NULL;
	IS(OK, order_history(l->d, no, &history, &l->e));
	const json_t *last = json_array_get(history, json_array_size(history) - 1), *facts = json_object_get(last, "facts");
	assert_string_equal(json_text(last, "action"), "identity.refuse");
	assert_string_equal(json_text(facts, "of"), of);
	assert_string_equal(json_text(facts, "method"), method);
	assert_string_equal(json_text(facts, "result"), "failed");
	json_decref(history);
}

static enum err refuse(struct life *l, const char *of, const char *method, const char *reason)
{
	const struct identity_refused what = {of, method, reason, NULL};
	json_t *out = NULL;
	l->e = (struct error){0};
	enum err r = identity_refuse(l->d, l->no, &what, &out, &l->e);
	json_decref(out);
	return r;
}

static void test_every_check_that_fails_leaves_a_record(void **state)
{
	struct life *l = *state;
	static const char *const all[][3] = {
		{"agent", "face-matches", "not-alike"}, {"agent", "real-name-mobile", "differs"}, {"legal", "bank-card", "declined"},
		{"unit", "one-cent", "wrong-code"}, {"unit", "register", "not-found"}, {"legal", "originals-seen", "expired"},
	};
	another_draft(l);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		char wanted[120];
		site_is(OK, refuse(l, all[i][0], all[i][1], all[i][2]), &l->e);
		snprintf(wanted, sizeof wanted, "%s %s failed %s", all[i][0], all[i][1], all[i][2]);
		newest_is(l, l->no, i + 1, wanted);
		journalled(l, l->no, all[i][0], all[i][1]);
	}
}

static void test_a_draft_whose_check_failed_is_signed_only_after_another(void **state)
{
	struct life *l = *state;
	char code[32];
	json_t *seen = data("{'identity_seen': true}"), *o = NULL;
	another_draft(l);
	site_is(OK, refuse(l, "agent", "face-matches", "not-alike"), &l->e);
	IS(ERR_DESK_IDENTITY, sign_send(l->d, l->no, &out, &l->e));
	IS(OK, draft_edit(l->d, l->no, seen, &l->e));
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	IS(OK, sign_code(l->d, l->no, code, &out, &l->e));
	IS(OK, order_show(l->d, l->no, &o, &l->e)); /* the reviewer sees what failed, and what passed after it */
	const json_t *checks = json_object_get(o, "identity_checks");
	assert_int_equal(json_array_size(checks), 4);
	assert_string_equal(json_text(json_array_get(checks, 0), "result"), "failed");
	for (size_t i = 1; i < 4; i++)
		assert_string_equal(json_text(json_array_get(checks, i), "result"), "passed");
	json_decref(o);
	json_decref(seen);
	as(l, "rv1");
	site_is(OK, refuse(l, "unit", "register", "not-found"), &l->e); /* whoever reviews may find out more */
	newest_is(l, l->no, 5, "unit register failed not-found");
}

static void test_an_order_whose_check_failed_is_approved_only_after_another(void **state)
{
	struct life *l = *state;
	json_t *seen = data("{'identity_seen': true}"), *changes = data("{'key_role': 'secondary'}");
	as(l, "op1");
	site_signed(&l->t.site, l->d, "new-unit", changes, l->no);
	site_pay(l->d, l->no);
	as(l, "rv1");
	IS(OK, review_claim(l->d, l->no, &out, &l->e));
	site_is(OK, refuse(l, "agent", "face-matches", "not-alike"), &l->e);
	IS(ERR_DESK_IDENTITY_FAILED, review_approve(l->d, l->no, &out, &l->e));
	status_of(l, "in-review");
	IS(OK, review_return(l->d, l->no, "核验未通过", &out, &l->e));
	as(l, "op1");
	IS(ERR_DESK_IDENTITY, sign_send(l->d, l->no, &out, &l->e)); /* somebody looks again */
	IS(OK, draft_edit(l->d, l->no, seen, &l->e));
	later(l, 61);
	site_sign(&l->t.site, l->d, l->no);
	as(l, "rv1");
	IS(OK, review_claim(l->d, l->no, &out, &l->e));
	IS(OK, review_approve(l->d, l->no, &out, &l->e));
	json_decref(changes);
	json_decref(seen);
}

static enum err pass(struct life *l, const char *of, const char *method)
{
	json_t *out = NULL;
	l->e = (struct error){0};
	enum err r = identity_pass(l->d, l->no, of, method, NULL, &out, &l->e);
	json_decref(out);
	return r;
}

static void open_is(struct life *l, const char *wanted)
{
	json_t *o = NULL;
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	assert_string_equal(json_text(o, "identity_open"), wanted);
	json_decref(o);
}

/* Of the unit's second key, approved. */
static void approved(struct life *l)
{
	json_t *changes = data("{'key_role': 'secondary'}");
	as(l, "op1");
	site_signed(&l->t.site, l->d, "new-unit", changes, l->no);
	site_pay(l->d, l->no);
	approve(l);
	json_decref(changes);
}

static void test_a_check_that_fails_after_the_approval_stops_issue_and_hand_over(void **state)
{
	struct life *l = *state;
	struct secret pin = {0};
	approved(l);
	assert_true(pcscd_insert(&readers, 0, OTHER, NULL));
	as(l, "op1");
	assert_int_equal(pass(l, "agent", "face-matches"), ERR_DESK_IDENTITY_NONE_FAILED);
	site_is(OK, refuse(l, "agent", "face-matches", "not-alike"), &l->e);
	open_is(l, "agent");
	assert_int_equal(issue_again(l, OTHER, NULL), ERR_DESK_IDENTITY_FAILED);
	status_of(l, "approved");
	as(l, "op1");
	site_is(OK, pass(l, "unit", "originals-seen"), &l->e); /* of somebody else */
	newest_is(l, l->no, 5, "unit originals-seen passed ");
	open_is(l, "agent");
	assert_int_equal(issue_again(l, OTHER, NULL), ERR_DESK_IDENTITY_FAILED);
	as(l, "op1");
	assert_int_equal(pass(l, "agent", "register"), ERR_DESK_IDENTITY_WHAT); /* no check of an agent */
	site_is(OK, pass(l, "agent", "real-name-mobile"), &l->e);
	open_is(l, "");
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	as(l, "is1");
	site_is(OK, refuse(l, "legal", "bank-card", "declined"), &l->e);
	as(l, "op1");
	IS(ERR_DESK_IDENTITY_FAILED, handover_take(l->d, l->no, OTHER, "agent", "H-1", &out, &l->e));
	status_of(l, "issued");
	site_is(OK, pass(l, "legal", "originals-seen"), &l->e);
	IS(OK, handover_take(l->d, l->no, OTHER, "agent", "H-1", &out, &l->e));
	status_of(l, "done");
	assert_int_equal(pass(l, "legal", "originals-seen"), ERR_DESK_STATUS);
	secret_wipe(&pin);
}

static void test_a_check_that_fails_stops_what_was_written_onto_the_customers_key(void **state)
{
	struct life *l = *state;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	IS(OK, sign_key(l->d, l->no, KEY, &l->pin, &out, &l->e));
	pay(l);
	as(l, "is1");
	IS(OK, issue_with_pin(l->d, l->no, KEY, &l->pin, NULL, NULL, &out, &l->e));
	site_is(OK, refuse(l, "unit", "register", "not-found"), &l->e);
	IS(ERR_DESK_IDENTITY_FAILED, issue_accept(l->d, l->no, &out, &l->e));
	site_is(OK, pass(l, "unit", "register"), &l->e);
	IS(OK, issue_accept(l->d, l->no, &out, &l->e));
	status_of(l, "done");
}

static void test_a_check_that_passed_is_said_of_a_signed_order_only(void **state)
{
	struct life *l = *state;
	another_draft(l);
	site_is(OK, refuse(l, "agent", "face-matches", "not-alike"), &l->e);
	assert_int_equal(pass(l, "agent", "face-matches"), ERR_DESK_STATUS); /* a draft says so itself */
	as(l, "mg1");
	assert_int_equal(pass(l, "agent", "face-matches"), ERR_DESK_FORBIDDEN);
}

static void test_a_dropped_draft_leaves_the_record(void **state)
{
	struct life *l = *state;
	another_draft(l);
	site_is(OK, refuse(l, "unit", "one-cent", "wrong-code"), &l->e);
	IS(OK, order_cancel(l->d, l->no, &l->e));
	newest_is(l, l->no, 1, "unit one-cent failed wrong-code");
}

static void test_only_checks_of_the_list_can_fail(void **state)
{
	struct life *l = *state;
	another_draft(l);
	assert_int_equal(refuse(l, "person", "face-matches", "not-alike"), ERR_DESK_IDENTITY_WHAT); /* a unit has none */
	assert_int_equal(refuse(l, "unit", "face-matches", "not-alike"), ERR_DESK_IDENTITY_WHAT);
	assert_int_equal(refuse(l, "agent", "key-signature", "wrong-pin"), ERR_DESK_IDENTITY_WHAT); /* what the program finds out itself */
	assert_int_equal(refuse(l, "agent", "face-matches", "ugly"), ERR_DESK_IDENTITY_WHAT);
	const struct identity_refused bad = {"agent", "bank-card", "declined", "a\033[2J"};
	IS(ERR_DESK_IDENTITY_WHAT, identity_refuse(l->d, l->no, &bad, &out, &l->e));
	as(l, "mg1");
	assert_int_equal(refuse(l, "agent", "face-matches", "not-alike"), ERR_DESK_FORBIDDEN);
	as(l, "op1");
	json_t *rows = checks_of(l, l->no);
	assert_int_equal(json_array_size(rows), 0);
	json_decref(rows);
	snprintf(l->no, sizeof l->no, "%s", order);
	assert_int_equal(refuse(l, "agent", "face-matches", "not-alike"), ERR_DESK_STATUS); /* it is over */
}

static void test_a_wrong_code_to_the_phone_on_file_is_a_failed_check(void **state)
{
	struct life *l = *state;
	char code[32], wrong[16];
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent': true}"), &l->e);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	IS(ERR_DESK_CODE, sign_code(l->d, l->no, wrong, &out, &l->e));
	assert_string_equal(l->e.detail, "4");
	newest_is(l, l->no, 1, "agent code-on-file failed wrong-code");
	journalled(l, l->no, "agent", "code-on-file");
	IS(OK, sign_code(l->d, l->no, code, &out, &l->e));
	newest_is(l, l->no, 2, "agent code-on-file passed ");
}

static void test_the_wrong_code_that_spends_the_last_try_is_a_failed_check_too(void **state)
{
	struct life *l = *state;
	char code[32], wrong[16];
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent': true}"), &l->e);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	for (size_t i = 1; i <= 5; i++) {
		IS(i < 5 ? ERR_DESK_CODE : ERR_DESK_CODE_SPENT, sign_code(l->d, l->no, wrong, &out, &l->e));
		newest_is(l, l->no, i, "agent code-on-file failed wrong-code");
	}
	IS(ERR_DESK_CODE_ENDED, sign_code(l->d, l->no, code, &out, &l->e));
}

static void test_a_wrong_code_for_a_new_application_is_no_check_of_identity(void **state)
{
	struct life *l = *state;
	char code[32], wrong[16];
	another_draft(l);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "验证码", code);
	snprintf(wrong, sizeof wrong, "%06d", (atoi(code) + 1) % 1000000);
	IS(ERR_DESK_CODE, sign_code(l->d, l->no, wrong, &out, &l->e));
	json_t *rows = checks_of(l, l->no);
	assert_int_equal(json_array_size(rows), 0);
	json_decref(rows);
}

static void test_a_wrong_pin_is_a_failed_check(void **state)
{
	struct life *l = *state;
	struct secret wrong = {0};
	secret_set(&wrong, "998877", 6);
	left(l, 60 * DAY);
	insert(KEY);
	assert_int_equal(about(l, "renew-unit", KEY, &wrong, NULL), ERR_TOKEN_PIN_WRONG);
	newest_is(l, l->certificate, 1, "unit key-signature failed wrong-pin"); /* no draft came of it */
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	IS(ERR_TOKEN_PIN_WRONG, sign_key(l->d, l->no, KEY, &wrong, &out, &l->e));
	newest_is(l, l->no, 1, "unit key-signature failed wrong-pin");
	journalled(l, l->no, "unit", "key-signature");
	IS(OK, sign_key(l->d, l->no, KEY, &l->pin, &out, &l->e));
	newest_is(l, l->no, 2, "unit key-signature passed ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_every_check_that_fails_leaves_a_record), LIFE(test_a_draft_whose_check_failed_is_signed_only_after_another),
		LIFE(test_an_order_whose_check_failed_is_approved_only_after_another),
		LIFE(test_a_check_that_fails_after_the_approval_stops_issue_and_hand_over),
		LIFE(test_a_check_that_fails_stops_what_was_written_onto_the_customers_key),
		LIFE(test_a_check_that_passed_is_said_of_a_signed_order_only),
		LIFE(test_a_dropped_draft_leaves_the_record), LIFE(test_only_checks_of_the_list_can_fail),
		LIFE(test_a_wrong_code_to_the_phone_on_file_is_a_failed_check),
		LIFE(test_the_wrong_code_that_spends_the_last_try_is_a_failed_check_too),
		LIFE(test_a_wrong_code_for_a_new_application_is_no_check_of_identity), LIFE(test_a_wrong_pin_is_a_failed_check),
	};
	return RUN_LIFE(tests);
}
