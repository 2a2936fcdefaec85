#include "ui/scr_sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "ui/wrap.h"

/* A row that memory doesn't suffice for is left out: the page is for reading only. */
static void add(struct sheet *s, int kind, enum role role, const char *label, const char *value)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 32;
		struct sheet_row *rows = realloc(s->rows, room * sizeof *rows);
		if (!rows)
			return;
		s->rows = rows;
		s->room = room;
	}
	struct sheet_row row = {.kind = kind, .role = role, .label = strdup(label), .value = strdup(value)};
	if (row.label && row.value) {
		s->rows[s->count++] = row;
		return;
	}
	free(row.label);
	free(row.value);
}

void sheet_head(struct sheet *s, const char *text)
{
	if (s->count > 0)
		sheet_gap(s);
	add(s, SHEET_HEAD, ROLE_GROUP, "", text);
}

void sheet_pair(struct sheet *s, enum role role, const char *label, const char *value)
{
	if (*value)
		add(s, SHEET_PAIR, role, label, value);
}

void sheet_format(struct sheet *s, enum role role, const char *label, const char *format, ...)
{
	char value[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	sheet_pair(s, role, label, value);
}

void sheet_text(struct sheet *s, enum role role, const char *text)
{
	add(s, SHEET_TEXT, role, "", text);
}

void sheet_gap(struct sheet *s)
{
	add(s, SHEET_GAP, ROLE_NORMAL, "", "");
}

void sheet_clear(struct sheet *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->rows[i].label);
		free(s->rows[i].value);
	}
	free(s->rows);
	*s = (struct sheet){.top = s->top};
}

/* Draws one row from line `at` of the page on; returns the lines it takes. */
static int draw_row(const struct sheet_row *row, const struct pane *p, int at, int label_columns)
{
	int indent = row->kind == SHEET_PAIR ? label_columns + 2 : row->kind == SHEET_TEXT ? 1 : 0;
	int lines = 0;
	size_t next;
	char line[2048];
	if (row->kind == SHEET_HEAD) {
		if (at >= 0 && at < p->rows)
			pane_line(p, at, row->value);
		return 1;
	}
	if (row->kind == SHEET_GAP)
		return 1;
	if (row->kind == SHEET_PAIR && at >= 0 && at < p->rows)
		pane_cell(p, at, 0, label_columns, ROLE_LABEL, row->label, true);
	for (const char *text = row->value; *text; text += next, lines++) {
		size_t length = wrap_line(text, p->columns - indent > 4 ? p->columns - indent : 4, &next);
		snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
		if (at + lines >= 0 && at + lines < p->rows)
			pane_text(p, at + lines, indent, row->role, line);
		if (next == 0)
			return lines + 1;
	}
	return lines > 0 ? lines : 1;
}

static int draw_all(const struct sheet *s, const struct pane *p, int label_columns)
{
	int at = -s->top;
	for (size_t i = 0; i < s->count; i++)
		at += draw_row(&s->rows[i], p, at, label_columns);
	return at + s->top;
}

void sheet_draw(struct sheet *s, const struct pane *p, int label_columns)
{
	struct pane none = *p;
	none.rows = 0;
	s->page = p->rows;
	s->height = draw_all(s, &none, label_columns);
	if (s->top > s->height - p->rows)
		s->top = s->height - p->rows;
	if (s->top < 0)
		s->top = 0;
	draw_all(s, p, label_columns);
	if (s->top > 0)
		pane_text(p, 0, p->columns - 2, ROLE_HINT, "▲");
	if (s->top + p->rows < s->height)
		pane_text(p, p->rows - 1, p->columns - 2, ROLE_HINT, "▼");
}

bool sheet_handle(struct sheet *s, const struct event *event)
{
	int page = s->page > 1 ? s->page - 1 : 1;
	if (event->kind != EVENT_KEY && event->kind != EVENT_WHEEL)
		return false;
	switch (event->key) {
	case UI_KEY_UP: s->top -= event->kind == EVENT_WHEEL ? 3 : 1; break;
	case UI_KEY_DOWN: s->top += event->kind == EVENT_WHEEL ? 3 : 1; break;
	case UI_KEY_PAGE_UP: s->top -= page; break;
	case UI_KEY_PAGE_DOWN: s->top += page; break;
	case UI_KEY_HOME: s->top = 0; break;
	case UI_KEY_END: s->top = s->height; break;
	default: return false;
	}
	if (s->top > s->height - s->page)
		s->top = s->height - s->page;
	if (s->top < 0)
		s->top = 0;
	return true;
}
