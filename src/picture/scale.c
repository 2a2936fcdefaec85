#include "picture/scale.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TILE 64

void scale_fit(int *width, int *height, int max_width, int max_height)
{
	long long w = *width, h = *height;
	if (max_width > 0 && w > max_width) {
		h = (h * max_width + w / 2) / w;
		w = max_width;
	}
	if (max_height > 0 && h > max_height) {
		w = ((long long)*width * max_height + *height / 2) / *height;
		if (max_width > 0 && w > max_width)
			w = max_width;
		h = max_height;
	}
	*width = w > 0 ? (int)w : 1;
	*height = h > 0 ? (int)h : 1;
}

static enum err make_room(struct picture *p, int width, int height, struct error *e)
{
	*p = (struct picture){.width = width, .height = height};
	p->pixels = malloc((size_t)width * (size_t)height * 3);
	return p->pixels ? OK : error_set(e, ERR_MEMORY, "%d×%d", width, height);
}

enum err scale_start(struct scaler *s, int width, int height, int to_width, int to_height, struct error *e)
{
	*s = (struct scaler){.width = width, .height = height};
	enum err err = make_room(&s->out, to_width, to_height, e);
	if (err == OK) {
		s->line = calloc((size_t)to_width * 3, sizeof *s->line);
		s->sums = calloc((size_t)to_width * 3, sizeof *s->sums);
		if (!s->line || !s->sums)
			err = error_set(e, ERR_MEMORY, "%d×%d", to_width, to_height);
	}
	if (err != OK)
		scale_end(s, NULL);
	return err;
}

/* Every pixel is `to` units wide and a new one `from` units, so that all borders
 * are whole numbers and nothing is rounded until the end. */
static void sum_sideways(struct scaler *s, const uint8_t *rgb)
{
	uint32_t to = (uint32_t)s->out.width, from = (uint32_t)s->width, left = from, *cell = s->line;
	memset(s->line, 0, (size_t)to * 3 * sizeof *s->line);
	for (uint32_t x = 0; x < from; x++, rgb += 3) {
		uint32_t part = to < left ? to : left;
		for (int c = 0; c < 3; c++)
			cell[c] += rgb[c] * part;
		left -= part;
		if (left)
			continue;
		left = from;
		cell += 3;
		part = to - part;
		if (!part)
			continue;
		for (int c = 0; c < 3; c++)
			cell[c] += rgb[c] * part;
		left -= part;
	}
}

static void add_line(struct scaler *s, uint32_t weight)
{
	for (int i = 0; i < s->out.width * 3; i++)
		s->sums[i] += (uint64_t)s->line[i] * weight;
}

static void finish_row(struct scaler *s, int row)
{
	uint64_t area = (uint64_t)s->width * (uint64_t)s->height;
	uint8_t *out = s->out.pixels + (size_t)row * (size_t)s->out.width * 3;
	for (int i = 0; area && i < s->out.width * 3; i++)
		out[i] = (uint8_t)((s->sums[i] + area / 2) / area);
	memset(s->sums, 0, (size_t)s->out.width * 3 * sizeof *s->sums);
}

void scale_row(struct scaler *s, const uint8_t *rgb)
{
	size_t bytes = (size_t)s->width * 3;
	if (s->row >= s->height)
		return;
	if (s->out.width == s->width && s->out.height == s->height) {
		memcpy(s->out.pixels + (size_t)s->row++ * bytes, rgb, bytes);
		return;
	}
	sum_sideways(s, rgb);
	uint64_t to = (uint64_t)s->out.height, from = (uint64_t)s->height;
	uint64_t start = (uint64_t)s->row * to, end = start + to, border = (start / from + 1) * from;
	if (end < border)
		add_line(s, (uint32_t)to);
	else {
		add_line(s, (uint32_t)(border - start));
		finish_row(s, (int)(border / from) - 1);
		if (end > border)
			add_line(s, (uint32_t)(end - border));
	}
	s->row++;
}

void scale_end(struct scaler *s, struct picture *out)
{
	if (out)
		*out = s->out;
	else
		free(s->out.pixels);
	free(s->line);
	free(s->sums);
	*s = (struct scaler){0};
}

/* One square tile of the turned picture: columns of the old one stay in the cache. */
static void turn_tile(const struct picture *p, struct picture *turned, int orientation, int left, int top)
{
	bool swap = orientation >= 5, mirror = orientation == 2 || orientation == 3 || orientation >= 7;
	bool upside = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
	for (int y = top; y < turned->height && y < top + TILE; y++) {
		uint8_t *to = turned->pixels + ((size_t)y * (size_t)turned->width + (size_t)left) * 3;
		for (int x = left; x < turned->width && x < left + TILE; x++, to += 3) {
			int column = swap ? y : x, row = swap ? x : y;
			if (mirror)
				column = p->width - 1 - column;
			if (upside)
				row = p->height - 1 - row;
			memcpy(to, p->pixels + ((size_t)row * (size_t)p->width + (size_t)column) * 3, 3);
		}
	}
}

enum err scale_turn(struct picture *p, int orientation, struct error *e)
{
	if (orientation < 2 || orientation > 8)
		return OK;
	bool swap = orientation >= 5;
	struct picture turned = {0};
	enum err err = make_room(&turned, swap ? p->height : p->width, swap ? p->width : p->height, e);
	if (err != OK)
		return err;
	for (int y = 0; y < turned.height; y += TILE)
		for (int x = 0; x < turned.width; x += TILE)
			turn_tile(p, &turned, orientation, x, y);
	free(p->pixels);
	*p = turned;
	return OK;
}

void picture_free(struct picture *p)
{
	free(p->pixels);
	*p = (struct picture){0};
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

enum err picture_crop(const struct picture *p, int x, int y, int width, int height, struct picture *out,
		      struct error *e)
{
	int left = (int)((long long)p->width * clamp(x, 0, 1000) / 1000);
	int top = (int)((long long)p->height * clamp(y, 0, 1000) / 1000);
	left = clamp(left, 0, p->width - 1);
	top = clamp(top, 0, p->height - 1);
	int columns = (int)((long long)p->width * clamp(width, 0, 1000) / 1000);
	int rows = (int)((long long)p->height * clamp(height, 0, 1000) / 1000);
	columns = clamp(columns, 1, p->width - left);
	rows = clamp(rows, 1, p->height - top);
	enum err err = make_room(out, columns, rows, e);
	for (int r = 0; err == OK && r < rows; r++)
		memcpy(out->pixels + (size_t)r * (size_t)columns * 3,
		       p->pixels + ((size_t)(top + r) * (size_t)p->width + (size_t)left) * 3, (size_t)columns * 3);
	return err;
}

enum err picture_shrink(const struct picture *p, int max_width, int max_height, struct picture *out, struct error *e)
{
	struct scaler s = {0};
	int width = p->width, height = p->height;
	*out = (struct picture){0};
	scale_fit(&width, &height, max_width, max_height);
	enum err err = scale_start(&s, p->width, p->height, width, height, e);
	if (err != OK)
		return err;
	for (int y = 0; y < p->height; y++)
		scale_row(&s, p->pixels + (size_t)y * (size_t)p->width * 3);
	scale_end(&s, out);
	return OK;
}
