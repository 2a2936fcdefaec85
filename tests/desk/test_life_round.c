/* Ways round the rules of a certificate's life, each of which must be closed. */
#include "life.h"

#include "desk/query.h"
#include "desk/refund.h"

static void mobile_of_draft(struct life *l, const char *wanted)
{
	json_t *o = NULL;
	IS(OK, draft_load(l->d, l->no, &o, &l->e));
	assert_string_equal(json_text(json_object_get(o, "values"), "agent_mobile"), wanted);
	json_decref(o);
}

static void test_a_cancelled_replacement_revokes_nothing(void **state)
{
	struct life *l = *state;
	site_is(OK, REPLACE(LOST), &l->e);
	documents(l);
	sign(l);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	IS(OK, order_cancel(l->d, l->no, &l->e));
	later(l, 30 * DAY);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	site_is(OK, about(l, "resume", NULL, NULL, "{'consent':true}"), &l->e); /* the key was found */
	sign(l);
	certificate_is(l, l->certificate, "active", "");
	later(l, DAY);
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e); /* and nothing of it comes back later */
	sign(l);
	later(l, 2 * DAY);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
}

static void test_a_rejected_replacement_revokes_nothing(void **state)
{
	struct life *l = *state;
	site_is(OK, REPLACE(LOST), &l->e);
	documents(l);
	sign(l);
	pay(l);
	as(l, "rv1");
	IS(OK, review_claim(l->d, l->no, &out, &l->e));
	IS(OK, review_reject(l->d, l->no, "资料不符", &out, &l->e));
	later(l, 2 * DAY);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
}

static void test_an_earlier_loss_report_shortens_nothing(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	later(l, 3 * DAY);
	site_is(OK, REPLACE(LOST), &l->e);
	documents(l);
	sign(l);
	pay(l);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	later(l, DAY + 60);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "revoked", "key-compromise");
}

static void test_paper_is_no_code_to_the_phone_on_file(void **state)
{
	static const char *const forms[] = {"suspend", "resume"};
	struct life *l = *state;
	for (size_t i = 0; i < 2; i++) {
		site_is(OK, about(l, forms[i], NULL, NULL, "{'consent':true}"), &l->e);
		IS(OK, attach_add(l->d, l->no, "signed-form", site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
		with(l, "rv1");
		IS(ERR_DESK_IDENTITY, sign_paper(l->d, l->no, &out, &l->e));
		sign(l);
		later(l, 3600);
	}
	certificate_is(l, l->certificate, "active", "");
}

static void test_paper_changes_no_phone_without_the_old_one(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'agent_mobile':'13712345678','consent':true}"), &l->e);
	IS(OK, attach_add(l->d, l->no, "signed-form", site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
	with(l, "rv1");
	IS(ERR_DESK_TWO_CODES, sign_paper(l->d, l->no, &out, &l->e));
}

/* Looked at only where the form asks for it: said for a choice that was taken back, it stands for nothing. */
static void test_an_identity_check_that_the_form_does_not_ask_for_counts_for_nothing(void **state)
{
	struct life *l = *state;
	insert(KEY);
	site_is(OK, about(l, "change-unit", KEY, &l->pin,
		"{'agent_mobile':'13712345678','old_phone_unreachable':false,'identity_seen':true,'consent':true}"), &l->e);
	IS(OK, attach_add(l->d, l->no, "signed-form", site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
	with(l, "rv1");
	IS(ERR_DESK_TWO_CODES, sign_paper(l->d, l->no, &out, &l->e));
}

static void test_what_a_screen_saves_sets_no_field_that_the_form_lets_nobody_key(void **state)
{
	struct life *l = *state;
	json_t *o = NULL, *before, *values;
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	site_is(OK, draft_load(l->d, l->no, &o, &l->e), &l->e);
	before = json_object_get(o, "values");
	values = json_deep_copy(before);
	json_object_set_new(values, "uscc", json_string("91350100M000100Y43"));  /* read-only */
	json_object_set_new(values, "key_role", json_string("secondary"));        /* hidden */
	json_object_set_new(values, "no_such_field", json_string("x"));
	json_object_del(values, "enterprise_auth"); /* hidden too */
	json_object_set_new(values, "agent_email", json_string("half@"));         /* what is being typed stays */
	site_is(OK, draft_save(l->d, l->no, values, "agent_email", 5, &l->e), &l->e);
	json_decref(values);
	json_object_set_new(before, "agent_email", json_string("half@"));
	json_t *after = NULL;
	site_is(OK, draft_load(l->d, l->no, &after, &l->e), &l->e);
	assert_true(json_equal(json_object_get(after, "values"), before));
	json_decref(after);
	json_decref(o);
}

static void test_a_new_application_moves_no_phone_on_file_before_it_is_issued(void **state)
{
	struct life *l = *state;
	char old[32] = "";
	json_t *o = NULL;
	site_is(OK, about(l, "suspend", NULL, NULL, NULL), &l->e);
	IS(OK, draft_load(l->d, l->no, &o, &l->e));
	snprintf(old, sizeof old, "%s", json_text(json_object_get(o, "values"), "agent_mobile"));
	json_decref(o);
	site_is(OK, about(l, "new-unit", NULL, NULL,
		"{'key_role':'secondary','agent_mobile':'13712345678','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	char extra[ORDER_NO_SIZE];
	snprintf(extra, sizeof extra, "%s", l->no);
	site_is(OK, about(l, "suspend", NULL, NULL, NULL), &l->e);
	mobile_of_draft(l, old);
	snprintf(l->no, sizeof l->no, "%s", extra);
	pay(l);
	approve(l);
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	site_is(OK, about(l, "suspend", NULL, NULL, NULL), &l->e);
	mobile_of_draft(l, "13712345678");
}

static void test_a_holder_lifts_no_suspension_of_the_ca(void **state)
{
	struct life *l = *state;
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	site_is(ERR_DESK_OWN_GROUND, about(l, "resume", NULL, NULL, "{'consent':true}"), &l->e);
	insert(KEY);
	site_is(ERR_DESK_OWN_GROUND, about(l, "unlock", KEY, NULL, NULL), &l->e); /* no loss report that could be lifted */
	certificate_is(l, l->certificate, "suspended", "own-ground");
	assert_true(in_crl(l, l->certificate));
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "resume", NULL, "协查结束", &out, &l->e));
	certificate_is(l, l->certificate, "active", "");
}

static void test_a_replacement_ends_where_the_certificate_was_revoked_for_good(void **state)
{
	struct life *l = *state;
	site_is(OK, REPLACE(LOST), &l->e);
	documents(l);
	sign(l);
	pay(l);
	approve(l);
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "revoke", "privilege-withdrawn", "法院裁定", &out, &l->e));
	insert(OTHER);
	site_is(ERR_DESK_CERT_GONE, issue_again(l, OTHER, NULL), &l->e);
	check_key(&l->t, OTHER, "in-stock");
}

static void test_a_query_shows_no_draft_of_a_namesake(void **state)
{
	struct life *l = *state;
	json_t *found = NULL;
	site_is(OK, about(l, "new-unit", NULL, NULL, "{'uscc':'91350100M000100Y43'}"), &l->e); /* the name stays */
	site_is(OK, REPLACE(LOST), &l->e);
	as(l, "mg1");
	site_is(OK, query_look(l->d, "uscc", "91110105MA01ABCD5F", "查进度", &found, &l->e), &l->e);
	const json_t *drafts = json_object_get(found, "drafts");
	assert_int_equal(json_array_size(drafts), 1);
	assert_string_equal(json_text(json_array_get(drafts, 0), "order"), l->no);
	json_decref(found);
}

static void test_a_draft_from_before_a_change_of_phone_asks_the_phone_on_file_now(void **state)
{
	struct life *l = *state;
	json_t *sent = NULL;
	char new_code[32], old_code[32], word[ORDER_NO_SIZE + 16], early[ORDER_NO_SIZE];
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	snprintf(early, sizeof early, "%s", l->no);
	insert(KEY);
	site_is(OK, about(l, "change-unit", KEY, &l->pin, "{'agent_mobile':'13900139001','consent':true}"), &l->e);
	IS(OK, sign_send(l->d, l->no, &out, &l->e));
	snprintf(word, sizeof word, "%s，验证码", l->no);
	site_message(&l->t.site, "sms", word, new_code);
	site_message(&l->t.site, "sms", "手机号正在变更，验证码", old_code);
	IS(OK, sign_codes(l->d, l->no, new_code, old_code, &out, &l->e));
	status_of(l, "done");
	pull();
	snprintf(l->no, sizeof l->no, "%s", early);
	site_is(OK, sign_send(l->d, l->no, &sent, &l->e), &l->e);
	assert_non_null(strstr(json_text(sent, "sent_to_old"), "9001"));
	json_decref(sent);
	snprintf(word, sizeof word, "%s，验证码", l->no);
	site_message(&l->t.site, "sms", word, new_code);
	IS(ERR_DESK_TWO_CODES, sign_code(l->d, l->no, new_code, &out, &l->e));
}

static size_t certificates_of(struct life *l, const char *no)
{
	json_t *list = NULL;
	IS(OK, certs_list(l->d, no, NULL, &list, &l->e));
	size_t n = json_array_size(list);
	json_decref(list);
	return n;
}

/* The key breaks or is lost while its renewal is written: nothing may hang on a key that never comes back. */
static void test_a_renewal_cut_by_a_lost_key_is_undone_once_the_loss_is_reported(void **state)
{
	struct life *l = *state;
	char renewal[ORDER_NO_SIZE], n[16];
	left(l, 60 * DAY);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	pay(l);
	pull();
	for (int at = 9; certificates_of(l, l->no) == 0; at += 3) {
		snprintf(n, sizeof n, "%d", at);
		assert_true(pcscd_insert(&readers, 0, KEY, "--vanish-at", n, NULL));
		assert_int_not_equal(issue_again(l, KEY, &l->pin), OK);
		assert_true(pcscd_vanished(&readers, 0));
		pull();
	}
	status_of(l, "issuing");
	snprintf(renewal, sizeof renewal, "%s", l->no);
	as(l, "mg1");
	IS(ERR_TOKEN_NONE, issue_undo(l->d, renewal, "介质损坏", &out, &l->e)); /* it may still be put right */
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	as(l, "mg1");
	IS(OK, issue_undo(l->d, renewal, "介质丢失", &out, &l->e));
	certs_are(l, NULL, KEY, "revoked suspended");
	as(l, "mg1");
	IS(OK, refund_ask(l->d, renewal, "介质丢失", &out, &l->e));
	site_is(OK, REPLACE(LOST), &l->e);
	documents(l);
	sign(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_cancelled_replacement_revokes_nothing),
		LIFE(test_a_rejected_replacement_revokes_nothing),
		LIFE(test_an_earlier_loss_report_shortens_nothing),
		LIFE(test_paper_is_no_code_to_the_phone_on_file),
		LIFE(test_paper_changes_no_phone_without_the_old_one),
		LIFE(test_an_identity_check_that_the_form_does_not_ask_for_counts_for_nothing),
		LIFE(test_what_a_screen_saves_sets_no_field_that_the_form_lets_nobody_key),
		LIFE(test_a_new_application_moves_no_phone_on_file_before_it_is_issued),
		LIFE(test_a_holder_lifts_no_suspension_of_the_ca),
		LIFE(test_a_replacement_ends_where_the_certificate_was_revoked_for_good),
		LIFE(test_a_query_shows_no_draft_of_a_namesake),
		LIFE(test_a_draft_from_before_a_change_of_phone_asks_the_phone_on_file_now),
		LIFE(test_a_renewal_cut_by_a_lost_key_is_undone_once_the_loss_is_reported),
	};
	return RUN_LIFE(tests);
}
