/* Working days and deadlines: the calendar as a table, due dates of orders, late ones, the report of kept and missed. The
 * clock stands in years that no shipped calendar knows; each test imports what it needs. */
#include "case.h"

#include "desk/duedate.h"
#include "desk/report.h"

#define HEAD "date,kind,zh,en\n"
/* The turn of 2030 and a Spring Festival from 22 to 28 January 2031 with Saturdays made up. */
static const char *const winter = HEAD
	"2030-12-28,workday,元旦调休上班,made up\n2031-01-01,holiday,元旦,New Year\n2031-01-02,holiday,元旦,New Year\n"
	"2031-01-03,holiday,元旦,New Year\n2031-01-04,workday,元旦调休上班,made up\n2031-01-22,holiday,春节,Spring Festival\n"
	"2031-01-23,holiday,春节,Spring Festival\n2031-01-24,holiday,春节,Spring Festival\n2031-01-27,holiday,春节,Spring Festival\n"
	"2031-01-28,holiday,春节,Spring Festival\n2031-02-01,workday,春节调休上班,made up\n";

static void at(struct unit_case *c, const char *date, int hour)
{
	int64_t start = 0;
	assert_true(civil_parse_date(date, &start));
	c->d->clock.fixed = start + hour * 3600;
}

static void import(struct unit_case *c, const char *table, const char *text)
{
	char today[11];
	civil_date_text(desk_now(c->d), today);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_import(c->d, table, site_file(&c->site, "table.csv", text), today, &out, &c->e));
	site_as(&c->site, c->d, "op1");
}

/* `name` of the order is the end of this day in China; "" for none. */
static void due_is(struct unit_case *c, const char *name, const char *date)
{
	json_t *order = NULL;
	int64_t start = 0;
	char want[21] = "";
	if (civil_parse_date(date, &start))
		rfc3339_text(start + 86400 - 1, want);
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(order, name), want);
	json_decref(order);
}

static bool late(struct unit_case *c)
{
	json_t *order = NULL;
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	bool is = json_flag(order, "late");
	json_decref(order);
	return is;
}

static int64_t ticked(struct unit_case *c, const char *name)
{
	json_t *out = NULL;
	site_is(OK, tick_run(c->d, &out, &c->e), &c->e);
	int64_t n = json_number(out, name);
	json_decref(out);
	return n;
}

static void step(struct unit_case *c, const char *event)
{
	struct order o = {0};
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, order_load(c->d, c->no, &o, &c->e), &c->e);
	site_is(OK, order_advance(c->d, &o, event, &c->e), &c->e);
	site_is(OK, desk_commit(c->d, MAY_ISSUE, NULL, c->no, NULL, NULL, &c->e), &c->e);
	order_free(&o);
}

static void mailed(struct unit_case *c, void (*to)(const struct site *, struct desk *, const char *, const json_t *, char *))
{
	json_t *changes = json_pack("{ss}", "delivery", "mail");
	to(&c->site, c->d, "new-unit", changes, c->no);
	json_decref(changes);
}

static void test_make_up_saturdays_count(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-31", 10);
	import(c, "calendar", winter);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-02-04"); /* Saturday the 1st, 3, 4 */
	due_is(c, "due_at", "2031-02-04");
}

static void test_the_spring_festival_is_skipped(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-21", 10);
	import(c, "calendar", winter);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-01-31"); /* 29, 30, 31 */
}

static void test_a_deadline_goes_across_the_years_end(void **state)
{
	struct unit_case *c = *state;
	at(c, "2030-12-31", 10);
	import(c, "calendar", winter);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-01-07"); /* Saturday the 4th is made up, 6, 7 */
}

static void test_without_rows_only_weekends_are_days_off(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-03-07", 10); /* a Friday */
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-03-12");
}

static void test_a_voucher_waits_working_days(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-21", 10);
	import(c, "calendar", winter);
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, attach_add(c->d, c->no, "payment-voucher", site_picture(&c->site, "voucher.jpg"), false, &out, &c->e));
	due_is(c, "pay_due_at", "2031-02-03"); /* 29, 30, 31, Saturday the 1st, 3 */
	due_is(c, "due_at", "2031-02-03");
}

static void test_a_transfer_waits_working_days(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-21", 10);
	import(c, "calendar", winter);
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	EXPECT(OK, pay_take(c->d, c->no, "transfer", "T-1", number_of(c, "due"), &out, &c->e));
	due_is(c, "pay_due_at", "2031-02-03");
}

static int64_t days(struct unit_case *c, const char *business, const char *step)
{
	int64_t n = -1;
	site_is(OK, duedate_days(c->d, business, step, &n, &c->e), &c->e);
	return n;
}

static void test_three_days_for_new_five_for_a_replacement(void **state)
{
	struct unit_case *c = *state;
	assert_int_equal(days(c, "new", "review"), 3);
	assert_int_equal(days(c, "replace", "review"), 5);
	assert_int_equal(days(c, "unlock", "review"), 3);
	assert_int_equal(days(c, "new", "issue"), 5);
	assert_int_equal(days(c, "revoke", "issue"), 0); /* nothing is issued */
	assert_int_equal(days(c, "new", "payment"), 5);
}

static void test_days_are_a_row_of_each_business(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-03-03", 10); /* a Monday */
	import(c, "deadlines", "business,step,days,zh,en\nnew,review,1,审核,review\n,review,9,审核,review\nnew,issue,2,制证,issue\n");
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-03-04");
	assert_int_equal(days(c, "replace", "review"), 9);
	assert_int_equal(days(c, "new", "payment"), 0);
	c->d->config.review_days_new = 4; /* the configuration of before goes before the table */
	assert_int_equal(days(c, "new", "review"), 4);
	assert_int_equal(days(c, "replace", "review"), 9);
}

static void test_what_was_promised_does_not_move(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-21", 10);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-01-24");
	later(c, 60);
	import(c, "calendar", winter);
	due_is(c, "review_due_at", "2031-01-24");
}

static void test_the_issue_is_due_five_working_days_after_the_approval(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-21", 10);
	import(c, "calendar", winter);
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "issue_due_at", "2031-02-03");
	due_is(c, "due_at", "2031-02-03");
	step(c, "start-issue");
	due_is(c, "due_at", "2031-02-03");
	step(c, "undo-issue"); /* nothing begins anew */
	step(c, "start-issue");
	step(c, "issue"); /* at the desk it is enough that the certificate is written */
	due_is(c, "due_at", "");
	due_is(c, "issue_due_at", "2031-02-03");
}

static void test_a_mail_order_is_due_until_it_is_posted(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-03-03", 10);
	mailed(c, site_approved);
	step(c, "start-issue");
	step(c, "issue");
	due_is(c, "due_at", "2031-03-10");
	at(c, "2031-03-11", 9);
	assert_true(late(c));
	assert_int_equal(ticked(c, "late"), 1);
	step(c, "mail");
	assert_false(late(c));
	assert_int_equal(ticked(c, "late"), 0);
	due_is(c, "due_at", "");
}

static void test_tick_counts_late_ones(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-03-03", 10);
	mailed(c, site_paid);
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	assert_int_equal(ticked(c, "late"), 0);
	at(c, "2031-03-07", 0); /* the review was due on the 6th */
	assert_int_equal(ticked(c, "late"), 1);
	c->d->clock.fixed--;
	assert_int_equal(ticked(c, "late"), 0);
	at(c, "2031-03-11", 0); /* the issue on the 10th */
	assert_int_equal(ticked(c, "late"), 2);
}

static void test_late_ones_come_next_to_who_waits_in_the_review_queue(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE], waits[ORDER_NO_SIZE], fresh[ORDER_NO_SIZE];
	json_t *queue = NULL, *changes = json_pack("{ss}", "delivery", "mail");
	at(c, "2031-03-03", 10);
	mailed(c, site_paid);
	memcpy(first, c->no, sizeof first);
	at(c, "2031-03-07", 9);
	site_paid(&c->site, c->d, "new-unit", changes, fresh);
	later(c, 60);
	site_paid(&c->site, c->d, "new-unit", NULL, waits);
	site_as(&c->site, c->d, "rv1");
	site_is(OK, review_list(c->d, &queue, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(queue, 0), "order"), waits);
	assert_false(json_flag(json_array_get(queue, 0), "late"));
	assert_string_equal(json_text(json_array_get(queue, 1), "order"), first);
	assert_true(json_flag(json_array_get(queue, 1), "late"));
	assert_string_equal(json_text(json_array_get(queue, 1), "due_at"), "2031-03-06T15:59:59Z");
	assert_string_equal(json_text(json_array_get(queue, 2), "order"), fresh);
	json_decref(queue);
	/* and so the next reviewers get them */
	site_is(OK, review_claim(c->d, NULL, &queue, &c->e), &c->e);
	assert_string_equal(json_text(queue, "order"), waits);
	json_decref(queue);
	queue = NULL;
	site_is(OK, review_approve(c->d, waits, &queue, &c->e), &c->e);
	json_decref(queue);
	site_is(OK, review_claim(c->d, NULL, &queue, &c->e), &c->e);
	assert_string_equal(json_text(queue, "order"), first);
	json_decref(queue);
	json_decref(changes);
}

static void test_late_ones_come_first_at_the_issuers(void **state)
{
	struct unit_case *c = *state;
	char first[ORDER_NO_SIZE];
	json_t *list = NULL, *filter = json_pack("{sssb}", "status", "approved", "queue", 1);
	at(c, "2031-03-03", 10);
	mailed(c, site_approved);
	memcpy(first, c->no, sizeof first);
	at(c, "2031-03-10", 10);
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);
	site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
	assert_string_equal(json_text(json_array_get(list, 0), "order"), c->no); /* nothing is late: who waits comes first */
	json_decref(list);
	at(c, "2031-03-11", 10);
	site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_text(json_array_get(list, 0), "order"), first);
	assert_true(json_flag(json_array_get(list, 0), "late"));
	assert_string_equal(json_text(json_array_get(list, 1), "due_at"), "2031-03-17T15:59:59Z");
	json_decref(list);
	json_object_set_new(filter, "skip", json_integer(1));
	site_is(OK, order_list(c->d, filter, &list, &c->e), &c->e);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_text(json_array_get(list, 0), "order"), c->no);
	json_decref(list);
	json_decref(filter);
}

/* Runs python over the report of these days: `b` is the book, cells as lists without what is empty behind. */
static void report_says(struct unit_case *c, const char *from, const char *to, const char *check)
{
	char path[200], script[200], command[600], text[2000];
	json_t *out = NULL;
	snprintf(path, sizeof path, "%s/deadlines.xlsx", c->site.root);
	site_as(&c->site, c->d, "mg1");
	site_is(OK, report_run(c->d, "deadlines", from, to, path, NULL, NULL, &out, &c->e), &c->e);
	assert_int_equal(json_number(out, "sheets"), 3);
	json_decref(out);
	snprintf(text, sizeof text, "import openpyxl, sys\nb = openpyxl.load_workbook(sys.argv[1], data_only=True)\n"
	         "def rows(s): return [[str(c) for c in r if c is not None] for r in b[s].iter_rows(values_only=True) if r[0] is not None]\n"
	         "top = rows('汇总'); days = rows('逐日分业务'); missed = rows('逾期订单')\n%s\n", check);
	snprintf(script, sizeof script, "%s", site_file(&c->site, "check.py", text));
	snprintf(command, sizeof command, "/usr/bin/python3 %s %s >&2", script, path);
	assert_int_equal(system(command), 0);
}

static void test_the_report_counts_kept_and_missed(void **state)
{
	struct unit_case *c = *state;
	json_t *changes = json_pack("{ss}", "delivery", "mail");
	char open[ORDER_NO_SIZE];
	lang_set(LANG_ZH);
	at(c, "2031-03-03", 10);
	mailed(c, site_paid);
	memcpy(open, c->no, sizeof open);                          /* never decided: missed on the 6th */
	site_approved(&c->site, c->d, "new-unit", NULL, c->no);    /* review kept on the 3rd … */
	at(c, "2031-03-12", 10);
	step(c, "start-issue");
	step(c, "issue");                                          /* … issue missed on the 10th, done on the 12th */
	site_approved(&c->site, c->d, "new-unit", changes, c->no); /* review kept on the 12th, issue runs until the 19th */
	site_as(&c->site, c->d, "op1");
	site_paid(&c->site, c->d, "new-unit", changes, c->no);
	json_decref(changes);
	char receipt[64], check[900];
	json_t *order = NULL;
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	snprintf(receipt, sizeof receipt, "%s", json_text(json_array_get(json_object_get(order, "payments"), 0), "receipt"));
	json_decref(order);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, pay_void(c->d, c->no, receipt, "记错", &out, &c->e)); /* its review is dropped */
	snprintf(check, sizeof check,
	         "assert ['新办', '审核', '2', '1', '0', '1', '66'] in top, top\n"
	         "assert ['新办', '制证/寄出', '0', '1', '1', '0', '0'] in top, top\n"
	         "assert any(r[0].startswith('2031-03-06') and r[1:] == ['0', '1', '0', '0', '0'] for r in top), top\n"
	         "assert any(r[0].startswith('2031-03-12') and r[1:] == ['新办', '审核', '1', '0', '0', '1', '100'] for r in days), days\n"
	         "assert any(r[0].startswith('2031-03-03') and r[1:3] == ['新办', '审核'] for r in days), days\n"
	         "assert [r[0] for r in missed if r[0].startswith('110114')][0] == '%s', missed\n"
	         "assert sum(r[0].startswith('110114') for r in missed) == 2, missed\n", open);
	report_says(c, "2031-03-01", "2031-03-31", check);
	report_says(c, "2031-03-01", "2031-03-31", "assert ['新办', '2', '2'] in top, top\n" /* reviews and issues together */
	            "b = openpyxl.load_workbook(sys.argv[1]); s = b['汇总']; chart, = s._charts\n"
	            "def at(f): return [c.value for r in s[f.split('!')[1].replace('$', '')] for c in (r if isinstance(r, tuple) else (r,))]\n"
	            "assert [(x.tx.v, at((x.cat.strRef or x.cat.numRef).f), at(x.val.numRef.f)) for x in chart.ser] == [('按时', ['新办'], [2]), ('逾期', ['新办'], [2])]");
	report_says(c, "2031-03-06", NULL, "assert ['新办', '审核', '0', '1', '0', '0', '0'] in top, top\n"
	            "assert not any('制证/寄出' in r for r in top), top");
	report_says(c, "2031-04-01", NULL, "assert not any('新办' in r for r in top + days + missed)");
	lang_start();
}

static void test_reports_are_what_the_directory_holds(void **state)
{
	struct unit_case *c = *state;
	json_t *list = NULL, *row;
	size_t i, found = 0;
	site_as(&c->site, c->d, "mg1");
	site_is(OK, report_list(c->d, &list, &c->e), &c->e);
	json_array_foreach(list, i, row) {
		const char *name = json_text(row, "name");
		found += strcmp(name, "daily") == 0 || strcmp(name, "deadlines") == 0;
		assert_true(*json_text(row, "title"));
	}
	assert_int_equal(found, 2);
	json_decref(list);
	site_as(&c->site, c->d, "op1");
	EXPECT(ERR_DESK_FORBIDDEN, report_list(c->d, &out, &c->e));
}

/* Returned and signed again is a second review, and both count. */
static void test_a_returned_order_gets_a_new_deadline(void **state)
{
	struct unit_case *c = *state;
	char code[32];
	at(c, "2031-03-03", 10);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	at(c, "2031-03-07", 10); /* a day late */
	site_as(&c->site, c->d, "rv1");
	EXPECT(OK, review_claim(c->d, c->no, &out, &c->e));
	EXPECT(OK, review_return(c->d, c->no, "营业执照不清晰", &out, &c->e));
	assert_false(late(c)); /* now it is the customer's turn */
	site_as(&c->site, c->d, "op1");
	EXPECT(OK, sign_send(c->d, c->no, &out, &c->e));
	site_message(&c->site, "sms", "验证码", code);
	EXPECT(OK, sign_code(c->d, c->no, code, &out, &c->e));
	due_is(c, "review_due_at", "2031-03-12");
	assert_int_equal(ticked(c, "late"), 0);
	lang_set(LANG_ZH);
	report_says(c, "2031-03-01", "2031-03-31", "assert ['新办', '审核', '0', '1', '1', '0', '0'] in top, top");
	lang_start();
}

/* A new database has the tables, one from before them has none: what is shipped comes in with the first opening. */
static void test_a_site_from_before_gets_the_shipped_calendar(void **state)
{
	struct unit_case *c = *state;
	char command[400];
	struct bytes csv = {0};
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	json_t *order = NULL;
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	char due[32];
	snprintf(due, sizeof due, "%s", json_text(order, "review_due_at"));
	json_decref(order);
	desk_close(&c->d);
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' 'DELETE FROM calendar_day; DELETE FROM deadline_rule; "
	         "DELETE FROM deadline'", c->site.dir);
	assert_int_equal(system(command), 0);
	c->d = site_open(&c->site);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_export(c->d, "calendar", &csv, &c->e));
	assert_non_null(strstr((char *)csv.data, "2026-02-14,workday,"));
	bytes_free(&csv);
	assert_int_equal(days(c, "replace", "review"), 5);
	/* the open order keeps the day that was promised, and is watched from now on */
	site_is(OK, order_show(c->d, c->no, &order, &c->e), &c->e);
	assert_string_equal(json_text(order, "due_at"), due);
	json_decref(order);
	c->d->clock.fixed = desk_now(c->d) + 40 * 86400;
	assert_int_equal(ticked(c, "late"), 1);
	/* once is enough */
	int64_t seq, again, time;
	char hash[DIGEST_TEXT_SIZE];
	site_is(OK, journal_head(c->d->store, &seq, &time, hash, &c->e), &c->e);
	desk_close(&c->d);
	c->d = site_open(&c->site);
	site_is(OK, journal_head(c->d->store, &again, &time, hash, &c->e), &c->e);
	assert_int_equal(seq, again);
}

static void doctor_is(struct unit_case *c, const char *state)
{
	json_t *list = NULL, *row;
	size_t i, found = 0;
	lang_set(LANG_EN);
	site_is(OK, doctor_run(c->d, &list, &c->e), &c->e);
	json_array_foreach(list, i, row)
		if (strcmp(json_text(row, "what"), "working days") == 0) {
			found++;
			assert_string_equal(json_text(row, "state"), state);
			assert_int_equal(strstr(json_text(row, "mend"), "table import calendar") != NULL, strcmp(state, "warning") == 0);
		}
	assert_int_equal(found, 1);
	json_decref(list);
	lang_start();
}

static void test_doctor_warns_of_a_year_without_calendar(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-03-03", 10);
	doctor_is(c, "warning");
	import(c, "calendar", winter);
	doctor_is(c, "good");
	at(c, "2031-12-01", 10); /* deadlines reach into 2032 */
	doctor_is(c, "warning");
	import(c, "calendar", HEAD "2031-02-01,workday,补,m\n2032-01-01,holiday,元旦,New Year\n");
	doctor_is(c, "warning"); /* no official calendar is without make-up days */
	later(c, 60);
	import(c, "calendar", HEAD "2031-02-01,workday,补,m\n2032-01-01,holiday,元旦,New Year\n2032-01-04,workday,补,m\n");
	doctor_is(c, "good");
}

static void test_wrong_calendars_are_refused_whole(void **state)
{
	static const char *const bad[] = {
		HEAD "2031-02-30,holiday,节,f\n",         /* no such day */
		HEAD "2031-2-3,holiday,节,f\n",
		HEAD "2031/02/03,holiday,节,f\n",
		HEAD "2031-02-03,half,节,f\n",
		HEAD "2031-02-03,holiday,节,f\n2031-02-03,workday,节,f\n", /* twice */
		"date,kind,zh\n2031-02-03,holiday,节\n",
		HEAD,
	};
	struct unit_case *c = *state;
	struct bytes before = {0}, after = {0};
	char today[11];
	civil_date_text(desk_now(c->d), today);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_export(c->d, "calendar", &before, &c->e));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		EXPECT(ERR_DESK_TABLE, table_import(c->d, "calendar", site_file(&c->site, "bad.csv", bad[i]), today, &out, &c->e));
	EXPECT(ERR_DESK_TABLE, table_import(c->d, "deadlines", site_file(&c->site, "bad.csv",
	       "business,step,days,zh,en\nnew,review,0,审,r\n"), today, &out, &c->e));
	EXPECT(ERR_DESK_TABLE, table_import(c->d, "deadlines", site_file(&c->site, "bad.csv",
	       "business,step,days,zh,en\nnew,dance,3,审,r\n"), today, &out, &c->e));
	EXPECT(OK, table_export(c->d, "calendar", &after, &c->e));
	assert_string_equal((char *)before.data, (char *)after.data);
	/* what was exported can be imported as it is */
	EXPECT(OK, table_import(c->d, "calendar", site_file(&c->site, "same.csv", (char *)before.data), today, &out, &c->e));
	bytes_free(&before);
	bytes_free(&after);
	site_as(&c->site, c->d, "op1");
	EXPECT(ERR_DESK_FORBIDDEN, table_import(c->d, "calendar", site_file(&c->site, "w.csv", winter), today, &out, &c->e));
}

static void test_a_version_counts_from_its_day(void **state)
{
	struct unit_case *c = *state;
	at(c, "2031-01-20", 10);
	site_as(&c->site, c->d, "mg1");
	EXPECT(OK, table_import(c->d, "calendar", site_file(&c->site, "w.csv", winter), "2031-01-21", &out, &c->e));
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-01-23"); /* it hadn't begun */
	at(c, "2031-01-21", 0);
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	due_is(c, "review_due_at", "2031-01-31");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_make_up_saturdays_count), CASE(test_the_spring_festival_is_skipped),
		CASE(test_a_deadline_goes_across_the_years_end), CASE(test_without_rows_only_weekends_are_days_off),
		CASE(test_a_voucher_waits_working_days), CASE(test_a_transfer_waits_working_days),
		CASE(test_three_days_for_new_five_for_a_replacement), CASE(test_days_are_a_row_of_each_business),
		CASE(test_what_was_promised_does_not_move), CASE(test_the_issue_is_due_five_working_days_after_the_approval),
		CASE(test_a_mail_order_is_due_until_it_is_posted), CASE(test_tick_counts_late_ones),
		CASE(test_late_ones_come_next_to_who_waits_in_the_review_queue), CASE(test_late_ones_come_first_at_the_issuers),
		CASE(test_the_report_counts_kept_and_missed), CASE(test_reports_are_what_the_directory_holds),
		CASE(test_a_returned_order_gets_a_new_deadline), CASE(test_a_site_from_before_gets_the_shipped_calendar),
		CASE(test_doctor_warns_of_a_year_without_calendar), CASE(test_wrong_calendars_are_refused_whole),
		CASE(test_a_version_counts_from_its_day),
	};
	return RUN(tests);
}
