/* What goes otherwise than in the story: wrong passwords, a lock, a crash, an order that comes back, a second person, a
 * scan that is too big, another size of the window. */
#include "site_case.h"

#include <signal.h>

#include "../lib/pictures.h"
#include "desk/attach.h"

static void configure(const char *yaml)
{
	char path[200];
	snprintf(path, sizeof path, "%s/certdesk.yaml", site.dir);
	struct bytes old = {0};
	file_read(path, 1 << 20, &old, NULL);
	bytes_text(&old, yaml);
	assert_int_equal(file_write(path, 0600, old.data, old.length, NULL), OK);
	bytes_free(&old);
}

static void test_wrong_password(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_step(t, "mg1<Enter>wrong-wrong<Enter>", "用户名或口令不对");
	for (int i = 0; i < 3; i++) {
		tui_keys(t, "wrong-wrong<Enter>");
		tui_settle(t);
	}
	assert_false(tui_has(t, "账号已锁定到", 0));
	case_step(t, "wrong-wrong<Enter>", "账号已锁定到"); /* said by the try that locks */
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_settle(t);
	assert_false(tui_has(t, "工作台", 0));
	assert_false(tui_has(t, "Correct", 0)); /* never on the screen */
	tui_keys(t, "<F10>");
	assert_int_equal(tui_wait_end(t), 0);
	tui_end(&t);
}

static void test_lock(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<C-x>", "屏幕已锁定");
	assert_false(tui_has(t, "继续办理", 0)); /* nothing of the desk is seen */
	case_step(t, "not-mine-at-all<Enter>", "用户名或口令不对");
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, "继续办理");
	case_step(t, "<C-x>", "屏幕已锁定");
	case_step(t, "<F10>", "用户名");
	tui_wait_gone(t, "王受理");
	tui_end(&t);
}

static void test_roles_see_their_work(void **state)
{
	static const struct {
		const char *who, *first;
	} people[] = {{"op1", "继续办理"}, {"rv1", "待审核"}, {"is1", "待制证"}, {"root1", "人员"}, {"au1", "日报"}};
	(void)state;
	struct tui *t = case_start(&site);
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		if (i > 0)
			case_logout(t);
		case_login(t, people[i].who);
		if (strncmp(tui_row(t, 2), people[i].first, strlen(people[i].first)) != 0) {
			tui_dump(t);
			fail_msg("%s should see %s first", people[i].who, people[i].first);
		}
	}
	tui_end(&t);
}

/* Whether a draft of op1's has this in the store. */
static bool draft_has(struct tui *t, void *text)
{
	struct desk *d = site_open(&site);
	json_t *drafts = NULL, *draft;
	size_t i;
	bool has = false;
	(void)t;
	site_as(&site, d, "op1");
	assert_int_equal(draft_list(d, &drafts, NULL), OK);
	json_array_foreach(drafts, i, draft) {
		json_t *order = NULL;
		assert_int_equal(order_show(d, json_text(draft, "order"), &order, NULL), OK);
		char *shown = json_dumps(order, 0);
		has |= strstr(shown, text) != NULL;
		free(shown);
		json_decref(order);
	}
	json_decref(drafts);
	desk_close(&d);
	return has;
}

/* What was typed is there again after kill -9, with the cursor where it was. */
static void test_crash(void **state)
{
	int row, column, again_row, again_column;
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	tui_keys(t, "<F2>");
	tui_wait_text(t, "必填还差");
	case_step(t, "1<Enter>", "18 位");
	tui_keys(t, "91110105MA");
	tui_settle(t);
	tui_wait(t, draft_has, "91110105MA", "the store to have it"); /* the promise is a second */
	tui_cursor(t, &row, &column);
	tui_signal(t, SIGKILL);
	tui_wait_end(t);
	tui_end(&t);
	t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "继续办理");
	tui_keys(t, "<Enter>");
	tui_settle(t);
	case_step(t, "<Enter>", "91110105MA");
	tui_cursor(t, &again_row, &again_column);
	assert_int_equal(again_row, row);
	assert_int_equal(again_column, column);
	tui_end(&t);
}

static bool not_agreed(struct tui *t, void *no)
{
	struct desk *d = site_open(&site);
	json_t *order = NULL;
	(void)t;
	site_as(&site, d, "op1");
	assert_int_equal(order_show(d, no, &order, NULL), OK);
	bool no_yes = !json_is_true(json_object_get(json_object_get(order, "fields"), "consent"));
	json_decref(order);
	desk_close(&d);
	return no_yes;
}

/* The store took the answer between, and the form is finished with the last. */
static void test_an_answer_there_and_back(void **state)
{
	char no[ORDER_NO_SIZE];
	json_t *changes = json_pack("{sb}", "consent", 0);
	(void)state;
	struct tui *t = case_order(&site, site_draft, changes, no, "op1");
	json_decref(changes);
	case_step(t, "<Enter>", "必填还差 1");
	case_step(t, "y<Enter>", "按 F2 完成");
	case_step(t, "n", "必填还差 1");
	tui_wait(t, not_agreed, no, "the store to have the answer");
	case_step(t, "y<F2>", "要的资料");
	case_step(t, "<Esc>", "下一步");
	tui_end(&t);
}

/* The session ends at the lock, in the middle of a form: the screens below go, the draft stays. */
static void test_leave_in_form(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	tui_keys(t, "<F2>");
	tui_wait_text(t, "必填还差");
	case_step(t, "1<Enter>", "18 位");
	case_step(t, "91110105MB<C-x>", "屏幕已锁定");
	case_step(t, "<F10>", "用户名");
	case_login(t, "op1");
	tui_wait_text(t, "草稿");
	tui_keys(t, "<Enter>");
	tui_settle(t);
	case_step(t, "<Enter>", "91110105MB");
	tui_hang_up(t);
	tui_wait_end(t);
	tui_end(&t);
}

/* Signed on paper: the scan, and a second person who has seen the original. */
static void test_paper(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct desk *d = site_open(&site);
	site_draft(&site, d, "new-unit", NULL, no);
	json_t *result = NULL;
	assert_int_equal(attach_add(d, no, "signed-form", site_picture(&site, "signed-form"), false, &result, NULL), OK);
	json_decref(result);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "申请声明"); /* nothing is missing: straight to the signature */
	case_step(t, "<F6>", "已打印、签字盖章");
	case_step(t, "y", "授权人用户名");
	case_step(t, "rv1<Enter>", "授权人口令");
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, "应收"); /* signed: on to the payment */
	tui_end(&t);
}

/* A transfer: recorded, seen on the bank's statement, verified. */
static void test_transfer(void **state)
{
	char no[ORDER_NO_SIZE], keys[300], csv[400];
	(void)state;
	struct tui *t = case_order(&site, site_signed, NULL, no, "op1"); /* another one waits for its payment, and may be due earlier */
	case_step(t, "<Enter>", "下一步：收款");
	case_step(t, "<Enter>", "应收");
	case_step(t, "3", "收据号回车完成收款"); /* a cheque has no amount to key in */
	tui_keys(t, "=<Enter>");
	tui_wait_text(t, "没有字母和数字");
	case_step(t, "<Up>4", "凭证号");
	tui_keys(t, "<Enter>"); /* by habit: the digit has led on already */
	tui_settle(t);
	case_step(t, "<Enter>", "请输入凭证号");
	case_step(t, "T0001<Enter>", "等待核实到账");
	assert_true(tui_has(t, "F6 导入对账单，F5 核实", 0));
	case_step(t, "<Enter>", "已登记，等待核实到账"); /* not the same one again */
	case_step(t, "<F5>", "还没有匹配的到账记录");
	case_step(t, "<F3>", "把选中的扫描件用作“付款凭证”");
	case_step(t, "<F3>", "文件路径");
	snprintf(keys, sizeof keys, "%sx<Enter>", site_picture(&site, "payment-voucher"));
	case_step(t, keys, "没有这个文件");
	assert_true(tui_has(t, "文件路径", 0)); /* what was typed is mended */
	case_step(t, "<Bs><Enter>", "✓ 付款凭证");
	case_step(t, "<Esc>", "凭证号");
	case_step(t, "<Esc>", "下一步：收款");
	case_step(t, "<Enter>", "凭证号"); /* how it is paid is known */
	case_step(t, "<F6>", "银行对账单 CSV");
	case_step(t, "~/no-such.csv<Enter>", "没有这个文件");
	case_step(t, "<C-u>/tmp/<Enter>", "这是一个文件夹"); /* and is asked on */
	tui_keys(t, "<C-u>");
	snprintf(keys, sizeof keys, "%s<Enter>", site_file(&site, "not.csv", "hello\n"));
	case_step(t, keys, "对账单读不了");
	snprintf(csv, sizeof csv,
		"交易日期,交易流水号,收入金额,支出金额,对方户名,对方账号,摘要\n2026-11-20,S1,280.00,,北京示例科技有限公司,20000012345678,%s\n"
		"2026-11-20,S2,-99.00,,别的公司,1,冲正\n",
		no);
	case_step(t, "<F6>", "银行对账单 CSV");
	snprintf(keys, sizeof keys, "%s<Enter>", site_file(&site, "bank.csv", csv));
	case_step(t, keys, "银行冲正"); /* the bank has taken money back: nobody is left to find that by themselves */
	assert_true(tui_has(t, "¥99.00  别的公司  S2", 0));
	case_step(t, "<Enter>", "收款完成。订单状态：审核中");
	assert_true(tui_has(t, "对账单：1 条，新 1 条，匹配 1 条", 0)); /* both are said */
	tui_end(&t);
}

static void test_returned(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_order(&site, site_paid, NULL, no, "rv1");
	case_step(t, "<Enter>", "数字证书渠道");
	case_step(t, "r", "资料不清晰");
	case_step(t, "2<Enter>", "客户会看到这句话");
	tui_keys(t, "<Enter>");
	tui_wait_row(t, 0, "工作台");
	assert_string_equal(case_status(&site, no), "returned");
	case_logout(t);
	case_login(t, "op1");
	case_line(t, "退回补正");
	tui_keys(t, "<Enter>");
	tui_settle(t);
	case_step(t, "<Enter>", "资料与填写内容不一致"); /* the reason, on the order's screen */
	case_step(t, "<Enter>", "北京示例科技有限公司");  /* the form, with everything kept */
	tui_wait_text(t, "退回意见：资料与填写内容不一致");
	case_step(t, "<F2>", "资料已齐");
	case_step(t, "<Enter>", "申请声明");
	tui_end(&t);
}

/* What is wrong with a paper can be put right, and is no reason to reject. */
static void test_rejected_for_a_reason_of_its_own(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_order(&site, site_paid, NULL, no, "rv1");
	case_step(t, "<Enter>", "数字证书渠道");
	case_step(t, "x", "身份核验不通过");
	assert_false(tui_has(t, "资料不清晰", 0));
	assert_false(tui_has(t, "资料缺盖章或签字", 0));
	assert_true(tui_has(t, "其他（自己填写）", 0));
	case_step(t, "2<Enter>", "客户会看到这句话");
	case_step(t, "<Enter>", "理由：身份核验不通过");
	tui_keys(t, "y");
	tui_wait_row(t, 0, "工作台");
	assert_string_equal(case_status(&site, no), "refunding"); /* what was paid goes back */
	tui_end(&t);
}

/* An operator receives keys, with the issuer's word on the spot; wrong ones don't count. */
static void test_second_person(void **state)
{
	const char *list = site_file(&site, "more.csv", "serial,medium\n20000001,UKEY-RS\n");
	char keys[300];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "介质库存");
	case_step(t, "<Enter>", "在库");
	case_step(t, "<F2>", "CSV");
	snprintf(keys, sizeof keys, "%s<Enter>", list);
	case_step(t, keys, "当场授权");
	case_step(t, "is1<Enter>", "授权人口令");
	case_step(t, "something-else<Enter>", "没有完成");
	case_step(t, "<Enter>", "授权人用户名");
	case_step(t, "<Enter>", "授权人口令");
	case_step(t, SITE_PASSWORD "<Enter>", "已入库 1 个介质");
	tui_wait_text(t, "20000001");
	tui_end(&t);
}

static void test_too_big(void **state)
{
	char no[ORDER_NO_SIZE], inbox[200], path[300];
	struct bytes big = {0};
	(void)state;
	snprintf(inbox, sizeof inbox, "%s/inbox", site.dir);
	snprintf(path, sizeof path, "%s/business-licence.jpg", inbox);
	assert_int_equal(dir_make(inbox, NULL), OK);
	make_jpeg(&big, &(struct make){.width = 2200, .height = 1600, .noise = 60, .quality = 97});
	assert_true(big.length > 1572864);
	assert_int_equal(file_write(path, 0600, big.data, big.length, NULL), OK);
	bytes_free(&big);
	struct desk *d = site_open(&site);
	site_as(&site, d, "op1");
	json_t *data = site_sample("new-unit", NULL);
	assert_int_equal(draft_new(d, "new-unit", data, no, NULL), OK);
	json_decref(data);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_line(t, "继续办理");
	tui_keys(t, "<Enter>");
	tui_settle(t);
	case_step(t, "<Enter>", "把选中的扫描件用作“营业执照”");
	case_step(t, "<Enter>", "超过 1.5 MB 上限");
	case_step(t, "<Enter>", "✓ 营业执照");
	case_step(t, "<Left>", "▶ ✓ 营业执照");
	case_step(t, "<F4>", "2200×1600"); /* seen large */
	case_step(t, "++", "放大 4 倍");
	case_step(t, "<Esc>", "要的资料");
	tui_end(&t);
	unlink(path);
}

static bool eats_all(struct tui *t, void *arg)
{
	(void)arg;
	return strstr(tui_row(t, tui_rows(t) - 1), "F1 帮助") != NULL;
}

static void test_sizes(void **state)
{
	char no[ORDER_NO_SIZE];
	(void)state;
	struct tui *t = case_order(&site, site_paid, NULL, no, "op1");
	case_step(t, "<Enter>", "下一步：审核");
	tui_resize(t, 48, 160);
	tui_wait(t, eats_all, NULL, "the key bar on the last of 48 rows");
	tui_wait_text(t, "数字证书渠道"); /* data and amounts side by side */
	assert_true(tui_has(t, "费用与支付", 0));
	tui_resize(t, 20, 60);
	tui_wait_gone(t, "费用与支付");
	tui_resize(t, 24, 80);
	tui_wait_text(t, "下一步：审核");
	tui_end(&t);
}

static void test_english(void **state)
{
	(void)state;
	struct tui *t = case_start_in_english(&site, "rv1");
	tui_wait_text(t, "To review");
	tui_end(&t);
}

/* The terminal is looked up while the store is being read: nothing of it is seen where there is no store. */
static void test_no_store(void **state)
{
	static const char *const env[] = {"LANG=C.UTF-8", NULL};
	char program[4096];
	const char *build = getenv("CERTDESK_BUILD");
	(void)state;
	snprintf(program, sizeof program, "%s/certdesk", build ? build : "build");
	const char *argv[] = {program, "-C", site.root, NULL};
	struct tui_options o = {.argv = argv, .env = env};
	struct tui *t = tui_start(&o);
	tui_wait_text(t, "这里没有受理点数据");
	assert_int_equal(tui_wait_end(t), EXIT_FAULT);
	assert_false(tui_wrote(t, "\033"));
	tui_end(&t);
}

/* A screen left alone locks itself. Last: it changes the site's configuration. */
static void test_idle(void **state)
{
	(void)state;
	configure("idle_seconds: 1\n");
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	tui_wait_text(t, "屏幕已锁定");
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, "继续办理");
	tui_end(&t);
}

/* The unit has a main key: said in the form as soon as its number stands there, again where it is chosen, and no more once it is put
 * right. */
static void test_a_second_main_key(void **state)
{
	char no[ORDER_NO_SIZE];
	int row, column;
	(void)state;
	struct desk *d = site_open(&site);
	json_t *other = json_pack("{ss ss}", "uscc", "91350100M000100Y43", "invoice_tax_number", "91350100M000100Y43");
	site_paid(&site, d, "new-unit", other, no); /* asks for it */
	json_decref(other);
	desk_close(&d);
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F2>", "必填还差");
	case_step(t, "<Enter>91350100M000100Y43", "在本受理点办理过");
	tui_keys(t, "<Esc>");
	tui_wait_gone(t, "在本受理点办理过");
	tui_settle(t);
	tui_wait_text(t, "主锁/副锁：该单位的主锁已由订单"); /* the question doesn't wipe it away */
	for (int i = 0; i < 30 && !(tui_find(t, "主锁/副锁", &row, &column) && strstr(tui_row(t, row), "!")); i++) {
		tui_keys(t, "<PgDn>");
		tui_settle(t);
	}
	assert_true(tui_find(t, "主锁/副锁", &row, &column)); /* marked */
	for (int i = 0; i < 40 && !tui_has(t, "主锁/副锁：该单位的主锁已由订单", 0); i++) {
		tui_keys(t, "<Up>");
		tui_settle(t);
	}
	tui_wait_text(t, no);
	tui_keys(t, "2");
	tui_wait_gone(t, "该单位的主锁已由订单");
	tui_keys(t, "1");
	tui_wait_text(t, "该单位的主锁已由订单");
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_password),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_roles_see_their_work),
		cmocka_unit_test(test_crash), cmocka_unit_test(test_an_answer_there_and_back),
		cmocka_unit_test(test_leave_in_form),
		cmocka_unit_test(test_paper),
		cmocka_unit_test(test_transfer),
		cmocka_unit_test(test_returned),
		cmocka_unit_test(test_rejected_for_a_reason_of_its_own),
		cmocka_unit_test(test_second_person),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_no_store),
		cmocka_unit_test(test_a_second_main_key),
		cmocka_unit_test(test_idle),
	};
	return cmocka_run_group_tests(tests, site_start, site_stop);
}
