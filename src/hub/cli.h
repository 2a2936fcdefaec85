/* certdesk-hub's commands: one table, read by the same parser as certdesk's. */
#ifndef CERTDESK_HUB_CLI_H
#define CERTDESK_HUB_CLI_H

#include "cli/cli.h"
#include "hub/hub.h"

/* Runs one command line (without the program's name) and returns the exit status. */
int hub_cli_main(int argc, char **argv);
/* All commands, ended by NULL. */
extern const struct command *const hub_commands[];

extern const struct option hub_globals[];

#endif
