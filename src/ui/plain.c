#include "ui/plain.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_command(const char *s)
{
	static const char *const groups[] = {"day ", "identity ", "invoice ", "key ", "pay ", "statement ", "table ", "till ", "visit "};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strncmp(s, groups[i], strlen(groups[i])) == 0)
			return true;
	return false;
}

static void drop(char *text, const char *open, const char *close)
{
	for (char *at = text; (at = strstr(at, open));) {
		char *inside = at + strlen(open), *end = strstr(inside, close);
		if (end && is_command(inside))
			memmove(at, end + strlen(close), strlen(end + strlen(close)) + 1);
		else
			at = inside;
	}
}

void plain_sentence(char *text)
{
	drop(text, "（", "）");
	drop(text, " (", ")");
}
