/* Visits: several orders of one agent, together. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/code.h"
#include "desk/visit.h"

enum { SERIALS_MOST = 64 };

static enum err open_visit(struct cli *c, struct error *e)
{
	char no[VISIT_NO_SIZE];
	enum err r = visit_open(c->desk, args_text(&c->args, "--queue"), no, e);
	return r ? r : visit_show(c->desk, no, &c->result, e);
}

static enum err show(struct cli *c, struct error *e)
{
	return visit_show(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err list(struct cli *c, struct error *e)
{
	return visit_list(c->desk, args_text(&c->args, "--date"), &c->result, e);
}

static enum err add(struct cli *c, struct error *e)
{
	enum err r = visit_add(c->desk, args_at(&c->args, 0), args_at(&c->args, 1), e);
	return r ? r : visit_show(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err leave(struct cli *c, struct error *e)
{
	enum err r = visit_leave(c->desk, args_at(&c->args, 0), e);
	return r ? r : cli_say(c, "order", args_at(&c->args, 0), "status", json_string("draft"));
}

static enum err sign(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0), *code = args_text(&c->args, "--code");
	bool send = args_flag(&c->args, "--send"), paper = args_flag(&c->args, "--paper");
	if (send + paper + (code != NULL) != 1)
		return error_set(e, ERR_USAGE, "%s", tr("visit sign 要 --send、--code、--paper 中的一个",
			"visit sign takes one of --send, --code, --paper"));
	return send  ? visit_sign_send(c->desk, no, &c->result, e)
	       : code ? visit_sign_code(c->desk, no, code, &c->result, e)
	              : visit_sign_paper(c->desk, no, &c->result, e);
}

static enum err pay(struct cli *c, struct error *e)
{
	return cli_pay(c, true, visit_pay, e);
}

/* "10000001,10000002" */
static enum err handover(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	const char *given = args_text(a, "--serial"), *serials[SERIALS_MOST];
	char list[1024];
	size_t count = 0;
	if (!text_copy(list, sizeof list, given ? given : ""))
		return error_set(e, ERR_USAGE, "%s", tr("--serial 太长", "--serial is too long"));
	for (char *at = strtok(list, ","); at; at = strtok(NULL, ",")) {
		if (count == SERIALS_MOST)
			return error_set(e, ERR_USAGE, tr("--serial 最多 %d 个", "--serial takes %d at most"), SERIALS_MOST);
		serials[count++] = at;
	}
	const struct handover_taker taker = {.to = args_text(a, "--to"), .name = args_text(a, "--taker-name"), .document = args_text(a, "--taker-document"),
		.number = args_text(a, "--taker-number"), .old_key = args_text(a, "--old-key"), .old_unread = args_text(a, "--old-unread")};
	return visit_handover_by(c->desk, args_at(a, 0), given ? serials : NULL, count, &taker, args_text(a, "--receipt"), &c->result, e);
}

static const struct option open_table[] = {
	{"--queue", OPTION_TEXT, "N", false, "排队号", "the number on the customer's slip"},
	OPTIONS_END,
};
static const struct option list_table[] = {
	{"--date", OPTION_DATE, "DATE", false, "班次日（默认今天）", "business date (today's by default)"},
	OPTIONS_END,
};
static const struct option sign_table[] = {
	{"--send", OPTION_FLAG, NULL, false, "向经办人发送一个验证码", "send one code to the agent"},
	{"--code", OPTION_TEXT, "CODE", false, "经办人收到的验证码", "the code that the agent got"},
	{"--paper", OPTION_FLAG, NULL, false, "每张都已在纸上签署，第二人确认（--with）", "each signed on paper, confirmed by a second person (--with)"},
	OPTIONS_END,
};
static const struct option handover_table[] = {
	{"--serial", OPTION_TEXT, "SERIAL[,SERIAL...]", false, "介质序列号（默认插着的、这次来访的）", "the keys' serials (default: those of the visit that are in)"},
	{"--to", OPTION_TEXT, "WHO", true, "领取人：agent、legal、other", "who took them: agent, legal, other"},
	{"--taker-name", OPTION_TEXT, "NAME", false, "其他人领取：姓名", "somebody else's name (with --to other)"},
	{"--taker-document", OPTION_TEXT, "KIND", false, "其他人领取：证件种类，如 resident-id、passport", "kind of their document, such as resident-id, passport"},
	{"--taker-number", OPTION_TEXT, "NUMBER", false, "其他人领取：证件号码", "number of their document"},
	{"--old-key", OPTION_TEXT, "SERIAL[,SERIAL...]", false, "收回的旧介质的序列号（没有插入时）", "serial of the old key that is collected, where it isn't in"},
	{"--old-unread", OPTION_TEXT, "REASON", false, "没有插入也没有写明的旧介质读不出序列号：怎样确认是它", "old keys neither in nor named can't be read: why, and how they were known"},
	{"--receipt", OPTION_TEXT, "RECEIPT", true, "领取单号", "number of the receipt"},
	OPTIONS_END,
};

const struct command commands_visit[] = {
	{"visit open", "", open_table, 0, open_visit, NULL, "开始一次来访", "open a visit"},
	{"visit list", "", list_table, 0, list, "visit,queue_no,name,drafts,orders,unfinished,came_at,station", "来访列表，新的在前", "list visits, newest first"},
	{"visit show", "VISIT", NULL, 0, show, NULL, "查看来访：各订单的下一步和合计", "show a visit: what each order needs next, and sums"},
	{"visit add", "VISIT ORDER", NULL, 0, add, NULL, "把草稿归入来访", "put a draft into a visit"},
	{"visit leave", "ORDER", NULL, 0, leave, NULL, "把草稿移出来访", "take a draft out of its visit"},
	{"visit sign", "VISIT", sign_table, 0, sign, NULL, "来访的草稿一并签名", "have all drafts of a visit signed at once"},
	{"visit pay", "VISIT", cli_pay_table, 0, pay, NULL, "来访的订单一并收款", "take one payment for all orders of a visit"},
	{"visit handover", "VISIT", handover_table, 0, handover, NULL, "来访的介质一并领取", "hand over keys of a visit"},
	COMMANDS_END,
};
