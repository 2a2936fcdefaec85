/* Shifts and the day's end. */
#include "cli/cli.h"
#include "desk/day.h"
#include "desk/till.h"

static struct till_where where(const struct args *a)
{
	return (struct till_where){args_text(a, "--station"), args_text(a, "--date")};
}

static enum err till_list(struct cli *c, struct error *e)
{
	struct till_where at = where(&c->args);
	return till_show(c->desk, &at, &c->result, e);
}

static enum err open_till(struct cli *c, struct error *e)
{
	return till_open(c->desk, args_number(&c->args, "--float", 0), &c->result, e);
}

static enum err count_till(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	struct till_where at = where(a);
	json_t *pieces = NULL;
	enum err r = till_pieces(args_text(a, "--notes"), &pieces, e);
	struct till_counted counted = {pieces, args_number(a, "--pos", 0), args_number(a, "--cheques", 0)};
	if (!r)
		r = till_count(c->desk, &at, &counted, &c->result, e);
	json_decref(pieces);
	return r;
}

static enum err close_till(struct cli *c, struct error *e)
{
	struct till_where at = where(&c->args);
	return till_close(c->desk, &at, args_text(&c->args, "--reason"), &c->result, e);
}

static enum err hand_over(struct cli *c, struct error *e)
{
	return till_handover(c->desk, args_text(&c->args, "--reason"), &c->result, e);
}

static enum err show_day(struct cli *c, struct error *e)
{
	return day_show(c->desk, args_text(&c->args, "--date"), &c->result, e);
}

static enum err confirm(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return day_confirm(c->desk, args_text(a, "--date"), args_at(a, 0), args_number(a, "--figure", 0), args_text(a, "--reason"),
		&c->result, e);
}

static enum err waive(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return day_waive(c->desk, args_text(a, "--date"), args_at(a, 0), args_text(a, "--reason"), &c->result, e);
}

static enum err close_day(struct cli *c, struct error *e)
{
	return day_close(c->desk, args_text(&c->args, "--date"), &c->result, e);
}

#define DATE {"--date", OPTION_DATE, "DATE", false, "业务日期，默认当前班次日", "the business date; else the one of now"}
#define WHERE DATE, {"--station", OPTION_TEXT, "STATION", false, "工位，默认本工位", "the window; else this one"}

static const struct option show_table[] = {WHERE, OPTIONS_END};
static const struct option open_table[] = {
	{"--float", OPTION_NUMBER, "FEN", false, "备用金（分），默认 0", "what lies in the till (fen); else 0"},
	OPTIONS_END,
};
static const struct option count_table[] = {
	{"--notes", OPTION_TEXT, "LIST", true, "各券别张数，如 100x3,0.5x4；空箱写 0", "denominations, as 100x3,0.5x4; 0 for an empty till"},
	{"--pos", OPTION_NUMBER, "FEN", false, "POS 签购单合计（分）", "total of the POS slips (fen)"},
	{"--cheques", OPTION_NUMBER, "N", false, "支票张数", "how many cheques"},
	WHERE,
	OPTIONS_END,
};
static const struct option close_table[] = {
	{"--reason", OPTION_TEXT, "TEXT", false, "差异原因", "why the count differs"},
	WHERE,
	OPTIONS_END,
};
static const struct option handover_table[] = {
	{"--reason", OPTION_TEXT, "TEXT", false, "差异原因", "why the count differs"},
	OPTIONS_END,
};
static const struct option date_table[] = {DATE, OPTIONS_END};
static const struct option confirm_table[] = {
	{"--figure", OPTION_NUMBER, "N", true, "实数：pos 为分，keys 为个", "what was counted: pos in fen, keys in pieces"},
	{"--reason", OPTION_TEXT, "TEXT", false, "不符的原因", "why it differs"},
	DATE,
	OPTIONS_END,
};
static const struct option waive_table[] = {
	{"--reason", OPTION_TEXT, "TEXT", true, "理由", "why"},
	DATE,
	OPTIONS_END,
};

const struct command commands_till[] = {
	{"till show", "", show_table, 0, till_list, "date,station,state,staff,expected_cash,cash,difference_cash", "查看班次", "show shifts"},
	{"till open", "", open_table, 0, open_till, NULL, "开班", "open a shift"},
	{"till count", "", count_table, 0, count_till, NULL, "点款", "count the till"},
	{"till close", "", close_table, 0, close_till, NULL, "关班", "close a shift"},
	{"till handover", "", handover_table, 0, hand_over, NULL, "交接班（接班人用 --with 确认）",
		"hand over a shift; who takes over confirms by --with"},
	{"day show", "", date_table, 0, show_day, NULL, "日结清单", "the day's checklist"},
	{"day confirm", "ITEM", confirm_table, 0, confirm, NULL, "录入核对数（pos；没有介质库存时 keys）", "confirm a figure of the checklist (pos; keys where there is no stock)"},
	{"day waive", "ITEM", waive_table, 0, waive, NULL, "免核对一项（statement、keys）", "go without an item (statement, keys)"},
	{"day close", "", date_table, 0, close_day, NULL, "日结并冻结业务日期", "end the day and freeze its date"},
	COMMANDS_END,
};
