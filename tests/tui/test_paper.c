/* A signature on paper, from the empty sheet to the second person's word, by a clerk who does it for the first time. */
#include "site_case.h"

static void test_an_application_is_signed_on_paper(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	case_scan(&site, "page.jpg");
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "F7 打印，签字盖章后 F3 上传扫描件"); /* in the order in which it is done */
	case_step(t, "<F7>", "单位签章采样表");
	case_step(t, "<Enter>", "已保存，共 3 页");
	case_step(t, "<Enter>", "手机不便时");
	case_step(t, "<F6>", "扫描件已在资料里");
	case_step(t, "<Enter>", "把选中的扫描件用作“签字盖章的申请表”"); /* it isn't: there it is taken */
	assert_true(tui_has(t, "缺少资料：签字盖章的申请表", 0));
	case_step(t, "<Esc>", "下一步：申请签名确认");
	case_step(t, "<Enter><F3>", "把选中的扫描件用作“签字盖章的申请表”");
	case_step(t, "<Enter>", "签字盖章的申请表 已收");
	case_step(t, "<Enter>", "手机不便时");
	case_step(t, "<F6>", "扫描件已在资料里");
	case_step(t, "y", "授权人用户名");
	case_step(t, "rv1<Enter>", "授权人口令");
	case_step(t, SITE_PASSWORD "<Enter>", "签名已确认");
	assert_string_equal(case_status(&site, no), "awaiting-payment");
	case_step(t, "<Esc>", "下一步：收款"); /* the order's page, and no signature beneath */
	/* a mistake that is seen now: what was signed can be changed, and is signed again */
	case_step(t, "<F2>", "属于签名内容的项：改后要重新签名");
	case_step(t, "<End><Enter>", "更正哪一项（改后签名作废）");
	assert_false(tui_has(t, "13800138000", 0)); /* numbers of persons are masked here as on the order */
	case_step(t, "法定代表人手机号<Enter>", "┌─ 更正");
	assert_false(tui_has(t, "13800138000", 0));
	case_step(t, "<Esc>", "下一步：收款");
	case_step(t, "<F2>", "属于签名内容的项：改后要重新签名");
	case_step(t, "<End><Enter>", "更正哪一项（改后签名作废）");
	case_step(t, "部门", "信息部");
	case_step(t, "<Enter>", "┌─ 更正");
	case_step(t, "<Enter>", "部门没有改动"); /* nothing was changed */
	assert_string_equal(case_status(&site, no), "awaiting-payment");
	case_step(t, "<F2>", "属于签名内容的项：改后要重新签名");
	case_step(t, "<End><Enter>", "更正哪一项（改后签名作废）");
	case_step(t, "部门<Enter>", "┌─ 更正");
	case_step(t, "<C-u>财务部<Enter>", "签名作废，改完后请客户重新签名");
	case_step(t, "n", "下一步：收款");
	assert_string_equal(case_status(&site, no), "awaiting-payment");
	case_step(t, "<F2>", "属于签名内容的项：改后要重新签名");
	case_step(t, "<End><Enter>", "更正哪一项（改后签名作废）");
	case_step(t, "部门<Enter>", "┌─ 更正");
	case_step(t, "<C-u>财务部<Enter>", "签名作废，改完后请客户重新签名");
	case_step(t, "y", "部门已更正，签名已作废");
	assert_string_equal(case_status(&site, no), "returned");
	assert_true(tui_has(t, "下一步：申请签名确认（按回车）", 0)); /* nobody has returned it */
	case_step(t, "<Enter>", "手机不便时");
	case_step(t, "<F6>", "扫描件已在资料里");
	case_step(t, "y", "请重新打"); /* what lies there was signed before the change */
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_application_is_signed_on_paper),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
