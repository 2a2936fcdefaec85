#include "base/tlv.h"

bool tlv_next(struct tlv *in, unsigned *tag, struct tlv *value)
{
	const uint8_t *p = in->data;
	size_t left = in->length, used = 1;
	if (left < 2)
		return false;
	unsigned found = p[0];
	if ((found & 0x1F) == 0x1F) {
		found = found << 8 | p[used++];
		if ((found & 0x80) || used == left) /* three bytes and more: not on cards */
			return false;
	}
	size_t length = p[used++];
	if (length > 0x82 || length == 0x80)
		return false;
	if (length > 0x80) {
		size_t count = length - 0x80;
		if (left - used < count)
			return false;
		for (length = 0; count > 0; count--)
			length = length << 8 | p[used++];
	}
	if (length > left - used)
		return false;
	*tag = found;
	*value = (struct tlv){p + used, length};
	*in = (struct tlv){p + used + length, left - used - length};
	return true;
}

bool tlv_find(struct tlv in, unsigned tag, struct tlv *value)
{
	unsigned found;
	struct tlv v;
	while (tlv_next(&in, &found, &v))
		if (found == tag) {
			*value = v;
			return true;
		}
	return false;
}

enum err tlv_add(struct bytes *out, unsigned tag, const void *value, size_t length)
{
	uint8_t head[5];
	size_t n = 0;
	if (length > 0xFFFF)
		return ERR_MEMORY;
	if (tag > 0xFF)
		head[n++] = (uint8_t)(tag >> 8);
	head[n++] = (uint8_t)tag;
	if (length > 0xFF) {
		head[n++] = 0x82;
		head[n++] = (uint8_t)(length >> 8);
	} else if (length > 0x7F)
		head[n++] = 0x81;
	head[n++] = (uint8_t)length;
	enum err r = bytes_add(out, head, n);
	return r ? r : bytes_add(out, value, length);
}
