/* What an undone hand-over suspended waits for the right one: no loss report and no lifting of one, and what the CA suspends besides changes nothing
 * about it. */
#include "life.h"

#include "desk/handoverundo.h"
#include "rules/business.h"
#include "rules/certstate.h"

#define FORM_VALUES "{'identity_seen':true,'consent':true}"

static void undone(struct life *l)
{
	as(l, "mg1");
	IS(OK, handover_undo(l->d, order, NULL, "交错了人", &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "handover-undone");
}

static void own_ground(struct life *l, const char *change)
{
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, change, NULL, "法院协查", &out, &l->e));
}

static enum err taken(struct life *l)
{
	json_t *out = NULL;
	as(l, "op1");
	l->e = (struct error){0};
	enum err r = handover_take(l->d, order, KEY, "agent", "H2", &out, &l->e);
	json_decref(out);
	return r;
}

static void test_the_ca_suspends_what_an_undone_hand_over_suspended_too(void **state)
{
	struct life *l = *state;
	insert(KEY);
	undone(l);
	size_t told = site_messages(&l->t.site, "sms");
	later(l, 60);
	own_ground(l, "suspend");
	certificate_is(l, l->certificate, "suspended", "own-ground-undone");
	with(l, "rv1"); /* not twice */
	IS(ERR_DESK_CERT_STATE, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	site_is(ERR_HANDOVER_STATE, taken(l), &l->e);
	site_is(ERR_DESK_OWN_GROUND, about(l, "resume", NULL, NULL, FORM_VALUES), &l->e);
	certificate_is(l, l->certificate, "suspended", "own-ground-undone");
	later(l, 60);
	own_ground(l, "resume");
	certificate_is(l, l->certificate, "suspended", "handover-undone"); /* nobody reported a loss */
	assert_true(in_crl(l, l->certificate));
	assert_int_equal(told, site_messages(&l->t.site, "sms")); /* to its holder nothing has changed */
	site_is(OK, taken(l), &l->e);
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
}

/* Undone in the same second, and once more: the reason decides, not the time. */
static void test_the_right_hand_over_lifts_whatever_the_clock_says(void **state)
{
	struct life *l = *state;
	insert(KEY);
	undone(l);
	own_ground(l, "suspend");
	own_ground(l, "resume");
	site_is(OK, taken(l), &l->e);
	later(l, 60);
	undone(l);
	later(l, 60);
	own_ground(l, "suspend");
	later(l, 60);
	own_ground(l, "resume");
	site_is(OK, taken(l), &l->e);
	certificate_is(l, l->certificate, "active", "");
}

static void test_an_undone_hand_over_takes_no_loss_report_nor_its_lifting(void **state)
{
	static const char *const forms[] = {"suspend", "resume"};
	struct life *l = *state;
	insert(KEY);
	undone(l);
	for (size_t i = 0; i < 2; i++) {
		site_is(ERR_DESK_CERT_UNDONE, about(l, forms[i], NULL, NULL, FORM_VALUES), &l->e);
		assert_string_equal(l->e.detail, l->certificate);
	}
	site_is(ERR_DESK_CERT_UNDONE, about(l, "unlock", KEY, NULL, FORM_VALUES), &l->e);
	site_is(OK, about(l, "revoke-unit", NULL, NULL, NULL), &l->e); /* where the key doesn't come back */
	certificate_is(l, l->certificate, "suspended", "handover-undone");
}

static void test_what_is_not_possible_after_an_undone_hand_over_is_not_offered(void **state)
{
	static const struct {
		const char *business;
		bool allowed;
	} wanted[] = {{"suspend", false}, {"resume", false}, {"unlock", false}, {"renew", false}, {"change", false}, {"replace", true}, {"revoke", true}};
	struct life *l = *state;
	json_t *out = NULL, *row;
	size_t k;
	insert(KEY);
	undone(l);
	as(l, "op1");
	site_is(OK, about_key(l->d, KEY, &out, &l->e), &l->e);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		size_t found = 0;
		json_array_foreach(json_object_get(out, "businesses"), k, row)
			if (strcmp(json_text(row, "business"), wanted[i].business) == 0) {
				found++;
				assert_int_equal(json_flag(row, "allowed"), wanted[i].allowed);
				assert_int_equal(strstr(json_text(row, "why"), "领取已撤销") != NULL, !wanted[i].allowed);
			}
		assert_int_equal(found, 1);
	}
	assert_string_equal(json_text(out, "reason"), "handover-undone");
	assert_string_equal(json_text(out, "proposed"), "");
	json_decref(out);
}

/* Begun before the hand-over was undone. */
static void test_a_loss_report_begun_before_the_undo_is_refused_at_its_signature(void **state)
{
	struct life *l = *state;
	json_t *out = NULL;
	site_is(OK, about(l, "suspend", NULL, NULL, FORM_VALUES), &l->e);
	undone(l);
	as(l, "op1");
	site_is(ERR_DESK_CERT_UNDONE, sign_send(l->d, l->no, &out, &l->e), &l->e);
	json_decref(out);
	certificate_is(l, l->certificate, "suspended", "handover-undone");
}

/* How many messages to the holder have these words. */
static int heard(struct life *l, const char *words)
{
	char out[64];
	shell(out, sizeof out, "cat %s/outbox/sms/*.json | grep -c '%s'", l->t.site.dir, words);
	return atoi(out);
}

/* As an order about the certificate, and the certificate itself, call its state. */
static void called(struct life *l, const char *title)
{
	json_t *shown = NULL;
	IS(OK, order_show(l->d, l->no, &shown, &l->e));
	assert_string_equal(json_text(json_object_get(shown, "about"), "status_title"), title);
	json_decref(shown);
	IS(OK, cert_show(l->d, l->certificate, &shown, &l->e));
	assert_string_equal(json_text(shown, "status_title"), title);
	json_decref(shown);
}

/* The key doesn't come back from whoever has it: then it is a loss. */
static void test_a_replacement_of_what_was_undone_reports_it_lost(void **state)
{
	struct life *l = *state;
	insert(KEY);
	undone(l);
	pull();
	later(l, 60);
	site_is(OK, REPLACE(LOST), &l->e);
	called(l, "已暂停");
	documents(l);
	sign(l);
	called(l, "已挂失");
	pay(l);
	approve(l);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	certificate_is(l, l->certificate, "revoked", "key-compromise");
}

/* The loss was lifted, and the certificate still waits for the right hand-over, as its order does. */
static void lost_and_found(struct life *l, bool own)
{
	insert(KEY);
	undone(l);
	site_is(OK, REPLACE(LOST), &l->e);
	documents(l);
	sign(l);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	if (own)
		own_ground(l, "suspend");
	as(l, "op1");
	site_is(OK, order_cancel(l->d, l->no, &l->e), &l->e);
	if (own)
		own_ground(l, "resume");
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	site_is(ERR_HANDOVER_STATE, taken(l), &l->e);
	later(l, 600);
	site_is(OK, about(l, "resume", NULL, NULL, FORM_VALUES), &l->e);
	sign(l);
	certificate_is(l, l->certificate, "suspended", "handover-undone");
	assert_true(in_crl(l, l->certificate));
	assert_int_equal(heard(l, "解除挂失，恢复使用"), 0);
	assert_int_equal(heard(l, "领取有误，已撤销"), 2); /* why it is still suspended */
	site_is(ERR_DESK_CERT_UNDONE, about(l, "resume", NULL, NULL, FORM_VALUES), &l->e);
	site_is(OK, taken(l), &l->e);
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
	check_key(&l->t, KEY, "handed-over");
	snprintf(l->no, sizeof l->no, "%s", order);
	status_of(l, "done");
}

static void test_what_was_lost_and_found_after_an_undone_hand_over_is_handed_over(void **state)
{
	lost_and_found(*state, false);
}

static void test_the_cas_own_suspension_over_that_loss_changes_nothing_about_it(void **state)
{
	lost_and_found(*state, true);
}

/* Neither to the staff nor to the holder. */
static void test_an_undone_hand_over_is_not_called_a_loss(void **state)
{
	struct life *l = *state;
	char sentence[400];
	insert(KEY);
	undone(l);
	assert_int_equal(heard(l, "领取有误，已撤销"), 1);
	assert_string_equal(cert_state_title_why("suspended", "handover-undone"), "已暂停");
	assert_string_equal(cert_state_title_why("suspended", "own-ground-undone"), "已暂停");
	assert_string_equal(cert_state_title_why("suspended", "certificate-hold"), "已挂失");
	lang_set(LANG_EN);
	assert_string_equal(cert_state_title_why("suspended", "certificate-hold"), "reported lost");
	assert_string_equal(cert_state_title_why("suspended", "own-ground"), "suspended");
	lang_set(LANG_ZH);
	assert_string_equal(cert_reason_title("own-ground-undone"), "CA 主动办理，原领取已撤销");
	assert_string_equal(cert_reason_title("own-ground"), "CA 主动办理");
	assert_string_equal(cert_state_title_why("revoked", "key-compromise"), "已吊销");
	own_ground(l, "suspend");
	site_is(ERR_HANDOVER_STATE, taken(l), &l->e);
	assert_string_equal(l->e.detail, KEY " 的证书已暂停");
	site_is(ERR_DESK_CERT_STATE, about(l, "suspend", NULL, NULL, FORM_VALUES), &l->e);
	error_sentence(&l->e, sentence, sizeof sentence);
	assert_null(strstr(sentence, "已挂失"));
	own_ground(l, "resume");
	site_is(OK, taken(l), &l->e);
	assert_int_equal(heard(l, "随重新交付恢复使用"), 1);
	assert_int_equal(heard(l, "10000001的证书已挂失"), 0);
	assert_int_equal(heard(l, "解除挂失，恢复使用"), 0);
}

/* The other way round: the CA has suspended it when its hand-over is undone. */
static void test_an_undo_under_the_cas_own_suspension_waits_for_the_right_hand_over(void **state)
{
	struct life *l = *state;
	insert(KEY);
	own_ground(l, "suspend");
	later(l, 60);
	as(l, "mg1");
	IS(OK, handover_undo(l->d, order, NULL, "交错了人", &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "own-ground-undone");
	site_is(ERR_HANDOVER_STATE, taken(l), &l->e);
	later(l, 60);
	own_ground(l, "resume");
	certificate_is(l, l->certificate, "suspended", "handover-undone");
	assert_true(in_crl(l, l->certificate));
	site_is(OK, taken(l), &l->e);
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_the_ca_suspends_what_an_undone_hand_over_suspended_too),
		LIFE(test_the_right_hand_over_lifts_whatever_the_clock_says),
		LIFE(test_an_undone_hand_over_takes_no_loss_report_nor_its_lifting),
		LIFE(test_what_is_not_possible_after_an_undone_hand_over_is_not_offered),
		LIFE(test_a_loss_report_begun_before_the_undo_is_refused_at_its_signature),
		LIFE(test_a_replacement_of_what_was_undone_reports_it_lost),
		LIFE(test_an_undone_hand_over_is_not_called_a_loss),
		LIFE(test_what_was_lost_and_found_after_an_undone_hand_over_is_handed_over),
		LIFE(test_the_cas_own_suspension_over_that_loss_changes_nothing_about_it),
		LIFE(test_an_undo_under_the_cas_own_suspension_waits_for_the_right_hand_over),
	};
	return RUN_LIFE(tests);
}
