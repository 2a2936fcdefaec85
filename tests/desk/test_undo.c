/* A mistaken hand-over is undone by a manager and suspends the certificate until the right one. */
#include "issuing.h"

#include "desk/refund.h"
#include "rules/business.h"

/* The certificate's entry on the newest CRL, "" where it isn't on it. */
static void on_crl(struct try *t, char *out, size_t size)
{
	struct bytes crl = {0};
	struct error e = {0};
	json_t *list = NULL;
	site_is(OK, certs_list(t->d, order, NULL, &list, &e), &e);
	site_is(OK, cert_crl(t->d, &crl, &e), &e);
	const char *path = site_file(&t->site, "l.pem", (char *)crl.data);
	bytes_free(&crl);
	shell(out, size, "openssl crl -noout -text -in %s | grep -A5 'Serial Number: 0*%s$'", path,
	      json_text(json_array_get(list, 0), "serial"));
	json_decref(list);
}

static void issued(struct try *t)
{
	struct error e = {0};
	try_begin(t);
	t->d->clock.fixed = clock_now(&(struct clock){-1});
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(t, KEY, &e), &e);
}

static void take(struct try *t, const char *receipt)
{
	struct error e = {0};
	json_t *out = NULL;
	site_as(&t->site, t->d, "op1");
	site_is(OK, handover_take(t->d, order, KEY, "agent", receipt, &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "done");
	json_decref(out);
}

static void undo(struct try *t, const char *serial, const char *reason, enum err wanted)
{
	struct error e = {0};
	json_t *out = NULL;
	site_is(wanted, handover_undo(t->d, order, serial, reason, &out, &e), &e);
	json_decref(out);
}

/* Its holder reported nothing: it isn't called a loss. */
static void why_suspended(struct try *t)
{
	struct error e = {0};
	json_t *list = NULL, *shown = NULL;
	site_is(OK, certs_list(t->d, order, NULL, &list, &e), &e);
	site_is(OK, cert_show(t->d, json_text(json_array_get(list, 0), "serial"), &shown, &e), &e);
	assert_string_equal(json_text(shown, "reason"), "handover-undone");
	assert_string_equal(cert_reason_title(json_text(shown, "reason")), "领取已撤销");
	json_decref(shown);
	json_decref(list);
}

static void test_an_undone_hand_over_suspends_until_the_right_one(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	char entry[512];
	issued(&t);
	take(&t, "H1");
	on_crl(&t, entry, sizeof entry);
	assert_string_equal(entry, "");
	t.d->clock.fixed += 60;
	size_t sms = site_messages(&t.site, "sms");
	site_as(&t.site, t.d, "mg1");
	site_is(OK, handover_undo(t.d, order, NULL, "交错了人", &out, &e), &e);
	assert_string_equal(json_text(out, "status"), "issued");
	assert_true(json_is_null(json_object_get(out, "handover")));
	assert_true(json_is_null(json_object_get(out, "done_at")));
	json_decref(out);
	check_key(&t, KEY, "made");
	check_states(&t, "suspended");
	why_suspended(&t);
	assert_int_equal(site_messages(&t.site, "sms"), sms + 1);
	on_crl(&t, entry, sizeof entry);
	assert_non_null(strstr(entry, "Certificate Hold"));
	t.d->clock.fixed += 60;
	take(&t, "H2");
	check_key(&t, KEY, "handed-over");
	check_states(&t, "active");
	assert_int_equal(site_messages(&t.site, "sms"), sms + 2);
	on_crl(&t, entry, sizeof entry);
	assert_string_equal(entry, ""); /* and off the list at once */
	check_journal(&t);
	try_end(&t);
}

/* All within the second in which it was issued: a state that came back is not its first. */
static void test_one_that_comes_back_at_once_is_off_the_list(void **state)
{
	(void)state;
	struct try t;
	char entry[512];
	issued(&t);
	take(&t, "H1");
	site_as(&t.site, t.d, "mg1");
	undo(&t, NULL, "交错了人", OK);
	on_crl(&t, entry, sizeof entry);
	assert_non_null(strstr(entry, "Certificate Hold"));
	take(&t, "H2");
	on_crl(&t, entry, sizeof entry);
	assert_string_equal(entry, "");
	try_end(&t);
}

/* At once: the list is made by the step itself, not when somebody asks for it. */
static void test_the_revocation_list_is_made_with_the_undo(void **state)
{
	(void)state;
	struct try t;
	int64_t before = 0, after = 0;
	json_t *row = NULL;
	issued(&t);
	take(&t, "H1");
	assert_int_equal(store_row(t.d->store, SQL_CERT_CRL_NEWEST, &row, NULL, ""), OK);
	before = json_number(row, "id");
	json_decref(row);
	site_as(&t.site, t.d, "mg1");
	undo(&t, KEY, "交错了人", OK);
	assert_int_equal(store_row(t.d->store, SQL_CERT_CRL_NEWEST, &row, NULL, ""), OK);
	after = json_number(row, "id");
	json_decref(row);
	assert_true(after > before);
	try_end(&t);
}

static void test_only_a_manager_undoes_what_was_handed_over(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	issued(&t);
	site_as(&t.site, t.d, "mg1");
	undo(&t, NULL, "交错了人", ERR_HANDOVER_NONE); /* not yet */
	take(&t, "H1");
	undo(&t, NULL, "交错了人", ERR_DESK_FORBIDDEN);
	site_as(&t.site, t.d, "is1");
	undo(&t, NULL, "交错了人", ERR_DESK_FORBIDDEN);
	site_as(&t.site, t.d, "mg1");
	undo(&t, NULL, "", ERR_DESK_REASON);
	undo(&t, OTHER, "交错了人", ERR_HANDOVER_NONE);
	check_states(&t, "active");
	check_key(&t, KEY, "handed-over");
	undo(&t, NULL, "交错了人", OK);
	undo(&t, NULL, "交错了人", ERR_HANDOVER_NONE); /* twice */
	site_is(ERR_DESK_STATUS, refund_ask(t.d, order, "不要了", &out, &e), &e); /* issued is issued */
	check_journal(&t);
	try_end(&t);
}

/* A loss report or a revocation in between stays what it is. */
static void test_what_was_said_of_the_certificate_since_stays(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *row = NULL, *out = NULL;
	issued(&t);
	take(&t, "H1");
	site_as(&t.site, t.d, "mg1");
	undo(&t, NULL, "交错了人", OK);
	t.d->clock.fixed += 60;
	site_is(OK, store_row(t.d->store, SQL_CERT_BY_ORDER, &row, &e, "t", order), &e);
	site_is(OK, store_begin(t.d->store, &e), &e);
	site_is(OK, store_run(t.d->store, SQL_CERT_SET_STATE, NULL, &e, "itit", json_number(row, "id"), "suspended", desk_now(t.d),
	                      "certificate-hold"), &e);
	site_is(OK, desk_commit(t.d, MAY_HANDOVER_UNDO, "test.loss", order, NULL, NULL, &e), &e);
	json_decref(row);
	site_as(&t.site, t.d, "op1");
	site_is(ERR_HANDOVER_STATE, handover_take(t.d, order, KEY, "agent", "H2", &out, &e), &e);
	check_states(&t, "suspended");
	try_end(&t);
}

/* The order would be issued for ever: what is over can't be handed over again. */
static void test_a_hand_over_of_what_is_over_is_not_undone(void **state)
{
	static const char *const over[] = {"superseded", "revoked"};
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *row = NULL;
	issued(&t);
	take(&t, "H1");
	site_is(OK, store_row(t.d->store, SQL_CERT_BY_ORDER, &row, &e, "t", order), &e);
	for (size_t i = 0; i < 2; i++) {
		site_is(OK, store_begin(t.d->store, &e), &e);
		site_is(OK, store_run(t.d->store, SQL_CERT_SET_STATE, NULL, &e, "itit", json_number(row, "id"), over[i], desk_now(t.d), ""), &e);
		site_is(OK, desk_commit(t.d, MAY_HANDOVER_UNDO, "test.over", order, NULL, NULL, &e), &e);
		site_as(&t.site, t.d, "mg1");
		undo(&t, NULL, "交错了人", ERR_HANDOVER_OVER);
		undo(&t, KEY, "交错了人", ERR_HANDOVER_OVER);
	}
	json_decref(row);
	check_key(&t, KEY, "handed-over");
	check_journal(&t);
	try_end(&t);
}

static void test_what_was_mailed_is_not_undone_at_the_desk(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char no[ORDER_NO_SIZE];
	json_t *out = NULL;
	try_begin(&t);
	json_t *changes = json_pack("{ss ss}", "delivery", "mail", "mail_address", "北京市朝阳区建国路1号");
	site_approved(&t.site, t.d, "new-unit", changes, no);
	json_decref(changes);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_as(&t.site, t.d, "is1");
	site_is(OK, issue_run(t.d, no, KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_as(&t.site, t.d, "op1");
	site_is(OK, handover_mail(t.d, no, "SF1234567", &out, &e), &e);
	json_decref(out);
	site_as(&t.site, t.d, "mg1");
	site_is(ERR_DESK_STATUS, handover_undo(t.d, no, NULL, "寄错了", &out, &e), &e);
	try_end(&t);
}

static void test_mailing_after_an_undone_hand_over_resumes_the_certificate(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	char no[ORDER_NO_SIZE], keep[ORDER_NO_SIZE];
	json_t *out = NULL;
	try_begin(&t);
	t.d->clock.fixed = clock_now(&(struct clock){-1});
	json_t *changes = json_pack("{ss ss}", "delivery", "mail", "mail_address", "北京市朝阳区建国路1号");
	site_approved(&t.site, t.d, "new-unit", changes, no);
	json_decref(changes);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_as(&t.site, t.d, "is1");
	site_is(OK, issue_run(t.d, no, KEY, NULL, NULL, &out, &e), &e);
	json_decref(out);
	snprintf(keep, sizeof keep, "%s", order);
	snprintf(order, sizeof order, "%s", no);
	take(&t, "H1");
	t.d->clock.fixed += 60;
	site_as(&t.site, t.d, "mg1");
	undo(&t, NULL, "交错了人", OK);
	check_states(&t, "suspended");
	t.d->clock.fixed += 60;
	size_t sms = site_messages(&t.site, "sms");
	site_as(&t.site, t.d, "op1");
	site_is(OK, handover_mail(t.d, no, "SF1234567", &out, &e), &e);
	json_decref(out);
	check_states(&t, "active");
	assert_int_equal(site_messages(&t.site, "sms"), sms + 2); /* mailed; in use again */
	char entry[512];
	on_crl(&t, entry, sizeof entry);
	assert_string_equal(entry, "");
	snprintf(order, sizeof order, "%s", keep);
	try_end(&t);
}

/* Thirty keys more of the same order, the customer's own, in somebody's hands. */
static void many_keys(struct try *t)
{
	struct rows *rows = NULL;
	struct error e = {0};
	char serial[32];
	int64_t item = 0, now = desk_now(t->d);
	site_is(OK, store_begin(t->d->store, &e), &e);
	site_is(OK, store_query(t->d->store, SQL_ORDER_GET, &rows, &e, "t", order), &e);
	assert_true(rows_next(rows));
	int64_t id = rows_int(rows, 0), dk = rows_int(rows, 1);
	site_is(OK, rows_end(&rows, &e), &e);
	for (int i = 0; i < 30; i++) {
		snprintf(serial, sizeof serial, "OWN-KEY-%08d", i);
		site_is(OK, store_insert(t->d->store, SQL_ITEM_INSERT, &item, &e, "iiittt" "it", dk, id, (int64_t)i + 2, "secondary", "unit-1y",
		                         "UKEY-RS", (int64_t)1, "rsa-2048"), &e);
		site_is(OK, store_run(t->d->store, SQL_ITEM_RESERVE, NULL, &e, "iti", item, serial, now), &e);
		site_is(OK, store_insert(t->d->store, SQL_HANDOVER_INSERT, NULL, &e, "iiitttbii", dk, id, item, serial, "agent", "H1",
		                         (const void *)"x", (size_t)1, t->d->actor.id, now), &e);
	}
	site_is(OK, desk_commit(t->d, MAY_HANDOVER, NULL, order, NULL, NULL, &e), &e);
}

/* However many there are, the journal names each key that was taken back. */
static void test_an_undo_of_many_keys_names_them_all(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *history = NULL;
	issued(&t);
	take(&t, "H1");
	many_keys(&t);
	site_as(&t.site, t.d, "mg1");
	undo(&t, NULL, "交错了人", OK);
	site_is(OK, order_history(t.d, order, &history, &e), &e);
	const json_t *last = json_array_get(history, json_array_size(history) - 1), *first = json_array_get(history, 0);
	const char *keys = json_text(json_object_get(last, "facts"), "keys");
	if (!*keys)
		keys = json_text(json_object_get(first, "facts"), "keys");
	assert_non_null(strstr(keys, KEY));
	assert_non_null(strstr(keys, "OWN-KEY-00000000"));
	assert_non_null(strstr(keys, "OWN-KEY-00000029"));
	json_decref(history);
	check_journal(&t);
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_an_undone_hand_over_suspends_until_the_right_one, pull_all),
		cmocka_unit_test_teardown(test_one_that_comes_back_at_once_is_off_the_list, pull_all),
		cmocka_unit_test_teardown(test_the_revocation_list_is_made_with_the_undo, pull_all),
		cmocka_unit_test_teardown(test_only_a_manager_undoes_what_was_handed_over, pull_all),
		cmocka_unit_test_teardown(test_what_was_said_of_the_certificate_since_stays, pull_all),
		cmocka_unit_test_teardown(test_a_hand_over_of_what_is_over_is_not_undone, pull_all),
		cmocka_unit_test_teardown(test_what_was_mailed_is_not_undone_at_the_desk, pull_all),
		cmocka_unit_test_teardown(test_mailing_after_an_undone_hand_over_resumes_the_certificate, pull_all),
		cmocka_unit_test_teardown(test_an_undo_of_many_keys_names_them_all, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
