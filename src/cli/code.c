#include "cli/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/money.h"
#include "desk/order.h"
#include "desk/pay.h"
#include "desk/qrpay.h"
#include "desk/visit.h"
#include "rules/paymethod.h"

enum { WAIT_SECONDS = 60, EVERY_LEAST = 3, EVERY_MOST = 6 };

/* For the customer's eyes, on standard error: black on white whatever the terminal's colours are. */
static void show_code(const struct cli *c, const json_t *code)
{
	struct bytes lines = {0};
	char amount[MONEY_TEXT_SIZE];
	int columns = 0;
	if (args_flag(&c->args, "--json"))
		return;
	money_text(json_number(code, "amount"), amount);
	if (isatty(STDERR_FILENO) && qr_lines(json_text(code, "code_text"), &lines, &columns, NULL) == OK) {
		for (char *line = strtok((char *)lines.data, "\n"); line; line = strtok(NULL, "\n"))
			fprintf(stderr, "\033[38;5;16;48;5;231m%s\033[0m\n", line);
		bytes_free(&lines);
	}
	fprintf(stderr, tr("%s\n请客户用支付宝扫码，付 ¥%s\n", "%s\nHave the customer scan it with Alipay and pay ¥%s\n"), json_text(code, "code_text"), amount);
}

static bool is(const json_t *code, const char *state)
{
	return strcmp(json_text(code, "state"), state) == 0;
}

/* Until it is paid or closed, or the time is over; a line that breaks meanwhile is tried again. */
static enum err wait_for_money(struct cli *c, json_t **code, struct error *e)
{
	int64_t end = clock_monotonic_ms() + 1000 * args_number(&c->args, "--wait", WAIT_SECONDS);
	enum err r = OK;
	for (int every = EVERY_LEAST; is(*code, "shown") && clock_monotonic_ms() + 1000 * every <= end; every += every < EVERY_MOST) {
		json_t *now = NULL;
		sleep((unsigned)every);
		r = qr_ask(c->desk, json_text(*code, "trade"), false, &now, e);
		if (r && error_exit(r) != EXIT_RETRY)
			return r;
		if (!r) {
			json_decref(*code);
			*code = now;
		}
	}
	return r;
}

static enum err by_code(struct cli *c, const char *subject, bool visit, struct error *e)
{
	struct qr_talk talk;
	json_t *code = NULL;
	enum err r = qr_begin(c->desk, subject, visit, &talk, &code, e);
	json_decref(code);
	code = NULL;
	if (!r)
		r = qr_talk_on(c->desk, &talk, &code, e);
	qr_talk_end(&talk);
	if (!r && is(code, "shown")) {
		show_code(c, code);
		r = wait_for_money(c, &code, e);
	}
	if (!r && json_is_true(json_object_get(code, "late")))
		r = error_set(e, ERR_QR_LATE, "%s", json_text(code, "receipt"));
	else if (!r && is(code, "closed"))
		r = error_set(e, ERR_QR_CLOSED, "%s", subject);
	json_decref(code);
	if (!r)
		r = visit ? visit_show(c->desk, subject, &c->result, e) : order_show(c->desk, subject, &c->result, e);
	return r;
}

enum err cli_pay(struct cli *c, bool visit,
                 enum err (*take)(struct desk *d, const char *no, const char *method, const char *receipt, int64_t amount, json_t **out,
                                  struct error *e),
                 struct error *e)
{
	const struct args *a = &c->args;
	const char *no = args_at(a, 0), *method = args_text(a, "--method"), *receipt = args_text(a, "--receipt");
	bool amount = args_text(a, "--amount") != NULL;
	if (method_is_provider(method))
		return receipt || amount ? error_set(e, ERR_USAGE, "%s", tr("扫码支付不用 --receipt 和 --amount", "a code takes no --receipt and no --amount"))
		                         : by_code(c, no, visit, e);
	if (!receipt || !amount)
		return error_set(e, ERR_USAGE, tr("%s 还需要 --receipt 和 --amount", "%s needs --receipt and --amount"), method);
	return take(c->desk, no, method, receipt, args_number(a, "--amount", 0), &c->result, e);
}

const struct option cli_pay_table[] = {
	{"--method", OPTION_TEXT, "METHOD", true, "方式：cash、pos、cheque、transfer、alipay", "cash, pos, cheque, transfer, alipay"},
	{"--receipt", OPTION_TEXT, "RECEIPT", false, "收据号（扫码不用）", "number of the receipt (not with a code)"},
	{"--amount", OPTION_NUMBER, "FEN", false, "金额（分；扫码不用）", "amount in fen (not with a code)"},
	{"--wait", OPTION_NUMBER, "SECONDS", false, "扫码：最多等几秒（默认 60）", "a code: wait so long at most (default 60)"},
	OPTIONS_END,
};
