/* A page to read: headings, label and value, paragraphs; broken to the width it is drawn in, and scrolled. */
#ifndef CERTDESK_UI_SCR_SHEET_H
#define CERTDESK_UI_SCR_SHEET_H

#include "ui/key.h"
#include "ui/pane.h"

struct sheet_row {
	enum { SHEET_HEAD, SHEET_PAIR, SHEET_TEXT, SHEET_GAP, SHEET_BESIDE } kind;
	enum role role;
	char *label, *value, *beside; /* beside: NULL but of SHEET_BESIDE */
};
struct sheet { /* zeroed is empty */
	struct sheet_row *rows;
	size_t count, room;
	int top, height, page; /* first line shown, lines in all, lines shown: of the last drawing */
};

void sheet_head(struct sheet *s, const char *text);
void sheet_pair(struct sheet *s, enum role role, const char *label, const char *value); /* left out where value is "" */
void sheet_format(struct sheet *s, enum role role, const char *label, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Two values side by side, what was and what will be: the second one in `role`. */
void sheet_beside(struct sheet *s, enum role role, const char *label, const char *before, const char *after);
void sheet_text(struct sheet *s, enum role role, const char *text);
void sheet_gap(struct sheet *s);
void sheet_copy(struct sheet *to, const struct sheet_row *row); /* headings bring their own gaps: those aren't copied */
void sheet_clear(struct sheet *s); /* frees; the position stays */

/* Labels are right-aligned in `label_columns`. A mark in the corner tells that more lies above or below. */
void sheet_draw(struct sheet *s, const struct pane *p, int label_columns);
/* ↑ ↓ PgUp PgDn Home End and the wheel; false for anything else. */
bool sheet_handle(struct sheet *s, const struct event *event);

#endif
