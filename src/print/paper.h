/* The page that is drawn on, and text on it. Points from the upper left corner. Private to src/print. */
#ifndef CERTDESK_PRINT_PAPER_H
#define CERTDESK_PRINT_PAPER_H

#include <pango/pangocairo.h>

#include "print/render.h"

#define PAPER_MM (72.0 / 25.4)
#define PAPER_GREY 0.45
#define PAPER_LINE 0.5 /* width of rules */

struct paper {
	const struct print_template *t;
	const json_t *facts, *row; /* `row`: the item that this page is for, or NULL */
	const struct print_marks *marks;
	cairo_t *cr;
	PangoContext *context;
	double left, right, top, bottom, y;
	int page, pages; /* pages 0: they are being counted */
	char lacking[PRINT_LACKING * 4 + 1]; /* as print_made's */
	bool no_memory;
};

/* Begins a page with head, foot and marks; the one before is shown. */
void paper_page(struct paper *p);
/* A new page unless `height` fits; a block that never would gets what there is, and a label has one page. True where a page began. */
bool paper_need(struct paper *p, double height);

struct paper_look {
	double size; /* points */
	bool bold;
	double grey; /* 0 black */
	enum print_align align;
};
/* Text set to a width, wrapped; `height` (0: any) ends it with an ellipsis. g_object_unref is the caller's. */
PangoLayout *paper_layout(struct paper *p, const char *text, double width, double height, const struct paper_look *look);
double paper_height(PangoLayout *layout);
void paper_draw(struct paper *p, PangoLayout *layout, double x, double y, double grey);
/* A text in one go: returns its height. */
double paper_text(struct paper *p, const char *text, double x, double y, double width, const struct paper_look *look);
/* Flowing text from p->y on, over as many pages as it takes. */
void paper_flow(struct paper *p, const char *text, const struct paper_look *look);
void paper_rule(struct paper *p, double x1, double y1, double x2, double y2, double grey);
void paper_frame(struct paper *p, double x, double y, double width, double height, double grey);
void paper_fill(struct paper *p, double x, double y, double width, double height, double grey);
/* A QR code of that side, quiet zone included. False where the text can't be coded. */
bool paper_qr(struct paper *p, const char *text, double x, double y, double side);
/* ${name} filled, in p's facts and row (`row` NULL: p->row); the string belongs to `out`. */
const char *paper_say(struct paper *p, const char *text, const json_t *row, struct bytes *out);

/* blocks.c, table.c */
void paper_block(struct paper *p, const struct print_block *b);
void paper_table(struct paper *p, const struct print_block *b);
void paper_fields(struct paper *p, const struct print_block *b);

#endif
