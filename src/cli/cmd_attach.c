/* Documents of an order. */
#include "base/json.h"
#include "base/lang.h"
#include "cli/cli.h"
#include "desk/attach.h"

static enum err attach(struct cli *c, struct error *e)
{
	const struct args *a = &c->args;
	return attach_add(c->desk, args_at(a, 0), args_at(a, 1), args_at(a, 2), args_flag(a, "--fit"), &c->result, e);
}

static enum err list(struct cli *c, struct error *e)
{
	return attach_kinds(c->desk, args_at(&c->args, 0), &c->result, e);
}

static enum err export(struct cli *c, struct error *e)
{
	return attach_export(c->desk, args_at(&c->args, 0), args_at(&c->args, 1), &c->raw, e);
}

static enum err detach(struct cli *c, struct error *e)
{
	enum err r = attach_remove(c->desk, args_at(&c->args, 0), args_at(&c->args, 1), e);
	return r ? r : cli_say(c, "order", args_at(&c->args, 0), "kind", json_string(args_at(&c->args, 1)));
}

static const struct option attach_table[] = {
	{"--fit", OPTION_FLAG, NULL, false, "超过 1.5 MB 时压缩到限内", "re-encode what is over 1.5 MB"},
	OPTIONS_END,
};

const struct command commands_attach[] = {
	{"attach", "ORDER KIND FILE", attach_table, 0, attach, NULL, "上传一份资料", "attach a document"},
	{"attach list", "ORDER", NULL, 0, list, "kind,title,required,form,attached,mime,size,attached_at",
	 "资料清单", "the documents an order needs and has"},
	{"attach export", "ORDER KIND", NULL, 0, export, NULL, "把资料原样写到标准输出", "write a document to standard output"},
	{"detach", "ORDER KIND", NULL, 0, detach, NULL, "移除一份资料", "remove a document"},
	COMMANDS_END,
};
