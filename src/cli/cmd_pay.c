/* Payments and statements. */
#include "cli/cli.h"
#include "desk/pay.h"

static enum err pay(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return pay_take(c->desk, args_at(a, 0), args_text(a, "--method"), args_text(a, "--receipt"), args_number(a,
		"--amount", 0), &c->result, e);
}

static enum err verify(struct cli *c, struct error *e)
{
	return pay_verify(c->desk, args_at(&c->args, 0), &c->result, e);
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

static const struct option pay_table[] = {
	{"--method", OPTION_TEXT, "METHOD", true, "方式：cash、pos、cheque、transfer", "cash, pos, cheque, transfer"},
	{"--receipt", OPTION_TEXT, "RECEIPT", true, "收据号", "number of the receipt"},
	{"--amount", OPTION_NUMBER, "FEN", true, "金额（分）", "amount in fen"},
	OPTIONS_END,
};
static const struct option void_table[] = {
	{"--receipt", OPTION_TEXT, "RECEIPT", true, "收据号", "number of the receipt"},
	{"--reason", OPTION_TEXT, "REASON", true, "原因", "reason"},
	OPTIONS_END,
};

const struct command commands_pay[] = {
	{"pay", "ORDER", pay_table, 0, pay, NULL, "收款", "take a payment"},
	{"pay verify", "ORDER", NULL, 0, verify, NULL, "按对账单核实转账", "verify a transfer by the statements"},
	{"pay void", "ORDER", void_table, 0, cancel, NULL, "作废收款", "void a payment taken by mistake"},
	{"statement import", "FILE", NULL, 0, import, NULL, "导入银行对账单", "import a bank's statement"},
	COMMANDS_END,
};
