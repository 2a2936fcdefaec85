/* 名单导入 on the screen: a file of the inbox is judged, corrected, imported, and its drafts are there to go on with. */
#include "site_case.h"

#define HEAD "姓名,证件号,手机号,电子邮箱,认证方式\n"
#define ONE "张三,110105200002290013,13700137001,a@example.com,mobile\n"
#define TWO "李四,110101198001010010,13700137002,b@example.com,mobile\n"

static void put(const struct site *s, const char *name, const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%s/inbox/%s", s->dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), OK);
}

static void test_a_list_is_judged_and_corrected_and_imported(void **state)
{
	(void)state;
	struct site s;
	site_copy(&site, "a", &s);
	put(&s, "list.csv", HEAD ONE "李四,110101198001010010,1370013,b@example.com,mobile\n");
	case_scan(&s, "scan.jpg");
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_step(t, "<F8>", "选名单文件");
	assert_true(tui_has(t, "list.csv", 0));
	assert_false(tui_has(t, "scan.jpg", 0));
	case_step(t, "<Enter>", "共 2 行，正确 1 行");
	assert_true(tui_has(t, "错误 1 处", 0));
	assert_true(tui_has(t, "手机号", 0));
	tui_keys(t, "<F2>"); /* not offered while there are mistakes */
	tui_settle(t);
	assert_false(tui_has(t, "每行一张草稿？", 0));
	put(&s, "list.csv", HEAD ONE TWO);
	case_step(t, "<F5>", "共 2 行，正确 2 行");
	assert_true(tui_has(t, "每一行都正确", 0));
	case_step(t, "<F2>", "导入全部 2 行");
	case_step(t, "y", "已导入 2 张草稿");
	tui_wait_row(t, 0, "工作台");
	tui_wait_text(t, "张三");
	assert_true(tui_has(t, "李四", 0));
	case_step(t, "<Enter>", "手机号"); /* the first of them is open */
	tui_end(&t);
}

static void test_the_good_part_is_asked_for(void **state)
{
	(void)state;
	struct site s;
	site_copy(&site, "b", &s);
	put(&s, "list.csv", HEAD ONE "李四,110101198001010010,1370013,b@example.com,mobile\n");
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_step(t, "<F8>", "选名单文件");
	case_step(t, "<Enter>", "错误 1 处");
	case_step(t, "<F4>", "只导入正确的 1 行，另外 1 行不导入？");
	case_step(t, "n", "错误 1 处");
	case_step(t, "<Enter>", "第 3 行 手机号");
	case_step(t, "<Enter>", "错误 1 处");
	case_step(t, "<F4>", "只导入正确的 1 行");
	case_step(t, "y", "已导入 1 张草稿");
	tui_wait_text(t, "张三");
	assert_false(tui_has(t, "李四", 0));
	tui_end(&t);
}

static void test_a_long_mistake_is_read_whole_without_a_key(void **state)
{
	(void)state;
	struct site s;
	site_copy(&site, "f", &s);
	put(&s, "list.csv", HEAD ONE "李四,110101198001010010,13700137002,b@example.com,刷脸\n");
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_step(t, "<F8>", "选名单文件");
	case_step(t, "<Enter>", "错误 1 处");
	tui_wait_row(t, 20, "没有“刷脸”，可填：个人手机实名认证、个人银行卡信息认证");
	tui_end(&t);
}

static void test_a_file_changed_after_judging_is_refused(void **state)
{
	(void)state;
	struct site s;
	site_copy(&site, "c", &s);
	put(&s, "list.csv", HEAD ONE);
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_step(t, "<F8>", "选名单文件");
	case_step(t, "<Enter>", "正确 1 行");
	put(&s, "list.csv", HEAD ONE TWO);
	case_step(t, "<F2>", "导入全部 1 行");
	case_step(t, "y", "在检查之后又改过");
	case_step(t, "<Esc>", "选名单文件");
	tui_end(&t);
}

static void test_what_is_no_list_has_its_sentence(void **state)
{
	(void)state;
	struct site s;
	site_copy(&site, "d", &s);
	put(&s, "old.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on");
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_step(t, "<F8>", "old.xls");
	case_step(t, "<Enter>", "旧格式");
	tui_end(&t);
}

static void test_a_template_is_written(void **state)
{
	(void)state;
	struct site s;
	char keys[300], path[200];
	site_copy(&site, "e", &s);
	snprintf(path, sizeof path, "%s/inbox/template.xlsx", s.dir);
	struct tui *t = case_start(&s);
	case_login(t, "op1");
	case_step(t, "<F8>", "收件箱里没有名单");
	case_step(t, "<F7>", "模板写到哪个文件");
	snprintf(keys, sizeof keys, "%s<Enter>", path);
	case_step(t, keys, "模板已写到");
	assert_int_equal(access(path, R_OK), 0);
	case_step(t, "<F5>", "template.xlsx");
	case_step(t, "<Enter>", "表头下面没有内容");
	tui_wait_text(t, "没有可以导入的行。改好文件后按 F5"); /* F4 would be no help */
	tui_end(&t);
}

static void test_reviewers_are_not_offered_it(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "rv1");
	tui_keys(t, "<F8>");
	tui_settle(t);
	assert_false(tui_has(t, "选名单文件", 0));
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_is_judged_and_corrected_and_imported), cmocka_unit_test(test_the_good_part_is_asked_for),
		cmocka_unit_test(test_a_long_mistake_is_read_whole_without_a_key),
		cmocka_unit_test(test_a_file_changed_after_judging_is_refused), cmocka_unit_test(test_what_is_no_list_has_its_sentence),
		cmocka_unit_test(test_a_template_is_written), cmocka_unit_test(test_reviewers_are_not_offered_it),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
