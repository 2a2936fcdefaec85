/* Payments and statements. */
#include "base/json.h"
#include "cli/code.h"
#include "desk/pay.h"
#include "desk/qrpay.h"

static enum err pay(struct cli *c, struct error *e)
{
	return cli_pay(c, false, pay_take, e);
}

static enum err verify(struct cli *c, struct error *e)
{
	return pay_verify(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err give_up(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0);
	json_t *code = NULL;
	enum err r = qr_of(c->desk, no, &code, e);
	if (!r && !code)
		r = error_set(e, ERR_QR_NONE, "%s", no);
	if (!r && !(r = qr_give_up(c->desk, json_text(code, "trade"), e)) &&
	    error_exit(r = qr_ask(c->desk, json_text(code, "trade"), false, &c->result, e)) == EXIT_RETRY)
		r = error_set(e, ERR_QR_GIVEN_UP, "%s", no);
	json_decref(code);
	return r;
}

static enum err cancel(struct cli *c, struct error *e)
{
	return pay_void(c->desk, args_at(&c->args, 0), args_text(&c->args, "--receipt"), args_text(&c->args, "--reason"),
		&c->result, e);
}

static enum err import(struct cli *c, struct error *e)
{
	return statement_import(c->desk, args_at(&c->args, 0), &c->result, e);
}

static const struct option void_table[] = {
	{"--receipt", OPTION_TEXT, "RECEIPT", true, "收据号", "number of the receipt"},
	{"--reason", OPTION_TEXT, "REASON", true, "原因", "reason"},
	OPTIONS_END,
};

const struct command commands_pay[] = {
	{"pay", "ORDER", cli_pay_table, 0, pay, NULL, "收款", "take a payment"},
	{"pay verify", "ORDER", NULL, 0, verify, NULL, "核实：向支付宝查扫码，按对账单查转账", "verify: a code by asking Alipay, a transfer by the statements"},
	{"pay give-up", "SUBJECT", NULL, 0, give_up, NULL, "作废付款二维码", "give a payment code up"},
	{"pay void", "ORDER", void_table, 0, cancel, NULL, "作废收款", "void a payment taken by mistake"},
	{"statement import", "FILE", NULL, 0, import, NULL, "导入银行对账单", "import a bank's statement"},
	COMMANDS_END,
};
