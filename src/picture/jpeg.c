#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "picture/decode.h"
#include "picture/scale.h"

/* A progressive picture keeps all its coefficients: 6 bytes a pixel at most. */
#define JPEG_MEMORY (PICTURE_PIXELS_MAX * 6L + (32L << 20))
/* Encoders use a dozen scans; thousands of empty ones are an attack on time. */
#define JPEG_SCANS 100

struct jpeg {
	struct jpeg_decompress_struct info;
	struct jpeg_error_mgr manager;
	struct jpeg_progress_mgr progress;
	jmp_buf back;
	struct decode *d;
	struct scaler scaler;
	uint8_t *row, *rgb;
	size_t padding; /* bytes before the end marker that no pixel used */
	enum err err;
	struct error *e;
};

static _Noreturn void leave(struct jpeg *j, enum err err, const char *detail)
{
	j->err = error_set(j->e, err, "%s", detail);
	longjmp(j->back, 1);
}

static _Noreturn void on_error(j_common_ptr info)
{
	struct jpeg *j = info->client_data;
	char size[64];
	switch (info->err->msg_code) {
	case JERR_IMAGE_TOO_BIG:
	case JERR_WIDTH_OVERFLOW:
	case JERR_EMPTY_IMAGE:
		snprintf(size, sizeof size, "%u×%u", j->info.image_width, j->info.image_height);
		leave(j, ERR_PICTURE_SIZE, size);
	case JERR_OUT_OF_MEMORY:
	case JERR_NO_BACKING_STORE:
		leave(j, ERR_MEMORY, "JPEG");
	case JERR_BAD_PRECISION:
	case JERR_SOF_UNSUPPORTED:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_COMPONENT_COUNT:
	case JERR_CCIR601_NOTIMPL:
	case JERR_FRACT_SAMPLE_NOTIMPL:
		leave(j, ERR_PICTURE_UNUSUAL, "JPEG");
	case JERR_INPUT_EOF:
	case JERR_INPUT_EMPTY:
		leave(j, ERR_PICTURE_CUT, "");
	default:
		leave(j, ERR_PICTURE_BROKEN, "");
	}
}

/* The library guesses on after damage; a document must not be guessed. */
static void on_message(j_common_ptr info, int level)
{
	struct jpeg *j = info->client_data;
	if (level >= 0)
		return;
	switch (info->err->msg_code) {
	case JWRN_ADOBE_XFORM:
	case JWRN_JFIF_MAJOR:
		return;
	case JWRN_EXTRANEOUS_DATA:
		if (info->err->msg_parm.i[1] != JPEG_EOI)
			leave(j, ERR_PICTURE_BROKEN, "");
		j->padding = (size_t)info->err->msg_parm.i[0];
		return;
	case JWRN_JPEG_EOF:
		leave(j, ERR_PICTURE_CUT, "");
	default:
		leave(j, ERR_PICTURE_BROKEN, "");
	}
}

static void on_progress(j_common_ptr info)
{
	struct jpeg *j = info->client_data;
	if (j->info.input_scan_number > JPEG_SCANS)
		leave(j, ERR_PICTURE_SLOW, "");
}

static unsigned read_number(const uint8_t *at, int bytes, bool little)
{
	unsigned value = 0;
	for (int i = 0; i < bytes; i++)
		value = value << 8 | at[little ? bytes - 1 - i : i];
	return value;
}

/* The orientation in one APP1 segment (a TIFF directory after "Exif\0\0"), or 1. */
static int exif_orientation(const uint8_t *at, size_t length)
{
	if (length < 14 || memcmp(at, "Exif\0\0", 6) || (memcmp(at + 6, "II*\0", 4) && memcmp(at + 6, "MM\0*", 4)))
		return 1;
	at += 6;
	length -= 6;
	bool little = *at == 'I';
	size_t place = read_number(at + 4, 4, little);
	if (place > length || length - place < 2)
		return 1;
	unsigned count = read_number(at + place, 2, little);
	for (place += 2; count && length - place >= 12; count--, place += 12)
		if (read_number(at + place, 2, little) == 0x0112) {
			unsigned value = read_number(at + place + 8, 2, little);
			return value >= 1 && value <= 8 ? (int)value : 1;
		}
	return 1;
}

static void find_orientation(struct jpeg *j)
{
	for (jpeg_saved_marker_ptr m = j->info.marker_list; m && j->d->orientation == 1; m = m->next)
		if (m->marker == JPEG_APP0 + 1)
			j->d->orientation = exif_orientation(m->data, m->data_length);
}

/* Adobe's programs store CMYK inverted and say so by their marker. */
static void cmyk_to_rgb(const struct jpeg *j, const uint8_t *cmyk, uint8_t *rgb)
{
	unsigned flip = j->info.saw_Adobe_marker ? 0 : 255;
	for (unsigned x = 0; x < j->info.output_width; x++, cmyk += 4, rgb += 3)
		for (int c = 0; c < 3; c++)
			rgb[c] = (uint8_t)((cmyk[c] ^ flip) * (cmyk[3] ^ flip) / 255);
}

/* Lets the decoder itself make the picture smaller where the result is smaller. */
static void choose_scale(struct jpeg *j, int width, int height)
{
	j->info.scale_denom = 8;
	for (j->info.scale_num = 1; j->info.scale_num < 8; j->info.scale_num++) {
		jpeg_calc_output_dimensions(&j->info);
		if (!j->d->keep || ((int)j->info.output_width >= width && (int)j->info.output_height >= height))
			return;
	}
}

static void start(struct jpeg *j)
{
	struct decode *d = j->d;
	jpeg_create_decompress(&j->info);
	j->info.client_data = j;
	j->info.mem->max_memory_to_use = JPEG_MEMORY;
	j->info.progress = &j->progress;
	jpeg_save_markers(&j->info, JPEG_APP0 + 1, 0xFFFF);
	jpeg_mem_src(&j->info, d->data, d->length);
	jpeg_read_header(&j->info, TRUE);
	j->err = decode_take_size(d, j->info.image_width, j->info.image_height, j->e);
	if (j->err != OK)
		longjmp(j->back, 1);
	find_orientation(j);
	if (j->info.jpeg_color_space == JCS_UNKNOWN)
		leave(j, ERR_PICTURE_UNUSUAL, "JPEG");
	j->info.out_color_space = j->info.num_components == 4 ? JCS_CMYK : JCS_RGB;
	j->info.do_block_smoothing = FALSE;
}

static void decode_rows(struct jpeg *j)
{
	struct decode *d = j->d;
	bool turned = d->orientation >= 5, cmyk = j->info.num_components == 4;
	int width = d->width, height = d->height;
	scale_fit(&width, &height, turned ? d->max_height : d->max_width, turned ? d->max_width : d->max_height);
	choose_scale(j, width, height);
	jpeg_start_decompress(&j->info);
	if (d->keep)
		j->err = scale_start(&j->scaler, (int)j->info.output_width, (int)j->info.output_height, width, height,
				     j->e);
	if (j->err != OK)
		longjmp(j->back, 1);
	j->row = malloc((size_t)j->info.output_width * 4);
	j->rgb = malloc((size_t)j->info.output_width * 3);
	if (!j->row || !j->rgb)
		leave(j, ERR_MEMORY, "JPEG");
	while (j->info.output_scanline < j->info.output_height) {
		jpeg_read_scanlines(&j->info, &j->row, 1);
		if (!d->keep)
			continue;
		if (cmyk)
			cmyk_to_rgb(j, j->row, j->rgb);
		scale_row(&j->scaler, cmyk ? j->rgb : j->row);
	}
	jpeg_finish_decompress(&j->info);
	d->end = d->length - j->info.src->bytes_in_buffer;
	if (j->padding && !decode_only_zeros(d->data + d->end - 2 - j->padding, j->padding))
		leave(j, ERR_PICTURE_BROKEN, "");
}

enum err decode_jpeg(struct decode *d, struct error *e)
{
	struct jpeg j = {.d = d, .e = e, .progress = {.progress_monitor = on_progress}};
	j.info.err = jpeg_std_error(&j.manager);
	j.info.client_data = &j;
	j.manager.error_exit = on_error;
	j.manager.emit_message = on_message;
	if (!setjmp(j.back)) {
		start(&j);
		decode_rows(&j);
	}
	jpeg_destroy_decompress(&j.info);
	free(j.row);
	free(j.rgb);
	scale_end(&j.scaler, j.err == OK ? &d->picture : NULL);
	return j.err;
}

struct encoder {
	struct jpeg_compress_struct info;
	struct jpeg_error_mgr manager;
	jmp_buf back;
	unsigned char *data;
	unsigned long length;
	enum err err;
};

static _Noreturn void on_encode_error(j_common_ptr info)
{
	struct encoder *c = info->client_data;
	c->err = ERR_MEMORY;
	longjmp(c->back, 1);
}

static void encode(struct encoder *c, const struct picture *p, int quality)
{
	jpeg_create_compress(&c->info);
	jpeg_mem_dest(&c->info, &c->data, &c->length);
	c->info.image_width = (JDIMENSION)p->width;
	c->info.image_height = (JDIMENSION)p->height;
	c->info.input_components = 3;
	c->info.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c->info);
	jpeg_set_quality(&c->info, quality, TRUE);
	c->info.optimize_coding = TRUE;
	jpeg_start_compress(&c->info, TRUE);
	while (c->info.next_scanline < c->info.image_height) {
		JSAMPROW row = p->pixels + (size_t)c->info.next_scanline * (size_t)p->width * 3;
		jpeg_write_scanlines(&c->info, &row, 1);
	}
	jpeg_finish_compress(&c->info);
}

enum err picture_encode(const struct picture *p, int quality, struct bytes *out, struct error *e)
{
	struct encoder c = {0};
	c.info.err = jpeg_std_error(&c.manager);
	c.info.client_data = &c;
	c.manager.error_exit = on_encode_error;
	if (!setjmp(c.back)) {
		encode(&c, p, quality);
		out->length = 0;
		c.err = bytes_add(out, c.data, c.length);
	}
	jpeg_destroy_compress(&c.info);
	free(c.data);
	return c.err == OK ? OK : error_set(e, c.err, "JPEG");
}
