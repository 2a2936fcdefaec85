/* Refunds and unclaimed money. */
#include <stdio.h>

#include "cli/cli.h"
#include "desk/qrrefund.h"
#include "desk/refund.h"
#include "desk/unclaimed.h"

static enum err ask(struct cli *c, struct error *e)
{
	return refund_ask(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static enum err list(struct cli *c, struct error *e)
{
	return refund_list(c->desk, args_flag(&c->args, "--all"), &c->result, e);
}

static enum err approve(struct cli *c, struct error *e)
{
	struct error why;
	char sentence[ERROR_DETAIL_SIZE * 3];
	enum err r = qr_refund_approve(c->desk, args_at(&c->args, 0), &c->result, &why, e);
	if (why.code)
		fprintf(stderr, "%s\n", error_sentence(&why, sentence, sizeof sentence));
	return r;
}

static enum err done(struct cli *c, struct error *e)
{
	return refund_pay(c->desk, args_at(&c->args, 0), args_text(&c->args, "--receipt"), args_text(&c->args, "--reference"),
		&c->result, e);
}

static enum err withdraw(struct cli *c, struct error *e)
{
	return refund_withdraw(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static enum err unclaimed(struct cli *c, struct error *e)
{
	const struct unclaimed_wish wish = {.text = args_text(&c->args, "--text"),
		.skip = args_number(&c->args, "--skip", 0),
		.limit = args_number(&c->args, "--limit", 0)};
	return unclaimed_list(c->desk, &wish, &c->result, e);
}

static enum err claim(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return unclaimed_claim(c->desk, args_at(a, 0), args_at(a, 1), args_text(a, "--reason"), &c->result, e);
}

static enum err give_back(struct cli *c, struct error *e)
{
	return unclaimed_refund(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static const struct option reason_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "理由", "reason"},
	OPTIONS_END,
};
static const struct option list_table[] = {
	{"--all", OPTION_FLAG, NULL, false, "也列出已办完和已撤回的，新的在前", "those done and withdrawn too, newest first"},
	OPTIONS_END,
};
static const struct option done_table[] = {
	{"--reference", OPTION_TEXT, "REFERENCE", false, "退款凭证号：收据、POS 撤销单、支票、银行流水号（支付宝的不填，直接退回）",
	 "receipt, POS reversal slip, cheque, bank's reference (none for Alipay, which sends it back)"},
	{"--receipt", OPTION_TEXT, "RECEIPT", false, "退哪一笔：原收据号", "which payment: its own receipt"},
	OPTIONS_END,
};

static const struct option unclaimed_table[] = {
	{"--text", OPTION_TEXT, "TEXT", false, "付款人、账号、附言、流水号、日期或金额里有这些的", "with this in payer, account, remark, reference, day or amount"},
	{"--limit", OPTION_NUMBER, "N", false, "最多几条（默认 1000）", "at most so many (default 1000)"},
	{"--skip", OPTION_NUMBER, "N", false, "跳过前几条", "page on after so many"},
	OPTIONS_END,
};

const struct command commands_refund[] = {
	{"order refund", "ORDER", reason_table, 0, ask, NULL, "申请退款", "ask for an order's money back"},
	{"refund list", "", list_table, 0, list, "refund_of,name,method,amount,receipt,state_title,reason,asked_by,approved_by,reference",
	 "待退款项", "money that is going back"},
	{"refund approve", "SUBJECT", NULL, 0, approve, NULL, "批准退款", "approve a refund"},
	{"refund done", "SUBJECT", done_table, 0, done, NULL, "登记一笔款已退", "record that a payment went back"},
	{"refund withdraw", "SUBJECT", reason_table, 0, withdraw, NULL, "撤回退款申请", "withdraw what was asked by mistake"},
	{"unclaimed list", "", unclaimed_table, 0, unclaimed, "reference,booked_date,amount,payer_name,payer_account,remark,order",
	 "待认领款项", "money that no order explains"},
	{"unclaimed claim", "REFERENCE ORDER", reason_table, 0, claim, NULL, "认领到订单", "claim money for an order"},
	{"unclaimed refund", "REFERENCE", reason_table, 0, give_back, NULL, "申请退还待认领款", "ask for unclaimed money to go back"},
	COMMANDS_END,
};
