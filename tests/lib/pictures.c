#include "pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>
#include <jpeglib.h>
#include <png.h>

static const uint8_t quarters[4][3] = {{220, 30, 30}, {30, 200, 30}, {30, 30, 220}, {0, 0, 0}};

const uint8_t *make_quarter(int quarter)
{
	return quarters[quarter];
}

uint32_t make_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "test picture: %s\n", what);
	abort();
}

static void check(enum err err)
{
	if (err != OK)
		fail("memory");
}

static int quarter_at(const struct make *m, int x, int y)
{
	return (y >= m->height / 2) * 2 + (x >= m->width / 2);
}

static void pixel(const struct make *m, int x, int y, uint32_t *seed, uint8_t rgb[3])
{
	memcpy(rgb, quarters[quarter_at(m, x, y)], 3);
	for (int c = 0; m->noise && c < 3; c++) {
		unsigned value = rgb[c] + make_random(seed) % (m->noise + 1);
		rgb[c] = (uint8_t)(value > 255 ? 255 : value);
	}
}

static uint8_t grey(const uint8_t rgb[3])
{
	return (uint8_t)((rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114) / 1000);
}

static int jpeg_components(enum make_color color)
{
	return color == MAKE_GREY ? 1 : color == MAKE_CMYK || color == MAKE_YCCK ? 4 : 3;
}

static void jpeg_set_up(struct jpeg_compress_struct *c, const struct make *m)
{
	static const J_COLOR_SPACE in[] = {JCS_RGB, JCS_GRAYSCALE, JCS_CMYK, JCS_CMYK};
	c->image_width = (JDIMENSION)m->width;
	c->image_height = (JDIMENSION)m->height;
	c->input_components = jpeg_components(m->color);
	c->in_color_space = in[m->color];
	jpeg_set_defaults(c);
	if (m->color == MAKE_YCCK)
		jpeg_set_colorspace(c, JCS_YCCK);
	jpeg_set_quality(c, m->quality ? m->quality : 90, TRUE);
	if (m->color >= MAKE_CMYK)
		c->write_Adobe_marker = TRUE;
	if (m->progressive)
		jpeg_simple_progression(c);
}

void make_jpeg(struct bytes *out, const struct make *m)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr manager;
	unsigned char *data = NULL;
	unsigned long length = 0;
	uint32_t seed = 7;
	int n = jpeg_components(m->color);
	uint8_t *row = malloc((size_t)m->width * (size_t)n);
	c.err = jpeg_std_error(&manager);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &data, &length);
	jpeg_set_up(&c, m);
	jpeg_start_compress(&c, TRUE);
	if (m->orientation) {
		uint8_t exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0";
		exif[24] = (uint8_t)m->orientation;
		jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif - 1);
	}
	for (int y = 0; y < m->height; y++) {
		for (int x = 0; x < m->width; x++) {
			uint8_t rgb[3], *to = row + x * n;
			pixel(m, x, y, &seed, rgb);
			if (n == 1)
				*to = grey(rgb);
			else
				memcpy(to, rgb, 3); /* inverted ink is light */
			if (n == 4)
				to[3] = 255;
		}
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	check(bytes_add(out, data, length));
	free(data);
	free(row);
}

static _Noreturn void png_failed(png_structp png, png_const_charp text)
{
	(void)png;
	fail(text);
}

static void write_bytes(png_structp png, png_bytep data, size_t length)
{
	check(bytes_add(png_get_io_ptr(png), data, length));
}

static void flush_bytes(png_structp png)
{
	(void)png;
}

/* One row as PNG has it; returns nothing wider than eight bytes a pixel. */
static void png_row(const struct make *m, int y, uint32_t *seed, uint8_t *row)
{
	static const uint8_t channels[] = {
		[MAKE_RGB] = 3,	 [MAKE_GREY] = 1,	[MAKE_PALETTE] = 1,
		[MAKE_RGBA] = 4, [MAKE_GREY_ALPHA] = 2, [MAKE_BILEVEL] = 1,
	};
	int n = channels[m->color];
	memset(row, 0, (size_t)m->width * 8);
	for (int x = 0; x < m->width; x++) {
		uint8_t rgb[3], values[4];
		pixel(m, x, y, seed, rgb);
		memcpy(values, rgb, 3);
		if (n < 3)
			values[0] = grey(rgb);
		if (m->color == MAKE_RGBA || m->color == MAKE_GREY_ALPHA)
			values[n - 1] = x < m->width / 2 ? 255 : 0;
		if (m->color == MAKE_PALETTE)
			values[0] = (uint8_t)quarter_at(m, x, y);
		if (m->color == MAKE_BILEVEL)
			row[x / 8] |= (uint8_t)((y < m->height / 2) << (7 - x % 8));
		else if (m->deep)
			for (int c = 0; c < n; c++)
				row[(x * n + c) * 2] = row[(x * n + c) * 2 + 1] = values[c];
		else
			memcpy(row + x * n, values, (size_t)n);
	}
}

void make_png(struct bytes *out, const struct make *m)
{
	static const int types[] = {
		[MAKE_RGB] = PNG_COLOR_TYPE_RGB,     [MAKE_GREY] = PNG_COLOR_TYPE_GRAY,
		[MAKE_PALETTE] = PNG_COLOR_TYPE_PALETTE, [MAKE_RGBA] = PNG_COLOR_TYPE_RGBA,
		[MAKE_GREY_ALPHA] = PNG_COLOR_TYPE_GRAY_ALPHA, [MAKE_BILEVEL] = PNG_COLOR_TYPE_GRAY,
	};
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, png_failed, NULL);
	png_infop info = png_create_info_struct(png);
	uint8_t *row = malloc((size_t)m->width * 8);
	png_set_write_fn(png, out, write_bytes, flush_bytes);
	png_set_IHDR(png, info, (png_uint_32)m->width, (png_uint_32)m->height,
		     m->color == MAKE_BILEVEL ? 1 : m->deep ? 16 : 8, types[m->color],
		     m->progressive ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
	if (m->color == MAKE_PALETTE) {
		png_color palette[4];
		for (int i = 0; i < 4; i++)
			palette[i] = (png_color){quarters[i][0], quarters[i][1], quarters[i][2]};
		png_set_PLTE(png, info, palette, 4);
	}
	png_write_info(png, info);
	int passes = png_set_interlace_handling(png);
	for (int pass = 0; pass < passes; pass++) {
		uint32_t seed = 7;
		for (int y = 0; y < m->height; y++) {
			png_row(m, y, &seed, row);
			png_write_row(png, row);
		}
	}
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(row);
}

void make_png_claiming(struct bytes *out, unsigned width, unsigned height, unsigned rows)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, png_failed, NULL);
	png_infop info = png_create_info_struct(png);
	uint8_t *row = calloc((size_t)width / 8 + 1, 1);
	size_t start = out->length;
	png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
	png_set_write_fn(png, out, write_bytes, flush_bytes);
	png_set_IHDR(png, info, width, rows ? rows : 1, 1, PNG_COLOR_TYPE_GRAY, 0, 0, 0);
	png_write_info(png, info);
	for (unsigned y = 0; y < (rows ? rows : 1); y++)
		png_write_row(png, row);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(row);
	for (int i = 0; i < 4; i++)
		out->data[start + 20 + (size_t)i] = (uint8_t)(height >> (24 - 8 * i));
	make_png_checksums(out->data + start, out->length - start);
}

static uint32_t checksum(const uint8_t *data, size_t length)
{
	uint32_t sum = ~0u;
	for (size_t i = 0; i < length; i++) {
		sum ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
	}
	return ~sum;
}

void make_png_checksums(uint8_t *data, size_t length)
{
	for (size_t at = 8; at + 12 <= length;) {
		size_t body = 0;
		for (int i = 0; i < 4; i++)
			body = body << 8 | data[at + (size_t)i];
		if (body > length - at - 12)
			return;
		uint32_t sum = checksum(data + at + 4, body + 4);
		for (int i = 0; i < 4; i++)
			data[at + 8 + body + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
		at += body + 12;
	}
}

static int write_gif(GifFileType *file, const GifByteType *data, int length)
{
	check(bytes_add(file->UserData, data, (size_t)length));
	return length;
}

static void gif_frame(GifFileType *file, const struct make *m)
{
	static const int interlaced[][2] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}}, plain[][2] = {{0, 1}};
	const int(*passes)[2] = m->progressive ? interlaced : plain;
	uint8_t *row = malloc((size_t)m->width);
	if (m->color == MAKE_RGBA) {
		GifByteType block[4];
		EGifGCBToExtension(&(GraphicsControlBlock){.TransparentColor = 3}, block);
		EGifPutExtension(file, GRAPHICS_EXT_FUNC_CODE, sizeof block, block);
	}
	if (EGifPutImageDesc(file, 0, 0, m->width, m->height, m->progressive, NULL) == GIF_ERROR)
		fail("gif");
	for (int pass = 0; pass < (m->progressive ? 4 : 1); pass++)
		for (int y = passes[pass][0]; y < m->height; y += passes[pass][1]) {
			for (int x = 0; x < m->width; x++)
				row[x] = (uint8_t)quarter_at(m, x, y);
			EGifPutLine(file, row, m->width);
		}
	free(row);
}

void make_gif(struct bytes *out, const struct make *m)
{
	int code = 0;
	GifColorType colors[4];
	for (int i = 0; i < 4; i++)
		colors[i] = (GifColorType){quarters[i][0], quarters[i][1], quarters[i][2]};
	ColorMapObject *map = GifMakeMapObject(4, colors);
	GifFileType *file = EGifOpen(out, write_gif, &code);
	if (!file || EGifPutScreenDesc(file, m->width, m->height, 2, 0, map) == GIF_ERROR)
		fail("gif");
	for (int i = 0; i < (m->frames ? m->frames : 1); i++)
		gif_frame(file, m);
	EGifCloseFile(file, &code);
	GifFreeMapObject(map);
}

/* Half of the damage goes to the head, where sizes and tables are. */
static size_t somewhere(const struct bytes *b, uint32_t *state)
{
	size_t range = make_random(state) % 2 && b->length > 128 ? 128 : b->length;
	return make_random(state) % range;
}

void make_mutation(struct bytes *b, uint32_t *state)
{
	for (uint32_t times = 1 + make_random(state) % 4; times && b->length > 16; times--) {
		size_t at = somewhere(b, state), left = b->length - at;
		size_t run = 1 + make_random(state) % 16;
		run = run > left ? left : run;
		switch (make_random(state) % 6) {
		case 0:
			b->data[at] ^= (uint8_t)(1u << make_random(state) % 8);
			break;
		case 1:
			b->data[at] = (uint8_t)make_random(state);
			break;
		case 2:
			memset(b->data + at, make_random(state) % 2 ? 0xFF : 0, run);
			break;
		case 3:
			b->length = at + 1;
			break;
		case 4:
			memmove(b->data + at, b->data + at + run, left - run);
			b->length -= run;
			break;
		default:
			memmove(b->data + at, b->data + somewhere(b, state) / 2, run / 2);
		}
	}
}
