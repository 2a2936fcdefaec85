/* The day's end: a checklist, the report, the freeze; money after it counts to the next date. */
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "dayend.h"

static void detail_says(struct unit_case *c, const char *name, const char *wanted)
{
	json_t *item = item_of(c, name);
	if (!strstr(json_text(item, "detail"), wanted))
		fail_msg("%s: %s, without %s", name, json_text(item, "detail"), wanted);
	json_decref(item);
}

static void statement_import_today(struct unit_case *c)
{
	char csv[512];
	snprintf(csv, sizeof csv, "交易日期,收入金额,支出金额,对方户名,对方账号,流水号,摘要\n%s,77.70,,某公司,6222000000000001,S-%s,不明\n", date,
	         date);
	EXPECT(OK, statement_import(c->d, site_file(&c->site, "s.csv", csv), &out, &c->e));
}

/* Everything that a day wants after a payment in cash of 280 yuan: as mg1 afterwards. */
static void get_ready(struct unit_case *c)
{
	as(c, "op1");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	EXPECT(OK, till_close(c->d, HERE, NULL, &out, &c->e));
	as(c, "mg1");
	EXPECT(OK, day_waive(c->d, date, "statement", "银行次日才出", &out, &c->e));
	EXPECT(OK, day_waive(c->d, date, "keys", "月底统一盘点", &out, &c->e));
}

static void close_a_day(struct unit_case *c)
{
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
}

static void test_a_day_ends_when_nothing_is_open(void **state)
{
	struct unit_case *c = *state;
	json_t *day = NULL;
	struct stat st;
	dates(c);
	take(c, "cash", "R1");
	as(c, "mg1");
	EXPECT(ERR_DAY_OPEN, day_close(c->d, NULL, &out, &c->e));
	assert_non_null(strstr(c->e.detail, "班次"));
	get_ready(c);
	site_is(OK, day_close(c->d, NULL, &day, &c->e), &c->e);
	assert_true(json_flag(day, "frozen"));
	assert_string_equal(json_text(day, "date"), date);
	assert_string_equal(json_text(day, "closed_by"), "孙主管");
	assert_int_equal(stat(json_text(day, "report"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct bytes book = {0};
	char digest[DIGEST_TEXT_SIZE];
	site_is(OK, file_read(json_text(day, "report"), 1 << 24, &book, &c->e), &c->e);
	digest_text(book.data, book.length, digest);
	assert_string_equal(json_text(day, "report_digest"), digest);
	bytes_free(&book);
	assert_non_null(strstr(json_text(day, "head"), " sha256:"));
	json_decref(day);
	item_is(c, "report", "done");
	item_is(c, "freeze", "done");
	item_is(c, "statement", "warn"); /* as it was: gone without */
	EXPECT(ERR_DAY_FROZEN, day_close(c->d, date, &out, &c->e));
}

/* The head in the record is the entry before the freeze itself. */
static void test_the_journals_head_is_recorded_with_the_report(void **state)
{
	struct unit_case *c = *state;
	int64_t seq, newest;
	char hash[DIGEST_TEXT_SIZE], head[DIGEST_TEXT_SIZE + 24];
	json_t *day = NULL;
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	site_is(OK, journal_head(c->d->store, &seq, &newest, hash, &c->e), &c->e);
	snprintf(head, sizeof head, "%lld %s", (long long)seq, hash);
	site_is(OK, day_close(c->d, NULL, &day, &c->e), &c->e);
	assert_string_equal(json_text(day, "head"), head);
	json_decref(day);
	site_is(OK, journal_head(c->d->store, &seq, &newest, hash, &c->e), &c->e);
	assert_int_equal(seq, atoll(head) + 1);
}

static void test_only_a_manager_ends_the_day(void **state)
{
	struct unit_case *c = *state;
	static const char *const others[] = {"op1", "rv1", "is1", "au1", "root1"};
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		as(c, others[i]);
		EXPECT(ERR_DESK_FORBIDDEN, day_close(c->d, NULL, &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, day_waive(c->d, NULL, "keys", "不想数", &out, &c->e));
		EXPECT(ERR_DESK_FORBIDDEN, day_confirm(c->d, NULL, "pos", 0, NULL, &out, &c->e));
	}
	as(c, "rv1");
	EXPECT(ERR_DESK_FORBIDDEN, day_show(c->d, NULL, &out, &c->e));
	as(c, "mg1");
	struct staff manager = c->d->actor;
	as(c, "op1");
	c->d->second = manager; /* on the spot */
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
}

static void test_open_orders_warn_and_do_not_block(void **state)
{
	struct unit_case *c = *state;
	dates(c);
	item_is(c, "orders", "done");
	take(c, "cash", "R1");
	item_is(c, "orders", "warn");
	get_ready(c);
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
}

static void test_an_open_shift_blocks_the_day(void **state)
{
	struct unit_case *c = *state;
	dates(c);
	item_is(c, "shifts", "done");
	take(c, "cash", "R1");
	item_is(c, "shifts", "open");
	get_ready(c);
	item_is(c, "shifts", "done");
	as(c, "op1");
	EXPECT(OK, till_open(c->d, 0, &out, &c->e)); /* one more */
	as(c, "mg1");
	EXPECT(ERR_DAY_OPEN, day_close(c->d, NULL, &out, &c->e));
}

static void test_uncounted_cash_blocks_the_day(void **state)
{
	struct unit_case *c = *state;
	dates(c);
	take(c, "cash", "R1");
	item_is(c, "cash", "open");
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1", 0, 0, &out));
	item_is(c, "cash", "open"); /* counted, and not handed in */
	as(c, "mg1");
	EXPECT(ERR_DAY_OPEN, day_close(c->d, NULL, &out, &c->e));
	assert_non_null(strstr(c->e.detail, "现金"));
	as(c, "op1");
	EXPECT(OK, till_close(c->d, HERE, "少 10 元", &out, &c->e));
	item_is(c, "cash", "warn"); /* a difference that is explained is shown */
	detail_says(c, "cash", "现金 -10.00，POS 0.00，支票 0 张");
}

static void test_pos_is_confirmed_by_the_terminals_total(void **state)
{
	struct unit_case *c = *state;
	dates(c);
	item_is(c, "pos", "done"); /* nothing to confirm */
	take(c, "pos", "P1");
	item_is(c, "pos", "open");
	as(c, "mg1");
	EXPECT(ERR_DAY_ITEM, day_waive(c->d, date, "pos", "算了", &out, &c->e));
	EXPECT(ERR_DESK_REASON, day_confirm(c->d, date, "pos", 27000, NULL, &out, &c->e));
	EXPECT(ERR_DESK_AMOUNT, day_confirm(c->d, date, "pos", -28000, "x", &out, &c->e));
	item_is(c, "pos", "open");
	EXPECT(OK, day_confirm(c->d, date, "pos", 28000, NULL, &out, &c->e));
	item_is(c, "pos", "done");
	as(c, "op1");
	take(c, "pos", "P2"); /* came after it was read off */
	item_is(c, "pos", "open");
	as(c, "mg1");
	EXPECT(OK, day_confirm(c->d, date, "pos", 28000, "第二笔未入 POS 机", &out, &c->e));
	detail_says(c, "pos", "相差 -280.00：第二笔未入 POS 机"); /* in yuan */
	item_is(c, "pos", "warn");
}

static void test_a_statement_is_imported_or_waived_with_a_reason(void **state)
{
	struct unit_case *c = *state;
	dates(c);
	item_is(c, "statement", "open");
	as(c, "mg1");
	EXPECT(ERR_DESK_REASON, day_waive(c->d, date, "statement", "", &out, &c->e));
	EXPECT(ERR_DESK_REASON, day_waive(c->d, date, "statement", NULL, &out, &c->e));
	item_is(c, "statement", "open");
	statement_import_today(c);
	item_is(c, "statement", "warn"); /* one entry is nobody's */
	EXPECT(OK, day_waive(c->d, date, "statement", "银行系统维护", &out, &c->e));
	item_is(c, "statement", "warn");
}

static void test_money_after_the_close_counts_to_the_next_date(void **state)
{
	struct unit_case *c = *state;
	char now[11];
	close_a_day(c);
	desk_business_date(c->d, now);
	assert_string_equal(now, next_date);
	as(c, "op1");
	take(c, "cash", "R2"); /* the till closed today takes it: it is tomorrow's shift */
	json_t *s = shift_now(c);
	assert_string_equal(json_text(s, "date"), next_date);
	json_decref(s);
	later(c, 86400);
	desk_business_date(c->d, now);
	assert_string_equal(now, next_date); /* and the next morning is the same date */
	take(c, "cash", "R3");
	shift_has(c, "expected_cash", 56000);
	later(c, 86400);
	desk_business_date(c->d, now);
	assert_string_not_equal(now, next_date);
}

static void test_nothing_of_a_frozen_date_is_taken_or_voided(void **state)
{
	struct unit_case *c = *state;
	struct till_where then = {NULL, date};
	char paid[ORDER_NO_SIZE];
	close_a_day(c);
	strcpy(paid, c->no);
	EXPECT(ERR_DAY_FROZEN, pay_void(c->d, paid, "R1", "输错", &out, &c->e));
	status_is(c, "in-review");
	EXPECT(ERR_DAY_FROZEN, day_waive(c->d, date, "keys", "再说", &out, &c->e));
	EXPECT(ERR_DAY_FROZEN, day_confirm(c->d, date, "pos", 0, NULL, &out, &c->e));
	as(c, "op1");
	EXPECT(ERR_DAY_FROZEN, count_at(c, &then, "0", 0, 0, &out));
	EXPECT(ERR_DAY_FROZEN, till_close(c->d, &then, NULL, &out, &c->e));
	EXPECT(ERR_DAY_FROZEN, day_not_frozen(c->d, date, &c->e));
	EXPECT(OK, day_not_frozen(c->d, next_date, &c->e));
}

/* Nor does a transfer that is seen later change it. */
static void test_a_transfer_seen_after_the_close_counts_when_it_is_seen(void **state)
{
	struct unit_case *c = *state;
	char csv[512];
	dates(c);
	take(c, "transfer", "V1");
	char transferred[ORDER_NO_SIZE];
	strcpy(transferred, c->no);
	as(c, "op1");
	take(c, "cash", "R1");
	get_ready(c);
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
	later(c, 86400);
	snprintf(csv, sizeof csv, "交易日期,收入金额,支出金额,对方户名,对方账号,流水号,摘要\n%s,280.00,,北京示例科技有限公司,20000012345678,S-9,%s\n",
	         next_date, transferred);
	EXPECT(OK, statement_import(c->d, site_file(&c->site, "t.csv", csv), &out, &c->e));
	strcpy(c->no, transferred);
	status_is(c, "in-review");
	json_t *row = NULL;
	site_is(OK, store_row(c->d->store, SQL_DAY_FIRST_OPEN, &row, &c->e, "t", "9999-12-31"), &c->e);
	assert_string_equal(json_text(row, "first"), next_date);
	json_decref(row);
}

static void test_a_transfer_that_was_only_announced_is_voided_any_day(void **state)
{
	struct unit_case *c = *state;
	char announced[ORDER_NO_SIZE];
	dates(c);
	take(c, "transfer", "V1");
	strcpy(announced, c->no);
	take(c, "cash", "R1");
	get_ready(c);
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
	EXPECT(OK, pay_void(c->d, announced, "V1", "改付现金", &out, &c->e));
	strcpy(c->no, announced);
	as(c, "op1");
	EXPECT(OK, pay_take(c->d, announced, "cash", "R2", 28000, &out, &c->e));
	status_is(c, "in-review");
}

/* Numbers carry the business date, as their counter does. */
static void test_an_order_of_the_evening_has_the_next_dates_number(void **state)
{
	struct unit_case *c = *state;
	char evening[ORDER_NO_SIZE], want[16];
	close_a_day(c);
	as(c, "op1");
	take(c, "cash", "R2");
	strcpy(evening, c->no);
	snprintf(want, sizeof want, "-%.2s%.2s%.2s-", next_date + 2, next_date + 5, next_date + 8);
	assert_non_null(strstr(evening, want));
	later(c, 86400);
	take(c, "cash", "R3");
	assert_string_not_equal(evening, c->no);
}

static void test_days_end_in_their_order(void **state)
{
	struct unit_case *c = *state;
	char first[11], due[11];
	close_a_day(c); /* so that it isn't the first one ever */
	as(c, "op1");
	later(c, 86400);
	take(c, "cash", "R2");
	dates(c);
	strcpy(first, date);
	EXPECT(OK, count_at(c, HERE, "100x2,50x1,20x1,10x1", 0, 0, &out));
	EXPECT(OK, till_close(c->d, HERE, NULL, &out, &c->e));
	later(c, 86400);
	dates(c);
	take(c, "cash", "R3");
	get_ready(c);
	item_is(c, "days", "open");
	EXPECT(ERR_DAY_OPEN, day_close(c->d, NULL, &out, &c->e));
	EXPECT(OK, day_due(c->d, due, &c->e));
	assert_string_equal(due, first);
	EXPECT(OK, day_waive(c->d, first, "statement", "次日才出", &out, &c->e));
	EXPECT(OK, day_close(c->d, first, &out, &c->e));
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
}

static void test_the_first_days_end_takes_the_days_before_along(void **state)
{
	struct unit_case *c = *state;
	struct till_where old = {0};
	char first[11];
	dates(c);
	strcpy(first, date);
	take(c, "cash", "R0"); /* never closed: the site worked without days' ends */
	later(c, 2 * 86400);
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	item_is(c, "days", "warn");
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
	old.date = first;
	as(c, "op1");
	EXPECT(ERR_DAY_FROZEN, till_close(c->d, &old, NULL, &out, &c->e));
	json_t *late = NULL;
	site_is(OK, till_late(c->d, &late, &c->e), &c->e);
	assert_int_equal(json_array_size(late), 0);
	json_decref(late);
}

static void test_a_day_that_has_not_come_is_not_ended(void **state)
{
	struct unit_case *c = *state;
	close_a_day(c);
	EXPECT(ERR_DAY_FUTURE, day_close(c->d, NULL, &out, &c->e)); /* the business date is tomorrow's */
	EXPECT(ERR_DAY_FUTURE, day_close(c->d, next_date, &out, &c->e));
	EXPECT(ERR_DESK_DATE, day_close(c->d, "2026-02-30", &out, &c->e));
}

static void test_the_day_does_not_end_with_a_clock_that_is_behind(void **state)
{
	struct unit_case *c = *state;
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	later(c, -121);
	EXPECT(ERR_DESK_CLOCK, day_close(c->d, date, &out, &c->e));
	later(c, 121);
	EXPECT(OK, day_close(c->d, date, &out, &c->e));
}

struct late {
	struct unit_case *c;
	struct desk *d;
	enum err r;
};

static void *close_late(void *arg)
{
	struct late *late = arg;
	json_t *day = NULL;
	late->r = day_close(late->d, NULL, &day, NULL);
	json_decref(day);
	return NULL;
}

/* Two windows end the day at once: the report whose digest is recorded is the one that stays. */
static void test_a_second_window_leaves_the_report_alone(void **state)
{
	struct unit_case *c = *state;
	struct late late = {.c = c};
	pthread_t thread;
	char path[500], other[520];
	struct stat st;
	int i = 0;
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	late.d = site_open(&c->site);
	site_as(&c->site, late.d, "mg1");
	snprintf(path, sizeof path, "%s/reports", c->site.dir);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/reports/daily-%s.xlsx", c->site.dir, date);
	snprintf(other, sizeof other, "cd '%s/reports' && test \"$(cat daily-*.xlsx* | wc -c)\" -gt 1000", c->site.dir);
	site_is(OK, file_write(path, 0600, "the first", 9, &c->e), &c->e);
	site_is(OK, store_begin(c->d->store, &c->e), &c->e);
	site_is(OK, store_insert(c->d->store, SQL_DAY_CLOSE_INSERT, NULL, &c->e, "tttittii", (const char *)date, "daily", "sha256:0", (int64_t)1, "sha256:0",
	                         "[]", c->d->actor.id, desk_now(c->d)), &c->e);
	assert_int_equal(pthread_create(&thread, NULL, close_late, &late), 0);
	while (system(other) != 0 && i++ < 80)
		usleep(100000);
	site_is(OK, desk_commit(c->d, MAY_DAY_CLOSE, NULL, date, NULL, NULL, &c->e), &c->e);
	pthread_join(thread, NULL);
	assert_int_equal(ERR_DAY_FROZEN, late.r);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 9);
	snprintf(other, sizeof other, "test \"$(ls '%s/reports' | wc -l)\" = 1", c->site.dir);
	assert_int_equal(system(other), 0); /* nor does its own lie about */
	desk_close(&late.d);
}

/* Where the report can't be written, nothing is frozen. */
static void test_a_day_without_its_report_stays_open(void **state)
{
	struct unit_case *c = *state;
	char path[200];
	dates(c);
	take(c, "cash", "R1");
	get_ready(c);
	snprintf(path, sizeof path, "%s/reports", c->site.dir);
	assert_int_equal(file_write(path, 0600, "x", 1, NULL), OK); /* a file where the directory should be */
	c->e = (struct error){0};
	json_t *out = NULL;
	assert_int_not_equal(day_close(c->d, NULL, &out, &c->e), OK);
	assert_null(out);
	item_is(c, "freeze", "open");
	unlink(path);
	EXPECT(OK, day_close(c->d, NULL, &out, &c->e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_day_ends_when_nothing_is_open),
		CASE(test_the_journals_head_is_recorded_with_the_report),
		CASE(test_only_a_manager_ends_the_day),
		CASE(test_open_orders_warn_and_do_not_block),
		CASE(test_an_open_shift_blocks_the_day),
		CASE(test_uncounted_cash_blocks_the_day),
		CASE(test_pos_is_confirmed_by_the_terminals_total),
		CASE(test_a_statement_is_imported_or_waived_with_a_reason),
		CASE(test_money_after_the_close_counts_to_the_next_date),
		CASE(test_nothing_of_a_frozen_date_is_taken_or_voided),
		CASE(test_a_transfer_seen_after_the_close_counts_when_it_is_seen),
		CASE(test_a_transfer_that_was_only_announced_is_voided_any_day),
		CASE(test_an_order_of_the_evening_has_the_next_dates_number),
		CASE(test_days_end_in_their_order),
		CASE(test_the_first_days_end_takes_the_days_before_along),
		CASE(test_a_day_that_has_not_come_is_not_ended),
		CASE(test_the_day_does_not_end_with_a_clock_that_is_behind),
		CASE(test_a_day_without_its_report_stays_open),
		CASE(test_a_second_window_leaves_the_report_alone),
	};
	return RUN(tests);
}
