/* What customers hear without asking: a certificate ends soon, a key can be fetched, an order was never paid. Each once. */
#include "life.h"

#include "desk/expiry.h"
#include "notify/messages.h"

/* How many messages by this template lie in the outbox. */
static int sent(struct life *l, const char *channel, const char *template)
{
	char out[32];
	assert_int_equal(shell(out, sizeof out, "grep -l '\"template\" *: *\"%s\"' '%s/outbox/%s'/* 2>/dev/null | wc -l", template,
	                       l->t.site.dir, channel), 0);
	return atoi(out);
}

static void heard(struct life *l, const char *template, int times)
{
	assert_int_equal(sent(l, "sms", template), times);
	assert_int_equal(sent(l, "mail", template), times);
}

static int64_t tick(struct life *l)
{
	json_t *out = NULL;
	site_is(OK, tick_run(l->d, &out, &l->e), &l->e);
	int64_t n = json_number(out, "expiry_notices");
	json_decref(out);
	return n;
}

static void test_a_holder_hears_once_that_the_certificate_ends(void **state)
{
	struct life *l = *state;
	char out[64];
	left(l, 90 * DAY); /* the window isn't open yet */
	assert_int_equal(tick(l), 0);
	heard(l, "expiring", 0);
	later(l, 1);
	assert_int_equal(tick(l), 1);
	heard(l, "expiring", 1);
	assert_int_equal(shell(out, sizeof out, "grep -h '%s' '%s'/outbox/sms/* | grep -c '\"13900139000\"'", "到期", l->t.site.dir), 0);
	assert_int_equal(tick(l), 0);
	left(l, DAY);
	assert_int_equal(tick(l), 0);
	heard(l, "expiring", 1);
}

static void test_what_is_over_or_replaced_reminds_nobody(void **state)
{
	static const char *const states[] = {"superseded", "revoked", "suspended"};
	struct life *l = *state;
	char out[64];
	left(l, -1);
	assert_int_equal(tick(l), 0); /* has ended */
	left(l, 10 * DAY);
	for (size_t i = 0; i <= sizeof states / sizeof *states; i++) {
		const char *now = i < sizeof states / sizeof *states ? states[i] : "active";
		assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' \"UPDATE certificate SET state = '%s'\"", l->t.site.dir, now), 0);
		assert_int_equal(tick(l), strcmp(now, "active") == 0);
	}
	heard(l, "expiring", 1);
}

static void test_a_renewal_under_way_reminds_nobody(void **state)
{
	struct life *l = *state;
	left(l, 10 * DAY);
	insert(KEY);
	site_is(OK, about(l, "renew-unit", KEY, &l->pin, NULL), &l->e);
	sign(l);
	assert_int_equal(tick(l), 0);
	as(l, "op1");
	IS(OK, order_cancel(l->d, l->no, &l->e));
	assert_int_equal(tick(l), 1); /* it is wanted again */
	heard(l, "expiring", 1);
}

/* The holder's file with another phone and mail address, or without (NULL). */
static void keep_ways(struct life *l, const char *mobile, const char *mail)
{
	struct rows *rows = NULL;
	struct bytes sealed = {0};
	json_t *data = NULL;
	size_t length;
	site_is(OK, store_query(l->d->store, SQL_SUBJECT_DATA, &rows, &l->e, "i", (int64_t)1), &l->e);
	assert_true(rows_next(rows));
	int64_t dk = rows_int(rows, 0);
	const void *blob = rows_blob(rows, 1, &length);
	char digest[DIGEST_TEXT_SIZE];
	snprintf(digest, sizeof digest, "%s", rows_text(rows, 2));
	site_is(OK, datakey_open_json(l->d->store, dk, "customer.data", blob, length, &data, &l->e), &l->e);
	site_is(OK, rows_end(&rows, &l->e), &l->e);
	json_object_del(data, "agent_mobile");
	json_object_del(data, "agent_email");
	if (mobile)
		json_object_set_new(data, "agent_mobile", json_string(mobile));
	if (mail)
		json_object_set_new(data, "agent_email", json_string(mail));
	json_object_set_new(data, "person_mobile", json_string("13900139009")); /* of nobody who speaks for a unit */
	site_is(OK, store_begin(l->d->store, &l->e), &l->e);
	site_is(OK, datakey_seal_json(l->d->store, dk, "customer.data", data, &sealed, &l->e), &l->e);
	site_is(OK, store_run(l->d->store, SQL_CUSTOMER_SET, NULL, &l->e, "ittbti", (int64_t)1, digest, json_text(data, "unit_name"),
	                      (const void *)sealed.data, sealed.length, order, desk_now(l->d)), &l->e);
	as(l, "op1");
	site_is(OK, desk_commit(l->d, MAY_ORDER_NEW, "order.edit", order, NULL, NULL, &l->e), &l->e);
	bytes_free(&sealed);
	json_decref(data);
}

static void test_who_has_no_phone_on_file_is_passed_over_once(void **state)
{
	struct life *l = *state;
	left(l, 10 * DAY);
	keep_ways(l, NULL, NULL);
	assert_int_equal(tick(l), 0);
	heard(l, "expiring", 0);
	as(l, "au1");
	json_t *rows = NULL;
	site_is(OK, store_rows(l->d->store, SQL_ALL_EXPIRY_NOTICE, &rows, &l->e, ""), &l->e);
	assert_int_equal(json_array_size(rows), 1);
	assert_int_equal(json_number(json_array_get(rows, 0), "told"), 0);
	json_decref(rows);
}

/* A message that can't go is no error and isn't lost. */
static void test_a_reminder_that_cannot_go_is_tried_again(void **state)
{
	struct life *l = *state;
	char out[64];
	left(l, 10 * DAY);
	assert_int_equal(shell(out, sizeof out, "mv '%s/outbox' '%s/elsewhere' && : >'%s/outbox'", l->t.site.dir, l->t.site.dir,
	                       l->t.site.dir), 0);
	assert_int_equal(tick(l), 0);
	assert_int_equal(shell(out, sizeof out, "rm '%s/outbox' && mv '%s/elsewhere' '%s/outbox'", l->t.site.dir, l->t.site.dir,
	                       l->t.site.dir), 0);
	assert_int_equal(tick(l), 1);
	heard(l, "expiring", 1);
}

/* Whose file opens no more, and whose number no message goes to: told of, while the next one hears, and tried again. */
static void test_a_holder_who_cannot_be_told_keeps_no_other_from_hearing(void **state)
{
	struct life *l = *state;
	char second[CERT_SERIAL_SIZE], out[64];
	int64_t told = 0;
	second_holder(l, second);
	left(l, 10 * DAY);
	l->d->timer = true;
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' \"UPDATE customer SET data = CAST(data || x'55' AS BLOB) WHERE id = 1\"",
	                       l->t.site.dir), 0);
	IS(ERR_SEALED, expiry_notice_tick(l->d, &told, &l->e));
	assert_int_equal(l->e.code, ERR_SEALED);
	assert_int_equal(told, 1);
	heard(l, "expiring", 1);
	assert_int_equal(shell(out, sizeof out, "sqlite3 '%s/certdesk.db' 'UPDATE customer SET data = substr(data, 1, length(data) - 1) WHERE id = 1'",
	                       l->t.site.dir), 0);
	l->d->timer = false;
	keep_ways(l, "1390013\x01", NULL);
	l->d->timer = true;
	IS(ERR_NOTIFY_RECIPIENT, expiry_notice_tick(l->d, &told, &l->e));
	assert_int_equal(told, 0);
	l->d->timer = false;
	keep_ways(l, "13900139000", "agent@example.com");
	l->d->timer = true;
	IS(OK, expiry_notice_tick(l->d, &told, &l->e));
	l->d->timer = false;
	assert_int_equal(told, 1);
	heard(l, "expiring", 2);
}

static void test_who_did_not_pay_in_time_hears_that_the_order_is_cancelled(void **state)
{
	struct life *l = *state;
	json_t *changes = data("{'key_role':'secondary'}");
	site_signed(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	later(l, DAY - 1);
	tick(l);
	heard(l, "unpaid-cancelled", 0);
	later(l, 2);
	tick(l);
	status_of(l, "cancelled");
	heard(l, "unpaid-cancelled", 1);
	later(l, DAY);
	tick(l);
	heard(l, "unpaid-cancelled", 1);
}

static void made(struct life *l, const char *delivery, int64_t after)
{
	json_t *out = NULL, *changes = json_pack("{ssss}", "key_role", "secondary", "delivery", delivery);
	site_approved(&l->t.site, l->d, "new-unit", changes, l->no);
	json_decref(changes);
	later(l, after);
	pull_all(NULL);
	fresh_key("10000003");
	insert("10000003");
	as(l, "is1");
	site_is(OK, issue_run(l->d, l->no, "10000003", NULL, NULL, &out, &l->e), &l->e);
	json_decref(out);
}

static void test_who_has_gone_home_hears_that_the_key_can_be_fetched(void **state)
{
	struct life *l = *state;
	made(l, "counter", DAY);
	heard(l, "issued", 1);
}

static void test_who_waits_at_the_desk_is_not_written_to(void **state)
{
	struct life *l = *state;
	made(l, "counter", 60);
	heard(l, "issued", 0);
}

static void test_who_gets_it_by_post_hears_when_it_is_on_its_way(void **state)
{
	struct life *l = *state;
	made(l, "mail", DAY);
	heard(l, "issued", 0);
	as(l, "op1");
	IS(OK, handover_mail(l->d, l->no, "SF1234567", &out, &l->e));
	assert_int_equal(sent(l, "sms", "mailed"), 1);
}

/* As the table of messages says it, where one has a phone and an address; and what must go by another way is no message. */
static void test_a_message_goes_by_the_ways_of_its_table(void **state)
{
	struct life *l = *state;
	char out[64], path[128];
	snprintf(path, sizeof path, "%s/messages.tsv", l->t.site.dir);
	assert_int_equal(shell(out, sizeof out, "sed -E 's/^(ca-suspended|sign-code)\tsms[^\t]*/\\1\tmail/; s/^(handover-undone)\tsms,mail/\\1\tsms/' "
	                       "\"$CERTDESK_BUILD/share/forms/texts/messages.tsv\" >'%s'", path), 0);
	site_is(OK, messages_load(path, &l->d->messages, &l->e), &l->e);
	as(l, "mg1");
	with(l, "rv1");
	IS(OK, cert_own_ground(l->d, l->certificate, "suspend", NULL, "法院协查", &out, &l->e));
	assert_int_equal(sent(l, "sms", "ca-suspended"), 0);
	assert_int_equal(sent(l, "mail", "ca-suspended"), 1);
	insert(KEY);
	IS(OK, handover_undo(l->d, order, NULL, "交错了人", &out, &l->e));
	assert_int_equal(sent(l, "sms", "handover-undone"), 1);
	assert_int_equal(sent(l, "mail", "handover-undone"), 0);
	as(l, "op1");
	site_draft(&l->t.site, l->d, "new-person", NULL, l->no);
	IS(ERR_NOTIFY_TEMPLATE, sign_send(l->d, l->no, &out, &l->e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIFE(test_a_holder_hears_once_that_the_certificate_ends),
		LIFE(test_what_is_over_or_replaced_reminds_nobody),
		LIFE(test_a_renewal_under_way_reminds_nobody),
		LIFE(test_who_has_no_phone_on_file_is_passed_over_once),
		LIFE(test_a_reminder_that_cannot_go_is_tried_again),
		LIFE(test_a_holder_who_cannot_be_told_keeps_no_other_from_hearing),
		LIFE(test_who_did_not_pay_in_time_hears_that_the_order_is_cancelled),
		LIFE(test_who_has_gone_home_hears_that_the_key_can_be_fetched),
		LIFE(test_who_waits_at_the_desk_is_not_written_to),
		LIFE(test_who_gets_it_by_post_hears_when_it_is_on_its_way),
		LIFE(test_a_message_goes_by_the_ways_of_its_table),
	};
	return RUN_LIFE(tests);
}
