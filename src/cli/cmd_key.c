/* Keys: inserted and in stock. */
#include "cli/cli.h"
#include "desk/keys.h"

static enum err list(struct cli *c, struct error *e)
{
	return keys_inserted(c->desk, &c->result, e);
}

static enum err info(struct cli *c, struct error *e)
{
	return keys_info(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err stock(struct cli *c, struct error *e)
{
	return keys_stock(c->desk, &c->result, e);
}

static enum err receive(struct cli *c, struct error *e)
{
	return keys_receive(c->desk, args_at(&c->args, 0), &c->result, e);
}

const struct command commands_key[] = {
	{"key list", "", NULL, 0, list, "serial,reader,driver,state,medium,order,pin_tries",
	 "现在插着的介质", "the keys that are in now"},
	{"key info", "SERIAL", NULL, 0, info, NULL, "一个介质的情况", "one key, with its moves"},
	{"key stock", "", NULL, 0, stock, "serial,medium,state,drawer,order,updated_at", "介质库存", "the key stock"},
	{"key receive", "FILE", NULL, 0, receive, NULL,
	 "介质入库（CSV：serial,medium）", "take keys into stock (CSV: serial,medium)"},
	COMMANDS_END,
};
