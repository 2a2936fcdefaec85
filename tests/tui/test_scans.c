/* Scans and vouchers as they lie before a clerk who sees two hundred customers a day. */
#include "site_case.h"

#include "../lib/pictures.h"

#include <fcntl.h>

#include "desk/attach.h"
#include "desk/pay.h"

/* The newest first; the next customer's page is never one that was taken for the customer before. */
static void three_scans(void)
{
	static const char *const names[] = {"p1.jpg", "p2.jpg", "p3.jpg"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[300];
		struct timespec at[2] = {{1795359900 - (long)i, 0}, {1795359900 - (long)i, 0}};
		case_scan(&site, names[i]);
		snprintf(path, sizeof path, "%s/inbox/%s", site.dir, names[i]);
		assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
	}
}

static void draft(char no[ORDER_NO_SIZE])
{
	struct desk *d = site_open(&site);
	json_t *data = site_sample("new-unit", NULL);
	site_as(&site, d, "op1");
	assert_int_equal(draft_new(d, "new-unit", data, no, NULL), OK);
	json_decref(data);
	desk_close(&d);
}

/* What stands in the row of a scan. */
static bool row_has(struct tui *t, const char *scan, const char *text)
{
	for (int row = 0; row < 24; row++)
		if (strstr(tui_row(t, row), scan))
			return strstr(tui_row(t, row), text) != NULL;
	return false;
}

static bool cursor_at(struct tui *t, const char *scan)
{
	int row, column;
	tui_cursor(t, &row, &column);
	return strstr(tui_row(t, row), scan) != NULL;
}

static void test_a_scan_that_was_used_is_not_offered_again(void **state)
{
	char no[2][ORDER_NO_SIZE];
	(void)state;
	three_scans();
	draft(no[0]);
	draft(no[1]);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no[0]);
	case_step(t, "<Enter>", "把选中的扫描件用作“营业执照”");
	assert_true(cursor_at(t, "p1.jpg"));
	tui_keys(t, "<Down>");
	tui_settle(t);
	case_step(t, "<Enter>", "✓ 营业执照"); /* p2: the pages go on from there */
	assert_true(row_has(t, "p2.jpg", "营业执照"));
	assert_true(cursor_at(t, "p3.jpg"));
	case_step(t, "<Esc>", "下一步：上传资料");
	case_step(t, "<Enter>", "要的资料"); /* seen again after leaving */
	assert_true(row_has(t, "p2.jpg", "营业执照"));
	case_step(t, "<Enter>", "✓ 经办人身份证（头像面）"); /* p1 */
	case_step(t, "<Esc><Esc>", "工作台");
	case_find(t, no[1]);
	case_step(t, "<Enter>", "把选中的扫描件用作“营业执照”");
	assert_true(row_has(t, "p2.jpg", no[0] + strlen(no[0]) - 5));
	assert_true(cursor_at(t, "p3.jpg"));
	case_step(t, "<Esc><Esc>", "工作台");
	case_find(t, no[0]);
	case_step(t, "<Enter>", "要的资料");
	case_step(t, "<Left>", "▶ ✓ 经办人身份证（头像面）");
	case_step(t, "<Del>", "删除已上传的");
	case_step(t, "y", "▶ * 经办人身份证（头像面）");
	assert_false(row_has(t, "p1.jpg", "经办人"));
	tui_end(&t);
}

/* Who has paid beforehand brings the voucher: it is scanned with the rest, and the payment begins with it. */
static void test_a_voucher_that_is_there_means_a_transfer(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	json_t *out = NULL;
	site_draft(&site, d, "new-unit", NULL, no);
	assert_int_equal(attach_add(d, no, "payment-voucher", site_picture(&site, "v.jpg"), false, &out, NULL), OK);
	json_decref(out);
	site_sign(&site, d, no);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：收款");
	case_step(t, "<Enter>", "支付方式  4");
	assert_true(tui_has(t, "凭证已上传；F6 导入对账单，F5 核实到账", 0));
	case_step(t, "<F3>", "▶ ✓ 付款凭证");
	assert_true(tui_has(t, "只能补传付款凭证；回车返回", 0));
	assert_false(tui_has(t, "进入签名", 0));
	assert_false(tui_has(t, "F2 签名", 0));
	case_step(t, "<Enter>", "支付方式  4");
	case_step(t, "<Enter>V0301<Enter>", "已登记，等待核实到账：F6 导入对账单，F5 核实");
	tui_end(&t);
}

static void large_scan(const char *name, struct make m)
{
	char path[300];
	struct bytes content = {0};
	make_jpeg(&content, &m);
	assert_true(content.length > 1572864);
	snprintf(path, sizeof path, "%s/inbox/%s", site.dir, name);
	assert_int_equal(file_write(path, 0600, content.data, content.length, NULL), OK);
	bytes_free(&content);
}

/* Over the limit: what it would become is said and can be seen before it is taken; a no leaves everything. */
static void test_a_large_scan_can_be_seen_shrunk_before_it_is_taken(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	draft(no);
	large_scan("zz-large.jpg", (struct make){.width = 3200, .height = 2200, .quality = 90, .noise = 30});
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "把选中的扫描件用作“营业执照”");
	assert_true(cursor_at(t, "zz-large.jpg"));
	case_step(t, "<Enter>", "图片太大");
	tui_settle(t);
	assert_true(tui_has(t, "用压缩后的：", 0) && tui_has(t, "字迹仍清晰", 0) && tui_has(t, "超过 1.5 MB 上限", 0));
	assert_false(tui_has(t, "正在压缩", 0));
	case_step(t, "<Down><Enter>", "放大 1 倍"); /* the picture that it would become */
	assert_true(tui_has(t, "用压缩后的：", 0) && tui_has(t, "3200×2200", 0));
	assert_false(tui_has(t, "3000×", 0)); /* what is drawn is smaller, and nobody's size */
	case_step(t, "<Esc>", "把选中的扫描件用作“营业执照”");
	case_step(t, "<Enter>", "图片太大");
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "图片太大");
	assert_true(tui_has(t, "把选中的扫描件用作“营业执照”", 0));
	case_step(t, "<Enter>", "图片太大");
	case_step(t, "<Enter>", "营业执照 已收");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_scan_that_was_used_is_not_offered_again),
		cmocka_unit_test(test_a_voucher_that_is_there_means_a_transfer),
		cmocka_unit_test(test_a_large_scan_can_be_seen_shrunk_before_it_is_taken),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
