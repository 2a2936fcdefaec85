/* Replacement, revocation, loss report and its lifting, and the query: what needs no key in the reader. */
#include "life.h"

#include "desk/effect.h"
#include "desk/handover.h"
#include "desk/query.h"
#include "desk/stock.h"

#define NUMBER "91110105MA01ABCD5F"

static void test_what_is_lost_is_suspended_by_the_signature_and_revoked_by_the_new_key(void **state)
{
	struct life *l = *state;
	site_is(OK, REPLACE("{'reason':'lost','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	certificate_is(l, l->certificate, "active", "");
	size_t told = site_messages(&l->t.site, "mail");
	sign(l);
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	assert_int_equal(site_messages(&l->t.site, "mail"), told + 1);
	assert_true(in_crl(l, l->certificate));
	check_key(&l->t, KEY, "lost");
	pay(l);
	approve(l);
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	certificate_is(l, l->certificate, "revoked", "key-compromise");
	assert_int_equal(active_of(l, l->no, NULL), first_end); /* the new end equals the old */
}

static void test_a_lost_key_is_refused_everywhere(void **state)
{
	struct life *l = *state;
	replaced(l, "{'reason':'stolen','identity_seen':true,'consent':true}");
	insert(KEY);
	left(l, 60 * DAY);
	site_is(ERR_DESK_KEY_LOST, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	site_is(ERR_DESK_KEY_LOST, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	site_is(ERR_DESK_KEY_LOST, about(l, "change-unit", KEY, &l->pin, NULL), &l->e);
	site_is(ERR_DESK_KEY_STATE, issue_again(l, KEY, NULL), &l->e); /* nor is it made anew */
	assert_int_equal(pcscd_pull(&readers, 0), true);
}

/* Not "lift the loss report first": that can't be done any more. */
static void test_a_replaced_certificate_names_the_one_that_took_its_place(void **state)
{
	struct life *l = *state;
	char serial[CERT_SERIAL_SIZE];
	json_t *about_it = NULL, *row;
	size_t i;
	replaced(l, "{'reason':'lost','identity_seen':true,'consent':true}");
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	active_of(l, l->no, serial);
	pull();
	insert(KEY);
	left(l, 60 * DAY);
	site_is(ERR_DESK_CERT_REPLACED, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	assert_non_null(strstr(l->e.detail, serial));
	assert_non_null(strstr(l->e.detail, OTHER));
	site_is(ERR_DESK_CERT_REPLACED, about(l, "unlock", KEY, NULL, "{'consent':true}"), &l->e);
	site_is(ERR_DESK_CERT_REPLACED, about(l, "change-unit", KEY, &l->pin, NULL), &l->e);
	IS(OK, about_key(l->d, KEY, &about_it, &l->e));
	json_array_foreach(json_object_get(about_it, "businesses"), i, row) {
		assert_false(json_flag(row, "allowed"));
		assert_non_null(strstr(json_text(row, "why"), OTHER));
	}
	assert_true(i > 0);
	json_decref(about_it);
	pull();
}

static void test_a_lost_certificate_is_revoked_when_its_time_is_up(void **state)
{
	struct life *l = *state;
	json_t *ticked = NULL;
	replaced(l, "{'reason':'lost','identity_seen':true,'consent':true}");
	later(l, 23 * 3600);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	later(l, 3600 + 60);
	site_is(OK, tick_run(l->d, &ticked, &l->e), &l->e);
	assert_int_equal(json_number(ticked, "revoked"), 1);
	json_decref(ticked);
	certificate_is(l, l->certificate, "revoked", "key-compromise");
	assert_true(in_crl(l, l->certificate));
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e); /* the replacement goes on */
}

/* The database refuses the change of one of them. */
static void test_a_revocation_that_fails_keeps_no_other_from_its_time(void **state)
{
	struct life *l = *state;
	char second[CERT_SERIAL_SIZE], first[CERT_SERIAL_SIZE], out[64];
	int64_t revoked = 0;
	second_holder(l, second);
	later(l, 61);
	replaced(l, LOST);
	snprintf(first, sizeof first, "%s", l->certificate);
	snprintf(l->certificate, sizeof l->certificate, "%s", second);
	later(l, 61);
	replaced(l, LOST);
	later(l, 24 * 3600 + 60);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' \"CREATE TRIGGER broken BEFORE UPDATE ON certificate WHEN old.serial = '%s' "
	                       "BEGIN SELECT raise(ABORT, 'broken'); END\"", l->t.site.dir, first), 0);
	l->d->timer = true;
	IS(ERR_STORE_FAULT, effect_tick(l->d, &revoked, &l->e));
	assert_int_equal(l->e.code, ERR_STORE_FAULT);
	assert_int_equal(revoked, 1);
	certificate_is(l, second, "revoked", "key-compromise");
	assert_true(in_crl(l, second));
	certificate_is(l, first, "suspended", "certificate-hold");
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'DROP TRIGGER broken'", l->t.site.dir), 0);
	IS(OK, effect_tick(l->d, &revoked, &l->e));
	l->d->timer = false;
	assert_int_equal(revoked, 1);
	certificate_is(l, first, "revoked", "key-compromise");
}

static void test_a_loss_that_was_only_reported_is_not_revoked_by_time(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	later(l, 30 * DAY);
	IS(OK, tick_run(l->d, &out, &l->e));
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
}

/* The new key to its agent, and what they give back. */
static enum err take_with(struct life *l, const char *old, const char *unread)
{
	json_t *out = NULL;
	l->e = (struct error){0};
	enum err r = handover_take_by(l->d, l->no, OTHER, &(struct handover_taker){.to = "agent", .old_key = old, .old_unread = unread}, "H-77", &out, &l->e);
	json_decref(out);
	return r;
}

static void test_a_defective_key_is_free_for_a_year_and_collected(void **state)
{
	struct life *l = *state;
	json_t *o = NULL;
	replaced(l, "{'reason':'defective','identity_seen':true,'consent':true,'seal_services':['personal-seal']}");
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	assert_int_equal(json_number(o, "amount"), 0);
	json_decref(o);
	certificate_is(l, l->certificate, "active", ""); /* works until the new one does */
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	certificate_is(l, l->certificate, "revoked", "superseded");
	check_key(&l->t, KEY, "handed-over"); /* it is with the customer still */
	as(l, "op1");
	site_is(ERR_HANDOVER_OLD_KEY, take_with(l, NULL, NULL), &l->e);
	status_of(l, "issued");
	site_is(ERR_HANDOVER_OLD_OTHER, take_with(l, "10000009", NULL), &l->e);
	site_is(ERR_HANDOVER_OLD_OTHER, take_with(l, "10000009", "介质已压坏"), &l->e);
	check_key(&l->t, KEY, "handed-over");
	site_is(OK, take_with(l, "0010000001", NULL), &l->e); /* as a scanner reads it */
	status_of(l, "done");
	check_key(&l->t, KEY, "returned");
}

/* The preview reminds of it; a key that is in is read. */
static void test_an_old_key_that_is_in_is_collected_by_its_serial(void **state)
{
	struct life *l = *state;
	json_t *preview = NULL;
	replaced(l, "{'reason':'our-mistake','identity_seen':true,'consent':true}");
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	assert_true(pcscd_insert(&readers, 1, KEY, NULL));
	as(l, "op1");
	site_is(OK, handover_preview(l->d, l->no, &preview, &l->e), &l->e);
	assert_string_equal(json_text(preview, "old_key"), KEY);
	assert_string_equal(json_text(preview, "key_serial"), OTHER);
	assert_true(json_flag(preview, "old_inserted"));
	json_decref(preview);
	site_is(OK, take_with(l, NULL, NULL), &l->e);
	check_key(&l->t, KEY, "returned");
	assert_true(pcscd_pull(&readers, 1));
}

static void test_an_old_key_that_cant_be_read_is_collected_with_a_reason(void **state)
{
	struct life *l = *state;
	json_t *history = NULL;
	replaced(l, "{'reason':'defective','identity_seen':true,'consent':true}");
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	as(l, "op1");
	site_is(OK, take_with(l, NULL, "芯片不响应，标签与外壳编号相符"), &l->e);
	check_key(&l->t, KEY, "returned");
	site_is(OK, order_history(l->d, l->no, &history, &l->e), &l->e);
	const json_t *facts = json_object_get(json_array_get(history, json_array_size(history) - 1), "facts");
	assert_string_equal(json_string_value(json_array_get(json_object_get(facts, "unread"), 0)), KEY);
	assert_string_equal(json_text(facts, "reason"), "芯片不响应，标签与外壳编号相符");
	json_decref(history);
}

static void test_what_came_back_before_is_not_asked_for_again(void **state)
{
	struct life *l = *state;
	static const char *const serial = KEY;
	const struct stock_order back = {.deed = STOCK_RETURN, .keys = {.serials = &serial, .count = 1}, .reason = "客户寄回"};
	replaced(l, "{'reason':'defective','delivery':'mail','mail_region':'110114','mail_address':'某路1号','identity_seen':true,'consent':true}");
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	as(l, "op1");
	IS(ERR_HANDOVER_OLD_MAIL, handover_mail(l->d, l->no, "SF1234567890", &out, &l->e)); /* a parcel brings nothing back */
	as(l, "is1");
	IS(OK, stock_do(l->d, &back, &out, &l->e));
	as(l, "op1");
	site_is(ERR_HANDOVER_OLD_NONE, take_with(l, KEY, NULL), &l->e);
	IS(OK, handover_mail(l->d, l->no, "SF1234567890", &out, &l->e));
	status_of(l, "mailed");
}

/* Nor does the customer pay for the parcel: by the reason it is free, by another it isn't. */
static void test_what_is_replaced_free_is_mailed_free(void **state)
{
	static const struct {
		const char *values;
		int64_t amount;
	} reasons[] = {
		{"{'reason':'defective','delivery':'mail','mail_region':'110114','mail_address':'某路1号','identity_seen':true,'consent':true}", 0},
		{"{'reason':'our-mistake','delivery':'mail','mail_region':'110114','mail_address':'某路1号','identity_seen':true,'consent':true}", 0},
		{"{'reason':'damaged','delivery':'mail','mail_region':'110114','mail_address':'某路1号','identity_seen':true,'consent':true}", 1500},
	};
	struct life *l = *state;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		json_t *o = NULL, *line;
		size_t k;
		int64_t postage = -1;
		site_is(OK, REPLACE(reasons[i].values), &l->e);
		IS(OK, order_show(l->d, l->no, &o, &l->e));
		json_array_foreach(json_object_get(o, "lines"), k, line)
			if (strcmp(json_text(line, "kind"), "postage") == 0)
				postage = json_number(line, "amount");
		assert_int_equal(postage, reasons[i].amount);
		json_decref(o);
		IS(OK, order_cancel(l->d, l->no, &l->e));
	}
}

static void test_the_warranty_ends_after_twelve_months(void **state)
{
	struct life *l = *state;
	left(l, -10);
	site_is(ERR_DESK_CERT_STATE, REPLACE("{'reason':'defective'}"), &l->e); /* expired with the first certificate */
	left(l, 10 * DAY);
	insert(KEY); /* a renewed certificate outlives the warranty of its key */
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	pay(l);
	site_is(OK, issue_again(l, KEY, &l->pin), &l->e);
	active_of(l, l->no, l->certificate);
	left(l, -30 * DAY);
	site_is(OK, REPLACE("{'reason':'defective','identity_seen':true,'consent':true}"), &l->e);
	IS(ERR_DESK_WARRANTY, sign_send(l->d, l->no, &out, &l->e));
	site_is(OK, REPLACE("{'reason':'damaged','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	status_of(l, "awaiting-payment");
}

static void test_our_mistake_is_free_and_the_wrong_certificate_revoked(void **state)
{
	struct life *l = *state;
	json_t *o = NULL;
	replaced(l, "{'reason':'our-mistake','identity_seen':true,'consent':true}");
	IS(OK, order_show(l->d, l->no, &o, &l->e));
	assert_int_equal(json_number(o, "amount"), 0);
	json_decref(o);
	insert(OTHER);
	site_is(OK, issue_again(l, OTHER, NULL), &l->e);
	certificate_is(l, l->certificate, "revoked", "superseded");
	assert_int_equal(active_of(l, l->no, NULL), first_end);
}

static void test_a_replacement_needs_reason_documents_and_a_check(void **state)
{
	struct life *l = *state;
	as(l, "op1");
	as(l, "op1");
	IS(ERR_DESK_ABOUT, draft_new(l->d, "replace-unit", NULL, l->no, &l->e));
	assert_non_null(strstr(l->e.detail, "介质（--key）或证书（--cert）"));
	site_is(OK, REPLACE(NULL), &l->e);
	IS(ERR_DESK_MISTAKES, sign_send(l->d, l->no, &out, &l->e));
	site_is(OK, REPLACE("{'reason':'damaged','consent':true}"), &l->e);
	documents(l);
	IS(ERR_DESK_IDENTITY, sign_send(l->d, l->no, &out, &l->e));
	site_is(OK, REPLACE("{'reason':'damaged','identity_seen':true,'consent':true}"), &l->e);
	IS(ERR_DESK_DOCUMENTS, sign_send(l->d, l->no, &out, &l->e));
}

static void test_a_revocation_is_carried_out_with_the_decision(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'affiliation-changed','identity_seen':true,'consent':true}"), &l->e);
	IS(ERR_DESK_DOCUMENTS, sign_send(l->d, l->no, &out, &l->e));
	documents(l);
	sign(l);
	status_of(l, "in-review");
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
	approve(l);
	status_of(l, "done");
	certificate_is(l, l->certificate, "revoked", "affiliation-changed");
	assert_true(in_crl(l, l->certificate));
	site_is(ERR_DESK_CERT_STATE, about(l, "revoke-unit", NULL, NULL, NULL), &l->e);
	site_is(ERR_DESK_CERT_STATE, REPLACE(NULL), &l->e);
}

static void test_nobody_approves_the_revocation_they_keyed_in(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'cessation-of-operation','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	IS(ERR_DESK_FORBIDDEN, review_claim(l->d, l->no, &out, &l->e));
	certificate_is(l, l->certificate, "active", "");
}

static void test_a_loss_report_counts_at_once_and_its_lifting_too(void **state)
{
	struct life *l = *state;
	site_is(ERR_DESK_CERT_NOT_HELD, about(l, "resume", NULL, NULL, NULL), &l->e);
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	status_of(l, "done");
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
	assert_true(in_crl(l, l->certificate));
	check_key(&l->t, KEY, "lost");
	later(l, 3600);
	site_is(ERR_DESK_CERT_HELD, about(l, "suspend", NULL, NULL, NULL), &l->e);
	site_is(OK, about(l, "resume", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	status_of(l, "done");
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
	check_key(&l->t, KEY, "handed-over");
}

static void test_a_loss_report_is_not_refused_for_want_of_the_agent(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "suspend", NULL, NULL, "{'verify_way':'identity','consent':true}"), &l->e);
	IS(ERR_DESK_IDENTITY, sign_send(l->d, l->no, &out, &l->e));
	json_t *seen = data("{'identity_seen':true}");
	IS(OK, draft_edit(l->d, l->no, seen, &l->e));
	json_decref(seen);
	IS(OK, attach_add(l->d, l->no, "signed-form", site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
	l->d->second = (struct staff){0};
	for (size_t i = 0; i < l->t.site.count; i++)
		if (strcmp(l->t.site.people[i].login, "rv1") == 0)
			l->d->second = l->t.site.people[i];
	IS(OK, sign_paper(l->d, l->no, &out, &l->e));
	status_of(l, "done");
	certificate_is(l, l->certificate, "suspended", "certificate-hold");
}

/* The agent's phone answers nobody: on paper, with a second person who saw it. */
static void test_a_revocation_is_not_refused_for_want_of_the_agent(void **state)
{
	struct life *l = *state;
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'cessation-of-operation','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	IS(OK, attach_add(l->d, l->no, "signed-form", site_picture(&l->t.site, "scan.jpg"), false, &out, &l->e));
	IS(ERR_DESK_TWO_PERSONS, sign_paper(l->d, l->no, &out, &l->e));
	for (size_t i = 0; i < l->t.site.count; i++)
		if (strcmp(l->t.site.people[i].login, "rv1") == 0)
			l->d->second = l->t.site.people[i];
	IS(OK, sign_paper(l->d, l->no, &out, &l->e));
	approve(l);
	status_of(l, "done");
	certificate_is(l, l->certificate, "revoked", "cessation-of-operation");
	assert_true(in_crl(l, l->certificate));
}

static void test_a_form_for_persons_takes_no_unit_certificate(void **state)
{
	struct life *l = *state;
	site_is(ERR_DESK_CERT_CUSTOMER, about(l, "revoke-person", NULL, NULL, NULL), &l->e);
	snprintf(l->certificate, sizeof l->certificate, "%s", "00FF");
	site_is(ERR_DESK_NO_CERT, about(l, "revoke-unit", NULL, NULL, NULL), &l->e);
}

static void test_a_query_needs_a_code_to_the_agent_and_shows_everything(void **state)
{
	struct life *l = *state;
	json_t *found = NULL;
	char code[32];
	as(l, "op1");
	IS(ERR_DESK_CODE_ENDED, query_code(l->d, "uscc", NUMBER, "123456", &out, &l->e));
	IS(OK, query_send(l->d, "uscc", NUMBER, &out, &l->e));
	IS(ERR_DESK_RESEND, query_send(l->d, "uscc", NUMBER, &out, &l->e));
	site_message(&l->t.site, "sms", "查询订单，验证码", code);
	IS(ERR_DESK_CODE, query_code(l->d, "uscc", NUMBER, strcmp(code, "000000") ? "000000" : "000001", &out, &l->e));
	site_is(OK, query_code(l->d, "uscc", NUMBER, code, &found, &l->e), &l->e);
	const json_t *first = json_array_get(json_object_get(found, "orders"), 0);
	assert_string_equal(json_text(first, "order"), order);
	assert_string_equal(json_text(first, "key_serial"), KEY);
	assert_string_equal(json_text(json_object_get(first, "pin"), "channel"), "sms");
	assert_false(json_flag(first, "unfinished"));
	json_decref(found);
	IS(ERR_DESK_CODE_ENDED, query_code(l->d, "uscc", NUMBER, code, &out, &l->e)); /* it works once */
}

static void test_a_query_refuses_what_is_no_customer(void **state)
{
	struct life *l = *state;
	char sentence[600];
	as(l, "op1");
	IS(ERR_DESK_NO_CUSTOMER, query_send(l->d, "uscc", "91350100M000100Y43", &out, &l->e));
	IS(ERR_DESK_NUMBER, query_send(l->d, "uscc", "91350100M000100Y44", &out, &l->e));
	assert_null(strstr(error_sentence(&l->e, sentence, sizeof sentence), "重试")); /* what its check says to do is enough */
	IS(ERR_DESK_NUMBER, query_send(l->d, "uscc", " ", &out, &l->e));
	assert_non_null(strstr(error_sentence(&l->e, sentence, sizeof sentence), "请填写"));
	IS(ERR_DESK_QUERY_KIND, query_send(l->d, "library-card", "1", &out, &l->e));
	IS(ERR_DESK_NO_CUSTOMER, query_send(l->d, "resident-id", "11010519491231002X", &out, &l->e)); /* a representative is no customer */
}

static void test_a_look_without_a_code_leaves_its_reason_in_the_journal(void **state)
{
	struct life *l = *state;
	json_t *found = NULL;
	char out_text[256];
	as(l, "op1");
	IS(ERR_DESK_FORBIDDEN, query_look(l->d, "uscc", NUMBER, "客户电话咨询", &out, &l->e));
	as(l, "mg1");
	IS(ERR_DESK_REASON, query_look(l->d, "uscc", NUMBER, "", &out, &l->e));
	site_is(OK, query_look(l->d, "uscc", NUMBER, "客户电话咨询", &found, &l->e), &l->e);
	json_decref(found);
	assert_int_equal(shell(out_text, sizeof out_text,
		"sqlite3 %s/certdesk.db \"SELECT count(*) FROM journal WHERE entry LIKE '%%query.look%%' AND entry LIKE '%%客户电话咨询%%'\"",
		l->t.site.dir), 0);
	assert_int_equal(atoi(out_text), 1);
}

static void test_an_unfinished_order_can_be_gone_on_with(void **state)
{
	struct life *l = *state;
	json_t *found = NULL;
	site_is(OK, REPLACE("{'reason':'damaged'}"), &l->e);
	as(l, "mg1");
	site_is(OK, query_look(l->d, "uscc", NUMBER, "查进度", &found, &l->e), &l->e);
	const json_t *draft = json_array_get(json_object_get(found, "drafts"), 0);
	assert_string_equal(json_text(draft, "order"), l->no);
	assert_string_equal(json_text(draft, "form"), "replace-unit");
	json_decref(found);
}

/* Somebody's credential on the spot. */
static void test_the_cas_own_ground_needs_two_persons(void **state)
{
	struct life *l = *state;
	as(l, "op1");
	with(l, "mg1"); /* no second person makes two of somebody who may do neither part */
	IS(ERR_DESK_OWN_RIGHT, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "私钥泄露通报", &out, &l->e));
	as(l, "rv1");
	IS(ERR_DESK_TWO_PERSONS, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "私钥泄露通报", &out, &l->e));
	with(l, "rv1"); /* the same one twice is one */
	IS(ERR_DESK_TWO_PERSONS, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "私钥泄露通报", &out, &l->e));
	with(l, "op1");
	IS(ERR_DESK_TWO_PERSONS, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "私钥泄露通报", &out, &l->e));
	with(l, "mg1");
	IS(ERR_DESK_REASON, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "", &out, &l->e));
	with(l, "mg1");
	IS(ERR_DESK_REVOCATION, cert_own_ground(l->d, l->certificate, "revoke", "just-so", "私钥泄露通报", &out, &l->e));
	certificate_is(l, l->certificate, "active", "");
	with(l, "mg1");
	IS(OK, cert_own_ground(l->d, l->certificate, "revoke", "key-compromise", "私钥泄露通报", &out, &l->e));
	certificate_is(l, l->certificate, "revoked", "key-compromise");
	assert_true(in_crl(l, l->certificate));
}

static void test_the_ca_suspends_and_resumes_on_its_own_ground(void **state)
{
	struct life *l = *state;
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	assert_true(in_crl(l, l->certificate));
	with(l, "rv1");
	IS(ERR_DESK_CERT_STATE, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	as(l, "op1");
	site_is(ERR_DESK_OWN_GROUND, REPLACE("{'reason':'damaged'}"), &l->e); /* nor is it gone round by a new one */
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "resume", NULL, "协查结束", &out, &l->e));
	certificate_is(l, l->certificate, "active", "");
	assert_false(in_crl(l, l->certificate));
}

static void test_a_revocation_is_late_after_24_hours(void **state)
{
	struct life *l = *state;
	json_t *ticked = NULL;
	site_is(OK, about(l, "revoke-unit", NULL, NULL, "{'reason':'key-compromise','identity_seen':true,'consent':true}"), &l->e);
	documents(l);
	sign(l);
	later(l, DAY - 60);
	site_is(OK, tick_run(l->d, &ticked, &l->e), &l->e);
	assert_int_equal(json_number(ticked, "late"), 0);
	json_decref(ticked);
	later(l, 120);
	site_is(OK, tick_run(l->d, &ticked, &l->e), &l->e);
	assert_int_equal(json_number(ticked, "late"), 1);
	json_decref(ticked);
}

/* A loss report makes no certificate: its line names the one that it is about. */
static void test_the_history_names_what_an_order_is_about(void **state)
{
	struct life *l = *state;
	json_t *found = NULL;
	site_is(OK, about(l, "suspend", NULL, NULL, "{'consent':true}"), &l->e);
	sign(l);
	later(l, 120);
	site_is(OK, about(l, "replace-unit", NULL, NULL, LOST), &l->e);
	documents(l);
	sign(l);
	as(l, "mg1");
	site_is(OK, query_look(l->d, "uscc", NUMBER, "客户来电", &found, &l->e), &l->e);
	const json_t *orders = json_object_get(found, "orders"), *replacement = json_array_get(orders, 0), *report = json_array_get(orders, 1);
	assert_string_equal(json_text(report, "business"), "suspend");
	assert_string_equal(json_text(report, "key_serial"), KEY);
	assert_string_equal(json_text(report, "product"), "unit-1y");
	assert_string_equal(json_text(report, "certificate"), l->certificate);
	assert_string_equal(json_text(replacement, "key_serial"), ""); /* none is made yet, and it isn't the old one's */
	json_decref(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_the_history_names_what_an_order_is_about),
		LIFE(test_what_is_lost_is_suspended_by_the_signature_and_revoked_by_the_new_key),
		LIFE(test_a_lost_key_is_refused_everywhere),
		LIFE(test_a_replaced_certificate_names_the_one_that_took_its_place),
		LIFE(test_a_lost_certificate_is_revoked_when_its_time_is_up),
		LIFE(test_a_revocation_that_fails_keeps_no_other_from_its_time),
		LIFE(test_a_loss_that_was_only_reported_is_not_revoked_by_time),
		LIFE(test_a_defective_key_is_free_for_a_year_and_collected),
		LIFE(test_an_old_key_that_is_in_is_collected_by_its_serial),
		LIFE(test_an_old_key_that_cant_be_read_is_collected_with_a_reason),
		LIFE(test_what_came_back_before_is_not_asked_for_again),
		LIFE(test_what_is_replaced_free_is_mailed_free),
		LIFE(test_the_warranty_ends_after_twelve_months),
		LIFE(test_our_mistake_is_free_and_the_wrong_certificate_revoked),
		LIFE(test_a_replacement_needs_reason_documents_and_a_check),
		LIFE(test_a_revocation_is_carried_out_with_the_decision),
		LIFE(test_nobody_approves_the_revocation_they_keyed_in),
		LIFE(test_a_loss_report_counts_at_once_and_its_lifting_too),
		LIFE(test_a_loss_report_is_not_refused_for_want_of_the_agent),
		LIFE(test_a_revocation_is_not_refused_for_want_of_the_agent),
		LIFE(test_a_form_for_persons_takes_no_unit_certificate),
		LIFE(test_a_query_needs_a_code_to_the_agent_and_shows_everything),
		LIFE(test_a_query_refuses_what_is_no_customer),
		LIFE(test_a_look_without_a_code_leaves_its_reason_in_the_journal),
		LIFE(test_an_unfinished_order_can_be_gone_on_with),
		LIFE(test_the_cas_own_ground_needs_two_persons),
		LIFE(test_the_ca_suspends_and_resumes_on_its_own_ground),
		LIFE(test_a_revocation_is_late_after_24_hours),
	};
	return RUN_LIFE(tests);
}
