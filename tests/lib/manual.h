/* A manual page against the table of commands it describes. */
#ifndef CERTDESK_TESTS_MANUAL_H
#define CERTDESK_TESTS_MANUAL_H

#include "cli/cli.h"

/* Every command, global option and command's option stands in the page with its arguments, and nothing else does. There are more than `least`. */
void manual_agrees(const char *page, const struct option *globals, const struct command *const *table, size_t least);
/* Every row has its summary in both languages, a function, and no option that a global one shadows by mistake. */
void commands_are_whole(const struct command *const *table);

#endif
