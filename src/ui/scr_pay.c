/* 收款: what is due, how it is paid, the receipt. For one order, or for all of a visit that wait. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "desk/pay.h"
#include "desk/provider.h"
#include "desk/visit.h"
#include "rules/codeword.h"
#include "ui/dialog.h"
#include "ui/scr_all.h"
#include "ui/scr_common.h"
#include "ui/scr_digits.h"
#include "ui/scr_entry.h"
#include "ui/scr_orderpage.h"

static const char *const methods[] = {"cash", "pos", "cheque", "transfer", "alipay"};
enum { CASH = 0, TRANSFER = 3, CODE = 4, METHODS };
enum { ROW_METHOD, ROW_RECEIPT, ROW_GIVEN, ROWS };

struct pay_screen {
	char no[ORDER_NO_SIZE];
	bool visit; /* `no` is a visit's */
	json_t *order; /* … or visit_show's object */
	struct sheet sheet;
	int method, methods; /* how many there are here: the last one only where it is configured */
	struct line_entry rows[ROWS + 1];
	struct line_entries entries;
};

static int64_t due(const struct pay_screen *s)
{
	return json_number(s->order, "due");
}

static void close_pay(struct ui *ui, void *data)
{
	struct pay_screen *s = data;
	(void)ui;
	sheet_clear(&s->sheet);
	entries_end(&s->entries);
	json_decref(s->order);
	free(s);
}

/* The number after the one given last by this way: receipts come from a pad. Empty where there is none. */
static void next_receipt(const char *last, char *out, size_t size)
{
	text_copy(out, size, last);
	size_t at = strlen(out);
	while (at > 0 && out[at - 1] == '9')
		out[--at] = '0';
	if (at > 0 && out[at - 1] >= '0' && out[at - 1] < '9')
		out[at - 1]++;
	else
		out[0] = '\0'; /* no number at its end, or no room for one more */
}

/* A transfer of the order that no statement has shown yet. */
static bool transfer_open(const struct pay_screen *s)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(s->order, "payments"), i, each)
		if (strcmp(json_text(each, "method"), methods[TRANSFER]) == 0 && strcmp(json_text(each, "state"), "open") == 0)
			return true;
	return false;
}

/* … a code that isn't closed, */
static bool code_open(const struct pay_screen *s)
{
	return json_is_object(json_object_get(s->order, "qr"));
}

/* … or only waits for the provider to close it. */
static bool code_ending(const struct pay_screen *s)
{
	return strcmp(json_text(json_object_get(s->order, "qr"), "state"), "ending") == 0;
}

/* The code has a screen of its own, in place of this one. */
static void show_code(struct ui *ui, const struct pay_screen *s)
{
	char no[ORDER_NO_SIZE];
	text_copy(no, sizeof no, s->no);
	ui_replace(ui, s->visit ? &scr_visit_qr : &scr_qr, no);
}

/* The voucher of a transfer lies with the documents: who paid beforehand brings it. */
static bool voucher_there(const struct pay_screen *s)
{
	const json_t *each;
	size_t i;
	json_array_foreach(json_object_get(s->order, "documents"), i, each)
		if (strcmp(json_text(each, "kind"), "payment-voucher") == 0)
			return json_flag(each, "attached");
	return false;
}

static void set_method(struct ui *ui, struct pay_screen *s, int method)
{
	const struct app *app = ui_arg(ui);
	char text[64];
	next_receipt(method == TRANSFER ? "" : app->receipts[method], text, sizeof text); /* a voucher's number is the bank's */
	entries_set(&s->entries, ROW_RECEIPT, text);
	s->method = method;
	snprintf(text, sizeof text, "%d", method + 1);
	entries_set(&s->entries, ROW_METHOD, text);
	s->rows[ROW_GIVEN].hidden = method != CASH;
	s->rows[ROW_RECEIPT].hidden = method == CODE;
	s->rows[ROW_RECEIPT].zh = method == TRANSFER ? "凭证号" : "收据号";
	s->rows[ROW_RECEIPT].en = method == TRANSFER ? "Voucher" : "Receipt";
}

/* What each order of the visit gets of the sum. */
static void page_parts(struct sheet *sheet, const json_t *visit)
{
	const json_t *each;
	size_t i;
	char label[100], money[SCR_MONEY_SIZE];
	sheet_head(sheet, tr("一并支付的订单", "Paid together"));
	json_array_foreach(json_object_get(visit, "orders"), i, each)
		if (strcmp(json_text(each, "status"), "awaiting-payment") == 0) {
			snprintf(label, sizeof label, "%s", json_text(each, "order"));
			sheet_format(sheet, ROLE_NORMAL, label, "%s  %s", scr_money_below(json_number(each, "due"), money), json_text(each, "name"));
		}
}

static void fill(struct pay_screen *s)
{
	sheet_clear(&s->sheet);
	if (s->visit)
		page_parts(&s->sheet, s->order);
	else
		page_amounts(&s->sheet, s->order);
}

/* Whether anything is still to be taken here. */
static bool waits(const struct pay_screen *s)
{
	return s->visit ? json_number(s->order, "to_pay") > 0 : strcmp(json_text(s->order, "status"), "awaiting-payment") == 0;
}

static enum err read_subject(struct ui *ui, const struct pay_screen *s, json_t **out, struct error *e)
{
	return s->visit ? visit_show(app_desk(ui), s->no, out, e) : order_show(app_desk(ui), s->no, out, e);
}

static enum err open_any(struct ui *ui, void *arg, bool visit, void **data, struct error *e)
{
	static const struct line_entry rows[ROWS + 1] = {
		{.zh = "支付方式",
			.en = "Method",
			.columns = 3,
			.limit = 1,
			.flags = EDIT_FOLD | EDIT_DIGITS,
			.input = TERM_INPUT_LATIN},
		{.zh = "收据号", .en = "Receipt", .columns = 26, .limit = 40, .flags = EDIT_FOLD, .input = TERM_INPUT_LATIN},
		{.zh = "实收", .en = "Given", .columns = 14, .limit = 14, .flags = EDIT_FOLD, .input = TERM_INPUT_LATIN},
	};
	char money[MONEY_TEXT_SIZE];
	struct pay_screen *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, ERR_MEMORY, "%s", "");
	memcpy(s->rows, rows, sizeof rows);
	text_copy(s->no, sizeof s->no, arg);
	s->visit = visit;
	enum err rc = entries_start(&s->entries, s->rows);
	if (rc == OK)
		rc = read_subject(ui, s, &s->order, e);
	if (rc != OK) {
		close_pay(ui, s);
		return rc;
	}
	fill(s);
	s->methods = provider_configured(app_desk(ui)) ? METHODS : CODE;
	set_method(ui, s, transfer_open(s) ? TRANSFER : code_open(s) && !code_ending(s) ? CODE : voucher_there(s) ? TRANSFER : CASH);
	s->entries.focus = transfer_open(s) ? ROW_RECEIPT : s->entries.focus;
	money_text(due(s), money);
	entries_set(&s->entries, ROW_GIVEN, money);
	*data = s;
	return OK;
}

static enum err open_pay(struct ui *ui, void *arg, void **data, struct error *e)
{
	return open_any(ui, arg, false, data, e);
}

static enum err open_visit_pay(struct ui *ui, void *arg, void **data, struct error *e)
{
	return open_any(ui, arg, true, data, e);
}

static void draw_change(struct pay_screen *s, const struct pane *p, int row)
{
	char money[SCR_MONEY_SIZE];
	int64_t given;
	if (s->method != CASH || !money_parse(entries_text(&s->entries, ROW_GIVEN), &given))
		return;
	if (given > due(s))
		pane_format(p, row, 30, ROLE_STRONG, tr("找零 %s", "Change %s"), scr_money(given - due(s), money));
	else if (given < due(s))
		pane_format(p, row, 30, ROLE_WARN, tr("还差 %s", "Short of %s"), scr_money(due(s) - given, money));
}

static void draw_pay(struct ui *ui, void *data, struct pane *pane)
{
	struct pay_screen *s = data;
	struct pane box = pane_part(pane, 0, 0, 6, pane->columns), in = pane_box(&box, tr("应收", "Due"));
	struct pane lines = pane_part(pane, 6, 0, pane->rows - 15, pane->columns);
	struct pane p = pane_part(pane, pane->rows - 9, 0, 9, pane->columns);
	char money[SCR_MONEY_SIZE];
	if (s->visit)
		pane_format(&in, 0, 0, ROLE_NORMAL, tr("%s  共 %lld 张订单", "%s  %lld orders"), s->no,
			(long long)json_number(s->order, "to_pay"));
	else
		pane_format(&in, 0, 0, ROLE_NORMAL, "%s  %s", s->no, json_text(s->order, "name"));
	pane_cell(&in, 0, in.columns - 16, 16, ROLE_STRONG, scr_money(due(s), money), true);
	digits_draw(&in, 1, 2, ROLE_STRONG, money);
	sheet_draw(&s->sheet, &lines, PAGE_LABELS);
	pane_line(&p, 0, tr("收款", "Payment"));
	for (int i = 0, at = 2; i < s->methods; i++)
		at += 3 +
			pane_format(&p, 1, at, i == s->method ? ROLE_SELECTED : ROLE_NORMAL, " %d %s ", i + 1,
				codeword_method(methods[i]));
	entries_draw(ui, &s->entries, &p, 3, 10, false, true);
	draw_change(s, &p, 5);
	pane_text(&p, 7, 1, ROLE_HINT, s->method == TRANSFER && s->visit
		? tr("转账：登记后在每张订单里上传凭证，对账单到账即核实", "Transfer: attach the voucher to each order; a statement verifies it")
		: s->method == TRANSFER && voucher_there(s) ? tr("转账：凭证已上传；F6 导入对账单，F5 核实到账", "Transfer: the voucher is there; F6 imports a statement, F5 verifies")
		: s->method == TRANSFER ? tr("转账：F3 上传付款凭证，F6 导入对账单，F5 核实到账", "Transfer: F3 attaches the voucher, F6 imports a statement, F5 verifies")
		: s->method == CODE ? tr("支付宝：回车出示二维码，客户扫码付款后自动核实", "Alipay: Enter shows the code; what the customer pays is verified by itself")
		: code_ending(s) ? tr("二维码已停用，等支付宝确认：客户没有付款就用其他方式收", "The code is given up, Alipay is yet to confirm: unpaid, take it another way")
		: s->method != CASH ? tr("收据号回车完成收款；↑ 回到支付方式", "Enter after the receipt takes the payment; ↑ back to the method")
		: s->methods > CODE ? tr("数字 1–5 选方式；收据号回车，金额回车完成收款", "1–5 choose; Enter after receipt and amount takes the payment")
		: tr("数字 1–4 选方式；收据号回车，金额回车完成收款", "1–4 choose; Enter after receipt and amount takes the payment"));
}

static enum err call_take(struct desk *d, struct call *c, struct error *e)
{
	return c->flag ? visit_pay(d, c->no, c->a, c->b, c->amount, &c->out, e) : pay_take(d, c->no, c->a, c->b, c->amount, &c->out, e);
}

static enum err call_verify(struct desk *d, struct call *c, struct error *e)
{
	return pay_verify(d, c->no, &c->out, e);
}

static void say_open(struct ui *ui, const struct pay_screen *s)
{
	if (s->visit)
		ui_say(ui, "%s", tr("已登记，等待核实到账", "Recorded; waits for the money to be seen"));
	else if (voucher_there(s))
		ui_say(ui, "%s", tr("已登记，等待核实到账：F6 导入对账单，F5 核实", "Recorded; waits for the money: F6 imports a statement, F5 verifies"));
	else
		ui_say(ui, "%s", tr("已登记，等待核实到账：F3 上传付款凭证，F6 导入对账单，F5 核实",
			"Recorded; waits for the money: F3 attaches the voucher, F6 imports a statement, F5 verifies"));
}

/* Takes over what a use case says of the order; leaves when nothing is due any more. */
static void settle(struct ui *ui, struct pay_screen *s, json_t *order)
{
	json_decref(s->order);
	s->order = order;
	fill(s);
	if (waits(s)) {
		entries_set(&s->entries, ROW_RECEIPT, ""); /* it is recorded: not once more by the next Enter */
		say_open(ui, s);
		return;
	}
	if (!s->visit)
		ui_good(ui, tr("收款完成。订单状态：%s", "Paid. The order is now: %s"), json_text(order, "status_title"));
	else if (s->method == TRANSFER)
		say_open(ui, s);
	else
		ui_good(ui, "%s", tr("收款完成，来访的订单都已付清", "Paid: all orders of the visit"));
	ui_pop(ui);
}

static void take(struct ui *ui, struct pay_screen *s)
{
	char receipt[200];
	int64_t given = due(s);
	if (s->method == CODE) {
		show_code(ui, s);
		return;
	}
	text_copy(receipt, sizeof receipt, entries_text(&s->entries, ROW_RECEIPT));
	text_trim(receipt);
	if (!*receipt) {
		s->entries.focus = ROW_RECEIPT;
		if (s->method == TRANSFER && transfer_open(s))
			say_open(ui, s);
		else
			ui_warn(ui, "%s", s->method == TRANSFER ? tr("请输入凭证号", "Key in the voucher's number") : tr("请输入收据号", "Key in the receipt's number"));
		return;
	}
	if (s->method == CASH && (!money_parse(entries_text(&s->entries, ROW_GIVEN), &given) || given < due(s))) {
		s->entries.focus = ROW_GIVEN;
		ui_warn(ui, "%s", tr("实收不足或不是金额。请填收到的现金，不少于应收", "Not enough, or no amount: key in the cash given, no less than what is due"));
		return;
	}
	struct call c = {.no = s->no, .a = methods[s->method], .b = receipt, .amount = due(s), .flag = s->visit};
	if (!app_do(ui, call_take, &c)) {
		s->entries.focus = ROW_RECEIPT;
		return;
	}
	struct app *app = ui_arg(ui);
	text_copy(app->receipts[s->method], sizeof app->receipts[0], receipt);
	settle(ui, s, c.out);
}

static void verify(struct ui *ui, struct pay_screen *s)
{
	struct call c = {.no = s->no};
	if (code_open(s))
		show_code(ui, s);
	else if (app_do(ui, call_verify, &c))
		settle(ui, s, c.out);
}

static void import(struct ui *ui, struct pay_screen *s)
{
	char told[SCR_TOLD_SIZE];
	json_t *order = scr_statement(ui, told) && !s->visit ? app_order(ui, s->no) : NULL;
	if (order && strcmp(json_text(order, "status"), "awaiting-payment") != 0) {
		settle(ui, s, order);
		ui_good(ui, tr("收款完成。订单状态：%s。%s", "Paid. The order is now: %s. %s"), json_text(s->order, "status_title"), told);
	} else
		json_decref(order);
}

enum { DO_VOUCHER = 1, DO_VERIFY, DO_IMPORT };

/* A digit chooses; anything else can only be the receipt's number, of which no digit may choose. */
static unsigned typed_method(struct ui *ui, struct pay_screen *s, const struct event *event)
{
	char digit = event->kind == EVENT_TEXT && event->length == 1 ? event->text[0] : 0;
	bool done;
	if (digit < '1' || digit > '0' + s->methods) {
		if (s->method == CODE || event->text[0] == ' ') {
			term_beep(ui_term(ui));
			return UI_NONE;
		}
		s->entries.focus = ROW_RECEIPT;
		entries_set(&s->entries, ROW_RECEIPT, "");
		return entries_answer(ui, &s->entries, event, &done);
	}
	set_method(ui, s, digit - '1');
	if (s->method == CODE)
		show_code(ui, s);
	else {
		s->entries.focus = ROW_RECEIPT;
		ui_completed(ui); /* Enter by habit neither misses a receipt nor takes the one that is proposed */
	}
	return UI_DRAW;
}

static unsigned handle_pay(struct ui *ui, void *data, const struct event *event)
{
	struct pay_screen *s = data;
	switch (event->action) {
	case DO_VOUCHER:
		ui_push(ui, &scr_attach, s->no);
		return UI_DRAW;
	case DO_VERIFY:
		verify(ui, s);
		return UI_DRAW;
	case DO_IMPORT:
		import(ui, s);
		return UI_DRAW;
	default:
		break;
	}
	if (s->entries.focus == ROW_METHOD && (event->kind == EVENT_TEXT || event->kind == EVENT_PASTE))
		return typed_method(ui, s, event);
	bool done;
	unsigned answer = entries_answer(ui, &s->entries, event, &done);
	if (done)
		take(ui, s);
	return answer == UI_PASS && sheet_handle(&s->sheet, event) ? UI_DRAW : answer;
}

static unsigned back_pay(struct ui *ui, void *data)
{
	struct pay_screen *s = data;
	struct error e = {0};
	json_t *order = NULL;
	if (read_subject(ui, s, &order, &e) == OK) {
		json_decref(s->order);
		s->order = order;
	} else
		ui_fail(ui, &e);
	return UI_DRAW | UI_BARS;
}

static const struct action actions[] = {
	{DO_VOUCHER, UI_KEY_F(3), "凭证", "Voucher", "支付", "Payment", "上传付款凭证", "Attach the payment voucher", 0},
	{DO_VERIFY, UI_KEY_F(5), "核实", "Verify", NULL, NULL, "扫码问支付宝；转账在已导入的对账单里查找",
		"Ask Alipay about the code; look for a transfer in the statements", 0},
	{DO_IMPORT, UI_KEY_F(6), "对账单", "Statement", NULL, NULL, "导入银行对账单 CSV", "Import the bank's CSV", 0},
	{0},
};

/* Vouchers and statements belong to the orders. */
static const struct action visit_actions[] = {{0}};

const struct screen_class scr_visit_pay = {.zh = "来访收款",
	.en = "Payment of a visit",
	.actions = visit_actions,
	.open = open_visit_pay,
	.draw = draw_pay,
	.handle = handle_pay,
	.back = back_pay,
	.close = close_pay};

const struct screen_class scr_pay = {.zh = "收款",
	.en = "Payment",
	.actions = actions,
	.open = open_pay,
	.draw = draw_pay,
	.handle = handle_pay,
	.back = back_pay,
	.close = close_pay};
