/* Due dates on the screens: late ones first and marked; the report screen offers whatever reports/ holds. */
#include "site_case.h"

static char late[ORDER_NO_SIZE], fresh[ORDER_NO_SIZE];

static int start(void **state)
{
	char command[400];
	json_t *changes = json_pack("{ss}", "delivery", "mail");
	(void)state;
	site_make(&site);
	struct desk *d = site_open(&site);
	site_paid(&site, d, "new-unit", changes, fresh);
	site_paid(&site, d, "new-unit", changes, late);
	desk_close(&d);
	json_decref(changes);
	snprintf(command, sizeof command, "sqlite3 '%s/certdesk.db' \"UPDATE orders SET review_due_at = 1000000000 WHERE no = '%s'; "
	         "UPDATE deadline SET began_at = 999900000, due_at = 1000000000 WHERE order_id = (SELECT id FROM orders WHERE no = '%s')\"",
	         site.dir, late, late);
	return system(command);
}

/* On 80 columns the mark is a word, not a colour alone. */
static void test_late_ones_are_first_and_marked(void **state)
{
	char no[ORDER_NO_SIZE + 16];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "rv1");
	tui_wait_text(t, "期限");
	tui_wait_row(t, 3, case_short(late));
	assert_non_null(strstr(tui_row(t, 3), "逾09-09")); /* 2001-09-09 09:46 in China */
	assert_non_null(strstr(tui_row(t, 4), case_short(fresh)));
	assert_null(strstr(tui_row(t, 4), "逾"));
	case_step(t, "<Enter><Enter>", "2001-09-09 09:46（已逾期）");
	snprintf(no, sizeof no, "── %s", late);
	assert_true(tui_has(t, no, 0));
	tui_end(&t);
}

static void test_every_report_can_be_chosen(void **state)
{
	char path[200], keys[300];
	struct stat st;
	(void)state;
	struct tui *t = case_start(&site);
	snprintf(path, sizeof path, "%s/kept.xlsx", site.root);
	snprintf(keys, sizeof keys, "<C-u>%s<Enter>", path);
	case_login(t, "mg1");
	tui_wait_row(t, 2, "日报与报表");
	case_step(t, "<Enter>", "1 日报");
	assert_true(tui_has(t, "2 办理时限", 0));
	case_step(t, "<Up>2", "/办理时限-");
	case_step(t, "9", "/办理时限-"); /* there is no ninth: nothing changes */
	tui_keys(t, "<C-u>2001-09-09"); /* a date is no number of a report either */
	tui_settle(t);
	case_step(t, "2<Enter><C-u>20010901<Enter>2001.9.30<Enter>", "/办理时限-2001-09-01_2001-09-30.xlsx");
	case_step(t, keys, "办理时限已导出");
	assert_true(tui_has(t, "已保存：", 0));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 4000);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_late_ones_are_first_and_marked), cmocka_unit_test(test_every_report_can_be_chosen)};
	return cmocka_run_group_tests(tests, start, site_stop);
}
