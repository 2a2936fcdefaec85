#include <string.h>

#include "vkey.h"

void buffer_add(struct buffer *b, const void *data, size_t length)
{
	if (length > sizeof b->data - b->length) {
		b->over = true;
		return;
	}
	if (length)
		memcpy(b->data + b->length, data, length);
	b->length += length;
}

void buffer_byte(struct buffer *b, uint8_t byte)
{
	buffer_add(b, &byte, 1);
}

void buffer_tlv(struct buffer *b, unsigned tag, const void *data, size_t length)
{
	if (tag > 0xFF)
		buffer_byte(b, (uint8_t)(tag >> 8));
	buffer_byte(b, (uint8_t)tag);
	if (length > 0xFF) {
		buffer_byte(b, 0x82);
		buffer_byte(b, (uint8_t)(length >> 8));
	} else if (length > 0x7F)
		buffer_byte(b, 0x81);
	buffer_byte(b, (uint8_t)length);
	buffer_add(b, data, length);
}

bool view_next(struct view *in, unsigned *tag, struct view *value)
{
	struct view rest = *in;
	if (rest.length < 2)
		return false;
	*tag = rest.data[0];
	size_t used = 1;
	if ((*tag & 0x1F) == 0x1F)
		*tag = *tag << 8 | rest.data[used++];
	if (used >= rest.length)
		return false;
	size_t length = rest.data[used++];
	if (length > 0x80) {
		size_t count = length - 0x80;
		if (count > 2 || rest.length - used < count)
			return false;
		for (length = 0; count > 0; count--)
			length = length << 8 | rest.data[used++];
	} else if (length == 0x80)
		return false;
	if (length > rest.length - used)
		return false;
	*value = (struct view){rest.data + used, length};
	*in = (struct view){rest.data + used + length, rest.length - used - length};
	return true;
}

bool view_find(struct view in, unsigned tag, struct view *value)
{
	unsigned found;
	while (view_next(&in, &found, value))
		if (found == tag)
			return true;
	return false;
}
