/* What was mailed arrives, or comes back. */
#include "issuing.h"

#include "desk/stock.h"

static char no[ORDER_NO_SIZE];

static json_t *given;
static json_t **fresh(void)
{
	json_decref(given);
	given = NULL;
	return &given;
}

/* A unit's key in the mail. */
static void mailed(struct try *t)
{
	struct error e = {0};
	try_begin(t);
	t->d->clock.fixed = clock_now(&(struct clock){-1});
	json_t *changes = json_pack("{ss ss ss}", "delivery", "mail", "mail_region", "110114", "mail_address", "北京市昌平区某路1号");
	site_approved(&t->site, t->d, "new-unit", changes, no);
	json_decref(changes);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_as(&t->site, t->d, "is1");
	site_is(OK, issue_run(t->d, no, KEY, NULL, NULL, fresh(), &e), &e);
	site_as(&t->site, t->d, "op1");
	site_is(OK, handover_mail(t->d, no, "SF1234567", fresh(), &e), &e);
	check_key(t, KEY, "in-transit");
}

static void delivered(struct try *t, const char *date, enum err wanted)
{
	struct error e = {0};
	site_is(wanted, handover_delivered(t->d, no, date, fresh(), &e), &e);
}

static void came_back(struct try *t, const char *reason, enum err wanted)
{
	struct error e = {0};
	site_is(wanted, handover_came_back(t->d, no, reason, fresh(), &e), &e);
}

static void status_is(struct try *t, const char *wanted)
{
	struct error e = {0};
	site_is(OK, order_show(t->d, no, fresh(), &e), &e);
	assert_string_equal(json_text(given, "status"), wanted);
}

/* The station's stock of today: so many mailed, nothing missing. */
static void balance_is(struct try *t, int mailed_today, int made)
{
	struct error e = {0};
	json_t *row;
	size_t i;
	int mailed_sum = 0, made_sum = 0;
	site_as(&t->site, t->d, "is1");
	site_is(OK, stock_balance(t->d, NULL, NULL, fresh(), &e), &e);
	json_array_foreach(json_object_get(given, "drawers"), i, row) {
		mailed_sum += (int)json_number(row, "mailed");
		made_sum += (int)json_number(row, "made");
		assert_int_equal(json_number(row, "difference"), 0);
	}
	assert_int_equal(mailed_sum, mailed_today);
	assert_int_equal(made_sum, made);
	site_as(&t->site, t->d, "op1");
}

static void test_what_arrived_is_handed_over_and_the_order_done(void **state)
{
	(void)state;
	struct try t;
	mailed(&t);
	delivered(&t, NULL, OK);
	assert_string_equal(json_text(given, "status"), "done");
	assert_true(*json_text(given, "done_at"));
	check_key(&t, KEY, "handed-over");
	balance_is(&t, 1, 0); /* still what was mailed today */
	delivered(&t, NULL, ERR_DESK_STATUS);
	came_back(&t, "拒收", ERR_DESK_STATUS);
	check_journal(&t);
	try_end(&t);
}

static void test_the_day_of_delivery_lies_between_mailing_and_today(void **state)
{
	(void)state;
	struct try t;
	char day[11];
	struct error e = {0};
	mailed(&t);
	civil_date_text(t.d->clock.fixed + 86400, day);
	delivered(&t, day, ERR_DELIVERED_DATE);
	civil_date_text(t.d->clock.fixed - 86400, day);
	delivered(&t, day, ERR_DELIVERED_DATE);
	delivered(&t, "2026-02-30", ERR_DESK_DATE);
	status_is(&t, "mailed");
	civil_date_text(t.d->clock.fixed, day);
	t.d->clock.fixed += 2 * 86400;
	delivered(&t, day, OK);
	site_is(OK, order_history(t.d, no, fresh(), &e), &e);
	bool said = false;
	json_t *row;
	size_t i;
	json_array_foreach(given, i, row)
		said |= strcmp(json_text(row, "action"), "order.delivered") == 0 &&
		        strcmp(json_text(json_object_get(row, "facts"), "date"), day) == 0;
	assert_true(said);
	try_end(&t);
}

static void test_a_parcel_that_came_back_is_mailed_again(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	mailed(&t);
	t.d->clock.fixed += 3 * 86400;
	came_back(&t, "", ERR_DESK_REASON);
	status_is(&t, "mailed");
	came_back(&t, "地址查无此人", OK);
	assert_string_equal(json_text(given, "status"), "issued");
	assert_true(json_is_null(json_object_get(given, "handover")));
	check_key(&t, KEY, "made");
	site_is(OK, certs_list(t.d, no, NULL, fresh(), &e), &e);
	assert_int_equal(json_array_size(given), 1);
	assert_string_equal(json_text(json_array_get(given, 0), "status"), "active"); /* nobody had it */
	balance_is(&t, 0, 1);
	site_is(OK, handover_mail(t.d, no, "SF7654321", fresh(), &e), &e);
	check_key(&t, KEY, "in-transit");
	delivered(&t, NULL, OK);
	check_key(&t, KEY, "handed-over");
	check_journal(&t);
	try_end(&t);
}

static void test_a_parcel_that_came_back_is_fetched(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	mailed(&t);
	came_back(&t, "拒收", OK);
	site_is(OK, handover_take(t.d, no, KEY, "agent", "H1", fresh(), &e), &e);
	assert_string_equal(json_text(given, "status"), "done");
	check_key(&t, KEY, "handed-over");
	check_journal(&t);
	try_end(&t);
}

/* As at the counter: what may not be used, and what was reported lost, isn't mailed. */
static void test_what_may_not_be_used_is_not_mailed(void **state)
{
	static const struct {
		const char *certificate, *key;
	} cases[] = {{"suspended", "made"}, {"revoked", "made"}, {"superseded", "made"}, {"active", "lost"}};
	(void)state;
	struct try t;
	struct error e = {0};
	mailed(&t);
	came_back(&t, "拒收", OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *row = NULL;
		site_is(OK, store_row(t.d->store, SQL_CERT_BY_ORDER, &row, &e, "t", no), &e);
		site_is(OK, store_begin(t.d->store, &e), &e);
		site_is(OK, store_run(t.d->store, SQL_CERT_SET_STATE, NULL, &e, "itit", json_number(row, "id"), cases[i].certificate, desk_now(t.d),
		                      strcmp(cases[i].certificate, "active") == 0 ? "" : "certificate-hold"), &e);
		if (strcmp(cases[i].key, "made") != 0)
			site_is(OK, key_move(t.d, KEY, cases[i].key, 0, "", NULL, &e), &e);
		site_is(OK, desk_commit(t.d, MAY_MAIL, "test.state", no, NULL, NULL, &e), &e);
		json_decref(row);
		site_is(ERR_HANDOVER_STATE, handover_mail(t.d, no, "SF7654321", fresh(), &e), &e);
		site_is(ERR_HANDOVER_STATE, handover_take(t.d, no, KEY, "agent", "H1", fresh(), &e), &e);
		status_is(&t, "issued");
	}
	try_end(&t);
}

static void test_only_what_was_mailed_is_delivered(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, KEY, &e), &e);
	memcpy(no, order, sizeof no);
	site_as(&t.site, t.d, "op1");
	delivered(&t, NULL, ERR_DESK_STATUS);
	came_back(&t, "拒收", ERR_DESK_STATUS);
	site_as(&t.site, t.d, "is1");
	delivered(&t, NULL, ERR_DESK_FORBIDDEN);
	came_back(&t, "拒收", ERR_DESK_FORBIDDEN);
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_what_arrived_is_handed_over_and_the_order_done, pull_all),
		cmocka_unit_test_teardown(test_the_day_of_delivery_lies_between_mailing_and_today, pull_all),
		cmocka_unit_test_teardown(test_a_parcel_that_came_back_is_mailed_again, pull_all),
		cmocka_unit_test_teardown(test_a_parcel_that_came_back_is_fetched, pull_all),
		cmocka_unit_test_teardown(test_what_may_not_be_used_is_not_mailed, pull_all),
		cmocka_unit_test_teardown(test_only_what_was_mailed_is_delivered, pull_all),
	};
	int failed = cmocka_run_group_tests(tests, group_setup, group_teardown);
	json_decref(given);
	return failed;
}
