/* Change and unlock with the key in the reader, and what a key can have done. */
#include "life.h"

#include "desk/keyrow.h"
#include "desk/staff.h"
#include "desk/unlock.h"

#define CHANGE(values) about(l, "change-unit", KEY, &l->pin, values)

static void test_a_mail_address_changes_at_once(void **state)
{
	struct life *l = *state;
	json_t *values = NULL;
	insert(KEY);
	site_is(OK, CHANGE("{'agent_email':'wangwu@example.com','consent':true}"), &l->e);
	IS(OK, customer_known(l->d, "unit", "91110105MA01ABCD5F", &values, &l->e));
	assert_string_equal(json_text(values, "agent_email"), "lisi@example.com"); /* not before it is signed */
	json_decref(values);
	sign(l);
	status_of(l, "done");
	IS(OK, customer_known(l->d, "unit", "91110105MA01ABCD5F", &values, &l->e));
	assert_string_equal(json_text(values, "agent_email"), "wangwu@example.com");
	assert_string_equal(json_text(values, "mail_address"), "北京市海淀区示例街2号"); /* what the form doesn't ask stays */
	json_decref(values);
	certs_are(l, order, NULL, "active");
}

static void test_what_a_change_took_away_is_not_begun_with_again(void **state)
{
	struct life *l = *state;
	json_t *draft = NULL;
	insert(KEY);
	site_is(OK, CHANGE("{'unit_phone':'','consent':true}"), &l->e);
	sign(l);
	status_of(l, "done");
	site_is(OK, about(l, "replace-unit", NULL, NULL, "{'reason':'damaged'}"), &l->e);
	IS(OK, draft_load(l->d, l->no, &draft, &l->e));
	assert_string_equal(json_text(json_object_get(draft, "values"), "unit_phone"), "");
	json_decref(draft);
}

static void test_a_new_name_needs_document_review_and_certificate(void **state)
{
	struct life *l = *state;
	char out[512];
	insert(KEY);
	site_is(OK, CHANGE("{'unit_name':'北京示例科技股份有限公司','consent':true}"), &l->e);
	IS(ERR_DESK_DOCUMENTS, sign_send(l->d, l->no, &out, &l->e));
	documents(l);
	sign(l);
	pay(l);
	status_of(l, "in-review");
	approve(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	assert_int_equal(active_of(l, l->no, NULL), first_end); /* the same end */
	certs_are(l, order, NULL, "superseded");
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -s 9a -a read-certificate 2>/dev/null | "
		"openssl x509 -noout -subject -nameopt utf8,sep_comma_plus | grep -F 股份有限公司"), 0);
}

static void test_a_change_of_nothing_is_refused(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, CHANGE("{'consent':true}"), &l->e);
	IS(ERR_DESK_NOTHING_CHANGED, sign_send(l->d, l->no, &out, &l->e));
}

#define OTHER_UNIT "{'unit_name':'上海示例有限公司','uscc':'91350100M000100Y43','invoice_tax_number':'91350100M000100Y43'}"

static void other_unit_applies(struct life *l)
{
	char no[ORDER_NO_SIZE];
	json_t *changes = data(OTHER_UNIT);
	site_signed(&l->t.site, l->d, "new-unit", changes, no);
	json_decref(changes);
}

static void test_another_customers_number_is_refused_when_it_is_keyed(void **state)
{
	struct life *l = *state;
	json_t *taken = data("{'uscc':'91350100M000100Y43'}"), *o = NULL, *values;
	other_unit_applies(l);
	insert(KEY);
	site_is(ERR_DESK_CUSTOMER_TAKEN, CHANGE("{'uscc':'91350100M000100Y43'}"), &l->e);
	site_is(OK, CHANGE(NULL), &l->e);
	IS(ERR_DESK_CUSTOMER_TAKEN, draft_edit(l->d, l->no, taken, &l->e));
	/* a screen keeps what was keyed, right or wrong, and says so at once */
	IS(ERR_DESK_CUSTOMER_TAKEN, draft_number_free(l->d, l->no, taken, &l->e));
	site_is(OK, draft_load(l->d, l->no, &o, &l->e), &l->e);
	values = json_object_get(o, "values");
	json_object_update(values, taken);
	site_is(OK, draft_save(l->d, l->no, values, "uscc", 0, &l->e), &l->e);
	json_decref(o);
	site_is(OK, order_show(l->d, l->no, &o, &l->e), &l->e);
	bool said = false;
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(o, "mistakes"), i, each)
		said = said || (strcmp(json_text(each, "field"), "uscc") == 0 && strstr(json_text(each, "message"), "另一个客户"));
	assert_true(said);
	json_decref(o);
	json_decref(taken);
}

static void test_a_number_that_another_customer_took_meanwhile_stops_the_issue_before_the_key_is_touched(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, CHANGE("{'uscc':'91350100M000100Y43','invoice_tax_number':'91350100M000100Y43','consent':true}"), &l->e);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
	other_unit_applies(l);
	site_is(ERR_DESK_CUSTOMER_TAKEN, issue_again(l, KEY, &l->pin), &l->e);
	status_of(l, "approved");
	certs_are(l, order, NULL, "active");
	as(l, "op1");
	IS(OK, order_cancel(l->d, l->no, &l->e)); /* the money goes back */
}

static void test_a_new_phone_needs_a_code_to_the_old_and_to_the_new_one(void **state)
{
	struct life *l = *state;
	json_t *sent = NULL;
	char new_code[32], old_code[32], word[ORDER_NO_SIZE + 16];
	insert(KEY);
	site_is(OK, CHANGE("{'agent_mobile':'13900139001','consent':true}"), &l->e);
	site_is(OK, sign_send(l->d, l->no, &sent, &l->e), &l->e);
	assert_non_null(json_object_get(sent, "sent_to_old"));
	json_decref(sent);
	snprintf(word, sizeof word, "%s，验证码", l->no);
	site_message(&l->t.site, "sms", word, new_code);
	site_message(&l->t.site, "sms", "手机号正在变更，验证码", old_code);
	IS(ERR_DESK_TWO_CODES, sign_code(l->d, l->no, new_code, &out, &l->e));
	IS(ERR_DESK_CODE_NEW, sign_codes(l->d, l->no, "000000", old_code, &out, &l->e)); /* which of the two */
	IS(ERR_DESK_CODE_OLD, sign_codes(l->d, l->no, new_code, "000000", &out, &l->e));
	assert_string_equal(l->e.detail, "4");
	IS(OK, sign_codes(l->d, l->no, new_code, old_code, &out, &l->e));
	status_of(l, "done");
}

static void test_an_old_phone_out_of_reach_needs_letter_identity_and_review(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, CHANGE("{'agent_mobile':'13900139001','old_phone_unreachable':true,'consent':true}"), &l->e);
	IS(ERR_DESK_IDENTITY, sign_send(l->d, l->no, &out, &l->e));
	json_t *seen = data("{'identity_seen':true}");
	IS(OK, draft_edit(l->d, l->no, seen, &l->e));
	json_decref(seen);
	IS(ERR_DESK_DOCUMENTS, sign_send(l->d, l->no, &out, &l->e));
	documents(l);
	sign(l);
	status_of(l, "in-review");
	approve(l);
	status_of(l, "done");
}

static bool asks_for(struct life *l, const char *kind)
{
	json_t *kinds = NULL, *each;
	size_t i;
	bool found = false;
	site_is(OK, attach_kinds(l->d, l->no, &kinds, &l->e), &l->e);
	json_array_foreach(kinds, i, each)
		found = found || (strcmp(json_text(each, "kind"), kind) == 0 && json_flag(each, "required"));
	json_decref(kinds);
	return found;
}

static void test_a_new_name_with_the_old_phone_out_of_reach_needs_both_documents(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, CHANGE("{'unit_name':'北京示例科技股份有限公司','agent_mobile':'13900139001','old_phone_unreachable':true,'identity_seen':true,"
		"'consent':true}"), &l->e);
	assert_true(asks_for(l, "licence-change"));
	assert_true(asks_for(l, "legal-authorisation"));
	IS(OK, attach_add(l->d, l->no, "licence-change", site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
	IS(ERR_DESK_DOCUMENTS, sign_send(l->d, l->no, &out, &l->e));
	documents(l);
	sign(l);
	pay(l);
	status_of(l, "in-review");
	site_is(OK, CHANGE("{'unit_name':'北京示例科技股份有限公司','consent':true}"), &l->e);
	assert_false(asks_for(l, "legal-authorisation"));
}

static void block(void)
{
	char out[256];
	for (int i = 0; i < 4; i++)
		shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P 00000009 2>&1");
}

static enum err unlock_now(struct life *l, const char *code, const char *pin)
{
	struct secret new;
	json_t *out = NULL;
	secret_set(&new, pin, strlen(pin));
	as(l, "is1");
	l->e = (struct error){0};
	enum err r = key_unlock(l->d, l->no, code, &new, &out, &l->e);
	json_decref(out);
	return r;
}

static void first_unlock(struct life *l, char code[32])
{
	site_is(OK, about(l, "unlock", KEY, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	sign(l);
	approve(l);
	site_message(&l->t.site, "sms", "请携带介质", code); /* it is said what to bring */
	assert_string_equal(code, KEY);
	site_message(&l->t.site, "mail", "解锁授权码", code);
}

static void test_the_first_unlock_is_reviewed_and_its_code_works_once(void **state)
{
	struct life *l = *state;
	char code[32], out[256];
	insert(KEY);
	block();
	site_is(OK, about(l, "unlock", KEY, NULL, "{'identity_seen':true,'consent':true}"), &l->e);
	sign(l);
	status_of(l, "in-review");
	site_is(ERR_DESK_STATUS, unlock_now(l, NULL, "24681357"), &l->e);
	approve(l);
	site_message(&l->t.site, "mail", "解锁授权码", code);
	site_is(ERR_DESK_UNLOCK_CODE, unlock_now(l, NULL, "24681357"), &l->e);
	site_is(ERR_DESK_CODE, unlock_now(l, strcmp(code, "000000") ? "000000" : "000001", "24681357"), &l->e);
	site_is(OK, unlock_now(l, code, "24681357"), &l->e);
	status_of(l, "done");
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P 24681357 2>&1"), 0);
	site_is(ERR_DESK_STATUS, unlock_now(l, code, "24681358"), &l->e);
}

static void test_an_unlock_code_works_for_a_short_time(void **state)
{
	struct life *l = *state;
	char code[32];
	insert(KEY);
	first_unlock(l, code);
	later(l, 3 * 3600);
	site_is(ERR_DESK_CODE_ENDED, unlock_now(l, code, "24681357"), &l->e);
}

static void test_the_first_unlock_cannot_be_by_phone_and_the_next_one_can(void **state)
{
	struct life *l = *state;
	char code[32];
	insert(KEY);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'verify_way':'phone','consent':true}"), &l->e);
	IS(ERR_DESK_FIRST_UNLOCK, sign_send(l->d, l->no, &out, &l->e));
	first_unlock(l, code);
	site_is(OK, unlock_now(l, code, "24681357"), &l->e);
	later(l, 3600);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	sign(l);
	status_of(l, "approved");
	site_is(OK, unlock_now(l, NULL, "13572468"), &l->e);
	status_of(l, "done");
}

/* The second unlock, by the phone on file; the first was done an hour before. */
static void unlock_by_phone(struct life *l)
{
	char code[32];
	insert(KEY);
	first_unlock(l, code);
	site_is(OK, unlock_now(l, code, "24681357"), &l->e);
	later(l, 3600);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	sign(l);
	status_of(l, "approved");
}

static void test_an_unlock_by_the_phones_code_is_for_a_short_time_too(void **state)
{
	struct life *l = *state;
	json_t *o = NULL;
	unlock_by_phone(l);
	site_is(OK, order_show(l->d, l->no, &o, &l->e), &l->e);
	assert_int_equal(time_of(json_object_get(o, "about"), "unlock_until"), l->d->clock.fixed + 7200);
	assert_false(json_flag(json_object_get(o, "about"), "unlock_code"));
	json_decref(o);
	later(l, 7200 + 1);
	site_is(ERR_DESK_UNLOCK_ENDED, unlock_now(l, NULL, "13572468"), &l->e);
	site_is(ERR_DESK_CODE_ENDED, unlock_now(l, "123456", "13572468"), &l->e); /* none was sent */
	status_of(l, "approved");
	site_is(OK, order_show(l->d, l->no, &o, &l->e), &l->e);
	assert_true(json_flag(json_object_get(o, "about"), "unlock_code"));
	json_decref(o);
	as(l, "op1"); /* nobody is held to it */
	IS(OK, order_cancel(l->d, l->no, &l->e));
}

static void test_a_late_unlock_goes_on_with_a_new_code_to_the_phone_on_file(void **state)
{
	struct life *l = *state;
	char code[32];
	json_t *sent = NULL;
	unlock_by_phone(l);
	later(l, 7200 + 1);
	as(l, "is1");
	site_is(OK, key_unlock_send(l->d, l->no, &sent, &l->e), &l->e);
	assert_string_equal(json_text(sent, "sent_to"), "139****9000");
	json_decref(sent);
	site_message(&l->t.site, "sms", "解锁授权码", code);
	site_is(ERR_DESK_UNLOCK_ENDED, unlock_now(l, NULL, "13572468"), &l->e);
	site_is(ERR_DESK_CODE, unlock_now(l, strcmp(code, "000000") ? "000000" : "000001", "13572468"), &l->e);
	later(l, 7200 + 1);
	site_is(ERR_DESK_CODE_ENDED, unlock_now(l, code, "13572468"), &l->e);
	as(l, "is1");
	IS(OK, key_unlock_send(l->d, l->no, &out, &l->e));
	site_message(&l->t.site, "sms", "解锁授权码", code);
	site_is(OK, unlock_now(l, code, "13572468"), &l->e);
	status_of(l, "done");
}

/* As with issuing: a site may forbid its people to unlock what they keyed in, approved or not. */
static void test_who_keyed_an_unlock_in_carries_it_out_only_where_they_may_issue_it(void **state)
{
	struct life *l = *state;
	struct secret pin;
	secret_set(&pin, "13572468", 8);
	unlock_by_phone(l);
	as(l, "root1");
	IS(OK, staff_roles(l->d, "op1", "operator,issuer", &l->e));
	as(l, "op1");
	l->d->config.issue_own_forbidden = true;
	IS(ERR_DESK_SEPARATION, key_unlock(l->d, l->no, NULL, &pin, &out, &l->e));
	status_of(l, "approved");
	l->d->config.issue_own_forbidden = false; /* no review is required for it */
	IS(OK, key_unlock(l->d, l->no, NULL, &pin, &out, &l->e));
	status_of(l, "done");
}

/* The key has another holder since: what the first one proved says nothing of the second. */
static void test_the_first_unlock_of_a_new_holder_is_the_first_one(void **state)
{
	struct life *l = *state;
	char code[32];
	json_t *changes = data(OTHER_UNIT), *draft = NULL;
	insert(KEY);
	first_unlock(l, code);
	site_is(OK, unlock_now(l, code, "24681357"), &l->e);
	as(l, "rv1");
	with(l, "mg1");
	IS(OK, cert_own_ground(l->d, l->certificate, "revoke", "cessation-of-operation", "单位注销", &out, &l->e));
	json_object_set_new(changes, "own_medium", json_true());
	site_approved(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	site_is(OK, issue_again(l, KEY, NULL), &l->e);
	as(l, "op1");
	IS(OK, handover_take(l->d, l->no, KEY, "agent", "H2", &out, &l->e));
	later(l, 3600);
	site_is(OK, about(l, "unlock", KEY, NULL, NULL), &l->e);
	site_is(OK, draft_load(l->d, l->no, &draft, &l->e), &l->e);
	assert_string_equal(json_text(json_object_get(draft, "values"), "verify_way"), "identity");
	json_decref(draft);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'verify_way':'phone','consent':true}"), &l->e);
	IS(ERR_DESK_FIRST_UNLOCK, sign_send(l->d, l->no, &out, &l->e));
}

static void test_an_unlock_changes_the_puk_and_survives_every_cut(void **state)
{
	struct life *l = *state;
	char code[32], out[256];
	bool done = false;
	insert(KEY);
	first_unlock(l, code);
	for (int at = 3; !done && at < 40; at += 3) {
		insert_vanishing(at);
		enum err r = unlock_now(l, code, "24681357");
		done = r == OK;
		if (!done) {
			assert_int_equal(error_exit(r), EXIT_RETRY);
			assert_true(pcscd_vanished(&readers, 0));
			insert(KEY);
		}
	}
	if (done) { /* a key that may vanish yet is of no use to others */
		pull();
		insert(KEY);
	} else
		site_is(OK, unlock_now(l, code, "24681357"), &l->e);
	assert_int_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P 24681357 2>&1"), 0);
	assert_int_not_equal(shell(out, sizeof out, "yubico-piv-tool -r '' -a change-puk -P 12345678 -N 12345678 2>&1"), 0);
	later(l, 3600);
	site_is(OK, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e); /* the recorded PUK is the one on the key */
	sign(l);
	site_is(OK, unlock_now(l, NULL, "13572468"), &l->e);
}

/* After a cut the key has the recorded PUK or the next one; where it has neither, the last try isn't spent on finding out. */
static void test_an_unlock_never_takes_the_last_try(void **state)
{
	struct life *l = *state;
	struct key_row key;
	struct key_secrets good = {0}, wrong = {0};
	struct token *token = NULL;
	int tries = 0;
	char code[32], said[256];
	insert(KEY);
	first_unlock(l, code);
	IS(OK, key_load(l->d, KEY, &key, &l->e));
	IS(OK, key_secrets_load(l->d, &key, &good, &l->e));
	secret_set(&wrong.puk, "00000011", 8);
	secret_set(&wrong.puk_next, "00000012", 8);
	wrong.management = good.management;
	as(l, "is1");
	IS(OK, store_begin(l->d->store, &l->e));
	IS(OK, key_secrets_save(l->d, &key, &wrong, &l->e));
	IS(OK, desk_commit(l->d, MAY_UNLOCK, "key.secrets", l->no, NULL, NULL, &l->e));
	shell(said, sizeof said, "yubico-piv-tool -r '' -a change-puk -P 00000000 -N 00000001 2>&1"); /* two are left */
	site_is(ERR_DESK_UNLOCK_DEAD, unlock_now(l, code, "24681357"), &l->e);
	IS(OK, token_open(KEY, &token, &l->e));
	IS(OK, token_tries_left(token, TOKEN_PUK, &tries, &l->e));
	token_close(&token);
	assert_int_equal(tries, 1);
	key_secrets_wipe(&good);
	key_secrets_wipe(&wrong);
}

static void test_a_blocked_puk_is_a_clear_end(void **state)
{
	struct life *l = *state;
	char code[32], out[256];
	insert(KEY);
	first_unlock(l, code);
	for (int i = 0; i < 4; i++)
		shell(out, sizeof out, "yubico-piv-tool -r '' -a change-puk -P 00000000 -N 00000001 2>&1");
	site_is(ERR_DESK_UNLOCK_DEAD, unlock_now(l, code, "24681357"), &l->e);
	status_of(l, "approved");
	as(l, "op1");
	IS(OK, order_cancel(l->d, l->no, &l->e));
}

/* Nobody is checked, reviewed and sent a code for a key that no code opens. */
static void test_no_unlock_is_begun_for_a_blocked_puk(void **state)
{
	struct life *l = *state;
	json_t *found = NULL, *row;
	size_t i;
	char out[256];
	insert(KEY);
	for (int i = 0; i < 4; i++) {
		shell(out, sizeof out, "yubico-piv-tool -r '' -a change-puk -P 00000000 -N 00000001 2>&1");
		shell(out, sizeof out, "yubico-piv-tool -r '' -a verify-pin -P 00000009 2>&1");
	}
	site_is(ERR_DESK_UNLOCK_DEAD, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	IS(OK, about_key(l->d, KEY, &found, &l->e));
	assert_string_equal(json_text(found, "proposed"), "replace");
	json_array_foreach(json_object_get(found, "businesses"), i, row)
		if (strcmp(json_text(row, "business"), "unlock") == 0) {
			assert_false(json_flag(row, "allowed"));
			assert_non_null(strstr(json_text(row, "why"), "请办补办"));
		} else if (strcmp(json_text(row, "business"), "replace") == 0)
			assert_true(json_flag(row, "allowed"));
	json_decref(found);
}

static void test_unlocking_is_the_issuers_and_free(void **state)
{
	struct life *l = *state;
	char code[32];
	json_t *o = NULL;
	struct secret pin;
	secret_set(&pin, "24681357", 8);
	insert(KEY);
	first_unlock(l, code);
	as(l, "op1");
	IS(ERR_DESK_FORBIDDEN, key_unlock(l->d, l->no, code, &pin, &out, &l->e));
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	assert_int_equal(json_number(o, "amount"), 0);
	json_decref(o);
}

static void test_what_a_key_can_have_done_is_said(void **state)
{
	struct life *l = *state;
	json_t *can = NULL;
	insert(KEY);
	as(l, "op1");
	site_is(OK, about_key(l->d, KEY, &can, &l->e), &l->e);
	assert_string_equal(json_text(can, "proposed"), "");
	assert_string_equal(json_text(can, "status"), "active");
	json_decref(can);
	left(l, 30 * DAY);
	site_is(OK, about_key(l->d, KEY, &can, &l->e), &l->e);
	assert_string_equal(json_text(can, "proposed"), "renew");
	json_decref(can);
	block();
	site_is(OK, about_key(l->d, KEY, &can, &l->e), &l->e);
	assert_string_equal(json_text(can, "proposed"), "unlock");
	assert_int_equal(json_number(can, "pin_tries"), 0);
	size_t i, opened = 0;
	json_t *row;
	json_array_foreach(json_object_get(can, "businesses"), i, row) /* what begins with the PIN waits for that */
		if (json_flag(row, "needs_pin")) {
			assert_false(json_flag(row, "allowed"));
			assert_non_null(strstr(json_text(row, "why"), "解锁"));
		} else
			opened += json_flag(row, "allowed");
	assert_in_range(opened, 2, 10); /* unlock, replacement, … */
	json_decref(can);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_mail_address_changes_at_once),
		LIFE(test_what_a_change_took_away_is_not_begun_with_again),
		LIFE(test_a_new_name_needs_document_review_and_certificate),
		LIFE(test_a_change_of_nothing_is_refused),
		LIFE(test_another_customers_number_is_refused_when_it_is_keyed),
		LIFE(test_a_number_that_another_customer_took_meanwhile_stops_the_issue_before_the_key_is_touched),
		LIFE(test_a_new_phone_needs_a_code_to_the_old_and_to_the_new_one),
		LIFE(test_an_old_phone_out_of_reach_needs_letter_identity_and_review),
		LIFE(test_the_first_unlock_is_reviewed_and_its_code_works_once),
		LIFE(test_an_unlock_code_works_for_a_short_time),
		LIFE(test_the_first_unlock_cannot_be_by_phone_and_the_next_one_can),
		LIFE(test_an_unlock_by_the_phones_code_is_for_a_short_time_too),
		LIFE(test_a_late_unlock_goes_on_with_a_new_code_to_the_phone_on_file),
		LIFE(test_who_keyed_an_unlock_in_carries_it_out_only_where_they_may_issue_it),
		LIFE(test_a_new_name_with_the_old_phone_out_of_reach_needs_both_documents),
		LIFE(test_the_first_unlock_of_a_new_holder_is_the_first_one),
		LIFE(test_an_unlock_changes_the_puk_and_survives_every_cut),
		LIFE(test_an_unlock_never_takes_the_last_try),
		LIFE(test_a_blocked_puk_is_a_clear_end),
		LIFE(test_no_unlock_is_begun_for_a_blocked_puk),
		LIFE(test_unlocking_is_the_issuers_and_free),
		LIFE(test_what_a_key_can_have_done_is_said),
	};
	return RUN_LIFE(tests);
}
