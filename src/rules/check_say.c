#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "rules/check_kinds.h"

bool check_say(struct check_result *out, enum verdict verdict, const char *format, ...)
{
	char text[sizeof out->message * 2];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	out->verdict = verdict;
	text_printable(out->message, sizeof out->message, text);
	return true;
}
