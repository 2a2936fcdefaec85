/* BER-TLV as cards speak it, and DER is a part of it: tags of one or two bytes, definite lengths up to
 * 65535. Reading trusts nothing: a length that leaves the buffer is refused. */
#ifndef CERTDESK_BASE_TLV_H
#define CERTDESK_BASE_TLV_H

#include "base/bytes.h"

/* A view into a buffer that somebody else owns. */
struct tlv {
	const uint8_t *data;
	size_t length;
};

/* Takes one element off the front of `in`. False at the end and where it is malformed; `in` is then unchanged. */
bool tlv_next(struct tlv *in, unsigned *tag, struct tlv *value);
/* The first element with `tag` directly inside `in`. False where none comes before the end or something malformed. */
bool tlv_find(struct tlv in, unsigned tag, struct tlv *value);
/* Appends tag, length and value; tags over 0xFF take two bytes. ERR_MEMORY, also for lengths over 65535. */
enum err tlv_add(struct bytes *out, unsigned tag, const void *value, size_t length);

#endif
