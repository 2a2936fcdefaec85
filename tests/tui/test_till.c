/* Shifts and the day's end on the screens: open, count, hand over, close, and the checklist until the date is frozen. */
#include "site_case.h"

#include "desk/pay.h"
#include "desk/staff.h"
#include "desk/till.h"

static char date[11], next_date[11];

static int start(void **state)
{
	(void)state;
	struct error e = {0};
	struct secret p = {0};
	site_make(&site);
	struct desk *d = site_open(&site);
	civil_date_text(desk_now(d), date);
	civil_date_text(desk_now(d) + 86400, next_date);
	secret_set(&p, SITE_PASSWORD, strlen(SITE_PASSWORD));
	site_as(&site, d, "root1");
	site_is(OK, staff_add(d, "op2", "李接班", "operator", &p, &e), &e);
	secret_wipe(&p);
	desk_close(&d);
	return 0;
}

/* 280 yuan taken by another session. */
static void take(const char *method, const char *receipt)
{
	struct error e = {0};
	json_t *out = NULL;
	char no[ORDER_NO_SIZE];
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	site_is(OK, pay_take(d, no, method, receipt, 28000, &out, &e), &e);
	json_decref(out);
	desk_close(&d);
}

/* By another session, with its clock so far from the machine's. */
static void open_till(const struct site *s, int64_t offset)
{
	struct error e = {0};
	json_t *out = NULL;
	struct desk *d = site_open(s);
	d->clock.fixed = desk_now(d) + offset;
	site_as(s, d, "op1");
	site_is(OK, till_open(d, 0, &out, &e), &e);
	json_decref(out);
	desk_close(&d);
}

static void look(struct tui *t)
{
	if (getenv("TILL_LOOK"))
		tui_dump(t);
}

static void type(struct tui *t, const char *keys)
{
	tui_keys(t, keys);
	tui_settle(t);
}

static struct tui *till_as(const char *who)
{
	struct tui *t = case_start(&site);
	case_login(t, who);
	case_line(t, "班次与钱箱");
	case_step(t, "<Enter>", "业务日期");
	return t;
}

/* A row of the shifts' list that holds all of these. */
static void row_has(struct tui *t, const char *a, const char *b, const char *c)
{
	for (int i = 0; i < 24; i++) {
		const char *row = tui_row(t, i);
		if (strstr(row, a) && strstr(row, b) && strstr(row, c))
			return;
	}
	tui_dump(t);
	fail_msg("no row with %s, %s and %s", a, b, c);
}

static void test_open_count_hand_over_close(void **state)
{
	(void)state;
	struct tui *t = till_as("op1");
	assert_true(tui_has(t, "今天还没有班次", 0));
	case_step(t, "<F4>", "请先选一个还没关的班次");
	case_step(t, "<F2>", "备用金");
	case_step(t, "lots<Enter>", "不是金额");
	type(t, "<C-u>500<Enter>");
	tui_wait_text(t, "已开班");
	row_has(t, "王受理", "未点款", "¥500.00");
	case_step(t, "<F2>500<Enter>", "班次已经开着");
	take("cash", "R1");
	case_step(t, "<F5>", "¥780.00");
	look(t);

	case_step(t, "<F4>", "POS 合计");
	look(t);
	type(t, "7<Enter>1<Enter>1<Enter>");
	assert_true(tui_has(t, "现金合计 ¥770.00", 0));
	type(t, "<Enter><Enter><Enter><Enter><Enter>x<Enter>");
	case_step(t, "<Enter>", "POS 合计不是金额");
	type(t, "<C-u><Enter>");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "已点款，有差异：现金 -10.00");
	look(t);
	row_has(t, "王受理", "已点款", "-¥10.00");

	/* the one who takes over confirms; the difference is explained first */
	case_step(t, "<F6>", "重新点款");
	case_step(t, "n", "点款并交接");
	type(t, "7<Enter>1<Enter>1<Enter><Enter><Enter><Enter><Enter><Enter><Enter>");
	case_step(t, "<Enter>", "请写明原因");
	case_step(t, "<Enter>", "请填写");
	tui_keys(t, "找零多给<Enter>");
	tui_wait_text(t, "接班人当场确认");
	look(t);
	type(t, "op1<Enter>" SITE_PASSWORD "<Enter>");
	tui_wait_text(t, "不能由同一人办理");
	type(t, "<Enter><C-u>op2<Enter>");
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, "已交接给 李接班");
	row_has(t, "王受理", "已关", "-¥10.00");
	row_has(t, "李接班", "未点款", "¥770.00");
	look(t);
	tui_end(&t);

	t = till_as("op2");
	row_has(t, "李接班", "未点款", "¥770.00");
	case_step(t, "<F4>", "POS 合计");
	type(t, "7<Enter>1<Enter>1<Enter><Enter><Enter><Enter><Enter><Enter><Enter>");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "已点款，与账面相符：现金 ¥770.00");
	tui_settle(t);
	case_step(t, "<F8>", "（现金 ¥770.00）关班"); /* what was just counted needn't be again */
	tui_keys(t, "y");
	tui_wait_text(t, "已关班");
	row_has(t, "李接班", "已关", "¥0.00");
	tui_end(&t);
}

static void choose_item(struct tui *t, const char *title)
{
	type(t, "<Home>");
	for (int i = 0; i < 12; i++) {
		int row, column;
		tui_cursor(t, &row, &column);
		if (strstr(tui_row(t, row), title))
			return;
		type(t, "<Down>");
	}
	tui_dump(t);
	fail_msg("no item %s", title);
}

static void count_done(struct tui *t, const char *seen)
{
	case_step(t, "<F2>", "当场授权");
	type(t, "is1<Enter>");
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, seen);
	tui_settle(t);
}

/* The keys' row opens the count; the manager hasn't the stock, so the issuer signs for it. */
static void count_from_checklist(struct tui *t)
{
	tui_wait_text(t, "还没有盘点；账面 9 个");
	case_step(t, "<Enter>", "盘点抽屉 01");
	for (int i = 1; i <= SITE_STOCK; i++) {
		char serial[32];
		snprintf(serial, sizeof serial, "1000000%d<Enter>", i);
		type(t, serial);
	}
	count_done(t, "盘点有差异");
	case_step(t, "<Esc>", "日结清单");
	tui_wait_text(t, "账面 9，实盘 8，差额 -1");
	look(t);
	case_step(t, "<Enter>", "盘点抽屉 01");
	for (int i = 1; i <= SITE_STOCK + 1; i++) {
		char serial[32];
		snprintf(serial, sizeof serial, "1000000%d<Enter>", i);
		type(t, serial);
	}
	count_done(t, "日结清单");
	tui_wait_text(t, "已盘点，相符：账面 9，实盘 9，差额 0");
	tui_wait_text(t, "按 F2 日结");
	tui_settle(t);
}

/* In the row before, at the same column. */
static void stands_above(struct tui *t, const char *text, const char *above)
{
	int row, column;
	assert_true(tui_find(t, text, &row, &column));
	struct tui_cell first = tui_cell(t, row - 1, column);
	assert_non_null(strstr(tui_row(t, row - 1), above));
	assert_true(*first.text && strncmp(above, first.text, strlen(first.text)) == 0);
}

static void test_the_day_ends_on_the_managers_screen(void **state)
{
	(void)state;
	open_till(&site, 0);
	take("pos", "P1");
	struct tui *t = case_start(&site);
	case_login(t, "mg1");
	case_line(t, "日结");
	case_step(t, "<Enter>", "日结清单");
	look(t);
	assert_true(tui_has(t, "尚未冻结", 0)); /* the last row of the list */
	case_step(t, "<F2>", "还有标 ✗ 的事项");
	int row, column;
	tui_cursor(t, &row, &column); /* at the first of them */
	assert_non_null(strstr(tui_row(t, row), "✗"));
	choose_item(t, "班次");
	case_step(t, "<Enter>", "班次与钱箱");
	case_step(t, "<F8>", "点款并关班");
	type(t, "<Enter><Enter><Enter><Enter><Enter><Enter><Enter><Enter>280<Enter>");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "已关班");
	tui_settle(t);
	case_step(t, "<Esc>", "日结清单");
	choose_item(t, "POS 核对");
	tui_wait_text(t, "打印 POS 机结算单，录入合计");
	assert_false(tui_has(t, "day confirm", 0)); /* what scripts are told */
	case_step(t, "<Enter>", "结算单上的当日合计");
	case_step(t, "270<Enter>", "与账面不符");
	stands_above(t, "填写的实数是 270", "POS 应为 280.00，还没有与 POS 机结算单核对");
	tui_keys(t, "手工单未录，客户已补付<Enter>");
	tui_wait_text(t, "已登记");
	tui_settle(t);
	choose_item(t, "POS 核对");
	case_step(t, "<Enter>", "结算单上的当日合计");
	case_step(t, "260<Enter>", "与账面不符");
	stands_above(t, "填写的实数是 260", "已核对，相差 -10.00：手工单未录，客户已补付"); /* whole, as it was said before */
	look(t);
	type(t, "<Esc>");
	choose_item(t, "POS 核对");
	case_step(t, "<Enter>", "结算单上的当日合计");
	tui_keys(t, "280<Enter>");
	tui_wait_text(t, "已核对，相符");
	tui_settle(t);
	choose_item(t, "银行对账单");
	case_step(t, "<Enter>", "免核对（写明理由）");
	case_step(t, "<Down><Enter>", "理由");
	tui_keys(t, "银行次日才出<Enter>");
	tui_wait_text(t, "免核对：银行次日才出");
	tui_settle(t);
	choose_item(t, "介质盘点");
	count_from_checklist(t);
	look(t);
	case_step(t, "<F2>", "冻结后不能恢复");
	look(t);
	tui_keys(t, "y");
	tui_wait_text(t, "已日结。之后的收款计入次日");
	tui_settle(t);
	look(t);
	assert_true(tui_has(t, "（已冻结）", 0));
	assert_true(tui_has(t, "sha256:", 0));
	case_step(t, "<Esc>", "待办");
	case_line(t, "班次与钱箱");
	case_step(t, "<Enter>", next_date); /* from now on it is tomorrow's */
	tui_end(&t);
}

static void test_a_shift_left_open_is_told_at_login(void **state)
{
	(void)state;
	struct site copy;
	char yesterday[11];
	site_copy(&site, "late", &copy);
	open_till(&copy, -86400);
	struct desk *d = site_open(&copy);
	civil_date_text(desk_now(d) - 86400, yesterday);
	desk_close(&d);
	struct tui *t = case_start(&copy);
	case_login(t, "op1");
	tui_wait_row(t, 22, "没有关");
	row_has(t, "工位 01", yesterday, "请到“班次与钱箱”点款并关班");
	case_line(t, "班次与钱箱");
	case_step(t, "<Enter>", "业务日期");
	row_has(t, yesterday, "王受理", "未点款");
	tui_end(&t);
}

static void test_who_has_no_till_is_not_offered_one(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "rv1");
	assert_false(tui_has(t, "班次与钱箱", 0));
	assert_false(tui_has(t, "日结", 0));
	tui_end(&t);
	t = case_start(&site);
	case_login(t, "op1");
	assert_true(tui_has(t, "班次与钱箱", 0));
	assert_false(tui_has(t, "日结", 0));
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_shift_left_open_is_told_at_login),
		cmocka_unit_test(test_open_count_hand_over_close),
		cmocka_unit_test(test_the_day_ends_on_the_managers_screen),
		cmocka_unit_test(test_who_has_no_till_is_not_offered_one),
	};
	return cmocka_run_group_tests(tests, start, site_stop);
}
