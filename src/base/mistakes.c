#include "base/mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

void mistakes_add(struct mistakes *m, const char *file, size_t line, const char *format, ...)
{
	char what[400], clean[400];
	va_list ap;
	if (m->count++ >= MISTAKES_LIMIT)
		return;
	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	text_printable(clean, sizeof clean, what);
	if (m->lines.length)
		bytes_text(&m->lines, "\n");
	if (line)
		bytes_format(&m->lines, "%s:%zu: %s", file, line, clean);
	else
		bytes_format(&m->lines, "%s: %s", file, clean);
}

enum err mistakes_error(const struct mistakes *m, enum err code, struct error *e)
{
	char detail[ERROR_DETAIL_SIZE];
	const size_t room = sizeof detail - 64; /* for the count of those left out */
	size_t shown = 0, used = 0;
	if (m->count == 0)
		return OK;
	if (!m->lines.data)
		return ERR_MEMORY;
	for (const char *at = (const char *)m->lines.data; *at; shown++) {
		size_t length = strcspn(at, "\n");
		if (used + length + 1 > room)
			break;
		memcpy(detail + used, at, length);
		used += length;
		at += length + (at[length] == '\n');
		detail[used++] = '\n';
	}
	if (shown == 0) /* one line longer than the detail: its beginning */
		return error_set(e, code, "%s", (const char *)m->lines.data);
	detail[used - 1] = '\0';
	if (shown == m->count)
		return error_set(e, code, "%s", detail);
	return error_set(e, code, tr("%s\n……还有 %zu 处", "%s\n… and %zu more"), detail, m->count - shown);
}

void mistakes_free(struct mistakes *m)
{
	bytes_free(&m->lines);
	m->count = 0;
}
