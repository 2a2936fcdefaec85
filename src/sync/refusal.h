/* Why headquarters refuses something that a site did: what stands in "why" is a name of refusals.def, with a detail behind a colon. */
#ifndef CERTDESK_SYNC_REFUSAL_H
#define CERTDESK_SYNC_REFUSAL_H

#include <stddef.h>

enum refusal {
#define REFUSAL(name, zh, en) REFUSAL_##name,
#include "sync/refusals.def"
#undef REFUSAL
	REFUSAL_COUNT
};

enum { REFUSAL_SIZE = 160 };

/* "CUSTODY: orders 17"; `detail` may be "". */
void refusal_set(char out[REFUSAL_SIZE], enum refusal refusal, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Such a text as a sentence in the program's language; one that isn't known as it is. Returns `out`. */
const char *refusal_sentence(const char *why, char *out, size_t size);

#endif
