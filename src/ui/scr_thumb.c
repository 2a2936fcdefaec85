#include "ui/scr_thumb.h"

#include <string.h>

#include "base/text.h"
#include "desk/attach.h"
#include "ui/pane.h"
#include "ui/scr_common.h"

/* What terminals commonly draw for the first sixteen. */
static const uint32_t sixteen[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

void thumb_clear(struct thumb *t)
{
	picture_free(&t->picture);
	picture_cells_free(&t->cells);
	*t = (struct thumb){0};
}

bool thumb_is(const struct thumb *t, const char *name)
{
	return *t->name && strcmp(t->name, name) == 0;
}

void thumb_fail(struct thumb *t, const char *name, const struct error *e)
{
	thumb_clear(t);
	text_copy(t->name, sizeof t->name, name);
	error_sentence(e, t->why, sizeof t->why);
}

void thumb_load(struct thumb *t, const char *name, const void *data, size_t length)
{
	struct error e = {0};
	thumb_clear(t);
	if (picture_decode(data, length, THUMB_SIDE, THUMB_SIDE, &t->picture, &e) != OK)
		thumb_fail(t, name, &e);
	else
		text_copy(t->name, sizeof t->name, name);
}

bool thumb_follow(struct ui *ui, struct thumb *t, const char *order, const char *kind)
{
	struct bytes content = {0};
	struct error e = {0};
	if (!*kind || thumb_is(t, kind))
		return false;
	if (attach_read(app_desk(ui), order, kind, &content, &e) != OK)
		thumb_fail(t, kind, &e);
	else
		thumb_load(t, kind, content.data, content.length);
	bytes_free(&content);
	return true;
}

enum picture_colors thumb_colors(struct ui *ui)
{
	switch (term_colours(ui_term(ui))) {
	case TERM_MONO: return PICTURE_MONO;
	case TERM_8: return PICTURE_16;
	default: return PICTURE_TRUE; /* the terminal's module finds the nearest of 256 */
	}
}

static uint32_t colour(enum picture_colors mode, int32_t value)
{
	if (value == PICTURE_DEFAULT)
		return 0;
	return mode == PICTURE_16 ? sixteen[value & 15] : (uint32_t)value;
}

void thumb_draw_cells(struct ui *ui, const struct picture_cells *cells, const struct pane *p, int row, int column)
{
	enum picture_colors mode = thumb_colors(ui);
	for (int y = 0; y < cells->rows && row + y < p->rows; y++)
		for (int x = 0; x < cells->columns && column + x < p->columns; x++) {
			const struct picture_cell *c = &cells->cells[(size_t)y * (size_t)cells->columns + (size_t)x];
			char glyph[5] = " ";
			glyph[c->code ? text_encode(c->code, glyph) : 1] = '\0';
			if (mode == PICTURE_MONO)
				pane_text(p, row + y, column + x, ROLE_NORMAL, glyph);
			else
				term_cell(ui_term(ui), p->top + row + y, p->left + column + x, glyph, colour(mode, c->fg),
					colour(mode, c->bg));
		}
}

void thumb_draw(struct ui *ui, struct thumb *t, const struct pane *p)
{
	if (*t->why)
		pane_wrapped(p, 0, 0, p->columns, p->rows, ROLE_WARN, t->why);
	if (!t->picture.pixels || p->rows < 2 || p->columns < 4)
		return;
	if (t->rows != p->rows || t->columns != p->columns) {
		picture_cells_free(&t->cells);
		t->rows = t->columns = 0;
		if (picture_cells(&t->picture, p->columns, p->rows, thumb_colors(ui), &t->cells, NULL) != OK)
			return;
		t->rows = p->rows;
		t->columns = p->columns;
	}
	thumb_draw_cells(ui, &t->cells, p, (p->rows - t->cells.rows) / 2, (p->columns - t->cells.columns) / 2);
}
