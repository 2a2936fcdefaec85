#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

static const struct {
	const char *name;
	enum exit_status status;
	const char *zh, *en;
} rows[ERR_COUNT] = {
	[OK] = {"OK", EXIT_DONE, "完成", "done"},
#define ERR(code, status, zh, en) [ERR_##code] = {#code, status, zh, en},
#include "base/errors/all.def"
#undef ERR
};

enum err (error_set)(struct error *e, enum err code, const char *format, ...)
{
	if (!e)
		return code;
	char detail[ERROR_DETAIL_SIZE * 2]; /* the detail may quote e->detail itself */
	va_list ap;
	va_start(ap, format);
	vsnprintf(detail, sizeof detail, format, ap);
	va_end(ap);
	e->code = code;
	text_copy(e->detail, sizeof e->detail, detail);
	return code;
}

enum err error_complete(struct error *e, enum err code)
{
	return code && e->code != code ? error_set(e, code, "%s", "") : code;
}

const char *error_sentence(const struct error *e, char *out, size_t size)
{
	const char *pattern = tr(rows[e->code].zh, rows[e->code].en), *hole = strstr(pattern, "%s");
	char clean[ERROR_DETAIL_SIZE * 2];
	text_printable_lines(clean, sizeof clean, e->detail);
	if (!hole)
		text_copy(out, size, pattern);
	else {
		char all[ERROR_DETAIL_SIZE * 3];
		snprintf(all, sizeof all, "%.*s%s%s", (int)(hole - pattern), pattern, clean, hole + 2);
		text_copy(out, size, all);
	}
	return out;
}

const char *error_name(enum err code)
{
	return rows[code].name;
}

enum exit_status error_exit(enum err code)
{
	return rows[code].status;
}
