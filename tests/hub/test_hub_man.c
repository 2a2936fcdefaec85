/* certdesk-hub(8) and its table of commands say the same; every option of hub.yaml is described. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../lib/manual.h"
#include "base/file.h"
#include "hub/cli.h"
#include "hub/options.h"

static void manual_and_table_agree(void **state)
{
	(void)state;
	manual_agrees("man/certdesk-hub.8", hub_globals, hub_commands, 15);
}

static void rows_are_whole(void **state)
{
	(void)state;
	commands_are_whole(hub_commands);
}

static void options_are_described(void **state)
{
	(void)state;
	struct bytes text = {0};
	char line[64];
	size_t count = 0;
	assert_int_equal(file_read("man/certdesk-hub.8", 1 << 20, &text, NULL), OK);
	for (const char *name; (name = hub_option_name(count)); count++) {
		snprintf(line, sizeof line, ".It Cm %s :", name);
		if (!strstr((char *)text.data, line))
			print_message("# not described: %s\n", name);
		assert_non_null(strstr((char *)text.data, line));
	}
	size_t described = 0;
	for (const char *p = (char *)text.data; (p = strstr(p, "\n.It Cm ")); p++)
		described++;
	assert_int_equal(described, count);
	bytes_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manual_and_table_agree),
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(options_are_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
