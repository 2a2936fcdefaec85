/* A distinguished name as data: what goes into a request or a certificate. */
#ifndef CERTDESK_CA_NAME_H
#define CERTDESK_CA_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum name_string { NAME_UTF8, NAME_PRINTABLE };

struct name_part {
	char *type; /* OpenSSL's short name ("CN", "serialNumber") or a dotted OID */
	enum name_string string;
	char *value; /* UTF-8, not empty */
};
/* Parts from the most general one (C) to the most special one (CN). Zeroed is empty; owns its texts. */
struct name {
	struct name_part *parts;
	size_t count;
};

/* Appends a part (texts are copied, the value in NFC without spaces at its ends). Nothing is cut:
 * ERR_CA_FIELD names the attribute where the value is empty, holds control or bidi characters, is
 * longer than RFC 5280's upper bound for it (CN, O and OU 64 characters, L and ST 128, C exactly 2 …) or does
 * not fit its string type. ERR_CA_PROFILE: an unknown type. */
enum err name_add(struct name *name, const char *type, enum name_string string, const char *value, struct error *e);
void name_free(struct name *name);

#endif
