/* Papers that come with a key: label, hand-over sheet, courier lists. Read by pdftotext, lines joined. */
#include "issuing.h"

#include "desk/print.h"

/* The print's text in `text`; returns its pages. */
static int printed(struct try *t, const char *no, const char *kind, const char *date, char *text, size_t size)
{
	struct error e = {0};
	json_t *out = NULL;
	const struct print_wish wish = {.no = no, .kind = kind, .date = date};
	site_is(OK, print_run(t->d, &wish, &out, &e), &e);
	assert_int_equal(shell(text, size, "pdftotext -raw '%s' - | tr -d '\\n'", json_text(out, "file")), 0);
	int pages = (int)json_number(out, "pages");
	json_decref(out);
	return pages;
}

static void has(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		fail_msg("no “%s” in\n%s", wanted, text);
}

static void label_and_handover_sheet_name_the_key(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *list = NULL;
	char text[8192];
	try_begin(&t);
	struct print_wish early = {.no = order, .kind = "label"};
	site_is(ERR_DESK_PRINT_OFFER, print_run(t.d, &early, &list, &e), &e);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, NULL, &e), &e);
	site_is(OK, certs_list(t.d, order, NULL, &list, &e), &e);
	assert_int_equal(printed(&t, order, "label", NULL, text, sizeof text), 1);
	has(text, KEY);
	has(text, "北京示例科技有限公司");
	assert_null(strstr(text, "110101199003071233")); /* no personal number on a label */
	printed(&t, order, "handover-sheet", NULL, text, sizeof text);
	has(text, KEY);
	has(text, "接受上述证书");
	has(text, "主锁");
	has(text, "110101********1233");
	char serial[80];
	snprintf(serial, sizeof serial, "%.12s", json_text(json_array_get(list, 0), "serial"));
	has(text, serial);
	has(text, "□ 经办人"); /* room to write, as long as nobody has taken it */
	json_decref(list);
	site_as(&t.site, t.d, "op1");
	site_is(OK, handover_take(t.d, order, KEY, "agent", "H0099", &list, &e), &e);
	json_decref(list);
	printed(&t, order, "handover-sheet", NULL, text, sizeof text);
	has(text, "补打");
	has(text, "H0099"); /* printed again it says who took it */
	has(text, "领取人姓名 李四");
	assert_null(strstr(text, "□"));
	try_end(&t);
}

static void papers_name_the_certificate_that_an_order_is_about(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *list = NULL;
	char text[16384], no[ORDER_NO_SIZE];
	try_begin(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue(&t, NULL, &e), &e);
	site_is(OK, certs_list(t.d, order, NULL, &list, &e), &e);
	const char *serial = json_text(json_array_get(list, 0), "serial");
	site_as(&t.site, t.d, "op1");
	printed(&t, order, "revocation-form", NULL, text, sizeof text); /* the order made one: that is the one the customer has */
	has(text, serial);
	has(text, KEY);
	site_is(OK, draft_new_about(t.d, "suspend", &(struct draft_about){.certificate = serial}, NULL, no, &e), &e);
	printed(&t, no, "application", NULL, text, sizeof text);
	has(text, "证书挂失申请表");
	has(text, serial);
	has(text, KEY);
	assert_null(strstr(text, "customer_kind")); /* what the program sets is nobody's to sign */
	printed(&t, no, "revocation-form", NULL, text, sizeof text);
	has(text, serial);
	json_t *kinds = NULL, *kind;
	size_t i;
	site_is(OK, print_list(t.d, no, &kinds, &e), &e);
	json_array_foreach(kinds, i, kind)
		assert_string_not_equal(json_text(kind, "kind"), "label"); /* a loss report makes no key */
	json_decref(kinds);
	json_decref(list);
	try_end(&t);
}

/* Money counts to tomorrow from then on; parcels still go today. */
static void end_day(struct try *t)
{
	struct error e = {0};
	char today[11];
	desk_business_date(t->d, today);
	site_is(OK, store_begin(t->d->store, &e), &e);
	site_is(OK, store_insert(t->d->store, SQL_DAY_CLOSE_INSERT, NULL, &e, "tttittii", today, "day.xlsx", "", (int64_t)1, "", "[]",
	                         t->d->actor.id, desk_now(t->d)), &e);
	site_is(OK, desk_commit(t->d, MAY_DAY_CLOSE, NULL, today, NULL, NULL, &e), &e);
}

static void courier_lists_name_recipient_and_tracking(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{ss sb}", "delivery", "mail", "own_medium", 0);
	char no[ORDER_NO_SIZE], text[8192], today[11];
	try_begin(&t);
	site_approved(&t.site, t.d, "new-unit", changes, no);
	site_as(&t.site, t.d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t.d, no, NULL, NULL, NULL, &out, &e), &e);
	json_decref(out);
	site_as(&t.site, t.d, "op1");
	printed(&t, no, "courier", NULL, text, sizeof text); /* before it is mailed: no number yet */
	has(text, "李四");
	assert_null(strstr(text, "SF1234567"));
	struct print_wish day = {.no = "-", .kind = "courier-day"};
	site_is(ERR_DESK_PRINT_EMPTY, print_run(t.d, &day, &out, &e), &e);
	site_is(OK, handover_mail(t.d, no, "SF1234567", &out, &e), &e);
	json_decref(out);
	printed(&t, no, "courier", NULL, text, sizeof text);
	has(text, "补打 REPRINT 第 2 次");
	has(text, "SF1234567");
	has(text, "13900139000"); /* the courier calls this number */
	has(text, "海淀区");
	desk_business_date(t.d, today);
	printed(&t, "-", "courier-day", today, text, sizeof text);
	has(text, "当日交寄清单");
	has(text, no);
	has(text, "SF1234567");
	has(text, KEY);
	end_day(&t);
	printed(&t, "-", "courier-day", NULL, text, sizeof text);
	has(text, no);
	day.date = "2020-01-01";
	site_is(ERR_DESK_PRINT_EMPTY, print_run(t.d, &day, &out, &e), &e);
	json_decref(changes);
	try_end(&t);
}

/* An order whose key is made and waits for its parcel. */
static void to_mail(struct try *t, char no[ORDER_NO_SIZE])
{
	struct error e = {0};
	json_t *out = NULL, *changes = json_pack("{ss sb}", "delivery", "mail", "own_medium", 0);
	site_approved(&t->site, t->d, "new-unit", changes, no);
	site_as(&t->site, t->d, "is1");
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	site_is(OK, issue_run(t->d, no, NULL, NULL, NULL, &out, &e), &e);
	json_decref(out);
	json_decref(changes);
	site_as(&t->site, t->d, "op1");
}

/* Printed again three days later each says when it was, and not today. */
static void papers_keep_the_days_of_what_they_say(void **state)
{
	(void)state;
	struct try t;
	struct error e = {0};
	json_t *out = NULL;
	char no[ORDER_NO_SIZE], text[16384], day[11], wanted[40];
	try_begin(&t);
	t.d->clock.fixed = desk_now(t.d);
	civil_date_text(desk_now(t.d), day);
	to_mail(&t, no);
	site_is(OK, handover_mail(t.d, no, "SF1234567", &out, &e), &e);
	json_decref(out);
	t.d->clock.fixed += 3 * 86400;
	static const char *const papers[][2] = {{"application", "申请日期"}, {"receipt", "收款日期"}, {"courier", "交寄日期"}};
	for (size_t i = 0; i < sizeof papers / sizeof *papers; i++) {
		printed(&t, no, papers[i][0], NULL, text, sizeof text);
		snprintf(wanted, sizeof wanted, "%s %s", papers[i][1], day);
		has(text, wanted);
	}
	try_end(&t);
}

/* … and what is still to come is of today, also behind the day's end. */
static void papers_of_what_is_to_come_are_of_today(void **state)
{
	(void)state;
	struct try t;
	char no[ORDER_NO_SIZE], text[16384], wanted[40] = "交寄日期 ";
	try_begin(&t);
	t.d->clock.fixed = desk_now(t.d);
	civil_date_text(desk_now(t.d), wanted + strlen(wanted));
	to_mail(&t, no);
	end_day(&t);
	printed(&t, no, "courier", NULL, text, sizeof text);
	has(text, wanted);
	try_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(label_and_handover_sheet_name_the_key, pull_all),
		cmocka_unit_test_teardown(papers_name_the_certificate_that_an_order_is_about, pull_all),
		cmocka_unit_test_teardown(courier_lists_name_recipient_and_tracking, pull_all),
		cmocka_unit_test_teardown(papers_keep_the_days_of_what_they_say, pull_all),
		cmocka_unit_test_teardown(papers_of_what_is_to_come_are_of_today, pull_all),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
