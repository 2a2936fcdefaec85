/* A form as it is seen: columns, help, clicks, languages, and how little is drawn for a key. */
#include "form_case.h"

static void a_narrow_field_holds_a_long_name(void **state)
{
	static const char name[] = "北京市昌平区示例科技有限公司第三分公司𠮷田营业部";
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>");
	tui_keys(t, name);
	wait_saved(t, "unit_name", name);
	assert_non_null(strstr(tui_row(t, row_of(t, "单位名称")), "营业部"));
	assert_non_null(strstr(tui_row(t, row_of(t, "单位名称")), "‹"));
	tui_keys(t, "<Tab>");
	tui_wait_row(t, row_of(t, "单位名称"), "北京市昌平区示例科…");
	tui_end(&t);
}

static void help_is_about_the_field(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Tab><F1>");
	tui_wait_text(t, "照执照录入");
	tui_keys(t, "<Esc><F9>");
	tui_wait_text(t, "菜单");
	tui_keys(t, "<Esc><F5>");
	tui_wait_text(t, "动作 100 在 uscc");
	tui_keys(t, "<F6>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "action 2");
	tui_end(&t);
}

static void keys_cost_few_bytes(void **state)
{
	static const char *const keys[] = {"北",   "京",     "市", "示",     "例",      "a",     "b",  "1",      "2", "3",
									   "<Bs>", "<Left>", "x",  "路",     "<Del>",   "<End>", "c",  "d",      "e", "有",
									   "限",   "公",     "司", "<Home>", "<Right>", "中",    "文", "<Left>", "5"};
	size_t cost[sizeof keys / sizeof *keys];
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>");
	tui_settle(t);
	size_t count = sizeof keys / sizeof *keys;
	for (size_t i = 0; i < count; i++) {
		tui_output_forget(t);
		tui_keys(t, keys[i]);
		tui_settle(t);
		size_t bytes = tui_output(t), at = i;
		for (; at > 0 && cost[at - 1] > bytes; at--)
			cost[at] = cost[at - 1];
		cost[at] = bytes;
	}
	print_message("# bytes a key: median %zu, most %zu\n", cost[count / 2], cost[count - 1]);
	assert_true(cost[count / 2] <= 34);
	tui_end(&t);
}

/* A dialog's edge that falls on half of a Chinese character must leave nothing behind, wherever it falls. */
static void a_dialog_leaves_nothing_behind(void **state)
{
	static const int widths[] = {80, 83, 86, 91, 94, 97, 102, 105, 108};
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Enter>91110105MA01ABCD5F");
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "北京市 昌平区");
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		tui_resize(t, 30, widths[i]);
		tui_wait_row(t, 29, "F10 返回");
		tui_settle(t);
		tui_keys(t, "<F9>");
		tui_settle(t);
		tui_keys(t, "<Esc>");
		tui_wait_row(t, 29, "F10 返回");
		tui_settle(t);
		char *left = tui_screen(t), *drawn;
		tui_bytes(t, "\014", 1); /* Ctrl-L draws all anew */
		tui_settle(t);
		drawn = tui_screen(t);
		assert_string_equal(left, drawn);
		free(left);
		free(drawn);
	}
	tui_end(&t);
}

static void two_columns_where_there_is_room(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_resize(t, 48, 160);
	tui_wait_row(t, 47, "F10 返回");
	tui_keys(t, "1");
	tui_wait_text(t, "手机号");
	assert_int_equal(row_of(t, "认证方式"), row_of(t, "统一社会信用代码"));
	assert_int_equal(row_of(t, "姓名"), row_of(t, "手机号"));
	tui_keys(t, "<Tab>9");
	tui_resize(t, 24, 80);
	tui_wait_row(t, 23, "F10 返回");
	tui_wait_row(t, row_of(t, "统一社会信用代码"), " 9");
	cursor_in(t, "统一社会信用代码");
	tui_end(&t);
}

static void a_click_sets_the_focus(void **state)
{
	struct tui *t = start();
	int row;
	(void)state;
	row = row_of(t, "电子邮箱");
	tui_click(t, row, 40);
	tui_keys(t, "a@b.cn");
	tui_wait_row(t, row, "a@b.cn");
	tui_end(&t);
}

static void only_shown_it_takes_no_keys(void **state)
{
	(void)state;
	discard(start());
	struct tui *t = start_size(24, 80, "SHOW_ONLY=1");
	tui_keys(t, "1x<Tab><F2>");
	tui_settle(t);
	assert_int_equal(access(save_path, F_OK), -1);
	tui_keys(t, "<Esc>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "back");
	tui_end(&t);
}

static void speaks_english_too(void **state)
{
	(void)state;
	discard(start());
	struct tui *t = start_size(24, 80, "LANG=en_US.UTF-8");
	tui_wait_text(t, "Credit code");
	tui_wait_text(t, "4 required left");
	tui_end(&t);
}

static void the_input_method_follows_the_field(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab>");
	tui_settle(t);
	tui_output_forget(t);
	tui_keys(t, "<Tab>");
	tui_settle(t);
	assert_true(tui_wrote(t, "\033[?737769h"));
	tui_output_forget(t);
	tui_keys(t, "<BackTab>");
	tui_settle(t);
	assert_true(tui_wrote(t, "\033[?737769l"));
	tui_end(&t);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_narrow_field_holds_a_long_name),
	cmocka_unit_test(help_is_about_the_field),
	cmocka_unit_test(keys_cost_few_bytes),
	cmocka_unit_test(a_dialog_leaves_nothing_behind),
	cmocka_unit_test(two_columns_where_there_is_room),
	cmocka_unit_test(a_click_sets_the_focus),
	cmocka_unit_test(only_shown_it_takes_no_keys),
	cmocka_unit_test(speaks_english_too),
	cmocka_unit_test(the_input_method_follows_the_field),
};

FORM_CASE_MAIN(tests)
