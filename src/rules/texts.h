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

/* Reads every *.md of a directory: a head between two lines "---" (id, version, channel, title), then the
 * text. NULL with the mistakes in `m`. */
struct texts *texts_read(const char *dir, struct mistakes *m);
/* The same as an error: ERR_RULES_TEXTS names file and line. */
enum err texts_load(const char *dir, struct texts **out, struct error *e);
void texts_free(struct texts **texts);
/* The newest version of each text for a channel, in the order of their ids; at most `limit`. One made for
 * the channel stands before one that fits any. */
size_t texts_current(const struct texts *texts, const char *channel, const struct agreement **out, size_t limit);
/* The text that was agreed to: by id, version and digest. NULL where it isn't here any more. */
const struct agreement *texts_find(const struct texts *texts, const char *id, const char *version, const char *digest);

#endif
