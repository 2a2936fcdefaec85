/* certdesk-hub's commands: one table, read by the same parser as certdesk's. */
#ifndef CERTDESK_HUB_CLI_H
#define CERTDESK_HUB_CLI_H

#include "cli/cli.h"
#include "hub/hub.h"

/* What a command works with; the parser's table knows the first member alone. */
struct hub_cli {
	struct cli cli;
	struct hub *hub; /* open; NULL for init and serve */
};
static inline struct hub *hub_of(struct cli *c)
{
	return ((struct hub_cli *)c)->hub;
}

/* What headquarters lays down (cli_lay.c). */
extern const struct command hub_commands_lay[];
/* Alarms (cli_alarms.c). */
extern const struct command hub_commands_alarms[];
/* What managers look at (cli_report.c). */
extern const struct command hub_commands_report[];

/* Runs one command line (without the program's name) and returns the exit status. */
int hub_cli_main(int argc, char **argv);
/* All commands, ended by NULL. */
extern const struct command *const hub_commands[];

extern const struct option hub_globals[];

#endif
