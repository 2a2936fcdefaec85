/* 发票 on the screens: seen with the order, listed, exported, filed from the inbox, sent, taken back. */
#include "site_case.h"

#include "desk/invoice.h"

#define PDF "%PDF-1.7\n1 0 obj <<>> endobj xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nstartxref\n9\n%%EOF\n"

static char first[ORDER_NO_SIZE], second[ORDER_NO_SIZE], book[160];

static int start(void **state)
{
	char inbox[120], path[200];
	(void)state;
	site_make(&site);
	struct desk *d = site_open(&site);
	site_paid(&site, d, "new-unit", NULL, first);
	json_t *other = json_pack("{ssss}", "uscc", "91350100M000100Y43", "invoice_tax_number", "91350100M000100Y43");
	site_paid(&site, d, "new-unit", other, second);
	json_decref(other);
	desk_close(&d);
	snprintf(inbox, sizeof inbox, "%s/inbox", site.dir);
	snprintf(path, sizeof path, "%s/invoice.PDF", inbox);
	snprintf(book, sizeof book, "%s/list.xlsx", site.root);
	if (dir_make(inbox, NULL) || file_write(path, 0600, PDF, strlen(PDF), NULL))
		return -1;
	return setenv("HOME", site.root, 1);
}

/* The order's invoice in the store, by another session than the screen's. */
static const char *stored(const char *no, const char *key)
{
	static char value[80];
	json_t *invoice = NULL;
	struct desk *d = site_open(&site);
	site_as(&site, d, "au1");
	assert_int_equal(invoice_show(d, no, &invoice, NULL), OK);
	snprintf(value, sizeof value, "%s", json_text(invoice, key));
	json_decref(invoice);
	desk_close(&d);
	return value;
}

static void open_list(struct tui *t)
{
	case_line(t, "发票");
	case_step(t, "<Enter>", "发票：未办完");
}

static void test_export_and_file(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	open_list(t);
	tui_wait_text(t, case_short(second));
	tui_wait_text(t, "待开票");
	case_step(t, "<F4>", "开票申请表-");
	tui_keys(t, "<C-u>");
	tui_keys(t, book);
	case_step(t, "<Enter>", "已导出 2 张发票的申请");
	assert_int_equal(access(book, R_OK), 0);
	tui_wait_text(t, "已导出");
	/* nothing new: the earlier list once more */
	case_step(t, "<F4>", "开票申请表-");
	tui_keys(t, "<C-u>");
	tui_keys(t, book);
	case_step(t, "<Enter>", "再列一次");
	case_step(t, "<Enter>", "已导出 2 张发票的申请");
	/* the newest one is filed, with a number that can't be one first */
	case_step(t, "<F2>", "从收件箱选 PDF");
	case_step(t, "<F3>", "invoice.PDF");
	case_step(t, "<Enter>", "inbox/invoice.PDF");
	case_step(t, "<Up><Up>", "8 到 20 位数字");
	tui_keys(t, "123<Enter><Enter><Enter>");
	tui_wait_text(t, "发票号码 123 不可用");
	tui_settle(t);
	tui_keys(t, "<Up><Up><C-u>");
	tui_keys(t, "26112000000012345678<Enter><Enter>");
	case_step(t, "<Enter>", "已登记，并发送到");
	assert_string_equal(stored(second, "state"), "sent");
	assert_string_equal(stored(first, "state"), "exported");
	tui_wait_text(t, case_short(first));
	tui_wait_gone(t, case_short(second)); /* done: no longer in what is not done */
	case_step(t, "<F5>", "看哪些发票");
	case_step(t, "<End><Enter>", "发票：全部");
	tui_wait_text(t, "26112000000012345678");
	case_step(t, "<F6>", "发送发票");
	tui_keys(t, "boss@example.com");
	case_step(t, "<Enter>", "发票已发送到 boss@example.com");
	tui_end(&t);
}

/* Keys that an operator may not press alone. */
static void by_the_manager(struct tui *t, const char *keys, const char *seen)
{
	case_step(t, keys, "当场授权");
	tui_keys(t, "mg1<Enter>");
	tui_settle(t);
	tui_keys(t, SITE_PASSWORD "<Enter>");
	tui_wait_text(t, seen);
	tui_settle(t);
}

static void test_seen_with_the_order_and_taken_back(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_find(t, second);
	case_step(t, "<Enter>", "订单");
	tui_keys(t, "<Down><Down><Down><Down><Down><Down><Down><Down>");
	tui_wait_text(t, "26112000000012345678");
	tui_wait_text(t, "已发送");
	case_step(t, "i", "购方名称");
	case_step(t, "s", "另存发票");
	case_step(t, "<Enter>", "已保存");
	/* an operator may not, a manager on the spot may */
	case_step(t, "<F8>", "红字发票");
	tui_keys(t, "26112000000099999999<Enter>");
	tui_settle(t);
	case_step(t, "<Enter>", "以后再登记"); /* its PDF isn't there yet */
	by_the_manager(t, "<Enter>", "已红冲");
	tui_wait_text(t, "待开票"); /* the order lives: a new one is asked for */
	assert_string_equal(stored(second, "state"), "requested");
	case_step(t, "<Down>", "还没有 PDF");
	/* it came: filed beside its number, and sent */
	case_step(t, "<F8>", "红字发票 PDF");
	tui_keys(t, site_file(&site, "red.pdf", PDF));
	by_the_manager(t, "<Enter>", "红字发票 26112000000099999999 已登记，并发送到 lisi");
	case_step(t, "<Down>", "PDF  发送 20");
	case_step(t, "s", "存哪一张");
	case_step(t, "<Enter>", "红字发票");
	tui_wait_text(t, "26112000000099999999.pdf");
	case_step(t, "<Enter>", "已保存");
	case_step(t, "<F6>", "发送发票");
	tui_keys(t, "boss@example.com");
	case_step(t, "<Enter>", "发票已发送到 boss@example.com");
	tui_end(&t);
}

/* With the customer's other orders: what was taken back, and where it is. */
static void test_the_query_shows_the_red_one(void **state)
{
	char code[32];
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	case_step(t, "<F7>", "证件类型");
	case_step(t, "91350100M000100Y43<Enter>", "验证码已发送至经办人手机");
	site_message(&site, "sms", "验证码", code);
	case_step(t, code, "的订单");
	for (int i = 0; i < 6 && !tui_has(t, "红字 26112000000099999999 已发送 20", 0); i++) {
		tui_keys(t, "<Down>");
		tui_settle(t);
	}
	tui_wait_text(t, "红字 26112000000099999999 已发送 20");
	assert_true(tui_has(t, "待开票", 0));
	tui_end(&t);
}

/* It is never to be issued: a manager says why, on the spot. */
static void test_a_request_is_withdrawn_with_a_reason(void **state)
{
	(void)state;
	struct tui *t = case_start(&site);
	case_login(t, "op1");
	open_list(t);
	tui_wait_text(t, case_short(second)); /* the newest */
	case_step(t, "w", "撤回开票申请");
	tui_keys(t, "客户不要了");
	by_the_manager(t, "<Enter>", "的开票申请已撤回");
	assert_string_equal(stored(second, "state"), "cancelled");
	tui_end(&t);
}

static void test_whose_line_it_is(void **state)
{
	static const struct {
		const char *who;
		bool sees;
	} rows[] = {{"mg1", true}, {"au1", true}, {"is1", false}, {"rv1", false}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tui *t = case_start(&site);
		int row, column;
		case_login(t, rows[i].who);
		assert_int_equal(tui_find(t, "发票", &row, &column), rows[i].sees);
		tui_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_export_and_file),
		cmocka_unit_test(test_seen_with_the_order_and_taken_back),
		cmocka_unit_test(test_the_query_shows_the_red_one),
		cmocka_unit_test(test_a_request_is_withdrawn_with_a_reason),
		cmocka_unit_test(test_whose_line_it_is),
	};
	return cmocka_run_group_tests(tests, start, site_stop);
}
