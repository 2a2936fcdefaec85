/* Screens, lists and dialogs as an operator sees them. */
#include "small_desk.h"

static void shows_title_list_and_keys(void **state)
{
	struct tui *t = start();
	int row, column;
	(void)state;
	assert_non_null(strstr(tui_row(t, 0), "订单"));
	assert_non_null(strstr(tui_row(t, 0), "北京昌平受理点 · 1号窗 · 张三"));
	assert_non_null(strstr(tui_row(t, 0), "演示·短信写入 outbox"));
	assert_true(strncmp(tui_row(t, 23), "F1 帮助", strlen("F1 帮助")) == 0);
	assert_non_null(strstr(tui_row(t, 23), "F10 返回"));
	/* columns stand under each other whatever the width of what is in them */
	assert_string_equal(tui_cell(t, 2, 13).text, "北");
	assert_string_equal(tui_cell(t, 3, 13).text, "𠮷");
	assert_true(tui_find(t, "300.00", &row, &column));
	int first = column;
	assert_true(tui_find(t, "301.00", &row, &column));
	assert_int_equal(first, column);
	tui_wait_cursor(t, 2, 0);
	tui_keys(t, "<Down><Down>");
	tui_wait_cursor(t, 4, 0);
	tui_end(&t);
}

/* A long place gives way to the whole name of who works here. */
static void a_long_place_leaves_room_for_the_person(void **state)
{
	static const char *const env[] = {"DESK_PLACE=北京市昌平区政务服务中心数字证书受理点（回龙观）", NULL};
	struct tui *t = start_with(env, NULL, 24, 80);
	(void)state;
	tui_wait_text(t, "A00000001");
	assert_non_null(strstr(tui_row(t, 0), "北京市昌平区"));
	assert_non_null(strstr(tui_row(t, 0), "…"));
	assert_non_null(strstr(tui_row(t, 0), " · 1号窗 · 张三丰 "));
	assert_null(strstr(tui_row(t, 0), "受理员"));
	tui_resize(t, 24, 120);
	tui_wait_row(t, 0, "（回龙观） · 1号窗 · 张三丰 受理员");
	tui_end(&t);
}

static void scrolls_a_million_rows(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<End>");
	tui_wait_text(t, "A01000000");
	tui_keys(t, "<PgUp><Home><PgDn>");
	tui_wait_text(t, "A00000018");
	tui_keys(t, "<Home><Down><Enter>");
	tui_wait_text(t, "答=打开 2");
	tui_click(t, 10, 20); /* one click selects, the second opens */
	tui_wait_cursor(t, 10, 0);
	tui_click(t, 10, 20);
	tui_wait_text(t, "答=打开 9");
	tui_end(&t);
}

static void bar_help_and_menu_come_from_one_table(void **state)
{
	struct tui *t = start();
	int row, column;
	(void)state;
	tui_keys(t, "<F1>");
	tui_wait_text(t, "【订单】");
	tui_wait_text(t, "打开选中的订单");
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "【订单】");
	tui_keys(t, "<F9>");
	tui_wait_text(t, "菜单");
	tui_wait_text(t, "选渠道");
	tui_keys(t, "<Down><Down><Down><Down><Enter>");
	tui_wait_text(t, "税务");
	tui_keys(t, "3<Enter>");
	tui_wait_text(t, "答=渠道 2");
	tui_wait_row(t, 23, "吊销");
	assert_true(tui_find(t, "吊销", &row, &column));
	tui_click(t, 23, column); /* a click on the bar is the key */
	tui_wait_text(t, "吊销后证书不能恢复");
	tui_keys(t, "<Esc>");
	tui_wait_text(t, "答=没吊销");
	tui_end(&t);
}

/* What happened and what to do stand on the screen whole, and what the message covered comes back. */
static void a_long_message_takes_the_rows_that_it_needs(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<C-l>");
	tui_wait_row(t, 21, "受理点密钥");
	tui_wait_row(t, 22, "certdesk doctor");
	tui_keys(t, "<Down>");
	tui_wait_gone(t, "受理点密钥");
	assert_string_equal(tui_row(t, 21), "");
	tui_end(&t);
}

static void a_long_message_never_covers_what_is_typed_in(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "f张三丰");
	tui_wait_cursor(t, 21, 8);
	tui_keys(t, "<C-l>");
	tui_wait_row(t, 22, "certdesk doctor");
	tui_wait_cursor(t, 20, 8);
	tui_wait_row(t, 20, "张三丰");
	tui_keys(t, "x");
	tui_wait_cursor(t, 21, 9);
	tui_wait_row(t, 21, "张三丰x");
	tui_end(&t);
}

static void type_ahead_runs_through_dialogs(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "c1<Enter>");
	tui_wait_text(t, "答=渠道 0");
	tui_keys(t, "f张三c<Esc>c2<Enter>"); /* in a field c is a letter, outside it is a key */
	tui_wait_text(t, "答=渠道 1");
	tui_end(&t);
}

static void confirms_only_by_y(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<F8>");
	tui_wait_text(t, "不能撤销");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "答=没吊销");
	tui_keys(t, "<F8>y");
	tui_wait_text(t, "答=已吊销");
	tui_end(&t);
}

static void asks_judges_and_asks_again(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<F2>");
	tui_wait_text(t, "写一句话");
	tui_keys(t, "abc<Enter>");
	tui_wait_text(t, "要偶数个字");
	assert_true(tui_beeped(t));
	tui_keys(t, "d<Enter>");
	tui_wait_text(t, "答=abcd");
	tui_keys(t, "<F2><Esc>");
	tui_wait_text(t, "答=没写");
	tui_end(&t);
}

static void a_secret_is_never_shown(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<F5>abc");
	tui_wait_text(t, "•••");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "至少要 6 位");
	tui_keys(t, "abcdef<Enter>"); /* what was too short has gone */
	tui_wait_text(t, "再输入一次");
	tui_keys(t, "abcdeX<Enter>");
	tui_wait_text(t, "不一样");
	tui_keys(t, "abcdef<Enter>");
	tui_wait_text(t, "答=口令 6 位");
	assert_false(tui_wrote(t, "abc"));
	assert_true(tui_wrote(t, "•"));
	tui_end(&t);
}

static void an_agreement_is_read_to_its_end(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "t");
	tui_wait_text(t, "请读到末尾");
	tui_keys(t, "<Enter>"); /* reads on */
	tui_wait_gone(t, "第1条");
	tui_keys(t, "<End>");
	tui_wait_text(t, "第60条");
	tui_wait_text(t, "回车：同意");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "答=同意");
	tui_end(&t);
}

static void work_shows_its_progress_and_keeps_keys(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "jc1<Enter>");
	tui_wait_text(t, "请勿拔出介质");
	tui_wait_text(t, "已用 ");
	tui_wait_text(t, "写入证书");
	tui_wait_text(t, "0%");
	tui_wait_text(t, "答=渠道 0");
	tui_end(&t);
}

static void an_error_beeps_and_drops_what_was_typed_ahead(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_bytes(t, "ec1\r", 4); /* at once: an Enter that came later would be meant */
	tui_wait_text(t, "出错了：没有读到介质");
	tui_settle(t);
	assert_true(tui_beeped(t));
	assert_false(tui_has(t, "答=渠道", 0));
	tui_keys(t, "<Down>"); /* the sentence goes with the next key */
	tui_wait_gone(t, "出错了");
	tui_end(&t);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(shows_title_list_and_keys),
	cmocka_unit_test(a_long_place_leaves_room_for_the_person),
	cmocka_unit_test(scrolls_a_million_rows),
	cmocka_unit_test(bar_help_and_menu_come_from_one_table),
	cmocka_unit_test(a_long_message_takes_the_rows_that_it_needs),
	cmocka_unit_test(a_long_message_never_covers_what_is_typed_in),
	cmocka_unit_test(type_ahead_runs_through_dialogs),
	cmocka_unit_test(confirms_only_by_y),
	cmocka_unit_test(asks_judges_and_asks_again),
	cmocka_unit_test(a_secret_is_never_shown),
	cmocka_unit_test(an_agreement_is_read_to_its_end),
	cmocka_unit_test(work_shows_its_progress_and_keeps_keys),
	cmocka_unit_test(an_error_beeps_and_drops_what_was_typed_ahead),
};

SMALL_DESK_MAIN(tests)
