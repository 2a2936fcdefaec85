/* An operator says on the screen that a check failed; the page of the order and its history show it. */
#include "site_case.h"

#include "desk/review.h"

static void test_a_check_failed(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "申请声明"); /* all is there: straight to the signature */
	case_step(t, "<F10>", "下一步：");
	case_step(t, "x", "谁的核验没有通过");
	tui_wait_text(t, "法定代表人");
	case_step(t, "<Esc>", "下一步：");
	tui_wait_gone(t, "谁的核验没有通过");
	case_step(t, "x", "谁的核验没有通过");
	case_step(t, "<Enter>", "怎样核验的"); /* the agent */
	case_step(t, "<Enter>", "为什么没有通过"); /* face to face */
	case_step(t, "<Enter>", "已登记核验未通过");
	case_step(t, "<PgDn>", "未通过：人证不一致");
	case_step(t, "<Enter>", "核验"); /* what was seen has to be seen again */
	assert_false(tui_has(t, "申请声明", 0));
	tui_end(&t);
	t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	tui_keys(t, "<Enter>");
	tui_settle(t);
	case_step(t, "<F10>", "下一步：");
	case_step(t, "h", "登记身份核验未通过");
	case_step(t, "<Enter>", "人证不一致");
	tui_wait_text(t, "经办人");
	tui_end(&t);
}

/* A check that fails once the order is approved: said on its page, and gone on with once the same person has been checked again. */
static void test_a_check_that_passed_since(void **state)
{
	(void)state;
	char no[ORDER_NO_SIZE];
	json_t *out = NULL, *changes = json_pack("{ss}", "key_role", "secondary");
	struct error e = {0};
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	site_signed(&site, d, "new-unit", changes, no);
	site_pay(d, no);
	site_as(&site, d, "rv1");
	site_is(OK, review_claim(d, no, &out, &e), &e);
	json_decref(out);
	site_is(OK, review_approve(d, no, &out, &e), &e);
	json_decref(out);
	json_decref(changes);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	tui_keys(t, "<Enter>");
	tui_settle(t);
	assert_false(tui_has(t, "重新核验", 0));
	case_step(t, "x", "谁的核验没有通过");
	case_step(t, "<Enter>", "怎样核验的");
	case_step(t, "<Enter>", "为什么没有通过");
	case_step(t, "<Enter>", "核验未通过：经办人。重新核验通过后（y）才能继续");
	case_step(t, "y", "怎样核验的");
	case_step(t, "<Enter>", "已登记经办人重新核验通过");
	tui_wait_text(t, "下一步：制证");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_check_failed), cmocka_unit_test(test_a_check_that_passed_since)};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
