#include "print/paper.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "print/fill.h"

enum { QUIET = 4 };

/* Cairo refuses a document for one character that is none: U+FDD0 … U+FDEF and the last two of every plane. In place. */
static void replace_noncharacters(char *text)
{
	uint32_t code;
	char *to = text;
	for (size_t n; (n = text_decode(text, &code)) > 0; text += n) {
		bool none = (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
		to += text_encode(none ? TEXT_INVALID : code, to); /* no longer than what it stands for */
	}
	*to = '\0';
}

/* A letter that no font has is drawn as a box with its number. */
static void note_lacking(struct paper *p, PangoLayout *layout)
{
	if (pango_layout_get_unknown_glyphs_count(layout) == 0)
		return;
	PangoLayoutIter *at = pango_layout_get_iter(layout);
	do {
		const PangoLayoutRun *run = pango_layout_iter_get_run_readonly(at);
		for (int i = 0; run && i < run->glyphs->num_glyphs; i++) {
			PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
			char letter[5] = "";
			size_t used = strlen(p->lacking);
			if (glyph & PANGO_GLYPH_UNKNOWN_FLAG)
				text_encode(glyph & ~PANGO_GLYPH_UNKNOWN_FLAG, letter);
			if (*letter && !strstr(p->lacking, letter) && used + strlen(letter) < sizeof p->lacking)
				strcpy(p->lacking + used, letter);
		}
	} while (pango_layout_iter_next_run(at));
	pango_layout_iter_free(at);
}

PangoLayout *paper_layout(struct paper *p, const char *text, double width, double height, const struct paper_look *look)
{
	static const PangoAlignment aligns[] = {
		[PRINT_LEFT] = PANGO_ALIGN_LEFT, [PRINT_CENTRE] = PANGO_ALIGN_CENTER, [PRINT_RIGHT] = PANGO_ALIGN_RIGHT};
	PangoLayout *layout = pango_layout_new(p->context);
	PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC, Noto Sans, sans-serif");
	pango_font_description_set_absolute_size(font, look->size * PANGO_SCALE);
	pango_font_description_set_weight(font, look->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_auto_dir(layout, FALSE); /* a name in another script doesn't turn its line round */
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, aligns[look->align]);
	pango_layout_set_spacing(layout, (int)(look->size * (p->t->about == PRINT_BLANK ? 0.6 : 0.12) * PANGO_SCALE));
	if (height > 0) {
		pango_layout_set_height(layout, (int)(height * PANGO_SCALE));
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	}
	size_t room = strlen(text) * 3 + 1;
	char *clean = malloc(room); /* whatever came this far, no control and no bidi character gets on paper */
	if (clean) {
		text_printable_lines(clean, room, text);
		replace_noncharacters(clean);
		pango_layout_set_text(layout, clean, -1);
		note_lacking(p, layout);
	} else
		p->no_memory = true;
	free(clean);
	return layout;
}

double paper_height(PangoLayout *layout)
{
	int height;
	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

void paper_draw(struct paper *p, PangoLayout *layout, double x, double y, double grey)
{
	cairo_set_source_rgb(p->cr, grey, grey, grey);
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, layout);
}

double paper_text(struct paper *p, const char *text, double x, double y, double width, const struct paper_look *look)
{
	PangoLayout *layout = paper_layout(p, text, width, 0, look);
	double height = paper_height(layout);
	paper_draw(p, layout, x, y, look->grey);
	g_object_unref(layout);
	return height;
}

void paper_rule(struct paper *p, double x1, double y1, double x2, double y2, double grey)
{
	cairo_set_source_rgb(p->cr, grey, grey, grey);
	cairo_set_line_width(p->cr, PAPER_LINE);
	cairo_move_to(p->cr, x1, y1);
	cairo_line_to(p->cr, x2, y2);
	cairo_stroke(p->cr);
}

void paper_frame(struct paper *p, double x, double y, double width, double height, double grey)
{
	cairo_set_source_rgb(p->cr, grey, grey, grey);
	cairo_set_line_width(p->cr, PAPER_LINE);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_stroke(p->cr);
}

void paper_fill(struct paper *p, double x, double y, double width, double height, double grey)
{
	cairo_set_source_rgb(p->cr, grey, grey, grey);
	cairo_rectangle(p->cr, x, y, width, height);
	cairo_fill(p->cr);
}

bool paper_qr(struct paper *p, const char *text, double x, double y, double side)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!code)
		return false;
	double module = side / (code->width + 2 * QUIET);
	paper_fill(p, x, y, side, side, 1);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
	cairo_set_antialias(p->cr, CAIRO_ANTIALIAS_NONE); /* no hair lines between modules */
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			if (code->data[row * code->width + column] & 1)
				cairo_rectangle(p->cr, x + (column + QUIET) * module, y + (row + QUIET) * module, module, module);
	cairo_fill(p->cr);
	cairo_set_antialias(p->cr, CAIRO_ANTIALIAS_DEFAULT);
	QRcode_free(code);
	return true;
}

const char *paper_say(struct paper *p, const char *text, const json_t *row, struct bytes *out)
{
	if (print_fill(text, json_object_get(p->facts, "texts"), row ? row : p->row, out))
		p->no_memory = true;
	return out->data ? (const char *)out->data : "";
}

/* Pale, so that everything on it stays readable and it can't be cut off either. */
static void draw_demonstration(struct paper *p)
{
	double width = p->t->width * PAPER_MM, height = p->t->height * PAPER_MM, size = width * (p->t->label ? 0.2 : 0.16);
	const char *text = p->t->label ? "演示" : tr("演示 无效", "演示 DEMONSTRATION");
	const struct paper_look look = {.size = p->t->label || lang_now() == LANG_ZH ? size : size * 0.45, .bold = true, .align = PRINT_CENTRE};
	PangoLayout *layout = paper_layout(p, text, width * 1.2, 0, &look);
	cairo_save(p->cr);
	cairo_translate(p->cr, width / 2, height / 2);
	cairo_rotate(p->cr, -0.6);
	paper_draw(p, layout, -width * 0.6, -paper_height(layout) / 2, 0.93);
	cairo_restore(p->cr);
	g_object_unref(layout);
}

static void draw_reprint(struct paper *p, double y)
{
	const struct paper_look look = {.size = p->t->label ? 5.5 : 8.5, .bold = true, .align = PRINT_CENTRE};
	PangoLayout *layout = paper_layout(p, p->marks->reprint, p->right - p->left, 0, &look);
	int width;
	pango_layout_get_pixel_size(layout, &width, NULL);
	double box = width + 12, x = (p->left + p->right - box) / 2, height = paper_height(layout);
	if (!p->t->label)
		paper_frame(p, x, y - 2, box, height + 4, 0);
	paper_draw(p, layout, p->left, y, 0);
	g_object_unref(layout);
}

static void draw_head(struct paper *p, double y)
{
	const struct paper_look left = {.size = 8, .grey = PAPER_GREY}, right = {.size = 8, .grey = PAPER_GREY, .align = PRINT_RIGHT};
	double half = (p->right - p->left) / 2;
	PangoLayout *head = paper_layout(p, p->marks->head, half, 1, &left);
	paper_draw(p, head, p->left, y, PAPER_GREY);
	g_object_unref(head);
	paper_text(p, p->marks->subject, p->left + half, y, half, &right);
	paper_rule(p, p->left, y + 14, p->right, y + 14, 0.7);
}

static void draw_foot(struct paper *p, double y)
{
	const struct paper_look left = {.size = 8, .grey = PAPER_GREY}, right = {.size = 8, .grey = PAPER_GREY, .align = PRINT_RIGHT};
	char number[64];
	double width = p->right - p->left;
	snprintf(number, sizeof number, tr("第 %d 页 共 %d 页", "page %d of %d"), p->page, p->pages);
	paper_rule(p, p->left, y, p->right, y, 0.7);
	PangoLayout *foot = paper_layout(p, p->marks->foot, width * 0.75, 1, &left);
	paper_draw(p, foot, p->left, y + 3, PAPER_GREY);
	g_object_unref(foot);
	paper_text(p, number, p->left + width * 0.75, y + 3, width * 0.25, &right);
}

void paper_page(struct paper *p)
{
	double margin = p->t->margin * PAPER_MM, height = p->t->height * PAPER_MM;
	bool reprint = p->marks->reprint[0] != '\0';
	if (p->page++ > 0)
		cairo_show_page(p->cr);
	p->left = margin;
	p->right = p->t->width * PAPER_MM - margin;
	p->top = margin;
	p->bottom = height - margin;
	if (p->marks->demonstration)
		draw_demonstration(p);
	if (!p->t->label) {
		draw_head(p, margin * 0.6);
		draw_foot(p, height - margin * 0.85);
		p->top = margin * 0.6 + 22;
		p->bottom = height - margin * 0.85 - 8;
		if (reprint)
			draw_reprint(p, p->top);
		p->top += reprint ? 20 : 4;
	} else if (reprint)
		draw_reprint(p, p->bottom -= 7);
	p->y = p->top;
}

bool paper_need(struct paper *p, double height)
{
	if (p->t->label || p->y + height <= p->bottom || p->y <= p->top)
		return false;
	paper_page(p);
	return true;
}

void paper_flow(struct paper *p, const char *text, const struct paper_look *look)
{
	PangoLayout *layout = paper_layout(p, text, p->right - p->left, 0, look);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	do {
		PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);
		PangoRectangle area;
		int top, bottom;
		pango_layout_iter_get_line_extents(iter, NULL, &area);
		pango_layout_iter_get_line_yrange(iter, &top, &bottom);
		double height = (double)(bottom - top) / PANGO_SCALE, base = (double)(pango_layout_iter_get_baseline(iter) - top) / PANGO_SCALE;
		paper_need(p, height);
		cairo_set_source_rgb(p->cr, look->grey, look->grey, look->grey);
		cairo_move_to(p->cr, p->left + (double)area.x / PANGO_SCALE, p->y + base);
		pango_cairo_show_layout_line(p->cr, line);
		p->y += height;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
	g_object_unref(layout);
}
