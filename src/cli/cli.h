/* What every command works with. A command's function reads c->args, calls one use case of c->desk, and leaves what
 * is to be
 * printed in c->result (an object or array), or in c->raw (bytes for standard output, whatever --json says). */
#ifndef CERTDESK_CLI_CLI_H
#define CERTDESK_CLI_CLI_H

#include <jansson.h>

#include "base/bytes.h"
#include "cli/args.h"

struct desk;

struct cli {
	struct args args;
	struct desk *desk;      /* the open site; NULL for commands that need none */
	struct secret password; /* with --user: theirs, for the command that asks for it again */
	struct error not_open;  /* COMMAND_MAYBE_SITE: why `desk` is NULL */
	json_t *result;
	struct bytes raw;
};

/* Runs one command line (without the program's name) and returns the exit status. Nothing but the result goes to
 * standard
 * output; sentences go to standard error. */
int cli_main(int argc, char **argv);

/* All commands: tables by family, ended by NULL. */
extern const struct command *const cli_commands[];
extern const struct command commands_site[], commands_check[], commands_staff[], commands_order[], commands_attach[],
	commands_sign[],
	commands_pay[], commands_review[], commands_key[], commands_stock[], commands_issue[], commands_cert[], commands_report[],
		commands_table[], commands_query[], commands_till[], commands_invoice[], commands_refund[], commands_print[], commands_import[], commands_visit[], commands_sync[], commands_backup[], commands_identity[], commands_agent[];

/* Ends a table of options, and one of commands. */
#define OPTIONS_END {NULL, OPTION_FLAG, NULL, false, NULL, NULL}
#define COMMANDS_END {NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL}

/* The JSON object in the file an option names; "-" is standard input. *out is NULL where the option wasn't given. */
enum err cli_data(const struct cli *c, const char *option, json_t **out, struct error *e);
/* {"order": no, key: value}, for commands whose use case returns nothing. */
enum err cli_say(struct cli *c, const char *name, const char *value, const char *key, json_t *more);

/* For people: names an order's fields as its form does, in the form's order, and selects' codes by what they mean. */
void cli_label_fields(struct cli *c);
/* For people: what a code in a command's result means. */
struct cli_title {
	const char *words, *inside, *member; /* of the command, a beginning; of its result, within `inside` (NULL: at any depth) */
	const char *(*title)(const char *code);
	const char *table; /* of the site's codes, that has the title where there is no such function */
};
/* `d` is for its code tables, NULL where no row names one. */
void cli_entitle_by(struct desk *d, const struct cli_title *table, size_t count, const char *words, json_t *value);
/* For people: states of certificates, keys and tills in c->result by what they mean. */
void cli_entitle(struct cli *c);

/* A password from `path`, or where that is NULL asked for on the terminal without echo; `twice` asks again to confirm.
 * ERR_USAGE where there is neither. */
enum err cli_password(const char *path, const char *label, bool twice, struct secret *out, struct error *e);

/* A line of progress on standard error, if that is a terminal and --json wasn't given; done == of ends it. */
void cli_progress(const struct cli *c, const char *title, int64_t done, int64_t of);

#endif
