/* Payment by a code on the screens: shown so that a scanner reads it from the terminal, paid at a provider of the test's, and seen. */
#include "site_case.h"

#include "../lib/gateway.h"
#include "desk/pay.h"
#include "desk/refund.h"

enum { MODULE = 4 };

static struct gateway gateway;

static int start(void **state)
{
	char dir[100];
	site_start(state);
	snprintf(dir, sizeof dir, "%s/gateway", site.root);
	gateway_start(&gateway, dir, site.dir);
	return 0;
}

static int stop(void **state)
{
	gateway_end(&gateway);
	return site_stop(state);
}

/* The halves of a cell, dark or light, by its glyph and its explicit colours. */
static void halves(struct tui *t, int row, int column, bool dark[2])
{
	static const struct {
		const char *glyph;
		bool upper, lower;
	} blocks[] = {{"█", true, true}, {"▀", true, false}, {"▄", false, true}, {" ", false, false}, {"", false, false}};
	struct tui_cell cell = tui_cell(t, row, column);
	bool ink = cell.colour_default || cell.foreground < cell.background;
	dark[0] = dark[1] = cell.colour_default; /* the terminal's own colours are no paper */
	for (size_t i = 0; !cell.colour_default && i < sizeof blocks / sizeof *blocks; i++)
		if (strcmp(cell.text, blocks[i].glyph) == 0) {
			dark[0] = blocks[i].upper == ink;
			dark[1] = blocks[i].lower == ink;
		}
}

/* What a scanner before the screen reads. */
static void scanned(struct tui *t, char out[300])
{
	char path[200], command[300];
	int rows = tui_rows(t), columns = tui_columns(t);
	snprintf(path, sizeof path, "%s/screen.pgm", site.root);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "P5 %d %d 255\n", columns * MODULE, rows * 2 * MODULE);
	for (int line = 0; line < rows * 2 * MODULE; line++)
		for (int column = 0; column < columns; column++) {
			bool dark[2];
			halves(t, line / MODULE / 2, column, dark);
			for (int i = 0; i < MODULE; i++)
				fputc(dark[line / MODULE % 2] ? 0 : 255, f);
		}
	fclose(f);
	snprintf(command, sizeof command, "zbarimg -q --raw '%s' 2>/dev/null", path);
	FILE *z = popen(command, "r");
	assert_non_null(z);
	out[0] = '\0';
	if (fgets(out, 300, z))
		out[strcspn(out, "\n")] = '\0';
	pclose(z);
}

static bool has_code(struct tui *t, void *arg)
{
	(void)arg;
	return tui_has(t, "▀▀▀▀▀", 0) && tui_has(t, "剩余", 0);
}

/* An order's payment page, by its number; then its code on the screen. */
static struct tui *at_code(int rows, int columns, char no[ORDER_NO_SIZE])
{
	static const char *const env[] = {"LANG=C.UTF-8", NULL};
	struct desk *d = site_open(&site);
	site_signed(&site, d, "new-unit", NULL, no);
	desk_close(&d);
	struct tui *t = case_start_with(&site, rows, columns, env);
	case_login(t, "op1");
	case_find(t, no);
	case_step(t, "<Enter>", "下一步：收款");
	case_step(t, "<Enter>", "5 支付宝");
	tui_keys(t, "5");
	tui_wait_text(t, "应付");
	tui_wait(t, has_code, NULL, "a code");
	return t;
}

static void test_a_code_is_scanned_from_the_screen_paid_and_seen(void **state)
{
	static const struct {
		int rows, columns;
	} sizes[] = {{24, 80}, {48, 160}};
	char no[ORDER_NO_SIZE], code[300];
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct tui *t = at_code(sizes[i].rows, sizes[i].columns, no);
		if (getenv("QR_LOOK"))
			tui_dump(t);
		assert_true(tui_has(t, no, 0));
		assert_true(tui_has(t, "¥280.00", 0));
		assert_true(tui_has(t, "人民币贰佰捌拾元整", 0));
		assert_true(tui_has(t, "请客户用支付宝扫码付款", 0));
		scanned(t, code);
		assert_memory_equal(code, "https://qr.alipay.com/", 22);
		gateway_scan(&gateway, code);
		tui_wait_text(t, "支付宝已确认收款");
		tui_settle(t);
		assert_string_equal(case_status(&site, no), "in-review");
		tui_end(&t);
	}
}

static void test_esc_leaves_the_code_waiting_and_it_is_there_again(void **state)
{
	char no[ORDER_NO_SIZE], first[300], again[300];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	scanned(t, first);
	case_step(t, "<Esc>", "下一步：收款");
	assert_string_equal(case_status(&site, no), "awaiting-payment");
	tui_keys(t, "<Enter>");
	tui_wait_text(t, "支付宝：回车出示二维码"); /* it is what waits */
	tui_keys(t, "<F5>");
	tui_wait(t, has_code, NULL, "the code");
	scanned(t, again);
	assert_string_equal(again, first);
	gateway_scan(&gateway, first);
	tui_keys(t, "<F5>"); /* not at the next look, but now */
	tui_wait_text(t, "支付宝已确认收款");
	tui_end(&t);
}

static void test_a_code_is_given_up_for_cash(void **state)
{
	char no[ORDER_NO_SIZE];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	tui_keys(t, "<F8>");
	tui_wait_text(t, "二维码已作废，客户没有付款");
	tui_settle(t);
	assert_int_equal(gateway_asked(&gateway, "alipay.trade.cancel"), 1);
	tui_wait_text(t, "1 现金"); /* the payment's ways, and not the order's page */
	case_step(t, "1", "收据号");
	tui_keys(t, "QR-CASH-1<Enter>");
	case_step(t, "<Enter>", "收款完成");
	tui_end(&t);
}

static void test_a_code_is_given_up_for_cash_while_the_line_is_down(void **state)
{
	char no[ORDER_NO_SIZE];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	gateway_faults(&gateway, "cut cut cut cut cut cut cut cut cut cut");
	tui_keys(t, "<F8>");
	tui_wait_text(t, "但问不到支付宝");
	if (getenv("QR_LOOK"))
		tui_dump(t);
	case_step(t, "<Esc>", "1 现金"); /* the payment's ways, and not the order's page */
	assert_true(tui_has(t, "二维码已停用", 0));
	if (getenv("QR_LOOK"))
		tui_dump(t);
	case_step(t, "1", "收据号");
	tui_keys(t, "QR-CASH-2<Enter>");
	case_step(t, "<Enter>", "收款完成");
	gateway_faults(&gateway, "");
	assert_string_equal(case_status(&site, no), "in-review");
	tui_end(&t);
}

/* While the provider takes its time, keys are answered. */
static void test_a_slow_line_delays_no_key(void **state)
{
	char no[ORDER_NO_SIZE];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	gateway_faults(&gateway, "slow slow slow slow slow slow");
	tui_keys(t, "<F5>");
	while (gateway_asked(&gateway, "alipay.trade.query") == 0) /* it is asked now */
		tui_settle(t);
	case_step(t, "<F1>", "现在就问支付宝");
	case_step(t, "<Esc>", "剩余");
	case_step(t, "<Esc>", "下一步：收款");
	gateway_faults(&gateway, "");
	tui_end(&t);
}

/* It comes while somebody reads the help: the page below is gone when they are back. */
static void test_money_that_comes_under_a_dialog_is_seen_behind_it(void **state)
{
	char no[ORDER_NO_SIZE], code[300];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	scanned(t, code);
	case_step(t, "<F1>", "现在就问支付宝");
	gateway_scan(&gateway, code);
	while (strcmp(case_status(&site, no), "in-review") != 0)
		tui_settle(t);
	case_step(t, "<Esc>", "下一步：审核");
	tui_end(&t);
}

static void test_what_alipay_refuses_is_said(void **state)
{
	char no[ORDER_NO_SIZE];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	tui_keys(t, "<F8>");
	tui_wait_text(t, "二维码已作废");
	tui_settle(t);
	gateway_faults(&gateway, "refuse");
	tui_wait_text(t, "5 支付宝");
	tui_keys(t, "5");
	tui_wait_text(t, "支付宝不受理：无权限使用接口");
	tui_wait_text(t, "1 现金"); /* and another way is open */
	case_step(t, "<Esc>", "下一步：收款");
	tui_end(&t);
}

static void test_a_broken_line_says_so_and_the_payment_is_seen_when_it_is_back(void **state)
{
	char no[ORDER_NO_SIZE], code[300];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	scanned(t, code);
	gateway_faults(&gateway, "cut");
	gateway_scan(&gateway, code);
	tui_keys(t, "<F5>");
	tui_wait_text(t, "连不上支付宝");
	tui_wait_text(t, "支付宝已确认收款");
	assert_string_equal(case_status(&site, no), "in-review");
	tui_end(&t);
}

static void test_a_manager_approves_and_alipay_pays_back(void **state)
{
	char no[ORDER_NO_SIZE], code[300];
	struct tui *t = at_code(24, 80, no);
	(void)state;
	scanned(t, code);
	gateway_scan(&gateway, code);
	tui_keys(t, "<F5>");
	tui_wait_text(t, "支付宝已确认收款");
	tui_settle(t);
	case_step(t, "r", "不再办理，已付");
	case_step(t, "客户改变主意<Enter>", "已申请退款，等待主管批准");
	case_change(&t, &site, "mg1");
	case_line(t, "退款与认领");
	case_step(t, "<Enter>", "退款：1 笔");
	tui_keys(t, "a");
	tui_wait_text(t, "┌─ 批准退款");
	tui_keys(t, "y");
	tui_wait_text(t, "支付宝已退款");
	assert_string_equal(case_status(&site, no), "refunded");
	assert_int_equal(gateway_asked(&gateway, "alipay.trade.refund "), 1);
	tui_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_code_is_scanned_from_the_screen_paid_and_seen),
		cmocka_unit_test(test_esc_leaves_the_code_waiting_and_it_is_there_again),
		cmocka_unit_test(test_a_code_is_given_up_for_cash),
		cmocka_unit_test(test_a_code_is_given_up_for_cash_while_the_line_is_down),
		cmocka_unit_test(test_a_slow_line_delays_no_key),
		cmocka_unit_test(test_money_that_comes_under_a_dialog_is_seen_behind_it),
		cmocka_unit_test(test_what_alipay_refuses_is_said),
		cmocka_unit_test(test_a_broken_line_says_so_and_the_payment_is_seen_when_it_is_back),
		cmocka_unit_test(test_a_manager_approves_and_alipay_pays_back),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
