/* Two windows at the same order. */
#include "site_case.h"

#include "desk/staff.h"

static void test_two_windows_at_one_draft_lose_nothing(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	json_t *draft = NULL;
	struct error e = {0};
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, no);
	struct tui *one = case_start(&site), *two = case_start(&site);
	case_login(one, "op1");
	case_login(two, "op1");
	struct tui *each[] = {one, two};
	for (size_t i = 0; i < 2; i++) {
		case_find(each[i], no);
		case_step(each[i], "<Enter>", "签名确认");
		case_step(each[i], "<F10>", "下一步");
		case_step(each[i], "<F2>", "完成填写");
		case_step(each[i], "<C-End><Up><Up>", "备注");
	}
	case_step(one, "<C-u>先写的备注<Up>", "先写的备注");
	tui_keys(two, "<Up><C-u>后写的地址<Down>");
	tui_wait_text(two, "另一个窗口也在填这张草稿，已改：备注"); /* said, not only kept */
	case_step(one, "<F10>", "下一步");
	case_step(two, "<F10>", "下一步");
	site_as(&site, d, "op1");
	site_is(OK, draft_load(d, no, &draft, &e), &e);
	assert_string_equal(json_text(json_object_get(draft, "values"), "notes"), "先写的备注");
	assert_string_equal(json_text(json_object_get(draft, "values"), "mail_address"), "后写的地址");
	json_decref(draft);
	desk_close(&d);
	tui_end(&one);
	tui_end(&two);
}

/* Disabled while at work: what was keyed before is kept, and who sits there hears why nothing goes any more. */
static void test_who_is_disabled_is_logged_out_with_a_word(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	json_t *draft = NULL;
	struct error e = {0};
	struct secret password = {0};
	struct desk *d = site_open(&site);
	site_as(&site, d, "root1");
	assert_true(secret_set(&password, SITE_PASSWORD, strlen(SITE_PASSWORD)));
	site_is(OK, staff_add(d, "op9", "吴临时", "operator", &password, &e), &e);
	secret_wipe(&password);
	site_draft(&site, d, "new-unit", NULL, no);
	struct tui *t = case_start(&site);
	case_login(t, "op9");
	case_find(t, no);
	case_step(t, "<Enter>", "签名确认");
	case_step(t, "<F10>", "下一步");
	case_step(t, "<F2>", "完成填写");
	case_step(t, "<C-End><Up><Up>", "备注");
	case_step(t, "<C-u>停用前写的<Up>", "停用前写的");
	site_as(&site, d, "root1");
	site_is(OK, staff_disable(d, "op9", &e), &e);
	tui_keys(t, "<Down><C-u>停用后写的<Up>");
	tui_wait_text(t, "吴临时 的账号已停用，登录已结束");
	tui_wait_row(t, 0, "登录");
	assert_false(tui_has(t, "certdesk login", 0)); /* a sentence for commands */
	assert_null(strstr(tui_row(t, 0), "吴临时"));
	tui_keys(t, "op1");
	case_step(t, "<Enter>" SITE_PASSWORD "<Enter>", "工作台"); /* the next one */
	case_step(t, "<F10>", "登录");
	tui_settle(t);
	assert_false(tui_has(t, "停用", 0)); /* who leaves by themselves is told nothing */
	site_as(&site, d, "op1");
	site_is(OK, draft_load(d, no, &draft, &e), &e);
	assert_string_equal(json_text(json_object_get(draft, "values"), "notes"), "停用前写的");
	json_decref(draft);
	desk_close(&d);
	tui_end(&t);
}

/* What the other window has done since is said, and nothing taken for it. */
static void test_an_order_cancelled_at_another_window_takes_no_money(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	struct error e = {0};
	json_t *order = NULL;
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：收款");
	case_step(t, "<Enter>", "应收");
	site_as(&site, d, "op1");
	site_is(OK, order_cancel(d, no, &e), &e);
	case_step(t, "<Enter>R-9001<Enter><Enter>", "已在别的窗口办过");
	site_is(OK, order_show(d, no, &order, &e), &e);
	assert_string_equal(json_text(order, "status"), "cancelled");
	assert_int_equal(json_array_size(json_object_get(order, "payments")), 0);
	json_decref(order);
	desk_close(&d);
	tui_end(&t);
}

/* The operator has the page open while the money is taken at the next window. */
static void test_an_open_order_follows_what_others_do(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	struct error e = {0};
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：收款");
	site_as(&site, d, "op1");
	site_is(OK, order_cancel(d, no, &e), &e);
	tui_wait_text(t, "订单状态已变为已取消");
	assert_false(tui_has(t, "下一步：收款", 0));
	desk_close(&d);
	tui_end(&t);
}

/* A list too, without waiting for its turn to be read again. */
static void test_a_list_shows_at_once_what_others_do(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	struct desk *d = site_open(&site);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<Down><Down>", "名称");
	int64_t before = clock_monotonic_ms();
	site_signed(&site, d, "new-unit", NULL, no);
	tui_wait_text(t, case_short(no));
	assert_true(clock_monotonic_ms() - before < 8000);
	case_find(t, no); /* what was looked for as well: its customer stands at the desk */
	tui_wait_text(t, "待支付");
	struct error e = {0};
	site_as(&site, d, "op1");
	site_is(OK, order_cancel(d, no, &e), &e);
	tui_wait_row(t, 3, "已取消");
	desk_close(&d);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_windows_at_one_draft_lose_nothing), cmocka_unit_test(test_who_is_disabled_is_logged_out_with_a_word),
		cmocka_unit_test(test_an_order_cancelled_at_another_window_takes_no_money),
		cmocka_unit_test(test_an_open_order_follows_what_others_do),
		cmocka_unit_test(test_a_list_shows_at_once_what_others_do),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
