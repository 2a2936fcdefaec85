#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "picture/decode.h"
#include "picture/scale.h"

struct reader {
	png_structp png;
	png_infop info;
	struct decode *d;
	size_t place;
	struct scaler scaler;
	uint8_t *rows; /* one row, or all of an interlaced picture */
	enum err err;
	struct error *e;
};

static _Noreturn void leave(struct reader *r, enum err err, const char *detail)
{
	r->err = error_set(r->e, err, "%s", detail);
	png_longjmp(r->png, 1);
}

static _Noreturn void on_error(png_structp png, png_const_charp text)
{
	(void)text;
	leave(png_get_error_ptr(png), ERR_PICTURE_BROKEN, "");
}

static void on_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static void read_bytes(png_structp png, png_bytep to, size_t length)
{
	struct reader *r = png_get_io_ptr(png);
	if (length > r->d->length - r->place)
		leave(r, ERR_PICTURE_CUT, "");
	memcpy(to, r->d->data + r->place, length);
	r->place += length;
}

static uint32_t number(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Goes from chunk to chunk: the file's size, its end, and whether it is animated. */
static enum err walk_chunks(struct decode *d, struct error *e)
{
	size_t place = 8;
	enum err err = OK;
	if (d->length < 33)
		return error_set(e, ERR_PICTURE_CUT, "%s", "");
	if (memcmp(d->data + 12, "IHDR", 4))
		return error_set(e, ERR_PICTURE_BROKEN, "%s", "");
	err = decode_take_size(d, number(d->data + 16), number(d->data + 20), e);
	while (err == OK) {
		if (d->length - place < 12 || d->length - place - 12 < number(d->data + place))
			return error_set(e, ERR_PICTURE_CUT, "%s", "");
		const uint8_t *type = d->data + place + 4;
		place += 12 + (size_t)number(d->data + place);
		if (!memcmp(type, "acTL", 4))
			return error_set(e, ERR_PICTURE_ANIMATED, "%s", "");
		if (!memcmp(type, "IEND", 4))
			break;
	}
	d->end = place;
	return err;
}

/* Strict: any wrong checksum and any doubt about the pixels is damage. Texts,
 * profiles and times aren't even parsed. */
static void be_strict(png_structp png)
{
	static const png_byte unused[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0"
					 "sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";
	png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
	png_set_benign_errors(png, 0);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, unused, (int)sizeof unused / 5);
	png_set_user_limits(png, PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
}

/* The row over white paper, alpha taken away, in place. */
static void put_on_white(uint8_t *row, int width)
{
	const uint8_t *from = row;
	for (int x = 0; x < width; x++, from += 4, row += 3) {
		unsigned alpha = from[3];
		for (int c = 0; c < 3; c++)
			row[c] = (uint8_t)((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
	}
}

static void take_row(struct reader *r, uint8_t *row)
{
	if (!r->d->keep)
		return;
	if (png_get_channels(r->png, r->info) == 4)
		put_on_white(row, r->d->width);
	scale_row(&r->scaler, row);
}

static void decode_rows(struct reader *r)
{
	struct decode *d = r->d;
	int width = d->width, height = d->height;
	png_set_expand(r->png);
	png_set_scale_16(r->png);
	png_set_gray_to_rgb(r->png);
	int passes = png_set_interlace_handling(r->png);
	png_read_update_info(r->png, r->info);
	size_t bytes = png_get_rowbytes(r->png, r->info);
	scale_fit(&width, &height, d->max_width, d->max_height);
	if (d->keep)
		r->err = scale_start(&r->scaler, d->width, d->height, width, height, r->e);
	if (r->err != OK)
		png_longjmp(r->png, 1);
	r->rows = calloc(passes > 1 ? (size_t)d->height : 1, bytes);
	if (!r->rows)
		leave(r, ERR_MEMORY, "PNG");
	for (int pass = 0; pass < passes; pass++)
		for (int y = 0; y < d->height; y++) {
			uint8_t *row = r->rows + (passes > 1 ? (size_t)y * bytes : 0);
			png_read_row(r->png, row, NULL);
			if (pass == passes - 1)
				take_row(r, row);
		}
	png_read_end(r->png, NULL);
}

enum err decode_png(struct decode *d, struct error *e)
{
	struct reader r = {.d = d, .e = e};
	enum err err = walk_chunks(d, e);
	if (err != OK)
		return err;
	r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning);
	r.info = r.png ? png_create_info_struct(r.png) : NULL;
	if (!r.info)
		r.err = error_set(e, ERR_MEMORY, "PNG");
	else if (!setjmp(png_jmpbuf(r.png))) {
		png_set_read_fn(r.png, &r, read_bytes);
		be_strict(r.png);
		png_read_info(r.png, r.info);
		decode_rows(&r);
	}
	png_destroy_read_struct(&r.png, &r.info, NULL);
	free(r.rows);
	scale_end(&r.scaler, r.err == OK ? &d->picture : NULL);
	return r.err;
}
