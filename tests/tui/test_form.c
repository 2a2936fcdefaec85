/* A form filled in as a clerk types it: fields, choices, mistakes, and what is kept whatever happens. */
#include "form_case.h"

static void fills_a_form_from_the_keyboard_alone(void **state)
{
	struct tui *t = start();
	(void)state;
	cursor_in(t, "认证方式");
	tui_wait_text(t, "必填还差 4 项");
	tui_keys(t, "1<Enter>");
	cursor_in(t, "统一社会信用代码");
	tui_wait_text(t, "法定代表人信息"); /* appears at once */
	tui_keys(t, "91110105ma01abcd5f"); /* full and right: goes on by itself, and offers what is on file */
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "北京示例科技有限公司");
	tui_wait_text(t, "北京市 昌平区");
	cursor_in(t, "姓名"); /* what was brought needs no visit */
	tui_keys(t, "欧阳·建国<Enter>13800138000");
	cursor_in(t, "电子邮箱");
	tui_wait_text(t, "必填项已齐");
	assert_non_null(strstr(tui_row(t, row_of(t, "发票抬头")), "北京示例科技有限公司"));
	tui_keys(t, "lisi@example.com<F2>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "finished");
	json_t *all = saved(), *values = json_object_get(all, "values");
	assert_string_equal(json_text(values, "uscc"), "91110105MA01ABCD5F");
	assert_string_equal(json_text(values, "legal_name"), "欧阳·建国");
	assert_string_equal(json_text(values, "legal_mobile"), "13800138000");
	assert_string_equal(json_text(values, "email"), "lisi@example.com");
	json_decref(all);
	tui_end(&t);
}

static void types_ahead_through_fields_of_fixed_width(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "2<Tab>91110105MA01ABCD5Fn中文名<Tab>cp<Enter>");
	tui_wait_text(t, "北京市 昌平区");
	assert_non_null(strstr(tui_row(t, row_of(t, "单位名称")), "中文名"));
	tui_end(&t);
}

static bool complains(struct tui *t, void *arg)
{
	(void)arg;
	return *tui_row(t, tui_rows(t) - 2) != '\0';
}

static void an_enter_behind_a_full_field_skips_nothing(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Enter>91110105MA01ABCD5F");
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Esc>");
	cursor_in(t, "单位名称");
	tui_keys(t, "某某<Enter>");
	cursor_in(t, "所属区域");
	tui_keys(t, "<Down><Down><Down><Down>13800138000");
	cursor_in(t, "所属区域"); /* where Enter would lead */
	tui_keys(t, "<Enter>");
	tui_settle(t);
	cursor_in(t, "所属区域");
	tui_keys(t, "<Enter>");
	cursor_in(t, "姓名");
	tui_end(&t);
}

static void a_mistake_is_said_while_typing_and_stops_once(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "<Tab>91110105MA01ABCDI");
	tui_wait(t, complains, NULL, "a sentence at the I");
	tui_keys(t, "<C-u>91110105MA01ABCD5A<Tab>");
	tui_wait_row(t, 22, "校验不对");
	assert_true(tui_beeped(t));
	cursor_in(t, "统一社会信用代码*");
	tui_keys(t, "<Tab>"); /* a second time: later */
	cursor_in(t, "单位名称");
	tui_wait_text(t, "1 处有误");
	tui_keys(t, "公司<F2>"); /* the first thing amiss in the form's order */
	cursor_in(t, "认证方式");
	tui_end(&t);
}

/* "20200131" becomes "2020-01-31", and is over: what is typed next stands behind all of it. */
static void a_mistake_that_grew_when_it_was_folded_is_mended_from_its_end(void **state)
{
	char path[256];
	(void)state;
	put("dates.yaml", "form: dates\nbusiness: new\ncustomer: unit\nversion: 1\ntitle: {zh: 日期, en: Dates}\nsections:\n"
		"  - name: only\n    label: {zh: 日期, en: Dates}\n    fields:\n"
		"      - {name: until, type: text, check: valid_until, limit: 10, width: 12, input: latin, label: {zh: 有效期至, en: Until}}\n");
	snprintf(path, sizeof path, "%s/dates.yaml", dir);
	struct tui *t = start_on(path);
	tui_keys(t, "20200131<Enter>");
	tui_wait_row(t, 22, "2020-01-31 过期");
	tui_keys(t, "<Bs><Bs><Bs><Bs><Bs><Bs><Bs><Bs><Bs><Bs>");
	tui_keys(t, "长期<Tab>");
	wait_saved(t, "until", "长期");
	tui_end(&t);
}

static void choices_are_picked_by_number_initials_and_arrows(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_wait_text(t, "1 法人手机  2 银行卡  3 对公账户");
	tui_keys(t, "d");
	wait_saved(t, "auth", "account");
	tui_keys(t, "g"); /* dg, and not something with a g */
	tui_settle(t);
	wait_saved(t, "auth", "account");
	tui_keys(t, "<Left>");
	wait_saved(t, "auth", "card");
	tui_keys(t, "1<Down><Down><Down>hdq");
	tui_wait_text(t, "查找");
	tui_wait_text(t, "海淀区");
	tui_keys(t, "<Esc><F4>");
	tui_wait_text(t, "广东省 深圳市");
	tui_keys(t, "440300<Enter>");
	wait_saved(t, "region", "440300");
	tui_wait_text(t, "广东省 深圳市");
	cursor_in(t, "姓名"); /* Enter in the chooser went on to what is required */
	tui_keys(t, "<Up><Up>");
	tui_wait_text(t, "[ ]个人章");
	tui_keys(t, "2 2<Tab>y<Tab>"); /* Space takes it away again */
	tui_wait_row(t, row_of(t, "签章服务"), "手写签字");
	tui_wait_row(t, row_of(t, "自带介质"), "是");
	tui_end(&t);
}

static void enter_takes_the_choice_that_stands_there(void **state)
{
	struct tui *t = start();
	(void)state;
	cursor_in(t, "认证方式");
	tui_keys(t, "<Enter>");
	cursor_in(t, "统一社会信用代码");
	wait_saved(t, "auth", "mobile");
	tui_end(&t);
}

static void hidden_fields_keep_what_was_keyed(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<PgDn>李四<BackTab>");
	tui_wait_text(t, "李四");
	for (int i = 0; i < 5; i++)
		tui_keys(t, "<Up>");
	cursor_in(t, "认证方式");
	tui_keys(t, "2");
	tui_wait_gone(t, "法定代表人信息");
	tui_keys(t, "1");
	tui_wait_row(t, row_of(t, "姓名"), "李四");
	tui_end(&t);
}

static void what_is_being_typed_is_there_after_a_kill(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>北京示例公司<Left><Left>");
	wait_saved(t, "unit_name", "北京示例公司");
	tui_settle(t);
	json_t *all = saved();
	assert_string_equal(json_text(all, "focus"), "unit_name");
	json_decref(all);
	tui_keys(t, "𠮷");
	wait_saved(t, "unit_name", "北京示例𠮷公司");
	tui_signal(t, SIGKILL);
	assert_int_equal(tui_wait_end(t), 128 + SIGKILL);
	tui_end(&t);
	t = start_again();
	cursor_in(t, "单位名称");
	tui_keys(t, "的");
	tui_wait_text(t, "北京示例𠮷的公司"); /* the cursor is where it was */
	tui_end(&t);
}

static void a_hang_up_saves(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Tab><Tab>北京");
	tui_wait_row(t, row_of(t, "单位名称"), "北京");
	tui_hang_up(t);
	tui_wait_end(t);
	wait_saved(t, "unit_name", "北京");
	tui_end(&t);
}

static void a_paste_is_folded_and_stays(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<PgDn><Tab>");
	tui_paste(t, "+86 138-0013-8000\n");
	tui_wait_row(t, row_of(t, "手机号"), "13800138000");
	cursor_in(t, "手机号");
	tui_keys(t, "<C-u>１３９");
	tui_wait_row(t, row_of(t, "手机号"), "139");
	tui_end(&t);
}

static void a_paste_chooses_nothing(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_paste(t, "2");
	tui_wait_row(t, 22, "粘贴的内容没有采用");
	cursor_in(t, "认证方式");
	tui_keys(t, "1<Tab><Tab><Tab><Tab><Tab>");
	cursor_in(t, "自带介质");
	tui_paste(t, "y");
	tui_wait_row(t, 22, "粘贴的内容没有采用");
	cursor_in(t, "自带介质");
	assert_null(strstr(tui_row(t, row_of(t, "自带介质")), "●"));
	wait_saved(t, "auth", "mobile");
	json_t *all = saved();
	assert_null(json_object_get(json_object_get(all, "values"), "own"));
	json_decref(all);
	tui_end(&t);
}

/* The one question of a form, which a key answers and finishes. */
static void a_paste_answers_no_question_and_finishes_no_form(void **state)
{
	put("new-unit.yaml", "form: new-unit\nbusiness: new\ncustomer: unit\nversion: 1\ntitle: {zh: 问一句, en: One question}\n"
	                     "sections:\n  - name: only\n    label: {zh: 一项, en: One}\n    fields:\n"
	                     "      - {name: changed, type: yes_no, required: 'true', label: {zh: 资料有变, en: Data changed}}\n");
	struct tui *t = start();
	(void)state;
	cursor_in(t, "资料有变");
	for (const char *const *each = (const char *const[]){"y", "1", "n\n", "是", NULL}; *each; each++) {
		tui_keys(t, "<Tab>");
		tui_paste(t, *each);
		tui_wait_row(t, 22, "粘贴的内容没有采用");
	}
	tui_keys(t, "n");
	assert_int_equal(tui_wait_end(t), 0);
	tui_wait_text(t, "finished");
	json_t *all = saved();
	assert_true(json_is_false(json_object_get(json_object_get(all, "values"), "changed")));
	json_decref(all);
	tui_end(&t);
	put("new-unit.yaml", definition);
}

static void spaces_dashes_and_a_country_code_take_no_room(void **state)
{
	struct tui *t = start();
	(void)state;
	tui_keys(t, "1<Enter>9111 0105 MA01 ABCD 5F");
	tui_wait_text(t, "带入上次的资料吗");
	tui_keys(t, "<Esc>");
	cursor_in(t, "单位名称");
	assert_non_null(strstr(tui_row(t, row_of(t, "统一社会信用代码")), "91110105MA01ABCD5F"));
	tui_keys(t, "<PgDn><Tab>+86 138-0013-8000");
	tui_wait_row(t, row_of(t, "手机号"), "13800138000");
	tui_end(&t);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(fills_a_form_from_the_keyboard_alone),
	cmocka_unit_test(types_ahead_through_fields_of_fixed_width),
	cmocka_unit_test(an_enter_behind_a_full_field_skips_nothing),
	cmocka_unit_test(a_mistake_is_said_while_typing_and_stops_once),
	cmocka_unit_test(a_mistake_that_grew_when_it_was_folded_is_mended_from_its_end),
	cmocka_unit_test(choices_are_picked_by_number_initials_and_arrows),
	cmocka_unit_test(enter_takes_the_choice_that_stands_there),
	cmocka_unit_test(hidden_fields_keep_what_was_keyed),
	cmocka_unit_test(what_is_being_typed_is_there_after_a_kill),
	cmocka_unit_test(a_hang_up_saves),
	cmocka_unit_test(a_paste_is_folded_and_stays),
	cmocka_unit_test(a_paste_chooses_nothing),
	cmocka_unit_test(a_paste_answers_no_question_and_finishes_no_form),
	cmocka_unit_test(spaces_dashes_and_a_country_code_take_no_room),
};

FORM_CASE_MAIN(tests)
