#include "ui/scr_sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "ui/wrap.h"

static void row_free(struct sheet_row *row)
{
	free(row->label);
	free(row->value);
	free(row->beside);
}

/* A row that memory doesn't suffice for is left out: the page is for reading only. */
static void add(struct sheet *s, int kind, enum role role, const char *label, const char *value, const char *beside)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 32;
		struct sheet_row *rows = realloc(s->rows, room * sizeof *rows);
		if (!rows)
			return;
		s->rows = rows;
		s->room = room;
	}
	struct sheet_row row = {.kind = kind, .role = role, .label = strdup(label), .value = strdup(value),
		.beside = beside ? strdup(beside) : NULL};
	if (row.label && row.value && (!beside || row.beside)) {
		s->rows[s->count++] = row;
		return;
	}
	row_free(&row);
}

void sheet_head(struct sheet *s, const char *text)
{
	if (s->count > 0)
		sheet_gap(s);
	add(s, SHEET_HEAD, ROLE_GROUP, "", text, NULL);
}

void sheet_pair(struct sheet *s, enum role role, const char *label, const char *value)
{
	if (*value)
		add(s, SHEET_PAIR, role, label, value, NULL);
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
	add(s, SHEET_TEXT, role, "", text, NULL);
}

void sheet_beside(struct sheet *s, enum role role, const char *label, const char *before, const char *after)
{
	add(s, SHEET_BESIDE, role, label, before, after);
}

void sheet_copy(struct sheet *to, const struct sheet_row *row)
{
	switch (row->kind) {
	case SHEET_HEAD: sheet_head(to, row->value); break;
	case SHEET_PAIR: sheet_pair(to, row->role, row->label, row->value); break;
	case SHEET_TEXT: sheet_text(to, row->role, row->value); break;
	case SHEET_BESIDE: sheet_beside(to, row->role, row->label, row->value, row->beside); break;
	case SHEET_GAP: break;
	}
}

void sheet_gap(struct sheet *s)
{
	add(s, SHEET_GAP, ROLE_NORMAL, "", "", NULL);
}

void sheet_clear(struct sheet *s)
{
	for (size_t i = 0; i < s->count; i++)
		row_free(&s->rows[i]);
	free(s->rows);
	*s = (struct sheet){.top = s->top};
}

/* A column of its own for each of the two values, an arrow between them. */
static int draw_beside(const struct sheet_row *row, const struct pane *p, int at, int label_columns)
{
	enum { ARROW = 4, LEAST = 8 };
	const char *texts[] = {row->value, row->beside};
	const enum role roles[] = {ROLE_HINT, row->role};
	int room = (p->columns - label_columns - 2 - ARROW) / 2, most = 1;
	char line[2048];
	room = room < LEAST ? LEAST : room;
	if (at >= 0 && at < p->rows) {
		pane_cell(p, at, 0, label_columns, ROLE_LABEL, row->label, true);
		pane_text(p, at, label_columns + 2 + room + 1, ROLE_HINT, "→");
	}
	for (int i = 0; i < 2; i++) {
		int left = label_columns + 2 + i * (room + ARROW), lines = 0;
		size_t next = 1;
		for (const char *text = texts[i]; *text && next; text += next, lines++) {
			size_t length = wrap_line(text, room, &next);
			snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
			if (at + lines >= 0 && at + lines < p->rows)
				pane_text(p, at + lines, left, roles[i], line);
		}
		most = lines > most ? lines : most;
	}
	return most;
}

/* Draws one row from line `at` of the page on; returns the lines it takes. */
static int draw_row(const struct sheet_row *row, const struct pane *p, int at, int label_columns)
{
	int indent = row->kind == SHEET_PAIR ? label_columns + 2 : row->kind == SHEET_TEXT ? 1 : 0;
	int lines = 0;
	size_t next;
	char line[2048];
	if (row->kind == SHEET_BESIDE)
		return draw_beside(row, p, at, label_columns);
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
		pane_text(p, 0, p->columns - 1, ROLE_HINT, "▲");
	if (s->top + p->rows < s->height)
		pane_text(p, p->rows - 1, p->columns - 1, ROLE_HINT, "▼");
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
