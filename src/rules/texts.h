/* Agreements and the declaration (forms/texts): files with id, version and channel. */
#ifndef CERTDESK_RULES_TEXTS_H
#define CERTDESK_RULES_TEXTS_H

#include <stddef.h>

#include "base/crypt.h"
#include "rules/form.h"

struct agreement {
	char *id, *version, *channel; /* channel "" fits any */
	struct text2 title;
	char *body; /* Chinese, then English */
	char digest[DIGEST_TEXT_SIZE];
};
struct texts;

/* ERR_RULES_TEXTS names file and line. */
enum err texts_load(const char *dir, struct texts **out, struct error *e);
void texts_free(struct texts **texts);
/* The newest version of each text for a channel, in the order of their ids; at most `limit`. */
size_t texts_current(const struct texts *texts, const char *channel, const struct agreement **out, size_t limit);

#endif
