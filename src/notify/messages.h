/* Message texts are data (forms/texts/messages.tsv): id, channels, zh, en, with ${name}
 * placeholders: site, phone (the service point's), customer, business, order, code, pin, minutes, serial (the
 * key's), reason, tracking, until, amount, number (an invoice's), count. Customers get the Chinese text; the English one is for screens. */
#ifndef CERTDESK_NOTIFY_MESSAGES_H
#define CERTDESK_NOTIFY_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/lang.h"
#include "notify/notify.h"

struct messages;
struct message_value {
	const char *name;  /* "code" */
	const char *value; /* UTF-8; may point into a secret */
};

/* Loads the file. ERR_NOTIFY_TEMPLATE names file and line of each mistake: a missing column or text, a double id, an
 * unknown or open placeholder, placeholders that differ between the languages. */
enum err messages_load(const char *path, struct messages **out, struct error *e);
void messages_free(struct messages **m);
size_t messages_count(const struct messages *m);
const char *messages_id(const struct messages *m, size_t index);
/* Whether a message goes out by this channel; false also where there is no such id. */
bool messages_goes(const struct messages *m, const char *id, enum notify_channel channel);

/* Fills the text of `id`; `out` is added to, wiping its old copies. ERR_NOTIFY_TEMPLATE: no such id, or a
 * placeholder without a value. Control characters in values become "·". */
enum err messages_fill(const struct messages *m, const char *id, enum lang lang, const struct message_value *values,
	size_t count, struct bytes *out, struct error *e);

#endif
