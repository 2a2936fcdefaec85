#include "base/lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static enum lang current = LANG_ZH;

void lang_start(void)
{
	setlocale(LC_CTYPE, ""); /* nothing else of the locale is used: numbers and dates have one form */
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *value = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names && !(value && *value); i++)
		value = getenv(names[i]);
	if (value && *value && strncmp(value, "zh", 2) != 0 && strcmp(value, "C") != 0 && strncmp(value, "C.", 2) != 0 &&
	    strcmp(value, "POSIX") != 0)
		current = LANG_EN;
	else
		current = LANG_ZH;
}

enum lang lang_now(void)
{
	return current;
}

void lang_set(enum lang lang)
{
	current = lang;
}

const char *tr(const char *zh, const char *en)
{
	return current == LANG_ZH ? zh : en;
}

void lang_list_add(char *out, size_t size, const char *member)
{
	const char *comma = tr("、", ", ");
	size_t n = strlen(out);
	if (n && n + strlen(comma) + 1 >= size) /* no room for a part of it */
		return;
	if (n)
		n += (size_t)snprintf(out + n, size - n, "%s", comma);
	text_copy(out + n, size - n, member);
}
