/* Orders and drafts. */
#include <string.h>

#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/handover.h"
#include "base/bytes.h"
#include "desk/order.h"
#include "desk/visit.h"
#include "sync/refusal.h"

static enum err same_of(const char *word, const char *visit, enum visit_same *same, struct error *e)
{
	*same = VISIT_NOTHING_SAME;
	if (!word)
		return OK;
	if (!visit)
		return error_set(e, ERR_USAGE, "%s", tr("--same 要和 --visit 一起用", "--same goes with --visit"));
	*same = strcmp(word, "agent") == 0 ? VISIT_SAME_AGENT : strcmp(word, "customer") == 0 ? VISIT_SAME_CUSTOMER : VISIT_NOTHING_SAME;
	return *same ? OK : error_set(e, ERR_VISIT_SAME, "%s", word);
}

static enum err new(struct cli *c, struct error *e)
{
	char no[ORDER_NO_SIZE];
	json_t *data = NULL;
	struct secret pin = {0};
	const char *pin_file = args_text(&c->args, "--pin-file");
	struct draft_about about = {.key = args_text(&c->args, "--key"), .certificate = args_text(&c->args, "--cert"), .pin = &pin,
		.elsewhere = args_flag(&c->args, "--elsewhere")};
	if (about.elsewhere && !about.certificate)
		return error_set(e, ERR_USAGE, "%s", tr("--elsewhere 要和 --cert 一起用", "--elsewhere goes with --cert"));
	if (about.key && about.certificate)
		return error_set(e, ERR_USAGE, "%s", tr("--key 和 --cert 只能写一个", "either --key or --cert, not both"));
	struct draft_in in = {.visit = args_text(&c->args, "--visit")};
	enum err r = same_of(args_text(&c->args, "--same"), in.visit, &in.same, e);
	if (!r)
		r = cli_data(c, "--data", &data, e);
	if (!r && pin_file)
		r = cli_password(pin_file, "", false, &pin, e);
	if (!r && !(r = draft_new_in(c->desk, args_at(&c->args, 0), &about, in.visit ? &in : NULL, data, no, e)))
		r = cli_say(c, "order", no, "status", json_string("draft"));
	secret_wipe(&pin);
	json_decref(data);
	return r;
}

static enum err show(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0);
	char sentence[500];
	enum err r = args_flag(&c->args, "--reveal") ? order_reveal(c->desk, no, &c->result, e) : order_show(c->desk, no, &c->result, e);
	const char *why = json_text(c->result, "not_taken");
	if (!r && *why)
		json_object_set_new(c->result, "not_taken", json_string(refusal_sentence(why, sentence, sizeof sentence)));
	return r;
}

static enum err edit(struct cli *c, struct error *e)
{
	json_t *data = NULL;
	enum err r = cli_data(c, "--data", &data, e);
	if (!r)
		r = draft_edit(c->desk, args_at(&c->args, 0), data, e);
	json_decref(data);
	return r ? r : order_show(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err list(struct cli *c, struct error *e)
{
	static const char *const words[] = {"status", "date", "from", "to", "business", "limit", "before"};
	char option[16];
	json_t *filter = json_object();
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(option, sizeof option, "--%s", words[i]);
		const char *value = args_text(&c->args, option);
		if (value)
			json_object_set_new(filter, words[i], i < 5 ? json_string(value) : json_integer(args_number(&c->args,
				option, 0)));
	}
	enum err r = order_list(c->desk, filter, &c->result, e);
	json_decref(filter);
	return r;
}

static enum err search(struct cli *c, struct error *e)
{
	json_t *filter = json_pack("{ss}", "text", args_at(&c->args, 0));
	enum err r = filter ? order_list(c->desk, filter, &c->result, e)
	                    : error_set(e, ERR_USAGE, "%s", tr("查找的文字不是 UTF-8", "the text to find is not UTF-8"));
	json_decref(filter);
	return r;
}

static enum err cancel(struct cli *c, struct error *e)
{
	const char *no = args_at(&c->args, 0);
	json_t *order = NULL;
	enum err r = order_cancel(c->desk, no, e);
	if (r)
		return r;
	/* a draft is gone; an order that was paid waits for its refund */
	bool there = order_show(c->desk, no, &order, NULL) == OK;
	r = cli_say(c, "order", no, "status", json_string(there ? json_text(order, "status") : "cancelled"));
	json_decref(order);
	return r;
}

static enum err history(struct cli *c, struct error *e)
{
	return order_history(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err carry_on(struct cli *c, struct error *e)
{
	return draft_list(c->desk, &c->result, e);
}

static enum err handover(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	const char *no = args_at(a, 0), *serial = args_text(a, "--serial"), *reason = args_text(a, "--reason");
	if (args_flag(a, "--undo"))
		return reason && !args_text(a, "--to") && !args_text(a, "--receipt")
		               ? handover_undo(c->desk, no, serial, reason, &c->result, e)
		               : error_set(e, ERR_USAGE, "%s", tr("--undo 要有 --reason，只可再带 --serial", "--undo takes --reason, and at most --serial besides"));
	if (!serial || !args_text(a, "--to") || !args_text(a, "--receipt") || reason)
		return error_set(e, ERR_USAGE, "%s", tr("需要 --serial、--to 和 --receipt", "--serial, --to and --receipt are needed"));
	const struct handover_taker taker = {.to = args_text(a, "--to"), .name = args_text(a, "--taker-name"), .document = args_text(a, "--taker-document"),
		.number = args_text(a, "--taker-number"), .old_key = args_text(a, "--old-key"), .old_unread = args_text(a, "--old-unread")};
	return handover_take_by(c->desk, no, serial, &taker, args_text(a, "--receipt"), &c->result, e);
}

static enum err mail(struct cli *c, struct error *e)
{
	return handover_mail(c->desk, args_at(&c->args, 0), args_text(&c->args, "--tracking"), &c->result, e);
}

static enum err delivered(struct cli *c, struct error *e)
{
	return handover_delivered(c->desk, args_at(&c->args, 0), args_text(&c->args, "--date"), &c->result, e);
}

static enum err came_back(struct cli *c, struct error *e)
{
	return handover_came_back(c->desk, args_at(&c->args, 0), args_text(&c->args, "--reason"), &c->result, e);
}

static const struct option new_table[] = {
	{"--data", OPTION_FILE, "FILE", false, "申请表内容（JSON；- 为标准输入）", "the form's values (JSON; - is standard input)"},
	{"--key", OPTION_TEXT, "SERIAL", false, "要办理的介质（更新、解锁、变更等）", "the inserted key that it is about (renewal, unlock, change …)"},
	{"--cert", OPTION_TEXT, "SERIAL", false, "要办理的证书（补办、吊销、挂失等）", "the certificate that it is about (replacement, revocation, loss …)"},
	{"--elsewhere", OPTION_FLAG, NULL, false, "证书由别的受理点管理，凭总部审核取来", "another counter holds it, and a review site's approval is to bring it"},
	{"--pin-file", OPTION_FILE, "FILE", false, "介质的证书密码的文件", "file with the key's PIN"},
	{"--visit", OPTION_TEXT, "VISIT", false, "归入这次来访", "in this visit"},
	{"--same", OPTION_TEXT, "WHAT", false, "带入来访上一笔的 agent（同一经办人）或 customer（同一客户）",
	 "take over from the visit's last order: agent, or customer (all of it)"},
	OPTIONS_END,
};
static const struct option show_table[] = {
	{"--reveal", OPTION_FLAG, NULL, false, "显示完整证件号码（记入日志）", "show personal numbers whole (journalled)"},
	OPTIONS_END,
};
static const struct option edit_table[] = {
	{"--data", OPTION_FILE, "FILE", true, "要改的内容（JSON；- 为标准输入）", "the values to change (JSON; - is standard input)"},
	OPTIONS_END,
};
static const struct option list_table[] = {
	{"--status", OPTION_TEXT, "STATUS", false, "状态", "status"},
	{"--date", OPTION_DATE, "DATE", false, "某一天", "of one day"},
	{"--from", OPTION_DATE, "DATE", false, "从这一天起", "from this day"},
	{"--to", OPTION_DATE, "DATE", false, "到这一天止", "to this day"},
	{"--business", OPTION_TEXT, "BUSINESS", false, "业务", "business"},
	{"--limit", OPTION_NUMBER, "N", false, "最多几条（默认 50）", "at most so many (default 50)"},
	{"--before", OPTION_NUMBER, "ID", false, "从此编号往前翻页", "page on before this id"},
	OPTIONS_END,
};
static const struct option handover_table[] = {
	{"--serial", OPTION_TEXT, "SERIAL", false, "介质序列号", "the key's serial"},
	{"--to", OPTION_TEXT, "WHO", false, "领取人：agent、legal、other", "who took it: agent, legal, other"},
	{"--taker-name", OPTION_TEXT, "NAME", false, "其他人领取：姓名", "somebody else's name (with --to other)"},
	{"--taker-document", OPTION_TEXT, "KIND", false, "其他人领取：证件种类，如 resident-id、passport", "kind of their document, such as resident-id, passport"},
	{"--taker-number", OPTION_TEXT, "NUMBER", false, "其他人领取：证件号码", "number of their document"},
	{"--old-key", OPTION_TEXT, "SERIAL", false, "收回的旧介质的序列号（没有插入时）", "serial of the old key that is collected, where it isn't in"},
	{"--old-unread", OPTION_TEXT, "REASON", false, "旧介质读不出序列号：怎样确认是它", "the old key can't be read: why, and how it was known"},
	{"--receipt", OPTION_TEXT, "RECEIPT", false, "领取单号", "number of the receipt"},
	{"--undo", OPTION_FLAG, NULL, false, "撤销错误的领取（主管），证书暂停", "undo a mistaken hand-over (manager); suspends the certificates"},
	{"--reason", OPTION_TEXT, "REASON", false, "撤销的理由", "why it is undone"},
	OPTIONS_END,
};
static const struct option mail_table[] = {
	{"--tracking", OPTION_TEXT, "NUMBER", true, "快递单号", "tracking number"},
	OPTIONS_END,
};
static const struct option delivered_table[] = {
	{"--date", OPTION_DATE, "DATE", false, "签收日期（默认今天）", "the day of delivery (default: today)"},
	OPTIONS_END,
};
static const struct option came_back_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "退件的原因", "why it came back"},
	OPTIONS_END,
};

#define LIST_COLUMNS "order,name,business_title,status_title,amount,waiting,due_at,late,created_at,staff"

const struct command commands_order[] = {
	{"order new", "FORM", new_table, 0, new, NULL, "新建订单（草稿）", "make a new order (a draft)"},
	{"order show", "ORDER", show_table, 0, show, NULL, "查看订单", "show an order"},
	{"order edit", "ORDER", edit_table, 0, edit, NULL, "修改申请表", "change the form's values"},
	{"order list", "", list_table, 0, list, LIST_COLUMNS, "订单列表，新的在前", "list orders, newest first"},
	{"order search", "TEXT", NULL, 0, search, LIST_COLUMNS, "按名称、订单号、介质号查找", "find by name, order or key number"},
	{"order cancel", "ORDER", NULL, 0, cancel, NULL, "取消订单或删除草稿", "cancel an order, or drop a draft"},
	{"order history", "ORDER", NULL, 0, history, "seq,time,action_title,actor,second,station",
	 "订单历史", "an order's history"},
	{"order continue", "", NULL, 0, carry_on, "order,name,business_title,status_title,touched_at,staff",
	 "继续办理：未完成的草稿", "drafts to go on with"},
	{"order handover", "ORDER", handover_table, 0, handover, NULL, "领取", "hand over the key"},
	{"order mail", "ORDER", mail_table, 0, mail, NULL, "寄出", "record that the key was mailed"},
	{"order delivered", "ORDER", delivered_table, 0, delivered, NULL, "签收", "record that the parcel arrived"},
	{"order came-back", "ORDER", came_back_table, 0, came_back, NULL, "退件", "record that the parcel came back"},
	COMMANDS_END,
};
