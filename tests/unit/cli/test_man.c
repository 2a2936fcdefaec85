/* certdesk(1) and the table of commands say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../lib/manual.h"
#include "cli/cli.h"

static void manual_and_table_agree(void **state)
{
	(void)state;
	manual_agrees("man/certdesk.1", args_globals, cli_commands, 40);
}

static void rows_are_whole(void **state)
{
	(void)state;
	commands_are_whole(cli_commands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manual_and_table_agree),
		cmocka_unit_test(rows_are_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
