#include <chafa.h>
#include <stdlib.h>
#include <string.h>

#include "picture/picture.h"
#include "picture/scale.h"

static ChafaSymbolMap *block_symbols(void)
{
	ChafaSymbolMap *map = chafa_symbol_map_new();
	chafa_symbol_map_add_by_tags(map, CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID | CHAFA_SYMBOL_TAG_HALF |
						  CHAFA_SYMBOL_TAG_QUAD | CHAFA_SYMBOL_TAG_STIPPLE);
	return map;
}

/* Four bytes a pixel, as chafa misreads three with odd widths; `rows` may be more
 * than the picture has: white. NULL when memory ends. */
static uint8_t *widen(const struct picture *p, int rows)
{
	size_t pixels = (size_t)p->width * (size_t)p->height, all = (size_t)p->width * (size_t)rows;
	uint8_t *wide = malloc(all * 4);
	if (!wide)
		return NULL;
	memset(wide, 255, all * 4);
	for (size_t i = 0; i < pixels; i++)
		memcpy(wide + i * 4, p->pixels + i * 3, 3);
	return wide;
}

/* No worker threads: the desk forks, and a fork copies one thread only. */
static ChafaCanvas *draw(const struct picture *p, int rows, ChafaCanvasConfig *config)
{
	uint8_t *wide = widen(p, rows);
	if (!wide)
		return NULL;
	chafa_set_n_threads(1);
	ChafaCanvas *canvas = chafa_canvas_new(config);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED, wide, p->width, rows, p->width * 4);
	free(wide);
	return canvas;
}

static ChafaCanvas *draw_cells(const struct picture *p, int columns, int rows, enum picture_colors colors)
{
	static const ChafaCanvasMode modes[] = {
		[PICTURE_MONO] = CHAFA_CANVAS_MODE_FGBG,
		[PICTURE_16] = CHAFA_CANVAS_MODE_INDEXED_16,
		[PICTURE_256] = CHAFA_CANVAS_MODE_INDEXED_240,
		[PICTURE_TRUE] = CHAFA_CANVAS_MODE_TRUECOLOR,
	};
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaSymbolMap *map = block_symbols();
	chafa_canvas_config_set_canvas_mode(config, modes[colors]);
	chafa_canvas_config_set_symbol_map(config, map);
	chafa_canvas_config_set_geometry(config, columns, rows);
	chafa_canvas_config_set_work_factor(config, 0.5f);
	chafa_canvas_config_set_optimizations(config, CHAFA_OPTIMIZATION_NONE);
	ChafaCanvas *canvas = draw(p, p->height, config);
	chafa_canvas_config_unref(config);
	chafa_symbol_map_unref(map);
	return canvas;
}

enum err picture_cells(const struct picture *p, int columns, int rows, enum picture_colors colors,
		       struct picture_cells *out, struct error *e)
{
	gint width = columns > 0 ? columns : 1, height = rows > 0 ? rows : 1;
	*out = (struct picture_cells){0};
	chafa_calc_canvas_geometry(p->width, p->height, &width, &height, 0.5f, FALSE, FALSE);
	out->columns = width > 0 ? width : 1;
	out->rows = height > 0 ? height : 1;
	out->cells = calloc((size_t)out->columns * (size_t)out->rows, sizeof *out->cells);
	ChafaCanvas *canvas = out->cells ? draw_cells(p, out->columns, out->rows, colors) : NULL;
	if (!canvas) {
		picture_cells_free(out);
		return error_set(e, ERR_MEMORY, "%d×%d", columns, rows);
	}
	for (int y = 0; y < out->rows; y++)
		for (int x = 0; x < out->columns; x++) {
			struct picture_cell *cell = &out->cells[y * out->columns + x];
			gint fg = -1, bg = -1;
			chafa_canvas_get_raw_colors_at(canvas, x, y, &fg, &bg);
			cell->code = (uint32_t)chafa_canvas_get_char_at(canvas, x, y);
			cell->fg = colors == PICTURE_MONO || fg < 0 ? PICTURE_DEFAULT : fg;
			cell->bg = colors == PICTURE_MONO || bg < 0 ? PICTURE_DEFAULT : bg;
		}
	chafa_canvas_unref(canvas);
	return OK;
}

void picture_cells_free(struct picture_cells *c)
{
	free(c->cells);
	*c = (struct picture_cells){0};
}

/* NULL when memory ends. A sixel is six rows high: the last is filled up with white. */
static GString *draw_sixel(const struct picture *p, int registers)
{
	int rows = (p->height + 5) / 6 * 6;
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	chafa_canvas_config_set_pixel_mode(config, CHAFA_PIXEL_MODE_SIXELS);
	chafa_canvas_config_set_canvas_mode(config, registers >= 256 ? CHAFA_CANVAS_MODE_TRUECOLOR
								     : CHAFA_CANVAS_MODE_INDEXED_16);
	chafa_canvas_config_set_cell_geometry(config, 1, 1);
	chafa_canvas_config_set_geometry(config, p->width, rows);
	ChafaCanvas *canvas = draw(p, rows, config);
	GString *text = canvas ? chafa_canvas_print(canvas, NULL) : NULL;
	if (canvas)
		chafa_canvas_unref(canvas);
	chafa_canvas_config_unref(config);
	return text;
}

int picture_sixel_room(int rows, int pixels)
{
	enum { BORDERS = 4, KEPT = 2 };
	return rows > KEPT && pixels > BORDERS ? (rows - KEPT) * ((pixels - BORDERS) / rows) : 0;
}

enum err picture_sixel(const struct picture *p, int max_width, int max_height, int registers, struct bytes *out,
		       struct error *e)
{
	struct picture small = {0};
	int bound = max_height > 6 ? max_height - max_height % 6 : max_height;
	enum err err = picture_shrink(p, max_width, bound, &small, e);
	if (err != OK)
		return err;
	GString *text = draw_sixel(&small, registers);
	picture_free(&small);
	const char *start = text ? strstr(text->str, "\033P") : NULL, *end = start ? strstr(start, "\033\\") : NULL;
	if (end) {
		while (end > start && end[-1] == '-') /* a last line feed would scroll the screen */
			end--;
		err = bytes_add(out, start, (size_t)(end - start));
		if (err == OK)
			err = bytes_text(out, "\033\\");
	}
	if (text)
		g_string_free(text, TRUE);
	return err == OK && end ? OK : error_set(e, ERR_MEMORY, "sixel");
}
