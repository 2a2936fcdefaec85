/* 打印 on the order's screen: choose a paper, save it or send it to the printer; a second time it is a reprint. */
#include "site_case.h"

/* A clerk's screen on an order that was signed. */
static struct tui *on_order(char no[ORDER_NO_SIZE], const char *who)
{
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	static const char *const env[] = {"LANG=C.UTF-8", "PATH=/nowhere", NULL}; /* no lp, whatever the machine has */
	struct tui *t = case_start_with(&site, 24, 80, env);
	case_login(t, who);
	case_find(t, no);
	case_step(t, "<Enter>", "费用与支付");
	return t;
}

static void saved_file_exists(const char *no, const char *kind, int number)
{
	char path[300];
	struct stat st;
	snprintf(path, sizeof path, "%s/print/%s-%s-%d.pdf", site.dir, no, kind, number);
	if (stat(path, &st) != 0)
		fail_msg("no %s", path);
	assert_true(st.st_size > 1000);
}

static void test_a_paper_is_saved_and_its_path_said(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	struct tui *t = on_order(no, "op1");
	case_step(t, "p", "单位签章采样表");
	tui_wait_text(t, "申请表");
	case_step(t, "<Enter>", "已保存，共 3 页");
	tui_wait_text(t, "-application-1");
	saved_file_exists(no, "application", 1);
	case_step(t, "<Enter>", "费用与支付");
	case_step(t, "p", "申请表（已打印 1 次）");
	case_step(t, "<Down><Enter>", "受理回执 已保存");
	saved_file_exists(no, "acceptance", 1);
	case_step(t, "<Enter>", "费用与支付");
	case_step(t, "p", "受理回执（已打印 1 次）");
	case_step(t, "<Down><Enter>", "受理回执（补打）");
	saved_file_exists(no, "acceptance", 2);
	tui_keys(t, "<Enter>");
	case_step(t, "h", "打印"); /* the order's history */
	tui_end(&t);
}

static void test_leaving_the_list_prints_nothing(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE], path[300];
	struct tui *t = on_order(no, "op1");
	case_step(t, "p", "申请表");
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "证书吊销申请表");
	snprintf(path, sizeof path, "%s/print/%s-application-1.pdf", site.dir, no);
	assert_int_not_equal(access(path, F_OK), 0);
	tui_end(&t);
}

static void test_a_printer_that_is_missing_is_said(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE], path[200];
	struct bytes yaml = {0};
	snprintf(path, sizeof path, "%s/certdesk.yaml", site.dir);
	assert_int_equal(file_read(path, 1 << 16, &yaml, NULL), OK);
	assert_int_equal(bytes_text(&yaml, "printer: no-such-queue\n"), OK);
	assert_int_equal(file_write(path, 0600, yaml.data, yaml.length, NULL), OK);
	bytes_free(&yaml);
	struct tui *t = on_order(no, "op1");
	case_step(t, "p", "申请表");
	case_step(t, "<Enter>", "打印机 no-such-queue");
	case_step(t, "<Enter>", "cups-client");
	tui_end(&t);
}

static void test_an_auditor_is_not_offered_it(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	struct tui *t = on_order(no, "au1");
	tui_keys(t, "p");
	tui_settle(t);
	int row, column;
	assert_false(tui_find(t, "证书吊销申请表", &row, &column));
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_paper_is_saved_and_its_path_said),
		cmocka_unit_test(test_leaving_the_list_prints_nothing),
		cmocka_unit_test(test_an_auditor_is_not_offered_it),
		cmocka_unit_test(test_a_printer_that_is_missing_is_said),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
