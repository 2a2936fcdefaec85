#include "desk/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

void found(struct finding *f, enum state state, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(f->detail, sizeof f->detail, format, ap);
	va_end(ap);
	f->state = state;
}

void found_error(struct finding *f, enum state state, const struct error *e)
{
	f->state = state;
	error_sentence(e, f->detail, sizeof f->detail);
}

void mend(struct finding *f, const char *text)
{
	text_copy(f->mend, sizeof f->mend, text);
}
