#include "cli/cli.h"

const struct command *const cli_commands[] = {
	commands_site, commands_backup, commands_staff, commands_order, commands_attach, commands_sign, commands_pay, commands_till, commands_visit, commands_review,
	commands_key, commands_stock, commands_issue, commands_cert, commands_report, commands_print, commands_table, commands_query,
	commands_refund, commands_invoice, commands_import, commands_sync, commands_check, commands_identity, commands_agent, NULL,
};
