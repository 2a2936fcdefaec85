#include "sync/refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "rules/codeword.h"
#include "rules/transition.h"

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

/* What headquarters names by its code, a status or what was done, is named here in people's words. */
static void in_words(const char *detail, char *out, size_t size)
{
	char word[REFUSAL_SIZE];
	out[0] = '\0';
	for (const char *at = detail + strspn(detail, " "); *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " "), used = strlen(out);
		snprintf(word, sizeof word, "%.*s", (int)n, at);
		const char *status = status_title(word);
		snprintf(out + used, size - used, "%s%s", used ? " " : "", status != word ? status : codeword_action(word));
		at += n;
	}
}

const char *refusal_sentence(const char *why, char *out, size_t size)
{
	size_t n = strcspn(why, ":");
	for (size_t i = 0; i < REFUSAL_COUNT; i++)
		if (strlen(refusals[i].name) == n && strncmp(refusals[i].name, why, n) == 0) {
			char detail[REFUSAL_SIZE * 3];
			in_words(why[n] ? why + n + 1 : "", detail, sizeof detail);
			snprintf(out, size, *detail ? tr("%s（%s）", "%s (%s)") : "%s%s", tr(refusals[i].zh, refusals[i].en), detail);
			return out;
		}
	text_copy(out, size, why);
	return out;
}
