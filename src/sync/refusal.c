#include "sync/refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

static const struct {
	const char *name, *zh, *en;
} refusals[] = {
#define REFUSAL(name, zh, en) {#name, zh, en},
#include "sync/refusals.def"
#undef REFUSAL
};

void refusal_set(char out[REFUSAL_SIZE], enum refusal refusal, const char *format, ...)
{
	char detail[REFUSAL_SIZE - 32];
	va_list ap;
	va_start(ap, format);
	vsnprintf(detail, sizeof detail, format, ap);
	va_end(ap);
	snprintf(out, REFUSAL_SIZE, *detail ? "%s: %s" : "%s%s", refusals[refusal].name, detail);
}

const char *refusal_sentence(const char *why, char *out, size_t size)
{
	size_t n = strcspn(why, ":");
	for (size_t i = 0; i < REFUSAL_COUNT; i++)
		if (strlen(refusals[i].name) == n && strncmp(refusals[i].name, why, n) == 0) {
			const char *sentence = tr(refusals[i].zh, refusals[i].en), *detail = why[n] ? why + n + 1 : "";
			snprintf(out, size, *detail ? tr("%s（%s）", "%s (%s)") : "%s%s", sentence, detail + strspn(detail, " "));
			return out;
		}
	text_copy(out, size, why);
	return out;
}
