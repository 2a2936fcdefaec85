#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "desk/desk.h"
#include "desk/staff.h"
#include "sync/sync.h"
#include "ui/app.h"

/* Who works: --user for this one command, else the terminal's session; then the second person. */
static enum err authenticate(struct cli *c, struct error *e)
{
	const char *user = args_global(&c->args, "--user"), *with = args_global(&c->args, "--with");
	struct secret password = {0};
	enum err r = OK;
	if (user) {
		r = cli_password(args_global(&c->args, "--password-file"), tr("口令", "Password"), false, &c->password, e);
		if (!r)
			r = staff_login(c->desk, user, &c->password, e);
	} else if (!(c->args.command->flags & COMMAND_NO_LOGIN))
		r = session_resume(c->desk, e);
	if (!r && with) {
		r = cli_password(args_global(&c->args, "--with-password-file"), tr("第二人口令", "Second person's password"),
			false, &password, e);
		if (!r)
			r = staff_second(c->desk, with, &password, e);
		secret_wipe(&password);
	}
	return r;
}

static enum err run_command(struct cli *c, struct error *e)
{
	const struct command *command = c->args.command;
	enum err r = OK;
	if (!(command->flags & COMMAND_NO_SITE)) {
		r = desk_open(args_global(&c->args, "-C"), &c->desk, e);
		if (r && (command->flags & COMMAND_MAYBE_SITE)) {
			error_complete(e, r);
			c->not_open = *e;
			r = OK;
		}
		if (!r && c->desk) {
			c->desk->ask_ca = sync_ask_ca;
			c->desk->reach_ca = sync_reach_ca;
		}
		if (!r && c->desk)
			r = authenticate(c, e);
	}
	if (!r)
		r = command->run(c, e);
	return r;
}

static enum err print_result(struct cli *c, struct error *e)
{
	bool json = args_flag(&c->args, "--json");
	if (c->result && !json) {
		cli_label_fields(c);
		cli_entitle(c);
	}
	return output_result(&c->raw, c->result, json, c->args.command ? c->args.command->columns : NULL, e);
}

/* The language of a usage error is asked for too. */
static void choose_language(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		const char *value = strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? argv[i + 1]
		                    : strncmp(argv[i], "--lang=", 7) == 0          ? argv[i] + 7
		                                                                   : "";
		if (strcmp(value, "en") == 0 || strcmp(value, "zh") == 0)
			lang_set(value[0] == 'e' ? LANG_EN : LANG_ZH);
	}
}

/* Without a command. A script that forgot its command must not wait for keys. */
static enum err open_screens(const struct cli *c, struct error *e)
{
	if (args_flag(&c->args, "--json") || args_global(&c->args, "--user"))
		return error_set(e, ERR_USAGE, "%s", tr("缺少命令", "a command is missing"));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(e, ERR_UI_NO_TERMINAL, "%s", "");
	return app_run(args_global(&c->args, "-C"), e);
}

/* The rule asks for a second person, and one was there: that it is this one who may not is news. */
static void tell_of_second(const struct cli *c, enum err r)
{
	const char *with = args_global(&c->args, "--with");
	if (with && (r == ERR_DESK_FORBIDDEN || r == ERR_DESK_TWO_PERSONS))
		fprintf(stderr, tr("%s 不能授权：没有这项权限。请换一位有权限的同事\n", "%s can't authorise it: without the right; ask another colleague\n"), with);
}

int cli_main(int argc, char **argv)
{
	struct cli c = {0};
	struct error e = {0};
	choose_language(argc, argv);
	enum err r = args_parse(cli_commands, argc, argv, &c.args, &e);
	if (r)
		return output_error(r, &e);
	if (args_flag(&c.args, "--version"))
		printf("certdesk %s\n", CERTDESK_VERSION);
	else if (args_flag(&c.args, "--help"))
		output_help(stdout, cli_commands, c.args.words, c.args.command);
	else if (!c.args.command)
		r = open_screens(&c, &e);
	else
		r = run_command(&c, &e);
	if (!r)
		r = print_result(&c, &e);
	int status = r ? output_error(r, &e) : EXIT_DONE;
	tell_of_second(&c, r);
	json_decref(c.result);
	bytes_free(&c.raw);
	secret_wipe(&c.password);
	desk_close(&c.desk);
	args_free(&c.args);
	return status;
}
