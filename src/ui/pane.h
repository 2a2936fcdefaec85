/* A rectangle of the screen to draw in. Rows and columns count from its corner;
 * everything is clipped to it. */
#ifndef CERTDESK_UI_PANE_H
#define CERTDESK_UI_PANE_H

#include <stdbool.h>

#include "ui/term.h"

struct pane {
	struct term *term;
	int top, left, rows, columns;
};

struct pane pane_part(const struct pane *p, int row, int column, int rows, int columns); /* clipped */
struct pane pane_centre(const struct pane *p, int rows, int columns);
void pane_clear(const struct pane *p, enum role role);

/* Draws text from a column on; returns the columns used. */
int pane_text(const struct pane *p, int row, int column, enum role role, const char *text);
int pane_format(const struct pane *p, int row, int column, enum role role, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Exactly `columns` wide: cut with "…" or padded; `right` aligns to the right. */
void pane_cell(const struct pane *p, int row, int column, int columns, enum role role, const char *text, bool right);
/* Text broken into lines; returns the rows used. At most `rows` are drawn. */
int pane_wrapped(const struct pane *p, int row, int column, int columns, int rows, enum role role, const char *text);
/* A frame around the pane with a title in its upper edge; returns the pane inside (one column of air each side). */
struct pane pane_box(const struct pane *p, const char *title);
void pane_line(const struct pane *p, int row, const char *title); /* a rule with a heading in it */
/* "标签  value": label right-aligned in `label_columns`, value after two spaces, wrapped; returns rows used. */
int pane_pair(const struct pane *p, int row, int label_columns, const char *label, const char *value, enum role role);
void pane_cursor(const struct pane *p, int row, int column);

/* A QR code or other glyph grid already made of lines of UTF-8; drawn black on white (ROLE_PAPER). */
void pane_paper(const struct pane *p, int row, int column, const char *lines);

#endif
