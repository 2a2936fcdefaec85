#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

#include "picture/decode.h"
#include "picture/scale.h"

struct gif {
	struct decode *d;
	size_t place;
	GifFileType *file;
	GifImageDesc frame;
	uint8_t *indexes; /* the frame's pixels; NULL until it came */
	uint8_t colors[256][3];
	int color_count, transparent;
	bool cut;
};

static int read_bytes(GifFileType *file, GifByteType *to, int length)
{
	struct gif *g = file->UserData;
	size_t left = g->d->length - g->place, take = (size_t)length < left ? (size_t)length : left;
	g->cut = g->cut || take < (size_t)length;
	memcpy(to, g->d->data + g->place, take);
	g->place += take;
	return (int)take;
}

static enum err damaged(const struct gif *g, struct error *e)
{
	return error_set(e, g->cut ? ERR_PICTURE_CUT : ERR_PICTURE_BROKEN, "%s", "");
}

/* Extensions say nothing a document needs, but for the transparent colour. */
static enum err skip_extension(struct gif *g, struct error *e)
{
	GraphicsControlBlock control;
	GifByteType *block = NULL;
	int code = 0;
	if (DGifGetExtension(g->file, &code, &block) == GIF_ERROR)
		return damaged(g, e);
	if (code == GRAPHICS_EXT_FUNC_CODE && block && *block == 4 &&
	    DGifExtensionToGCB(*block, block + 1, &control) == GIF_OK)
		g->transparent = control.TransparentColor;
	while (block)
		if (DGifGetExtensionNext(g->file, &block) == GIF_ERROR)
			return damaged(g, e);
	return OK;
}

static enum err take_colors(struct gif *g, struct error *e)
{
	const ColorMapObject *map = g->file->Image.ColorMap ? g->file->Image.ColorMap : g->file->SColorMap;
	if (!map)
		return error_set(e, ERR_PICTURE_BROKEN, "%s", "");
	g->color_count = map->ColorCount;
	for (int i = 0; i < map->ColorCount && i < 256; i++) {
		const GifColorType color = map->Colors[i];
		memcpy(g->colors[i], (uint8_t[]){color.Red, color.Green, color.Blue}, 3);
	}
	if (g->transparent >= 0 && g->transparent < 256)
		memset(g->colors[g->transparent], 255, 3);
	return OK;
}

static enum err read_lines(struct gif *g, int first, int step, struct error *e)
{
	for (int y = first; y < g->frame.Height; y += step) {
		uint8_t *line = g->indexes + (size_t)y * (size_t)g->frame.Width;
		if (DGifGetLine(g->file, line, g->frame.Width) == GIF_ERROR)
			return damaged(g, e);
		for (int x = 0; x < g->frame.Width; x++)
			if (line[x] >= g->color_count && line[x] != g->transparent)
				return error_set(e, ERR_PICTURE_BROKEN, "%s", "");
	}
	return OK;
}

static enum err read_frame(struct gif *g, struct error *e)
{
	static const int passes[][2] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
	if (g->indexes)
		return error_set(e, ERR_PICTURE_ANIMATED, "%s", "");
	if (DGifGetImageDesc(g->file) == GIF_ERROR)
		return damaged(g, e);
	g->frame = g->file->Image;
	if (g->frame.Left < 0 || g->frame.Top < 0 || g->frame.Width < 1 || g->frame.Height < 1 ||
	    g->frame.Left + g->frame.Width > g->d->width || g->frame.Top + g->frame.Height > g->d->height)
		return error_set(e, ERR_PICTURE_BROKEN, "%s", "");
	enum err err = take_colors(g, e);
	g->indexes = malloc((size_t)g->frame.Width * (size_t)g->frame.Height);
	if (!g->indexes)
		return error_set(e, ERR_MEMORY, "GIF");
	if (err == OK && !g->frame.Interlace)
		return read_lines(g, 0, 1, e);
	for (size_t i = 0; err == OK && i < sizeof passes / sizeof *passes; i++)
		err = read_lines(g, passes[i][0], passes[i][1], e);
	return err;
}

static enum err read_records(struct gif *g, struct error *e)
{
	GifRecordType type = UNDEFINED_RECORD_TYPE;
	enum err err = decode_take_size(g->d, (unsigned long)g->file->SWidth, (unsigned long)g->file->SHeight, e);
	while (err == OK && type != TERMINATE_RECORD_TYPE) {
		if (DGifGetRecordType(g->file, &type) == GIF_ERROR)
			return damaged(g, e);
		if (type == EXTENSION_RECORD_TYPE)
			err = skip_extension(g, e);
		else if (type == IMAGE_DESC_RECORD_TYPE)
			err = read_frame(g, e);
	}
	g->d->end = g->place;
	return err == OK && !g->indexes ? damaged(g, e) : err;
}

/* The canvas is white paper where the frame doesn't cover it. */
static enum err draw(struct gif *g, struct error *e)
{
	struct decode *d = g->d;
	struct scaler s = {0};
	int width = d->width, height = d->height;
	scale_fit(&width, &height, d->max_width, d->max_height);
	enum err err = scale_start(&s, d->width, d->height, width, height, e);
	uint8_t *row = err == OK ? malloc((size_t)d->width * 3) : NULL;
	if (err == OK && !row)
		err = error_set(e, ERR_MEMORY, "GIF");
	for (int y = 0; err == OK && y < d->height; y++) {
		int line = y - g->frame.Top;
		memset(row, 255, (size_t)d->width * 3);
		for (int x = 0; line >= 0 && line < g->frame.Height && x < g->frame.Width; x++) {
			uint8_t index = g->indexes[(size_t)line * (size_t)g->frame.Width + (size_t)x];
			memcpy(row + (size_t)(g->frame.Left + x) * 3, g->colors[index], 3);
		}
		scale_row(&s, row);
	}
	free(row);
	scale_end(&s, err == OK ? &d->picture : NULL);
	return err;
}

enum err decode_gif(struct decode *d, struct error *e)
{
	struct gif g = {.d = d, .transparent = NO_TRANSPARENT_COLOR};
	int code = 0;
	g.file = DGifOpen(&g, read_bytes, &code);
	enum err err = g.file ? read_records(&g, e) : damaged(&g, e);
	if (err == OK && d->keep)
		err = draw(&g, e);
	if (g.file)
		DGifCloseFile(g.file, &code);
	free(g.indexes);
	return err;
}
