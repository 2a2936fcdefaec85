/* The stock's screen as an issuer uses it: a scanner types serials and Enter, each is judged at once, F2 does it. */
#include "key_case.h"

#include "desk/keys.h"
#include "desk/stock.h"

/* "in-stock 01" by the store's word. */
static void key_is(const char *serial, const char *wanted)
{
	struct desk *d = site_open(&site);
	struct error e = {0};
	json_t *key = NULL;
	char is[80] = "unknown";
	site_as(&site, d, "au1");
	if (keys_info(d, serial, &key, &e) == OK)
		snprintf(is, sizeof is, "%s %s", json_text(key, "state"), json_text(key, "drawer"));
	assert_string_equal(is, wanted);
	json_decref(key);
	desk_close(&d);
}

static struct tui *open_stock(const char *who)
{
	struct tui *t = case_start(&site);
	case_login(t, who);
	case_line(t, "介质库存");
	case_step(t, "<Enter>", "库存：在库");
	return t;
}

static void test_received_by_scanner(void **state)
{
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "<F6>", "介质型号");
	case_step(t, "2<Enter>", "入库 · UKEY-RS");
	case_step(t, "30000001<Enter>30000002<Enter>30000003<Enter>", "已扫描 3"); /* as fast as a scanner sends */
	case_step(t, "30000002<Enter>", "已经扫描过");
	case_step(t, "10000001<Enter>", "已有记录");
	tui_wait_text(t, "已扫描 3，不能用 1");
	assert_true(tui_beeped(t));
	key_is("30000001", "unknown"); /* nothing yet: one commit at the end */
	case_step(t, "<F2>", "已入库 3 个介质；另 1 个不能用，没有办理");
	key_is("30000001", "in-stock 01");
	key_is("30000003", "in-stock 01");
	tui_end(&t);
}

/* A paste of several lines is several serials; one taken away isn't done. */
static void test_pasted_and_taken_away(void **state)
{
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "<F6>", "介质型号");
	case_step(t, "2<Enter>", "入库 · UKEY-RS");
	tui_paste(t, "31000001\n31000002\r\n31000003\n");
	tui_wait_text(t, "已扫描 3");
	case_step(t, "<Down><F4>", "已扫描 2");
	case_step(t, "<F2>", "已入库 2 个介质");
	key_is("31000002", "unknown");
	key_is("31000003", "in-stock 01");
	tui_end(&t);
}

static void test_transferred_to_a_new_drawer(void **state)
{
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "t", "调拨到哪个抽屉");
	case_step(t, "2<Enter>", "新抽屉");
	case_step(t, "02<Enter>", "调拨 → 02");
	case_step(t, "10000001<Enter>", "10000001  ✓");
	case_step(t, "99999999<Enter>", "99999999 没有记录");
	case_step(t, "10000002<F2>", "已调拨 2 个介质"); /* what stands in the field counts too */
	key_is("10000001", "in-stock 02");
	key_is("10000002", "in-stock 02");
	case_step(t, "<F4>", "看哪个抽屉");
	case_step(t, "2<Enter>", "抽屉：02");
	tui_wait_text(t, "在库 2，共 2");
	tui_end(&t);
}

static void test_counted_with_differences(void **state)
{
	char path[300];
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "c", "盘点哪个抽屉");
	case_step(t, "2<Enter>", "盘点抽屉 02");
	case_step(t, "10000001<Enter>", "✓");
	case_step(t, "10000003<Enter>", "不在本抽屉账上");
	case_step(t, "<F2>", "盘点有差异");
	tui_wait_text(t, "缺少 1");
	tui_wait_text(t, "10000002");
	tui_wait_text(t, "多出 1");
	case_step(t, "<Esc>", "盘点已记录：缺少 1，多出 1");
	case_step(t, "k", "盘点记录");
	tui_wait_text(t, "账面 2  实盘 2");
	tui_keys(t, "<Esc>");
	tui_settle(t);
	case_step(t, "c", "盘点哪个抽屉");
	case_step(t, "2<Enter>", "盘点抽屉 02");
	snprintf(path, sizeof path, "%s<Enter>", site_file(&site, "drawer.csv", "serial\n10000001\n10000002\n"));
	case_step(t, "<F3>", "路径");
	case_step(t, path, "盘点相符：抽屉 02，2 个");
	key_is("10000002", "in-stock 02");
	tui_end(&t);
}

/* What can't be undone is asked for once, and a manager stands by. */
static void test_spoiled_and_destroyed_by_two(void **state)
{
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "s", "原因");
	case_step(t, "外壳破裂<Enter>", "报损 · 外壳破裂");
	case_step(t, "10000005<Enter>", "✓");
	case_step(t, "<F2>", "已报损 1 个介质"); /* nothing is asked */
	key_is("10000005", "damaged 01");
	case_step(t, "x", "原因");
	case_step(t, "剪碎<Enter>", "销毁 · 剪碎");
	case_step(t, "10000006<Enter>", "不能销毁");
	case_step(t, "10000005<Enter>", "✓");
	case_step(t, "<F2>", "销毁后不能恢复");
	case_step(t, "<Enter>", "已扫描 1");
	key_is("10000005", "damaged 01");
	case_step(t, "<F2>", "销毁后不能恢复");
	case_step(t, "y", "授权人用户名");
	case_step(t, "rv1<Enter>", "授权人口令");
	case_step(t, SITE_PASSWORD "<Enter>", "授权人用户名"); /* a reviewer isn't enough */
	tui_keys(t, "<C-u>mg1<Enter>");
	tui_wait_text(t, "授权人口令");
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, "已销毁 1 个介质");
	key_is("10000005", "destroyed 01");
	key_is("10000006", "in-stock 01");
	tui_end(&t);
}

static void test_mistakes_of_a_file_by_line(void **state)
{
	char path[300];
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "l", "原因");
	case_step(t, "x<Enter>", "报失");
	case_step(t, "<F3>", "路径");
	snprintf(path, sizeof path, "%s<Enter>", site_file(&site, "lost.csv", "serial\n10000007\n99999999\n10000007\n"));
	case_step(t, path, "lost.csv:3:");
	tui_wait_text(t, "lost.csv:4:");
	key_is("10000007", "in-stock 01");
	tui_end(&t);
}

static void test_leaving_asks_only_when_something_was_scanned(void **state)
{
	(void)state;
	struct tui *t = open_stock("is1");
	case_step(t, "f", "已扫描 0");
	case_step(t, "<Esc>", "库存：在库");
	case_step(t, "f", "已扫描 0");
	case_step(t, "10000008<Enter>", "不能找回");
	case_step(t, "<Esc>", "放弃？");
	case_step(t, "n", "不能用 1");
	case_step(t, "<F10>", "放弃？");
	case_step(t, "10000007<Enter>", "不能用 1"); /* a scanner's own Enter doesn't throw away what was scanned */
	case_step(t, "<F10>", "放弃？");
	case_step(t, "y", "库存：在库");
	tui_end(&t);
}

static void test_balance_and_one_key(void **state)
{
	(void)state;
	struct tui *t = open_stock("au1");
	case_step(t, "b", "哪一天的");
	case_step(t, "<Enter>", "库存平衡");
	tui_wait_text(t, "相符");
	tui_wait_text(t, "抽屉 02 · UKEY-RS");
	case_step(t, "<Esc>", "库存：在库");
	case_step(t, "<F3>", "─ 查介质");
	case_step(t, "10000005<Enter>", "损坏 → 已销毁");
	tui_wait_text(t, "外壳破裂");
	case_step(t, "<Esc>", "库存：在库");
	case_step(t, "<F7>", "看哪种状态");
	case_step(t, "<Down><Enter>", "状态：全部");
	tui_wait_text(t, "已销毁");
	tui_end(&t);
}

/* Nobody else moves a key: the sentence, and a colleague's word on the spot. */
static void test_an_operator_needs_the_issuer(void **state)
{
	(void)state;
	struct tui *t = open_stock("op1");
	case_step(t, "s", "原因");
	case_step(t, "x<Enter>", "报损");
	case_step(t, "10000008<Enter>", "✓");
	case_step(t, "<F2>", "授权人用户名");
	case_step(t, "<Esc>", "已扫描 1");
	key_is("10000008", "in-stock 01");
	case_step(t, "<F2>", "授权人用户名");
	case_step(t, "is1<Enter>", "授权人口令");
	case_step(t, SITE_PASSWORD "<Enter>", "已报损 1 个介质");
	key_is("10000008", "damaged 01");
	tui_end(&t);
}

/* At window 02 with a key of drawer 01: the issuer is told before Enter. */
static void test_another_drawers_key_is_said_at_the_bench(void **state)
{
	static const char *const env[] = {"LANG=C.UTF-8", "CERTDESK_STATION=02", NULL};
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	site_approved(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = case_start_with(&site, 24, 80, env);
	case_login(t, "is1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：制证");
	case_step(t, "<Enter>", "已插入的介质");
	assert_true(pcscd_insert(&pcscd, 0, "10000004", NULL));
	tui_wait_text(t, "10000004 是抽屉 01 的，不是本工位 02 的");
	assert_true(pcscd_pull(&pcscd, 0));
	tui_wait_gone(t, "不是本工位");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_received_by_scanner),
		cmocka_unit_test(test_pasted_and_taken_away),
		cmocka_unit_test(test_transferred_to_a_new_drawer),
		cmocka_unit_test(test_counted_with_differences),
		cmocka_unit_test(test_spoiled_and_destroyed_by_two),
		cmocka_unit_test(test_mistakes_of_a_file_by_line),
		cmocka_unit_test(test_leaving_asks_only_when_something_was_scanned),
		cmocka_unit_test(test_balance_and_one_key),
		cmocka_unit_test(test_an_operator_needs_the_issuer),
		cmocka_unit_test(test_another_drawers_key_is_said_at_the_bench),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
