#include "picture/decode.h"

enum err decode_take_size(struct decode *d, unsigned long width, unsigned long height, struct error *e)
{
	if (!width || !height || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
	    width * height > PICTURE_PIXELS_MAX)
		return error_set(e, ERR_PICTURE_SIZE, "%lu×%lu", width, height);
	d->width = (int)width;
	d->height = (int)height;
	return OK;
}

bool decode_only_zeros(const uint8_t *data, size_t length)
{
	while (length && !data[length - 1])
		length--;
	return !length;
}
