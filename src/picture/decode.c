#include "picture/decode.h"

#include <string.h>

#include "picture/scale.h"

static const struct kind {
	const char *mime, *extension, *magic;
	size_t length;
	enum err (*decode)(struct decode *d, struct error *e);
} kinds[] = {
	[PICTURE_NONE] = {"application/octet-stream", "bin", "", 0, NULL},
	[PICTURE_JPEG] = {"image/jpeg", "jpg", "\xFF\xD8\xFF", 3, decode_jpeg},
	[PICTURE_PNG] = {"image/png", "png", "\x89PNG\r\n\x1A\n", 8, decode_png},
	[PICTURE_GIF] = {"image/gif", "gif", "GIF8", 4, decode_gif},
};

enum picture_kind picture_sniff(const void *data, size_t length)
{
	for (enum picture_kind k = PICTURE_JPEG; k <= PICTURE_GIF; k++)
		if (length >= kinds[k].length && !memcmp(data, kinds[k].magic, kinds[k].length))
			return k;
	return PICTURE_NONE;
}

const char *picture_mime(enum picture_kind kind)
{
	return kinds[kind].mime;
}

const char *picture_extension(enum picture_kind kind)
{
	return kinds[kind].extension;
}

enum err decode_picture(struct decode *d, struct error *e)
{
	d->orientation = 1;
	if (!d->length)
		return error_set(e, ERR_PICTURE_EMPTY, "%s", "");
	d->kind = picture_sniff(d->data, d->length);
	if (d->kind == PICTURE_NONE)
		return error_set(e, ERR_PICTURE_KIND, "%s", "");
	enum err err = kinds[d->kind].decode(d, e);
	if (err == OK && d->keep)
		err = scale_turn(&d->picture, d->orientation, e);
	if (err == OK && !decode_only_zeros(d->data + d->end, d->length - d->end))
		err = error_set(e, ERR_PICTURE_MORE, "%zu", d->length - d->end);
	if (err != OK && err != ERR_PICTURE_MORE)
		picture_free(&d->picture);
	return err;
}
