/* The stock of keys. Serials are given one by one, or as a file: whatever has a dot or a slash in its name. */
#include <string.h>

#include "base/lang.h"
#include "cli/cli.h"
#include "desk/stock.h"

static enum err stock(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	const char *date = args_text(a, "--date"), *to = args_text(a, "--to"), *state = args_text(a, "--state"),
			   *drawer = args_text(a, "--drawer");
	if (!args_flag(a, "--balance"))
		return date || to ? error_set(e, ERR_USAGE, "%s", tr("日期只用于 --balance", "dates go with --balance"))
		                  : stock_list(c->desk, state, drawer, &c->result, e);
	return state || drawer ? error_set(e, ERR_USAGE, "%s", tr("--balance 不分状态和抽屉", "--balance is of all states and drawers"))
	                       : stock_balance(c->desk, date, to, &c->result, e);
}

static enum err counts(struct cli *c, struct error *e)
{
	return stock_counts(c->desk, args_text(&c->args, "--date"), &c->result, e);
}

static bool is_file(const char *word)
{
	return strpbrk(word, "./") != NULL;
}

static enum err source(const struct args *a, struct key_source *out, struct error *e)
{
	*out = (struct key_source){.serials = a->positional, .count = a->count};
	for (size_t i = 0; i < a->count; i++)
		if (is_file(a->positional[i])) {
			if (a->count > 1)
				return error_set(e, ERR_USAGE, "%s", tr("清单文件只能给一个，也不能和序列号混用",
				                                        "give one file, or serials"));
			*out = (struct key_source){.path = a->positional[i]};
		}
	return OK;
}

static enum err run(struct cli *c, struct stock_order order, struct error *e)
{
	enum err r = source(&c->args, &order.keys, e);
	order.new_drawer = args_flag(&c->args, "--new");
	order.reason = args_text(&c->args, "--reason");
	return r ? r : stock_do(c->desk, &order, &c->result, e);
}

static enum err receive(struct cli *c, struct error *e)
{
	enum err r = run(c, (struct stock_order){.deed = STOCK_RECEIVE, .drawer = args_text(&c->args, "--drawer"),
	                                         .medium = args_text(&c->args, "--medium")}, e);
	if (!r) /* what this command has always said */
		json_object_set(c->result, "received", json_object_get(c->result, "keys"));
	return r;
}

static enum err arrive(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_ARRIVE, .drawer = args_text(&c->args, "--drawer"),
	                                   .medium = args_text(&c->args, "--medium"), .site = args_text(&c->args, "--from")}, e);
}

static enum err transfer(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_TRANSFER, .drawer = args_text(&c->args, "--to")}, e);
}

static enum err send_away(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_SEND, .site = args_text(&c->args, "--to")}, e);
}

static enum err spoil(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_SPOIL}, e);
}

static enum err lost(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_LOSE}, e);
}

static enum err found(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_FIND, .drawer = args_text(&c->args, "--drawer")}, e);
}

static enum err take_back(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_RETURN, .drawer = args_text(&c->args, "--drawer")}, e);
}

static enum err retire(struct cli *c, struct error *e)
{
	return run(c, (struct stock_order){.deed = STOCK_DESTROY}, e);
}

static enum err count(struct cli *c, struct error *e)
{
	struct key_source keys;
	enum err r = source(&c->args, &keys, e);
	return r ? r : stock_count(c->desk, &keys, args_text(&c->args, "--drawer"), args_text(&c->args, "--reason"), &c->result, e);
}

#define DRAWER {"--drawer", OPTION_TEXT, "DRAWER", false, "抽屉（不写是本工位的）", "the drawer; else this station's"}
#define NEW    {"--new", OPTION_FLAG, NULL, false, "是新抽屉", "the drawer is a new one"}
#define MEDIUM {"--medium", OPTION_TEXT, "MEDIUM", false, "清单里没写的介质型号", "the medium of keys whose list doesn't say"}
#define REASON {"--reason", OPTION_TEXT, "REASON", false, "说明", "a remark"}

static const struct option stock_table[] = {
	{"--state", OPTION_TEXT, "STATE", false, "只看这个状态", "those in this state"},
	{"--drawer", OPTION_TEXT, "DRAWER", false, "只看这个抽屉", "those of this drawer"},
	{"--balance", OPTION_FLAG, NULL, false, "库存平衡（不写日期是今天）", "the balance, of today where no date is given"},
	{"--date", OPTION_DATE, "DATE", false, "业务日期", "the business date"},
	{"--to", OPTION_DATE, "DATE", false, "到这一天止", "to this date"},
	OPTIONS_END,
};
static const struct option receive_table[] = {MEDIUM, DRAWER, NEW, OPTIONS_END};
static const struct option arrive_table[] = {
	{"--from", OPTION_TEXT, "POINT", false, "从哪个受理点来", "the point that they come from"},
	MEDIUM, DRAWER, NEW, REASON, OPTIONS_END,
};
static const struct option transfer_table[] = {
	{"--to", OPTION_TEXT, "DRAWER", true, "到哪个抽屉", "the drawer that they go to"}, NEW, REASON, OPTIONS_END,
};
static const struct option send_table[] = {
	{"--to", OPTION_TEXT, "POINT", true, "到哪个受理点", "the point that they go to"}, REASON, OPTIONS_END,
};
static const struct option counts_table[] = {
	{"--date", OPTION_DATE, "DATE", false, "只看这个业务日期", "of this business date"},
	OPTIONS_END,
};
static const struct option count_table[] = {DRAWER, REASON, OPTIONS_END};
static const struct option found_table[] = {DRAWER, NEW, REASON, OPTIONS_END};
static const struct option because_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "原因", "reason"},
	OPTIONS_END,
};
static const struct option return_table[] = {
	{"--reason", OPTION_TEXT, "REASON", true, "原因", "reason"}, DRAWER, NEW, OPTIONS_END,
};

#define KEYS "FILE|SERIAL [SERIAL...]"

const struct command commands_stock[] = {
	{"key stock", "", stock_table, 0, stock, "serial,medium,state,key_drawer,order,updated_at", "介质库存", "the key stock"},
	{"key receive", KEYS, receive_table, 0, receive, NULL, "介质入库（CSV：serial,medium）",
	 "take keys into stock (CSV: serial,medium)"},
	{"key arrive", KEYS, arrive_table, 0, arrive, NULL, "别的受理点调来的介质到货", "keys have arrived from another point"},
	{"key transfer", KEYS, transfer_table, 0, transfer, NULL, "介质调拨到另一个抽屉", "move keys to another drawer"},
	{"key send", KEYS, send_table, 0, send_away, NULL, "介质调出到别的受理点", "send keys to another point"},
	{"key count", KEYS, count_table, 0, count, NULL, "盘点抽屉", "count a drawer"},
	{"key counts", "", counts_table, 0, counts, "id,key_drawer,expected,counted,missing,over,staff,counted_at,reason",
	 "盘点记录", "the counts that were made"},
	{"key spoil", KEYS, because_table, 0, spoil, NULL, "介质报损", "write keys off as damaged"},
	{"key lost", KEYS, because_table, 0, lost, NULL, "介质报失", "write keys off as lost"},
	{"key found", KEYS, found_table, 0, found, NULL, "丢失的介质找到了", "lost keys are found again"},
	{"key return", KEYS, return_table, 0, take_back, NULL, "收回客户交回的介质", "take back keys from customers"},
	{"key retire", KEYS, because_table, 0, retire, NULL, "销毁损坏、收回或锁定的介质（要主管当场确认）",
	 "take damaged, returned or locked keys out for good (with a manager on the spot)"},
	COMMANDS_END,
};
