#include "hub/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"

void hub_log(const char *format, ...)
{
	char raw[2048], line[2100];
	va_list ap;
	va_start(ap, format);
	vsnprintf(raw, sizeof raw, format, ap);
	va_end(ap);
	text_printable(line, sizeof line - 1, raw);
	dprintf(STDERR_FILENO, "%s\n", line); /* one write: lines of several workers don't mix */
}

const char *hub_log_error(const struct error *e)
{
	static char out[ERROR_DETAIL_SIZE * 3];
	char sentence[ERROR_DETAIL_SIZE * 2];
	snprintf(out, sizeof out, "%s: %s", error_name(e->code), error_sentence(e, sentence, sizeof sentence));
	return out;
}
